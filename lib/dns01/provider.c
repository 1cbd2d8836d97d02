/* The helpers of provider.h that are neither REST nor JSON: fields, the session, names, TXT content. */
#include "dns01/provider.h"

#include "crypto/secrets.h"
#include "dns01/instance.h"
#include "dns01/spread.h"

#include <string.h>

static size_t place_of(const struct instance *instance, const char *name)
{
    size_t i = 0;

    while (i < instance->names.count && !text_same(instance->names.at[i], name))
        i++;
    return i;
}

const char *field(struct op *op, const char *name)
{
    const struct instance *instance = op->instance;
    size_t place = place_of(instance, name);

    return place < instance->values.count ? instance->values.at[place] : NULL;
}

const char *credential_named(struct op *op, const char *name)
{
    const struct credentials *credentials = op->instance->credentials;
    const char *value = op_ok(op) ? credentials->get(credentials, op, name) : NULL;

    if (!value || !*value)
        return NULL;
    secrets_add(op, value);
    return value;
}

const char *called_as(struct op *op)
{
    return op->instance->called;
}

void session_keep(struct op *op, const char *name, const char *value)
{
    struct instance *instance = op->instance;
    size_t place = place_of(instance, name);

    if (!op_ok(op) || !value)
        return;
    value = text_dup(instance->session, value);
    if (place < instance->values.count) {
        instance->values.at[place] = value;
        return;
    }
    strings_add(instance->session, &instance->names, text_dup(instance->session, name));
    strings_add(instance->session, &instance->values, value);
}

void session_set(struct op *op, const char *name, const char *value)
{
    secrets_add(op, value);
    session_keep(op, name, value);
}

void **session_state(struct op *op)
{
    return &op->instance->state;
}

void *session_alloc(struct op *op, size_t size)
{
    return op_alloc(op->instance->session, size);
}

void session_defer(struct op *op, void (*release)(void *what), void *what)
{
    arena_defer(op->instance->session->arena, release, what);
}

bool txt_gone(struct op *op, const struct record *record)
{
    struct op *aside = op_child(op);
    bool gone = spread_gone(aside, &(struct spread_record){ record->fqdn, record->zone, record->value });

    if (op_ok(aside) && gone)
        op_log(op, LOG_NOTE, "%s is gone, say the name servers", record->fqdn);
    op_end(aside);
    return gone;
}

const char *name_parent(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot ? dot + 1 : NULL;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One escaped character of presentation format, "\"" or "\065" (RFC 1035 section 5.1); returns its length. */
static size_t put_escaped(struct text *out, const char *escape)
{
    if (digit(escape[0]) && digit(escape[1]) && digit(escape[2])) {
        text_char(out, (char)((escape[0] - '0') * 100 + (escape[1] - '0') * 10 + (escape[2] - '0')));
        return 3;
    }
    if (*escape)
        text_char(out, *escape);
    return *escape ? 1 : 0;
}

const char *txt_unquote(struct op *op, const char *content)
{
    struct text out;
    bool inside = false;

    if (!content || *content != '"')
        return content;
    out = text_begin(op->arena);
    for (const char *c = content; *c; c++) {
        if (*c == '"')
            inside = !inside;
        else if (*c == '\\')
            c += put_escaped(&out, c + 1);
        else if (inside)
            text_char(&out, *c);
    }
    return out.data;
}

const char *txt_quote(struct op *op, const char *value)
{
    struct text out;
    size_t length = 0;

    if (!value)
        return NULL;
    out = text_begin(op->arena);
    text_char(&out, '"');
    for (; *value; value++, length++) {
        unsigned char c = (unsigned char)*value;

        if (length && length % 255 == 0)
            text_add(&out, "\" \"");
        if (c == '"' || c == '\\')
            text_add(&out, "\\%c", c);
        else if (c < ' ' || c >= 0x7f)
            text_add(&out, "\\%03u", c);
        else
            text_char(&out, *value);
    }
    text_char(&out, '"');
    return out.data;
}

const char *txt_value(struct op *op, const char *content)
{
    size_t length = content ? strlen(content) : 0;
    const char *inside;

    if (length < 2 || content[0] != '"' || content[length - 1] != '"')
        return content;
    inside = text_cut(op, content + 1, length - 2);
    return strpbrk(inside, "\"\\") ? content : inside;
}

const char *txt_content(struct op *op, const char *value)
{
    return value && *value == '"' ? value : txt_quote(op, value);
}

bool txt_is(struct op *op, const char *content, const char *value)
{
    return content && text_same(txt_unquote(op, content), value);
}
