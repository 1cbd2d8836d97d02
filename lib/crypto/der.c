#include "crypto/der.h"

#include "base/op.h"

#include <string.h>

#define LENGTH_BYTES_MOST 4u    /* of a length, behind the byte that counts them: 4 GiB */
#define TAG_NUMBER        0x1fu /* all ones: the number follows in more bytes, which nothing here uses */
#define ARC_BYTES_MOST    5u    /* base 128 digits of an OID component of 32 bits */

/* Tag and length in the shortest form (X.690 section 10.1). Returns their number of bytes, at most 6. */
static size_t put_header(uint8_t *out, int tag, size_t length)
{
    size_t count = 0;

    out[0] = (uint8_t)tag;
    if (length < 0x80) {
        out[1] = (uint8_t)length;
        return 2;
    }
    while (count < LENGTH_BYTES_MOST && length >> (8 * count))
        count++;
    out[1] = (uint8_t)(0x80 | count);
    for (size_t i = 0; i < count; i++)
        out[2 + i] = (uint8_t)(length >> (8 * (count - 1 - i)));
    return 2 + count;
}

struct bytes der_wrap(struct op *op, int tag, struct bytes content)
{
    uint8_t *out;
    size_t header;

    if (!op_ok(op))
        return (struct bytes){ 0 };
    out = op_array(op, content.length + 2 + LENGTH_BYTES_MOST, uint8_t);
    header = put_header(out, tag, content.length);
    if (content.length)
        memcpy(out + header, content.at, content.length);
    return (struct bytes){ out, header + content.length };
}

struct bytes der_concat(struct op *op, const struct bytes *parts, size_t count)
{
    size_t total = 0;
    uint8_t *out, *to;

    if (!op_ok(op))
        return (struct bytes){ 0 };
    for (size_t i = 0; i < count; i++)
        total += parts[i].length;
    out = to = op_array(op, total, uint8_t);
    for (size_t i = 0; i < count; i++) {
        if (parts[i].length)
            memcpy(to, parts[i].at, parts[i].length);
        to += parts[i].length;
    }
    return (struct bytes){ out, total };
}

struct bytes der_unsigned(struct op *op, struct bytes big_endian)
{
    static const uint8_t zero;
    struct bytes sign = { &zero, 1 };

    while (big_endian.length && big_endian.at[0] == 0) {
        big_endian.at++;
        big_endian.length--;
    }
    if (big_endian.length && big_endian.at[0] < 0x80)
        sign.length = 0;
    return der_wrap(op, DER_INTEGER, der_join(op, sign, big_endian));
}

struct bytes der_small(struct op *op, unsigned value)
{
    uint8_t byte = (uint8_t)value;

    if (value > 0x7f)
        op_fail(op, ERR_INTERNAL, "%u is too large for der_small", value);
    return der_wrap(op, DER_INTEGER, (struct bytes){ &byte, 1 });
}

/* Base 128, the highest bit set on all bytes but the last (X.690 section 8.19.2). */
static size_t put_arc(uint8_t *out, uint32_t arc)
{
    size_t count = 1;

    while (count < ARC_BYTES_MOST && arc >> (7 * count))
        count++;
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)((arc >> (7 * (count - 1 - i)) & 0x7f) | (i + 1 < count ? 0x80 : 0));
    return count;
}

static uint32_t take_arc(const char **dotted)
{
    uint32_t arc = 0;

    while (**dotted >= '0' && **dotted <= '9')
        arc = arc * 10 + (uint32_t)(*(*dotted)++ - '0');
    *dotted += **dotted == '.';
    return arc;
}

struct bytes der_oid(struct op *op, const char *dotted)
{
    uint8_t *out = op_array(op, (strlen(dotted) + 1) * ARC_BYTES_MOST, uint8_t);
    uint32_t first = take_arc(&dotted);
    size_t length = put_arc(out, first * 40 + take_arc(&dotted));

    while (*dotted)
        length += put_arc(out + length, take_arc(&dotted));
    return der_wrap(op, DER_OID, (struct bytes){ out, length });
}

struct bytes der_bits(struct op *op, struct bytes content)
{
    static const uint8_t unused; /* bits of the last byte: 0 */

    return der_wrap(op, DER_BIT_STRING, der_join(op, (struct bytes){ &unused, 1 }, content));
}

struct der der_read(struct bytes data)
{
    return (struct der){ data.at, data.length ? data.at + data.length : data.at };
}

int der_peek(const struct der *from)
{
    return from->at == from->end ? -1 : *from->at;
}

static size_t left(const struct der *from)
{
    return from->at == from->end ? 0 : (size_t)(from->end - from->at);
}

/* The length, which must be definite, minimal and inside the bounds; *header counts tag and length bytes. */
static bool read_length(const struct der *from, size_t *header, size_t *length)
{
    size_t room = left(from);

    if (room < 2)
        return false;
    *length = from->at[1];
    *header = 2;
    if (*length >= 0x80) {
        size_t count = *length & 0x7f;

        if (count == 0 || count > LENGTH_BYTES_MOST || count > room - 2 || from->at[2] == 0)
            return false;
        *length = 0;
        for (size_t i = 0; i < count; i++)
            *length = *length << 8 | from->at[2 + i];
        *header += count;
        if (*length < 0x80)
            return false;
    }
    return *length <= room - *header;
}

bool der_next(struct der *from, int tag, struct bytes *content, struct bytes *whole)
{
    size_t header, length;

    if (der_peek(from) != tag || (tag & (int)TAG_NUMBER) == (int)TAG_NUMBER ||
        !read_length(from, &header, &length))
        return false;
    if (content)
        *content = (struct bytes){ from->at + header, length };
    if (whole)
        *whole = (struct bytes){ from->at, header + length };
    from->at += header + length;
    return true;
}

bool der_enter(struct der *from, int tag, struct der *inside)
{
    struct bytes content;

    if (!der_next(from, tag, &content, NULL))
        return false;
    *inside = der_read(content);
    return true;
}

bool der_next_unsigned(struct der *from, struct bytes *big_endian)
{
    struct der ahead = *from;
    struct bytes content;

    if (!der_next(&ahead, DER_INTEGER, &content, NULL) || !content.length || content.at[0] >= 0x80)
        return false;
    if (content.length > 1 && content.at[0] == 0) {
        if (content.at[1] < 0x80)
            return false; /* not the shortest form (X.690 section 8.3.2) */
        content.at++;
        content.length--;
    }
    *big_endian = content;
    *from = ahead;
    return true;
}

bool der_next_bits(struct der *from, struct bytes *content)
{
    struct der ahead = *from;
    struct bytes bits;

    if (!der_next(&ahead, DER_BIT_STRING, &bits, NULL) || !bits.length || bits.at[0] != 0)
        return false;
    *content = (struct bytes){ bits.at + 1, bits.length - 1 };
    *from = ahead;
    return true;
}

bool der_skip(struct der *from)
{
    return der_next(from, der_peek(from), NULL, NULL);
}

bool der_is_oid(struct op *op, struct bytes content, const char *dotted)
{
    struct der oid = der_read(der_oid(op, dotted));
    struct bytes wanted;

    return der_next(&oid, DER_OID, &wanted, NULL) && bytes_same(wanted, content);
}
