/* Nonces and signatures (RFC 8555 section 6), as a strict CA looks at them. */
#include "es256.h"
#include "fake_ca.h"

#include <stdlib.h>

#define NONCE_PREFIX "nonce-number-"

void fake_give_nonce(struct fake_call *call)
{
    struct fake_ca *fake = call->fake;

    fake_header(call, op_text(fake->op, "Replay-Nonce: " NONCE_PREFIX "%u", ++fake->nonces));
}

/* A linear congruential generator: the same lots in every run. */
static unsigned lot(struct fake_ca *fake)
{
    fake->lot = fake->lot * 1103515245u + 12345u;
    return (fake->lot >> 16) % 100;
}

static bool nonce_ok(struct fake_call *call, const char *nonce)
{
    struct fake_ca *fake = call->fake;
    size_t most = sizeof fake->nonce_used / sizeof *fake->nonce_used;
    const char *digits = nonce && text_starts(nonce, NONCE_PREFIX) ? nonce + strlen(NONCE_PREFIX) : "0";
    size_t number = strtoul(digits, NULL, 10);

    if (number == 0 || number > fake->nonces || number >= most)
        return fake_refuse(call, 400, "badNonce", "never heard of it");
    if (fake->nonce_used[number])
        fake_complain(fake, "the nonce %s twice", nonce);
    fake->nonce_used[number] = true;
    if (lot(fake) < fake->refuse_nonces)
        return fake_refuse(call, 400, "badNonce", "not this one");
    return true;
}

static bool is_jose(const struct http_request *request)
{
    for (size_t i = 0; request->headers && request->headers[i]; i++)
        if (text_same(request->headers[i], "Content-Type: application/jose+json"))
            return true;
    return false;
}

/* Whose signature it has to be: the account's, or that of the key in the header. */
static bool find_signer(struct fake_call *call, const struct json *header)
{
    struct fake_ca *fake = call->fake;
    const struct json *jwk = json_at(header, "jwk");

    call->by_account = json_is(header, "kid", FAKE_CA "/account/1");
    call->signer = call->by_account ? fake->account : jwk ? es256_spki(fake->op, jwk) : (struct bytes){ 0 };
    if (!jwk == !json_at(header, "kid"))
        fake_complain(fake, "neither jwk nor kid, or both: %s", call->url);
    if (jwk && call->page != FAKE_ACCOUNT && call->page != FAKE_REVOKE)
        fake_complain(fake, "a jwk where an account is asked for: %s", call->url);
    return call->signer.at || fake_refuse(call, 400, "accountDoesNotExist", "who are you?");
}

static void take_payload(struct fake_call *call, const struct json *jws)
{
    struct op *op = call->fake->op;

    call->payload = json_is(jws, "payload", "") ? NULL : es256_json(op, jws, "payload");
}

bool fake_open_jws(struct fake_call *call, const struct http_request *request)
{
    struct fake_ca *fake = call->fake;
    struct op *op = fake->op;
    const struct json *jws = json_parse(op, request->body ? request->body : "", request->body_length);
    const struct json *header = es256_json(op, jws, "protected");

    if (!is_jose(request) || request->body_length != strlen(request->body))
        fake_complain(fake, "no JOSE request: %s", request->url);
    if (!json_is(header, "url", request->url) || !json_is(header, "alg", "ES256"))
        fake_complain(fake, "a header for something else: %s", json_print(op, header));
    if (!find_signer(call, header))
        return false;
    if (!es256_verifies(op, jws, call->signer)) {
        fake_complain(fake, "a signature that does not verify: %s", request->url);
        return fake_refuse(call, 400, "malformed", "the signature does not verify");
    }
    take_payload(call, jws);
    if (!nonce_ok(call, json_opt(op, header, "nonce")))
        return false;
    if (call->page == FAKE_ACCOUNT)
        fake_account(call, json_at(header, "jwk"));
    return true;
}

void fake_account(struct fake_call *call, const struct json *jwk)
{
    struct fake_ca *fake = call->fake;
    struct op *op = fake->op;
    const char *canonical = json_text(op, "{'crv':'P-256','kty':'EC','x':%s,'y':%s}", json_str(op, jwk, "x"),
                                      json_str(op, jwk, "y"));
    bool known = fake->account.at;

    if (!json_true(call->payload, "termsOfServiceAgreed")) {
        fake_refuse(call, 403, "userActionRequired", "agree to the terms");
        return;
    }
    if (fake->eab_required && !json_at(call->payload, "externalAccountBinding")) {
        fake_refuse(call, 403, "externalAccountRequired", "customers only");
        return;
    }
    fake->account = call->signer;
    fake->thumbprint = base64url(op, hash(op, HASH_SHA256, bytes_of(canonical)));
    fake_say(call, known ? 200 : 201, "application/json", "{\"status\":\"valid\"}");
    fake_header(call, "Location: " FAKE_CA "/account/1");
}
