/* Public keys as JOSE writes them. */
#include "base/json.h"
#include "base/op.h"
#include "crypto/der.h"
#include "crypto/key_parts.h"

static const char *curve_jwk(struct op *op, const struct key *key, const struct curve *curve)
{
    size_t size = curve_size(curve);
    const uint8_t *x = key->point.at + 1; /* behind 04, "uncompressed" (SEC 1 section 2.3.3) */

    return json_text(op, "{'crv':%s,'kty':'EC','x':%s,'y':%s}", curve->name,
                     base64url(op, (struct bytes){ x, size }),
                     base64url(op, (struct bytes){ x + size, size }));
}

static const char *rsa_jwk(struct op *op, const struct key *key)
{
    struct der whole = der_read(key->point), numbers;
    struct bytes n, e;

    if (!der_enter(&whole, DER_SEQUENCE, &numbers) || !der_next_unsigned(&numbers, &n) ||
        !der_next_unsigned(&numbers, &e)) {
        op_fail(op, ERR_INTERNAL, "PSA gave a malformed RSA public key");
        return NULL;
    }
    return json_text(op, "{'e':%s,'kty':'RSA','n':%s}", base64url(op, e), base64url(op, n));
}

/*
 * No blanks, and the required members in alphabetical order (RFC 7638 section 3), so that it can be hashed.
 */
const char *key_jwk(struct op *op, const struct key *key)
{
    const struct curve *curve;

    if (!op_ok(op))
        return NULL;
    curve = scheme_of(key->kind)->curve;
    return curve ? curve_jwk(op, key, curve) : rsa_jwk(op, key);
}

const char *key_jws_algorithm(const struct key *key)
{
    return scheme_of(key->kind)->jws;
}

const char *key_thumbprint(struct op *op, const struct key *key)
{
    const char *jwk = key_jwk(op, key);

    return jwk ? base64url(op, hash(op, HASH_SHA256, bytes_of(jwk))) : NULL;
}
