/*
 * challenge: the one challenge of an authorization that a name is to be proved by, everything checked that we
 * rely on, and what the proof has to say.
 *
 *     http-01, dns-01, tls-alpn-01   RFC 8555 section 8, RFC 8737
 *     dns-account-01                 draft-ietf-acme-dns-account-label: as dns-01, below a label of the
 * account's own, so that several accounts can prove one name dns-persist-01 draft-ietf-acme-dns-persist: no
 * token; a record that stays names the CA and the account (dns01/persist.h knows what it looks like)
 *
 * The CA is not trusted: tokens are base64url of a sane length, issuers are host names, and no other account
 * than ours gets into a record.
 *
 *     challenge_read(op, ca, authz_json, "dns-account-01", &authz);
 *     authz.challenge.label              "_ujmmovf2vn55tgye._acme-challenge"
 */
#ifndef MCACME_ACME_CHALLENGE_H
#define MCACME_ACME_CHALLENGE_H

#include "acme/acme.h"
#include "acme/order.h"

/*
 * Fills in authz->challenge (its name is there already) from the CA's document, where the authorization is
 * open. Fails with REFUSED where the CA does not offer the type, and with UNTRUSTED.
 */
bool challenge_read(struct op *op, const struct acme *ca, const struct json *json, const char *type,
                    struct authz *authz);

#endif
