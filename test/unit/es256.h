/* es256: what the CAs in memory need to look into requests that P-256 keys have signed (RFC 7515, RFC 7518).
 */
#ifndef MCACME_TEST_ES256_H
#define MCACME_TEST_ES256_H

#include "base/json.h"
#include "crypto/key.h"

/* The base64url member of a JWS as JSON; NULL where it is none. */
const struct json *es256_json(struct op *op, const struct json *jws, const char *name);

/* SubjectPublicKeyInfo of a JWK, in the memory of `op`. */
struct bytes es256_spki(struct op *op, const struct json *jwk);

/* Whether the JWS was signed by that key. */
bool es256_verifies(struct op *op, const struct json *jws, struct bytes spki);

#endif
