/*
 * der: a small bounded writer and reader of DER (X.690), for CSRs, PKCS#8 and the parts of certificates that
 * Mbed TLS's three versions offer in three ways or not at all.
 *
 * Writing nests by strings of bytes: the inner value is built first, then wrapped.
 *
 *     struct bytes seq = der_wrap(op, DER_SEQUENCE, der_join(op, a, b));
 *
 * Reading is a cursor that can only move forward inside its bounds; a malformed length gives false.
 */
#ifndef MCACME_CRYPTO_DER_H
#define MCACME_CRYPTO_DER_H

#include "crypto/encode.h"

enum der_tag {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8_STRING = 0x0c,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31
};
#define DER_CONTEXT(n)             (0x80 | (n)) /* primitive [n] */
#define DER_CONTEXT_CONSTRUCTED(n) (0xa0 | (n))

struct bytes der_wrap(struct op *op, int tag, struct bytes content);

/* Values of struct bytes, one behind the other. */
#define der_join(op, ...)                                                                                    \
    der_concat(op, (const struct bytes[]){ __VA_ARGS__ },                                                    \
               sizeof((const struct bytes[]){ __VA_ARGS__ }) / sizeof(struct bytes))
struct bytes der_concat(struct op *op, const struct bytes *parts, size_t count);

/* INTEGER, with a leading 00 where needed. */
struct bytes der_unsigned(struct op *op, struct bytes big_endian);

struct bytes der_small(struct op *op, unsigned value);      /* INTEGER below 128 */
struct bytes der_oid(struct op *op, const char *dotted);    /* "1.2.840.113549.1.1.1" */
struct bytes der_bits(struct op *op, struct bytes content); /* BIT STRING, no unused bits */

struct der {
    const uint8_t *at, *end;
};

struct der der_read(struct bytes data);

/*
 * The next value, which must have this tag: its content. `whole` is header and content. Either may be NULL.
 * The cursor stays where it is when this gives false.
 */
bool der_next(struct der *from, int tag, struct bytes *content, struct bytes *whole);
bool der_enter(struct der *from, int tag, struct der *inside);

/* An INTEGER in its shortest form that is not negative, less a leading 00. */
bool der_next_unsigned(struct der *from, struct bytes *big_endian);

bool der_next_bits(struct der *from, struct bytes *content); /* BIT STRING, no unused bits */
int der_peek(const struct der *from);                        /* the next tag, -1 at the end */
bool der_skip(struct der *from);
bool der_is_oid(struct op *op, struct bytes content, const char *dotted);

#endif
