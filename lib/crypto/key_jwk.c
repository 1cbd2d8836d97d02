/* Keys as JOSE writes them (RFC 7517, RFC 7518 section 6). */
#include "base/file.h"
#include "base/json.h"
#include "base/op.h"
#include "base/text.h"
#include "crypto/der.h"
#include "crypto/key_parts.h"

#include <string.h>

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

/* ---- reading ---- */

static struct bytes number(struct op *op, const struct json *jwk, const char *name)
{
    const char *text = json_opt(op, jwk, name);

    return text ? base64url_decode(op, text, name) : (struct bytes){ 0 };
}

static struct key *read_ec(struct op *op, const struct json *jwk)
{
    enum key_kind kind = json_is(jwk, "crv", "P-384") ? KEY_EC384 : KEY_EC256;
    const struct scheme *scheme = scheme_of(kind);
    struct bytes d = number(op, jwk, "d");
    uint8_t *padded = op_alloc(op, curve_size(scheme->curve));

    if (!json_is(jwk, "crv", scheme->curve->name) || !d.length ||
        !number_fit(d, padded, curve_size(scheme->curve)))
        return NULL;
    return key_import(op, kind, (struct bytes){ padded, curve_size(scheme->curve) });
}

/* RSAPrivateKey (RFC 8017 appendix A.1.2). */
static struct key *read_rsa(struct op *op, const struct json *jwk)
{
    static const char *const names[] = { "n", "e", "d", "p", "q", "dp", "dq", "qi" };
    struct bytes content = der_small(op, 0);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct bytes value = number(op, jwk, names[i]);

        if (!value.length)
            return NULL;
        content = der_join(op, content, der_unsigned(op, value));
    }
    return key_import(op, KEY_RSA2048, der_wrap(op, DER_SEQUENCE, content));
}

static bool same_public(struct op *op, const struct key *key, const struct json *jwk)
{
    static const char *const names[] = { "kty", "crv", "x", "y", "n", "e" };
    const char *text = key_jwk(op, key);
    const struct json *own = text ? json_parse(op, text, strlen(text)) : NULL;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!text_same(json_opt(op, own, names[i]), json_opt(op, jwk, names[i])))
            return false;
    return own != NULL;
}

struct key *key_from_jwk(struct op *op, const struct json *jwk, const char *what)
{
    struct key *key = NULL;

    op_enter(op, "reading %s", what);
    if (json_is(jwk, "kty", "EC"))
        key = read_ec(op, jwk);
    else if (json_is(jwk, "kty", "RSA"))
        key = read_rsa(op, jwk);
    if (op_ok(op) && (!key || !same_public(op, key, jwk)))
        op_fail(op, ERR_CONFIG, "no private JWK of RSA, P-256 or P-384, or its parts do not belong together");
    op_leave(op);
    return op_ok(op) ? key : NULL;
}

struct key *key_from_file(struct op *op, const char *path)
{
    const char *text = file_read_named(op, path);
    const struct json *jwk;

    if (!text)
        return NULL;
    if (text[strspn(text, " \t\r\n")] != '{')
        return key_from_pem(op, text, path);
    jwk = json_parse(op, text, strlen(text));
    if (jwk)
        return key_from_jwk(op, jwk, path);
    op->err.code = ERR_CONFIG;
    return NULL;
}
