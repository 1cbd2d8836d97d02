#include "crypto/secrets.h"

#include "base/json.h"
#include "base/op.h"
#include "base/text.h"
#include "crypto/encode.h"

#include <string.h>

#define SHORTEST 6u
#define CUT_MARK "…" /* what text_printable puts where it cut */

/* One way of writing one secret. */
struct form {
    const struct form *next;
    const char *text;
    size_t length;
};

struct secrets {
    struct arena *arena;
    const struct form *forms;
};

static void release(void *what)
{
    const struct secrets *secrets = what;

    arena_free(secrets->arena);
}

struct secrets *secrets_new(struct op *op)
{
    struct secrets *secrets = op_new(op, struct secrets);

    secrets->arena = arena_new();
    arena_defer(op->arena, release, secrets);
    return secrets;
}

static void add_form(struct secrets *secrets, const char *text)
{
    struct form *form;

    for (const struct form *known = secrets->forms; known; known = known->next)
        if (strcmp(known->text, text) == 0)
            return;
    form = arena_alloc(secrets->arena, sizeof *form);
    form->next = secrets->forms;
    form->text = arena_strdup(secrets->arena, text);
    form->length = strlen(text);
    secrets->forms = form;
}

static const char *upper_hex(struct op *op, const char *lower)
{
    char *copy = text_dup(op, lower);

    for (char *c = copy; *c; c++)
        if (*c >= 'a')
            *c = (char)(*c - 'a' + 'A');
    return copy;
}

/* The padding is left out, so that the form is found with and without it. */
static const char *unpadded(struct op *op, const char *base64_text)
{
    return text_cut(op, base64_text, strcspn(base64_text, "="));
}

static const char *json_escaped(struct op *op, const char *value)
{
    const char *quoted = json_text(op, "%s", value);

    return text_cut(op, quoted + 1, strlen(quoted) - 2);
}

/* As net/xml.h writes it, in numbers, or by names as most do. */
static const char *xml_escaped(struct op *op, const char *value, bool by_name)
{
    static const char special[] = "&<>\"'";
    static const char *const names[] = { "amp", "lt", "gt", "quot", "apos" };
    struct text out = text_begin(op->arena);

    for (; *value; value++) {
        const char *found = strchr(special, *value);

        if (found && by_name)
            text_add(&out, "&%s;", names[found - special]);
        else if (found)
            text_add(&out, "&#%d;", *value);
        else
            text_char(&out, *value);
    }
    return out.data;
}

void secrets_add(struct op *op, const char *value)
{
    struct secrets *secrets = op->world->secrets;
    struct op *own; /* `op` may have failed already */
    struct bytes bytes;

    if (!secrets || !value || strlen(value) < SHORTEST)
        return;
    own = op_begin(op->world);
    bytes = bytes_of(value);
    add_form(secrets, value);
    add_form(secrets, text_printable(own, value, strlen(value)));
    add_form(secrets, text_url(own, value));
    add_form(secrets, json_escaped(own, value));
    add_form(secrets, xml_escaped(own, value, false));
    add_form(secrets, xml_escaped(own, value, true));
    add_form(secrets, hex(own, bytes));
    add_form(secrets, upper_hex(own, hex(own, bytes)));
    add_form(secrets, unpadded(own, base64(own, bytes)));
    add_form(secrets, base64url(own, bytes));
    op_end(own);
}

/* Bytes of `text` that are this form, whole or cut off; 0 for none. */
static size_t match(const struct form *form, const char *text)
{
    size_t same = 0;

    while (same < form->length && form->text[same] == text[same])
        same++;
    if (same == form->length || (same >= SHORTEST && text_starts(text + same, CUT_MARK)))
        return same;
    return 0;
}

static size_t secret_at(const struct secrets *secrets, const char *text)
{
    size_t longest = 0;

    for (const struct form *form = secrets->forms; form; form = form->next) {
        size_t length = match(form, text);

        if (length > longest)
            longest = length;
    }
    return longest;
}

static const char *first_secret(const struct secrets *secrets, const char *text)
{
    while (*text && !secret_at(secrets, text))
        text++;
    return *text ? text : NULL;
}

const char *secrets_hide(struct op *op, const char *text)
{
    const struct secrets *secrets = op->world->secrets;
    const char *next;
    struct text out;

    if (!secrets || !text || !(next = first_secret(secrets, text)))
        return text;
    out = text_begin(op->arena);
    do {
        text_put(&out, text, (size_t)(next - text));
        text_put(&out, "[hidden]", strlen("[hidden]"));
        text = next + secret_at(secrets, next);
    } while ((next = first_secret(secrets, text)));
    text_put(&out, text, strlen(text));
    return out.data;
}

bool secrets_in(struct op *op, const char *text)
{
    const struct secrets *secrets = op->world->secrets;

    return secrets && text && first_secret(secrets, text);
}
