/* jws: signed requests in flattened JSON serialization (RFC 7515, RFC 8555 section 6.2). */
#ifndef MCACME_CRYPTO_JWS_H
#define MCACME_CRYPTO_JWS_H

#include "crypto/key.h"

/*
 * A request body. `kid` NULL puts the public key into the header instead; `nonce` NULL leaves the nonce out
 * (inner JWS of key rollover); `payload` NULL is POST-as-GET (empty payload).
 */
const char *jws_sign(struct op *op, const struct key *key, const char *kid, const char *nonce,
                     const char *url, const char *payload);

/* External account binding (RFC 8555 section 7.3.4): the account's JWK under HS256, HS384 or HS512. */
const char *jws_bind(struct op *op, const struct key *account, const char *kid, struct bytes hmac_key,
                     enum hash_kind kind, const char *url);

/* Key authorization and the TXT value made from it (RFC 8555 sections 8.1 and 8.4). */
const char *jws_key_authorization(struct op *op, const struct key *account, const char *token);
const char *jws_dns01_value(struct op *op, const struct key *account, const char *token);

#endif
