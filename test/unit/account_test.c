#include "acme/account.h"

#include "crypto/jws.h"
#include "fake_ca.h"

static struct acme *open_ca(struct fake_ca *fake, struct op *op)
{
    struct acme *ca = acme_open(op, FAKE_CA "/directory");

    CHECK(ca && !fake->account.at);
    return ca;
}

TEST(account_is_registered_once)
{
    struct fake_ca *fake = fake_ca(kit_op());
    struct op *op = kit_op();
    struct acme *ca = open_ca(fake, op);
    const struct key *key = key_generate(op, KEY_EC256);
    const struct account_wants wants = { .contact = "a@b.example" };

    CHECK(account_register(op, ca, key, &wants));
    CHECK_STR(ca->kid, FAKE_CA "/account/1");
    CHECK(bytes_same(fake->account, key_public(op, key)));
    CHECK(account_register(op, ca, key, &wants)); /* found by its key */
    CHECK_STR(ca->kid, FAKE_CA "/account/1");
    CHECK_STR(fake_complaints(fake), "");
}

TEST(account_known_from_before_costs_no_request)
{
    struct fake_ca *fake = fake_ca(kit_op());
    struct op *op = kit_op();
    struct acme *ca = open_ca(fake, op);
    unsigned before = fake->requests;

    CHECK(account_use(op, ca, key_generate(op, KEY_EC256), FAKE_CA "/account/7"));
    CHECK_INT(fake->requests, before);
    CHECK(!account_use(op, ca, ca->key, "https://evil.test/account/7"));
    CHECK_FAILED(op, ERR_UNTRUSTED, "URL for the account");
    CHECK_STR(ca->kid, FAKE_CA "/account/7");
}

TEST(account_of_a_ca_that_wants_a_binding)
{
    struct fake_ca *fake = fake_ca(kit_op());
    struct op *op = kit_op();
    struct account_wants wants = { 0 };
    const struct key *key = key_generate(op, KEY_EC256);
    struct acme *ca;

    fake->eab_required = true;
    ca = open_ca(fake, op);
    CHECK(!account_register(op, ca, key, &wants));
    CHECK_FAILED(op, ERR_CONFIG, "registering an account: ca.test binds accounts to its customers");
    CHECK(op->err.hint && strstr(op->err.hint, "--eab-kid"));
    CHECK_INT(fake->asked[FAKE_ACCOUNT], 0);
    op_recover(op);
    wants.eab_kid = "kid-1";
    wants.eab_hash = HASH_SHA256;
    CHECK(eab_key_decode(op, "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W",
                         &wants.eab_key));
    CHECK(account_register(op, ca, key, &wants));
    CHECK_STR(fake_complaints(fake), "");
}

TEST(account_binding_key_that_is_none)
{
    static const char *const bad[] = { "a", "no blanks please", "x+/y", "AAAA=", "AAA\n" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();
        struct bytes key;

        CHECK(!eab_key_decode(op, bad[i], &key));
        CHECK_FAILED(op, ERR_CONFIG, "the EAB HMAC key");
        CHECK(op->err.hint);
    }
}
