/* The writing half of json.h: needs no library. */
#include "base/json.h"
#include "base/op.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static void put_char(struct text *out, unsigned char c)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
    const char *special = c ? strchr(plain, c) : NULL;

    if (special)
        text_add(out, "\\%c", letter[special - plain]);
    else if (c < 0x20 || c == 0x7f)
        text_add(out, "\\u%04x", c);
    else
        text_char(out, (char)c);
}

static void put_quoted(struct text *out, const char *value)
{
    text_char(out, '"');
    for (; *value; value++)
        put_char(out, (unsigned char)*value);
    text_char(out, '"');
}

static bool fill_in(struct op *op, struct text *out, char conversion, va_list *args)
{
    const char *string;

    switch (conversion) {
    case 's':
        string = va_arg(*args, const char *);
        if (!string)
            return op_fail(op, ERR_INTERNAL, "a value for a JSON document is missing");
        put_quoted(out, string);
        return true;
    case 'u':
        text_add(out, "%u", va_arg(*args, unsigned));
        return true;
    case 'd':
        text_add(out, "%d", va_arg(*args, int));
        return true;
    case '%':
        text_char(out, '%');
        return true;
    default:
        return op_fail(op, ERR_INTERNAL, "a JSON template with %%%c", conversion);
    }
}

const char *json_text(struct op *op, const char *template, ...)
{
    struct text out = text_begin(op->arena);
    va_list args;

    va_start(args, template);
    for (const char *t = template; op_ok(op) && *t; t++) {
        if (*t == '%')
            fill_in(op, &out, *++t, &args);
        else
            text_char(&out, *t == '\'' ? '"' : *t);
    }
    va_end(args);
    return op_ok(op) ? out.data : NULL;
}

/* A comma where something stands before, then the name. */
static void begin(struct text *out, const char *name)
{
    char last = out->length ? out->data[out->length - 1] : '{';

    if (!strchr("{[:", last))
        text_char(out, ',');
    if (name) {
        put_quoted(out, name);
        text_char(out, ':');
    }
}

void json_open(struct text *out, const char *name, char bracket)
{
    begin(out, name);
    text_char(out, bracket);
}

void json_close(struct text *out, char bracket)
{
    text_char(out, bracket);
}

void json_put_raw(struct text *out, const char *name, const char *document)
{
    begin(out, name);
    text_add(out, "%s", document);
}

void json_put(struct text *out, const char *name, const char *value)
{
    begin(out, name);
    if (value)
        put_quoted(out, value);
    else
        text_add(out, "null");
}

void json_put_int(struct text *out, const char *name, int64_t value)
{
    begin(out, name);
    text_add(out, "%" PRId64, value);
}

void json_put_bool(struct text *out, const char *name, bool value)
{
    json_put_raw(out, name, value ? "true" : "false");
}

void json_put_strings(struct text *out, const char *name, const struct strings *list)
{
    json_open(out, name, '[');
    for (size_t i = 0; i < list->count; i++)
        json_put(out, NULL, list->at[i]);
    json_close(out, ']');
}
