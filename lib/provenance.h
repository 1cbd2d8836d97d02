/*
 * provenance: meta.json of a generation, which tells where a certificate came from. Later runs compare it
 * with what is wanted, and need the account to say which certificate an order replaces (RFC 9773 section 5).
 *
 * What is not known is NULL and left out: no account, say, of a certificate that another client has got.
 */
#ifndef MCACME_PROVENANCE_H
#define MCACME_PROVENANCE_H

#include "crypto/cert.h"

struct provenance {
    const char *server, *account, *order; /* URLs */
    const char *profile;                  /* NULL: none */
    const char *key_type;                 /* "ec256", or "csr" for a key that the user keeps */
    const struct cert *leaf;              /* NULL: there is a key only */
    int64_t issued;                       /* when we got it */
};

const char *provenance_write(struct op *op, const struct provenance *provenance);

/* Whether a certificate came from this account. One that does not tell came with the account itself. */
struct json;
bool provenance_is_of(const struct json *meta, const char *server, const char *account);

#endif
