/*
 * account: registration with a CA (RFC 8555 section 7.3), external account binding included (section 7.3.4).
 */
#ifndef MCACME_ACME_ACCOUNT_H
#define MCACME_ACME_ACCOUNT_H

#include "acme/acme.h"

struct account_wants {
    const char *contact;     /* e-mail address; NULL: none */
    const char *eab_kid;     /* NULL: no binding */
    struct bytes eab_key;    /* decoded */
    enum hash_kind eab_hash; /* of its MAC: SHA-256, SHA-384 or SHA-512 */
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

/*
 * Finds the account of a key without making one (section 7.3.1). *found is false, without an error, when the
 * CA knows none.
 */
bool account_find(struct op *op, struct acme *ca, const struct key *key, bool *found);

/* What the CA says about the account in use. */
struct account_facts {
    const char *status;      /* "valid", "deactivated", "revoked" */
    struct strings contacts; /* as the CA has them: "mailto:..." */
};
bool account_read(struct op *op, struct acme *ca, struct account_facts *facts);

/* Another contact (section 7.3.2); NULL: none. CAs may keep none, and say so by an empty list. */
bool account_update(struct op *op, struct acme *ca, const char *contact, struct account_facts *facts);

/* Another key (section 7.3.5). Fails with CONFIG where the CA cannot do that. From then on ca->key is `key`.
 */
bool account_rollover(struct op *op, struct acme *ca, const struct key *key);

/* For good (section 7.3.6): certificates stay valid, but nothing can be asked for by this account. */
bool account_deactivate(struct op *op, struct acme *ca);

/* Whether an account of a CA may be bound to a customer key of this form; decodes it. Fails with CONFIG. */
bool eab_key_decode(struct op *op, const char *text, struct bytes *key);

#endif
