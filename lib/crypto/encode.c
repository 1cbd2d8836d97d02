#include "crypto/encode.h"

#include "base/op.h"
#include "base/text.h"

#include <string.h>

#define PEM_LINE     64u
#define PEM_BEGIN    "-----BEGIN "
#define PEM_END      "-----END "
#define PEM_DASHES   "-----"
#define LABEL_LENGTH 64u /* the longest label of a PEM block that we look at */

/* The two alphabets of RFC 4648 and their habits. */
struct variant {
    const char *digits, *name;
    bool padded, blanks;
};

static const struct variant plain = {
    .digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    .name = "base64",
    .padded = true,
    .blanks = true,
};

static const struct variant url_safe = {
    .digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    .name = "base64url without padding",
};

/* Up to three bytes become two to four digits. */
static void put_group(struct text *out, const struct variant *variant, const uint8_t *at, size_t length)
{
    uint32_t bits = (uint32_t)at[0] << 16;

    if (length > 1)
        bits |= (uint32_t)at[1] << 8;
    if (length > 2)
        bits |= at[2];
    for (size_t i = 0; i < 4; i++) {
        if (i <= length)
            text_char(out, variant->digits[bits >> (18 - 6 * i) & 63]);
        else if (variant->padded)
            text_char(out, '=');
    }
}

static const char *encode(struct op *op, const struct variant *variant, struct bytes data)
{
    struct text out = text_begin(op->arena);

    if (!op_ok(op))
        return NULL;
    for (size_t i = 0; i < data.length; i += 3)
        put_group(&out, variant, data.at + i, data.length - i < 3 ? data.length - i : 3);
    return out.data;
}

const char *base64url(struct op *op, struct bytes data)
{
    return encode(op, &url_safe, data);
}

const char *base64(struct op *op, struct bytes data)
{
    return encode(op, &plain, data);
}

const char *hex(struct op *op, struct bytes data)
{
    static const char digits[] = "0123456789abcdef";
    struct text out = text_begin(op->arena);

    if (!op_ok(op))
        return NULL;
    for (size_t i = 0; i < data.length; i++) {
        text_char(&out, digits[data.at[i] >> 4]);
        text_char(&out, digits[data.at[i] & 15]);
    }
    return out.data;
}

/* -1 for what is no digit. */
static int value_of(const struct variant *variant, char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c && c == variant->digits[62] ? 62 : c && c == variant->digits[63] ? 63 : -1;
}

/*
 * Canonical only (RFC 4648 section 3.5): the right number of padding characters, behind all digits, and no
 * bits left over, so that no two texts mean the same bytes. `out` has room for 3/4 of the text.
 */
static bool decode_into(uint8_t *out, size_t *made, const struct variant *variant, const char *text,
                        size_t length)
{
    size_t digits = 0, padding = 0;
    uint32_t bits = 0;

    *made = 0;
    for (size_t i = 0; i < length; i++) {
        int digit = value_of(variant, text[i]);

        if (digit < 0 && variant->blanks && text[i] && strchr(" \t\r\n", text[i]))
            continue;
        if (variant->padded && text[i] == '=') {
            padding++;
            continue;
        }
        if (digit < 0 || padding)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        if (digits++ % 4) {
            unsigned rest = 6 - 2 * ((unsigned)(digits - 1) % 4);

            out[(*made)++] = (uint8_t)(bits >> rest);
            bits &= (1u << rest) - 1;
        }
    }
    return digits % 4 != 1 && bits == 0 && padding == (variant->padded ? (4 - digits % 4) % 4 : 0);
}

static struct bytes decode(struct op *op, const struct variant *variant, const char *text, const char *what)
{
    size_t length, made;
    uint8_t *out;

    if (!op_ok(op))
        return (struct bytes){ 0 };
    length = strlen(text);
    out = op_array(op, length / 4 * 3 + 3, uint8_t);
    if (decode_into(out, &made, variant, text, length))
        return (struct bytes){ out, made };
    op_fail(op, ERR_CONFIG, "%s is not %s", what, variant->name);
    return (struct bytes){ 0 };
}

struct bytes base64url_decode(struct op *op, const char *text, const char *what)
{
    return decode(op, &url_safe, text, what);
}

struct bytes base64_decode(struct op *op, const char *text, const char *what)
{
    return decode(op, &plain, text, what);
}

const char *pem_encode(struct op *op, const char *label, struct bytes der)
{
    struct text out = text_begin(op->arena);
    const char *body = base64(op, der);

    if (!body)
        return NULL;
    text_add(&out, PEM_BEGIN "%s" PEM_DASHES "\n", label);
    for (size_t length; *body; body += length) {
        length = strnlen(body, PEM_LINE);
        text_put(&out, body, length);
        text_char(&out, '\n');
    }
    text_add(&out, PEM_END "%s" PEM_DASHES "\n", label);
    return out.data;
}

/* The words between "-----BEGIN " and "-----"; NULL when the line is not one. */
static const char *read_label(struct op *op, const char *begin)
{
    size_t length = strcspn(begin, "-\r\n");

    if (!length || length > LABEL_LENGTH || !text_starts(begin + length, PEM_DASHES))
        return NULL;
    return text_cut(op, begin, length);
}

bool pem_next(struct op *op, const char **at, const char **label, struct bytes *der)
{
    const char *begin = op_ok(op) ? strstr(*at, PEM_BEGIN) : NULL;
    const char *body, *end, *closing;
    uint8_t *out;

    if (!begin)
        return false;
    *label = read_label(op, begin + strlen(PEM_BEGIN));
    if (!*label)
        return op_fail(op, ERR_UNTRUSTED, "a PEM block begins with a damaged line");
    body = begin + strlen(PEM_BEGIN) + strlen(*label) + strlen(PEM_DASHES);
    closing = op_text(op, PEM_END "%s" PEM_DASHES, *label);
    end = strstr(body, closing);
    if (!end)
        return op_fail(op, ERR_UNTRUSTED, "the PEM block %s has no end", *label);
    out = op_array(op, (size_t)(end - body) / 4 * 3 + 3, uint8_t);
    if (!decode_into(out, &der->length, &plain, body, (size_t)(end - body)))
        return op_fail(op, ERR_UNTRUSTED, "the PEM block %s is not base64", *label);
    der->at = out;
    *at = end + strlen(closing);
    return true;
}
