/* Credentials: reading them under all of their names, and saying what is missing in words. */
#include "base/text.h"
#include "crypto/secrets.h"
#include "dns01/instance_parts.h"
#include "dns01/registry.h"

#include <unistd.h>

static const enum field_flag sets[] = { FIELD_SET_A, FIELD_SET_B, FIELD_SET_C };
#define SET_COUNT (sizeof sets / sizeof *sets)
#define ANY_SET   ((unsigned)FIELD_SET_A | FIELD_SET_B | FIELD_SET_C)

/* An empty value is what a template of a configuration leaves behind: unset. */
static const char *given(struct op *op, const struct instance *instance, const char *name)
{
    const struct credentials *credentials = instance->credentials;
    const char *value = credentials->get(credentials, op, name);

    return value && *value ? value : NULL;
}

static const char *read_field(struct op *op, const struct instance *instance, const struct field *field)
{
    const char *value = given(op, instance, field->name);

    for (size_t i = 0; !value && i < sizeof field->also / sizeof *field->also && field->also[i]; i++)
        value = given(op, instance, field->also[i]);
    return value ? value : field->otherwise;
}

static bool file_readable(struct op *op, const struct field *field, const char *path)
{
    if (access(path, R_OK) == 0)
        return true;
    return op_fail_errno(op, ERR_CONFIG, "%s names the file %s", field->name, path);
}

static bool read_all(struct op *op, const struct instance *instance, const char **values)
{
    const struct field *fields = instance->provider->fields;

    for (size_t i = 0; fields && fields[i].name && op_ok(op); i++) {
        values[i] = read_field(op, instance, &fields[i]);
        if (values[i] && (fields[i].flags & FIELD_SECRET) && !(fields[i].flags & FIELD_FILE))
            secrets_add(op, values[i]);
        if (values[i] && (fields[i].flags & FIELD_FILE))
            file_readable(op, &fields[i], values[i]);
    }
    return op_ok(op);
}

/* Whether all fields with this flag have a value; false where no field has it. */
static bool whole(const struct field *fields, const char **values, unsigned flag)
{
    bool any = false;

    for (size_t i = 0; fields[i].name; i++) {
        if ((fields[i].flags & flag) && !values[i])
            return false;
        any = any || (fields[i].flags & flag);
    }
    return any;
}

/* "NAME (help) and NAME (help)" for the fields with this flag that have no value. */
static const char *wanted(struct op *op, const struct field *fields, const char **values, unsigned flag)
{
    struct strings parts = { 0 };

    for (size_t i = 0; fields[i].name; i++)
        if ((fields[i].flags & flag) && !values[i])
            strings_add(op, &parts, op_text(op, "%s (%s)", fields[i].name, fields[i].help));
    return parts.count ? strings_join(op, &parts, " and ") : NULL;
}

static bool missing(struct op *op, const struct instance *instance, const char *what)
{
    const char *source = instance->credentials->source;

    op_fail(op, ERR_CONFIG, "a credential is missing: %s", what);
    if (source)
        return op_hint(op, "write it into %s, as a line NAME=\"value\"; names are case-sensitive", source);
    return op_hint(
        op, "set it in the environment (NAME, or NAME_FILE with a file's path), or write it into a file "
            "for --credentials, as a line NAME=\"value\"; names are case-sensitive");
}

/*
 * The set of alternatives that counts, the first that is whole, in *chosen; 0 where there are none. What each
 * of them lacks where none is whole, else NULL.
 */
static const char *choose_set(struct op *op, const struct field *fields, const char **values,
                              unsigned *chosen)
{
    struct strings choices = { 0 };

    *chosen = 0;
    for (size_t i = 0; i < SET_COUNT; i++) {
        const char *lacks = wanted(op, fields, values, sets[i]);

        if (whole(fields, values, sets[i])) {
            *chosen = sets[i];
            return NULL;
        }
        if (lacks)
            strings_add(op, &choices, lacks);
    }
    return choices.count ? strings_join(op, &choices, ", or else ") : NULL;
}

/* All that is missing is said at once. */
static bool check(struct op *op, const struct instance *instance, const char **values, unsigned *chosen)
{
    const struct field *fields = instance->provider->fields;
    const char *lacks = wanted(op, fields, values, FIELD_REQUIRED);
    const char *choice = choose_set(op, fields, values, chosen);

    if (lacks && choice)
        return missing(op, instance, op_text(op, "%s; and %s", lacks, choice));
    return (!lacks && !choice) || missing(op, instance, lacks ? lacks : choice);
}

static void keep(struct instance *instance, const char **values, unsigned chosen)
{
    const struct field *fields = instance->provider->fields;
    struct op *session = instance->session;

    for (size_t i = 0; fields[i].name; i++) {
        unsigned in = fields[i].flags & ANY_SET;

        if (!values[i] || (in && !(in & chosen)))
            continue;
        strings_add(session, &instance->names, fields[i].name);
        strings_add(session, &instance->values, text_dup(session, values[i]));
    }
}

static size_t field_count(const struct provider *provider)
{
    size_t n = 0;

    while (provider->fields && provider->fields[n].name)
        n++;
    return n;
}

bool instance_read_fields(struct op *op, struct instance *instance)
{
    size_t n = field_count(instance->provider);
    const char **values = op_array(op, n + 1, const char *);
    unsigned chosen = 0;

    if (instance->session)
        return op_ok(op);
    if (n)
        TRY(read_all(op, instance, values) && check(op, instance, values, &chosen));
    instance->session = op_begin(op->world);
    if (n)
        keep(instance, values, chosen);
    return true;
}

bool instance_check(struct op *op, struct instance *instance)
{
    struct visit visit = instance_enter(op, instance);

    if (op_ok(op) && instance_read_fields(op, instance) && instance->provider->check)
        instance->provider->check(op);
    if (!op_ok(op) && !provider_find(instance->called)) /* it was taken for a plugin of acme.sh */
        instance_suggest(op, instance->called);
    return instance_leave(op, visit);
}
