#include "crypto/jws.h"

#include "base/json.h"
#include "crypto/key_parts.h"
#include "material.h"

#define URL "https://ca.example/new-order"

/* A member of the JWS, base64url removed, as text. */
static const char *member(struct op *op, const char *jws, const char *name)
{
    const struct json *json = json_parse(op, jws, strlen(jws));
    struct bytes plain = base64url_decode(op, json_str(op, json, name), name);

    return text_cut(op, (const char *)plain.at, plain.length);
}

static bool verifies(struct op *op, const struct key *key, const char *jws)
{
    const struct json *json = json_parse(op, jws, strlen(jws));
    struct bytes signature = base64url_decode(op, json_str(op, json, "signature"), "it");
    const char *input = op_text(op, "%s.%s", json_str(op, json, "protected"), json_str(op, json, "payload"));

    if (scheme_of(key_kind(key))->curve)
        signature = ecdsa_to_der(op, signature);
    return key_verify(op, key_public(op, key), key_signature_algorithm(op, key), bytes_of(input), signature);
}

TEST(jws_with_an_account_url)
{
    static const struct {
        const char *file, *algorithm;
    } keys[] = { { "ec256.pem", "ES256" }, { "ec384.pem", "ES384" }, { "rsa2048.pem", "RS256" } };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct key *key = fixture_key(op, keys[i].file);
        const char *jws = jws_sign(op, key, "https://ca.example/acct/1", "nonce-1", URL, "{\"a\":1}");

        CHECK(text_starts(jws, "{\"protected\":\""));
        CHECK_STR(member(op, jws, "protected"),
                  op_text(op,
                          "{\"alg\":\"%s\",\"kid\":\"https://ca.example/acct/1\",\"nonce\":\"nonce-1\","
                          "\"url\":\"" URL "\"}",
                          keys[i].algorithm));
        CHECK_STR(member(op, jws, "payload"), "{\"a\":1}");
        CHECK(verifies(op, key, jws));
        CHECK(op_ok(op));
    }
}

TEST(jws_with_the_key_itself)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "ec256.pem");
    const char *jws = jws_sign(op, key, NULL, "n", URL, "{}");

    CHECK_STR(
        member(op, jws, "protected"),
        op_text(op, "{\"alg\":\"ES256\",\"jwk\":%s,\"nonce\":\"n\",\"url\":\"" URL "\"}", key_jwk(op, key)));
    CHECK(verifies(op, key, jws));
}

TEST(jws_without_a_nonce_is_for_key_rollover)
{
    struct op *op = kit_op();
    const char *jws = jws_sign(op, fixture_key(op, "ec256.pem"), NULL, NULL, URL, "{}");

    CHECK(!strstr(member(op, jws, "protected"), "nonce"));
}

TEST(jws_post_as_get_has_an_empty_payload)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "ec256.pem");
    const char *jws = jws_sign(op, key, "k", "n", URL, NULL);

    CHECK(strstr(jws, "\"payload\":\"\""));
    CHECK(verifies(op, key, jws));
}

TEST(jws_escapes_what_the_server_said)
{
    struct op *op = kit_op();
    const char *head = member(
        op, jws_sign(op, fixture_key(op, "ec256.pem"), "k", "a\",\"url\":\"b\n", URL, ""), "protected");
    const struct json *json = json_parse(op, head, strlen(head));

    CHECK_STR(json_str(op, json, "nonce"), "a\",\"url\":\"b\n");
    CHECK_STR(json_str(op, json, "url"), URL);
}

TEST(jws_needs_a_url)
{
    struct op *op = kit_op();

    CHECK(!jws_sign(op, fixture_key(op, "ec256.pem"), "k", "n", NULL, ""));
    CHECK_FAILED(op, ERR_INTERNAL, "without a URL");
}

TEST(jws_binds_an_external_account)
{
    static const struct {
        enum hash_kind kind;
        const char *name;
    } macs[] = { { HASH_SHA256, "HS256" }, { HASH_SHA384, "HS384" }, { HASH_SHA512, "HS512" } };
    struct op *op = kit_op();
    struct key *account = fixture_key(op, "ec256.pem");
    struct bytes secret = bytes_of("the secret of the binding");

    for (size_t i = 0; i < sizeof macs / sizeof *macs; i++) {
        const char *jws = jws_bind(op, account, "kid-1", secret, macs[i].kind, URL);
        const struct json *json = json_parse(op, jws, strlen(jws));
        const char *input =
            op_text(op, "%s.%s", json_str(op, json, "protected"), json_str(op, json, "payload"));

        CHECK_STR(member(op, jws, "protected"),
                  op_text(op, "{\"alg\":\"%s\",\"kid\":\"kid-1\",\"url\":\"" URL "\"}", macs[i].name));
        CHECK_STR(member(op, jws, "payload"), key_jwk(op, account));
        CHECK_STR(json_str(op, json, "signature"),
                  base64url(op, hmac(op, macs[i].kind, secret, bytes_of(input))));
    }
}

TEST(jws_binds_only_by_hashes_that_jws_has)
{
    struct op *op = kit_op();

    CHECK(!jws_bind(op, fixture_key(op, "ec256.pem"), "kid", bytes_of("s"), HASH_SHA1, URL));
    CHECK_FAILED(op, ERR_INTERNAL, "external account binding");
}

/* Token of RFC 8555 section 8.3, key of RFC 7638; the digest was computed by the openssl command line. */
TEST(jws_answers_challenges)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "rfc7517-rsa.pem");

    CHECK_STR(jws_key_authorization(op, key, "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"),
              "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA.NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    CHECK_STR(jws_dns01_value(op, key, "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"),
              "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8");
}

TEST(jws_does_nothing_after_a_failure)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "ec256.pem");

    op_fail(op, ERR_NETWORK, "earlier");
    CHECK(!jws_sign(op, NULL, NULL, NULL, NULL, NULL));
    CHECK(!jws_bind(op, key, "k", bytes_of("s"), HASH_SHA256, URL));
    CHECK(!jws_key_authorization(op, key, "t"));
    CHECK(!jws_dns01_value(op, key, "t"));
    CHECK_FAILED(op, ERR_NETWORK, "earlier");
}
