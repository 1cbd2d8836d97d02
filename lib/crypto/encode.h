/*
 * encode: base64url (RFC 4648 section 5, unpadded, as JOSE wants it), base64, hex, PEM blocks.
 *
 * Results live in the operation's arena. Decoders refuse everything that is not exactly the format.
 */
#ifndef MCACME_CRYPTO_ENCODE_H
#define MCACME_CRYPTO_ENCODE_H

#include "base/bytes.h"

struct op;

const char *base64url(struct op *op, struct bytes data);
const char *base64(struct op *op, struct bytes data); /* padded, one line */
const char *hex(struct op *op, struct bytes data);    /* lower case */

/*
 * Fail with CONFIG and the words "<what> is not base64..." (EAB and TSIG keys, which people type in, come
 * this way); the result's `at` is NULL then.
 */
struct bytes base64url_decode(struct op *op, const char *text, const char *what);
struct bytes base64_decode(struct op *op, const char *text, const char *what); /* blanks and lines allowed */

/* One PEM block "-----BEGIN label-----" with lines of 64 characters. */
const char *pem_encode(struct op *op, const char *label, struct bytes der);

/*
 * The next PEM block at or behind *at: its label and content; *at moves behind it. False when there is none
 * (op stays ok) or when a block is damaged (op fails with UNTRUSTED).
 */
bool pem_next(struct op *op, const char **at, const char **label, struct bytes *der);

#endif
