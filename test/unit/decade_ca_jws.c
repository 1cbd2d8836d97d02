/* Signatures and nonces of the CA that lives for years. */
#include "decade_ca.h"
#include "es256.h"

#include <stdlib.h>

#define NONCE_PREFIX "nonce-of-the-decade-"

void decade_give_nonce(struct decade_call *call)
{
    struct decade_ca *ca = call->ca;

    ca->nonces++;
    ca->nonce_used[ca->nonces % NONCES_KEPT] = false;
    decade_header(call, op_text(call->op, "Replay-Nonce: " NONCE_PREFIX "%lu", ca->nonces));
}

static bool nonce_ok(struct decade_call *call, const char *nonce)
{
    struct decade_ca *ca = call->ca;
    bool ours = nonce && text_starts(nonce, NONCE_PREFIX);
    unsigned long number = ours ? strtoul(nonce + strlen(NONCE_PREFIX), NULL, 10) : 0;

    if (!number || number > ca->nonces || ca->nonces - number >= NONCES_KEPT)
        return decade_refuse(call, 400, "badNonce", "never heard of it");
    if (ca->nonce_used[number % NONCES_KEPT])
        decade_complain(ca, "the nonce %s twice", nonce);
    ca->nonce_used[number % NONCES_KEPT] = true;
    return true;
}

/* One account a CA is all that is needed; it is registered once. */
static void take_account(struct decade_call *call, const struct json *jwk)
{
    struct decade_ca *ca = call->ca;
    const char *canonical = json_text(call->aside, "{'crv':'P-256','kty':'EC','x':%s,'y':%s}",
                                      json_str(call->aside, jwk, "x"), json_str(call->aside, jwk, "y"));

    if (ca->account.at && !bytes_same(ca->account, call->signer))
        decade_complain(ca, "a second account is registered");
    if (!ca->account.at) {
        ca->account = es256_spki(ca->op, jwk);
        ca->thumbprint = base64url(ca->op, hash(ca->op, HASH_SHA256, bytes_of(canonical)));
    }
    decade_say(call, 201, "application/json", "{\"status\":\"valid\"}");
    decade_header(call, op_text(call->op, "Location: %s/account/1", ca->base));
}

bool decade_open_jws(struct decade_call *call)
{
    struct decade_ca *ca = call->ca;
    struct op *op = call->aside;
    const struct http_request *request = call->request;
    const struct json *jws = json_parse(op, request->body ? request->body : "", request->body_length);
    const struct json *header = es256_json(op, jws, "protected"), *jwk = json_at(header, "jwk");
    bool is_account = text_same(call->path, "/account");

    if (!json_is(header, "url", request->url) || !json_is(header, "alg", "ES256") || !jwk == is_account)
        decade_complain(ca, "a header for something else: %s", request->url);
    call->signer = jwk ? es256_spki(op, jwk) : ca->account;
    if (!call->signer.at)
        return decade_refuse(call, 400, "accountDoesNotExist", "who are you?");
    if (!es256_verifies(op, jws, call->signer)) {
        decade_complain(ca, "a signature that does not verify: %s", request->url);
        return decade_refuse(call, 400, "malformed", "the signature does not verify");
    }
    call->payload = json_is(jws, "payload", "") ? NULL : es256_json(op, jws, "payload");
    if (!nonce_ok(call, json_opt(op, header, "nonce")))
        return false;
    if (is_account)
        take_account(call, jwk);
    return true;
}
