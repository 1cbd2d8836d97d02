/* The writing half of xml.h: needs no library. */
#include "base/op.h"
#include "base/text.h"
#include "net/xml.h"

/* A line break in an attribute would come out as a blank (XML 1.0 section 3.3.3), so it is written as a
 * number. */
static bool put_escaped(struct op *op, struct text *out, const char *value)
{
    if (!value)
        return op_fail(op, ERR_INTERNAL, "a value for an XML document is missing");
    for (const char *c = value; *c; c++) {
        if (*c == '&' || *c == '<' || *c == '>' || *c == '"' || *c == '\'' || *c == '\t' || *c == '\n' ||
            *c == '\r')
            text_add(out, "&#%d;", *c);
        else if ((unsigned char)*c < ' ')
            return op_fail(op, ERR_CONFIG, "a value with a control character, which XML cannot hold");
        else
            text_char(out, *c);
    }
    return true;
}

const char *xml_text(struct op *op, const char *template, ...)
{
    struct text out = text_begin(op->arena);
    va_list args;

    va_start(args, template);
    for (const char *t = template; op_ok(op) && *t; t++) {
        if (*t != '%')
            text_char(&out, *t);
        else if (*++t == 's')
            put_escaped(op, &out, va_arg(args, const char *));
        else if (*t == 'u')
            text_add(&out, "%u", va_arg(args, unsigned));
        else if (*t == '%')
            text_char(&out, '%');
        else
            op_fail(op, ERR_INTERNAL, "an XML template with %%%c", *t);
    }
    va_end(args);
    return op_ok(op) ? out.data : NULL;
}
