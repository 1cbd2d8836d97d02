/* revoke: RFC 8555 section 7.6; reasons of RFC 5280 section 5.3.1. */
#ifndef MCACME_ACME_REVOKE_H
#define MCACME_ACME_REVOKE_H

#include "acme/acme.h"

enum revoke_reason {
    REVOKE_UNSPECIFIED = 0,
    REVOKE_KEY_COMPROMISE = 1,
    REVOKE_AFFILIATION_CHANGED = 3,
    REVOKE_SUPERSEDED = 4,
    REVOKE_CESSATION_OF_OPERATION = 5
};

/* A name as above in camel case, or the number. Fails with USAGE. */
bool revoke_reason_parse(struct op *op, const char *text, enum revoke_reason *reason);

/*
 * Signed by the account, or by the certificate's own key where `key` is given. *already is set when the CA
 * says that it was revoked before, which is no failure.
 */
bool acme_revoke(struct op *op, struct acme *ca, struct bytes der, enum revoke_reason reason,
                 const struct key *key, bool *already);

#endif
