/*
 * account: registration with a CA (RFC 8555 section 7.3), external account binding included (section 7.3.4).
 */
#ifndef MCACME_ACME_ACCOUNT_H
#define MCACME_ACME_ACCOUNT_H

#include "acme/acme.h"

struct account_wants {
    const char *contact;  /* e-mail address; NULL: none */
    const char *eab_kid;  /* NULL: no binding */
    struct bytes eab_key; /* decoded */
};

/*
 * Registers `key`, or finds the account that it has already: the CA answers both alike. Sets ca->key and
 * ca->kid. Fails with CONFIG when the CA wants a binding and none is given.
 */
bool account_register(struct op *op, struct acme *ca, const struct key *key,
                      const struct account_wants *wants);

/*
 * Uses an account known from before: no request. Fails with UNTRUSTED when its URL is not on the CA's host.
 */
bool account_use(struct op *op, struct acme *ca, const struct key *key, const char *kid);

/* Whether an account of a CA may be bound to a customer key of this form; decodes it. Fails with CONFIG. */
bool eab_key_decode(struct op *op, const char *text, struct bytes *key);

#endif
