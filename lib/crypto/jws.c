#include "crypto/jws.h"

#include "base/json.h"
#include "base/op.h"
#include "base/text.h"

static const char *encode(struct op *op, const char *text)
{
    return op_ok(op) ? base64url(op, bytes_of(text)) : NULL;
}

/* The header that the signature covers; members that are NULL are left out. */
static const char *header(struct op *op, const char *algorithm, const char *jwk, const char *kid,
                          const char *nonce, const char *url)
{
    struct text out = text_begin(op->arena);

    if (!url)
        op_fail(op, ERR_INTERNAL, "a signed request without a URL");
    json_open(&out, NULL, '{');
    json_put(&out, "alg", algorithm);
    if (jwk)
        json_put_raw(&out, "jwk", jwk);
    if (kid)
        json_put(&out, "kid", kid);
    if (nonce)
        json_put(&out, "nonce", nonce);
    json_put(&out, "url", url);
    json_close(&out, '}');
    return encode(op, out.data);
}

/* What is signed (RFC 7515 section 5.1). */
static struct bytes signing_input(struct op *op, const char *head, const char *payload)
{
    return op_ok(op) ? bytes_of(op_text(op, "%s.%s", head, payload)) : (struct bytes){ 0 };
}

static const char *flattened(struct op *op, const char *head, const char *payload, struct bytes signature)
{
    return json_text(op, "{'protected':%s,'payload':%s,'signature':%s}", head, payload,
                     base64url(op, signature));
}

const char *jws_sign(struct op *op, const struct key *key, const char *kid, const char *nonce,
                     const char *url, const char *payload)
{
    const char *head, *body, *jwk;
    struct bytes signature;

    if (!op_ok(op))
        return NULL;
    jwk = kid ? NULL : key_jwk(op, key);
    head = header(op, key_jws_algorithm(key), jwk, kid, nonce, url);
    body = encode(op, payload ? payload : "");
    signature = key_sign(op, key, signing_input(op, head, body));
    return flattened(op, head, body, signature);
}

static const char *mac_name(struct op *op, enum hash_kind kind)
{
    switch (kind) {
    case HASH_SHA256:
        return "HS256";
    case HASH_SHA384:
        return "HS384";
    case HASH_SHA512:
        return "HS512";
    case HASH_MD5:
    case HASH_SHA1:
        break;
    }
    op_fail(op, ERR_INTERNAL, "external account binding with a hash that JWS does not have");
    return NULL;
}

const char *jws_bind(struct op *op, const struct key *account, const char *kid, struct bytes hmac_key,
                     enum hash_kind kind, const char *url)
{
    const char *name = mac_name(op, kind);
    const char *head = header(op, name, NULL, kid, NULL, url);
    const char *body = encode(op, key_jwk(op, account));

    return flattened(op, head, body, hmac(op, kind, hmac_key, signing_input(op, head, body)));
}

const char *jws_key_authorization(struct op *op, const struct key *account, const char *token)
{
    const char *thumbprint = key_thumbprint(op, account);

    return op_ok(op) ? op_text(op, "%s.%s", token, thumbprint) : NULL;
}

const char *jws_dns01_value(struct op *op, const struct key *account, const char *token)
{
    const char *authorization = jws_key_authorization(op, account, token);

    return op_ok(op) ? base64url(op, hash(op, HASH_SHA256, bytes_of(authorization))) : NULL;
}
