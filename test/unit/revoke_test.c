#include "acme/revoke.h"

#include "fake_ca.h"

static struct bytes certificate(struct op *op, const struct key *key)
{
    struct family f = family(op);

    f.leaf.key = key;
    return forge(op, &f.leaf);
}

TEST(revoke_reasons_by_name_and_number)
{
    static const struct {
        const char *text;
        enum revoke_reason reason;
    } good[] = { { "unspecified", REVOKE_UNSPECIFIED },
                 { "keyCompromise", REVOKE_KEY_COMPROMISE },
                 { "KEYCOMPROMISE", REVOKE_KEY_COMPROMISE },
                 { "affiliationChanged", REVOKE_AFFILIATION_CHANGED },
                 { "superseded", REVOKE_SUPERSEDED },
                 { "cessationOfOperation", REVOKE_CESSATION_OF_OPERATION },
                 { "0", REVOKE_UNSPECIFIED },
                 { "1", REVOKE_KEY_COMPROMISE },
                 { "3", REVOKE_AFFILIATION_CHANGED },
                 { "4", REVOKE_SUPERSEDED },
                 { "5", REVOKE_CESSATION_OF_OPERATION } };
    static const char *const bad[] = { "", "2", "6", "7", "10", "01", " 1", "key", "cACompromise" };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        enum revoke_reason reason = REVOKE_SUPERSEDED;

        CHECK(revoke_reason_parse(kit_op(), good[i].text, &reason));
        CHECK_INT(reason, good[i].reason);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        enum revoke_reason reason;
        struct op *op = kit_op();

        CHECK(!revoke_reason_parse(op, bad[i], &reason));
        CHECK_FAILED(op, ERR_USAGE, "--reason");
    }
}

TEST(revoke_by_the_account_or_by_the_certificates_key)
{
    struct fake_ca *fake = fake_ca(kit_op());
    struct op *op = kit_op();
    struct acme *ca = fake_ca_open(fake, op);
    const struct key *key = key_generate(op, KEY_EC256), *stranger = key_generate(op, KEY_EC256);
    struct bytes der = certificate(op, key);
    bool already = true;

    CHECK(acme_revoke(op, ca, der, REVOKE_SUPERSEDED, NULL, &already) && !already);
    CHECK(acme_revoke(op, ca, der, REVOKE_KEY_COMPROMISE, key, &already) && !already);
    CHECK_STR(fake_complaints(fake), "");
    CHECK(!acme_revoke(op, ca, der, REVOKE_KEY_COMPROMISE, stranger, &already));
    CHECK_FAILED(op, ERR_REFUSED,
                 "asking the CA to revoke the certificate: the CA says: not yours (unauthorized)");
}

static void answered(const struct fake_lie *lie, bool good, bool was_already)
{
    struct fake_ca *fake = fake_ca(kit_op());
    struct op *op = kit_op();
    struct acme *ca = fake_ca_open(fake, op);
    bool already = false;

    fake_lies(fake, lie, 1);
    CHECK(acme_revoke(op, ca, certificate(op, key_generate(op, KEY_EC256)), REVOKE_SUPERSEDED, NULL,
                      &already) == good);
    CHECK(already == was_already);
    CHECK(fake->asked[FAKE_REVOKE] <= 1);
}

#define PROBLEM "Content-Type: application/problem+json"

TEST(revoke_twice_is_no_failure)
{
    answered(&(struct fake_lie){ .page = FAKE_REVOKE,
                                 .status = 400,
                                 .header = PROBLEM,
                                 .to = "{\"type\":\"urn:ietf:params:acme:error:alreadyRevoked\"}" },
             true, true);
}

TEST(revoke_is_done_only_when_the_ca_says_so)
{
    answered(&(struct fake_lie){ .page = FAKE_REVOKE, .status = 400, .header = PROBLEM, .to = "{}" }, false,
             false);
    answered(&(struct fake_lie){ .page = FAKE_REVOKE, .status = 302, .header = "Location: " FAKE_CA "/x" },
             false, false);
    answered(&(struct fake_lie){ .page = FAKE_REVOKE, .status = 500 }, false, false);
    answered(&(struct fake_lie){ .page = FAKE_REVOKE, .lost = true }, false, false);
    answered(&(struct fake_lie){ .page = FAKE_REVOKE, .to = "<html>" }, false, false);
}
