/* Signing with a private key: plain, and as a JWT. */
#include "base/json.h"
#include "base/op.h"
#include "crypto/key.h"
#include "net/sign.h"

static struct key *rsa_key(struct op *op, const char *pem, const char *what)
{
    struct key *key = op_ok(op) ? key_from_pem(op, pem, what) : NULL;

    if (!key || key_kind(key) >= KEY_RSA2048)
        return key;
    op_fail(op, ERR_CONFIG, "%s is not an RSA key", what);
    return NULL;
}

const char *sign_rsa(struct op *op, enum hash_kind kind, const char *pem, const char *text, const char *what)
{
    struct key *key = rsa_key(op, pem, what);
    struct bytes signature = key ? key_sign_rsa(op, key, kind, bytes_of(text)) : (struct bytes){ 0 };

    return op_ok(op) ? base64(op, signature) : NULL;
}

const char *sign_jwt(struct op *op, const char *pem, const char *kid, const char *claims, const char *what)
{
    struct key *key = rsa_key(op, pem, what);
    struct text head = text_begin(op->arena);
    struct bytes signature;
    const char *input;

    if (!key)
        return NULL;
    json_open(&head, NULL, '{');
    json_put(&head, "alg", "RS256");
    json_put(&head, "typ", "JWT");
    if (kid)
        json_put(&head, "kid", kid);
    json_close(&head, '}');
    input = op_text(op, "%s.%s", base64url(op, bytes_of(head.data)), base64url(op, bytes_of(claims)));
    signature = key_sign(op, key, bytes_of(input));
    return op_ok(op) ? op_text(op, "%s.%s", input, base64url(op, signature)) : NULL;
}
