/* The challenge of an authorization, of all types, from CAs good and bad. */
#include "acme/challenge.h"

#include "material.h"

#define KID "https://example.com/acme/acct/ExampleAccount" /* of the draft of dns-account-01 */

struct scene {
    struct op *op;
    struct acme ca;
    struct authz authz;
};

static struct scene *scene(void)
{
    struct op *op = kit_op();
    struct scene *s = op_new(op, struct scene);

    s->op = op;
    s->ca = (struct acme){ .host = "example.com", .kid = KID, .key = fixture_key(op, "rfc7517-rsa.pem") };
    s->authz.challenge.name = s->authz.challenge.base = "www.example.org";
    return s;
}

/* `members` is what the challenge has besides type and URL, with a comma in front. */
static bool reads(struct scene *s, const char *type, const char *members)
{
    const char *text = op_text(s->op,
                               "{\"challenges\":[{\"type\":\"other-01\",\"url\":\"https://evil.test/\"},"
                               "{\"type\":\"%s\",\"url\":\"https://example.com/c/1\"%s}]}",
                               type, members);

    return challenge_read(s->op, &s->ca, json_parse(s->op, text, strlen(text)), type, &s->authz);
}

#define TOKEN ",\"token\":\"evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA\""
#define VALUE "ZTRx1Ckl1-tM05o5zaizTTA0yUy5AGereMgSNWC6Ll8"

TEST(challenge_labels)
{
    static const struct {
        const char *type, *label;
    } cases[] = { { "dns-01", "_acme-challenge" },
                  { "dns-account-01", "_ujmmovf2vn55tgye._acme-challenge" },
                  { "http-01", NULL },
                  { "tls-alpn-01", NULL } };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene *s = scene();

        CHECK(reads(s, cases[i].type, TOKEN));
        CHECK_STR(s->authz.challenge.label, cases[i].label);
        CHECK_STR(s->authz.challenge.value, VALUE);
        CHECK_STR(s->authz.challenge.type, cases[i].type);
        CHECK(!s->authz.challenge.persist.account && !s->authz.challenge.persist.issuers.count);
        CHECK(!s->authz.answered);
    }
}

TEST(challenge_of_another_account_has_another_label)
{
    struct scene *s = scene();

    s->ca.kid = KID "2";
    CHECK(reads(s, "dns-account-01", TOKEN));
    CHECK(s->authz.challenge.label &&
          !text_same(s->authz.challenge.label, "_ujmmovf2vn55tgye._acme-challenge"));
    CHECK_INT(strspn(s->authz.challenge.label + 1, "abcdefghijklmnopqrstuvwxyz234567"), 16);
}

TEST(challenge_of_a_record_that_stays)
{
    struct scene *s = scene();

    CHECK(reads(s, "dns-persist-01",
                ",\"issuer-domain-names\":[\"ca.example\",\"b.ca.example\"],\"accounturi\":\"" KID "\""));
    CHECK_STR(s->authz.challenge.label, "_validation-persist");
    CHECK_INT(s->authz.challenge.persist.issuers.count, 2);
    CHECK_STR(s->authz.challenge.persist.issuers.at[1], "b.ca.example");
    CHECK_STR(s->authz.challenge.persist.account, KID);
    CHECK(!s->authz.challenge.token && !s->authz.challenge.value && !s->authz.challenge.key_authorization);
    s = scene(); /* older CAs do not tell the account */
    CHECK(reads(s, "dns-persist-01", ",\"issuer-domain-names\":[\"ca.example\"],\"status\":\"processing\""));
    CHECK_STR(s->authz.challenge.persist.account, KID);
    CHECK(s->authz.answered);
}

TEST(challenge_of_a_record_that_stays_from_a_hostile_ca)
{
#define NAMES(list) ",\"issuer-domain-names\":" list
    static const struct {
        const char *members, *words;
    } cases[] = {
        { "", "names 0 issuers" },
        { NAMES("[]"), "names 0 issuers" },
        { NAMES("[1]"), NULL },
        { NAMES("{}"), NULL },
        { NAMES("[\"\"]"), "no host name in normal form" },
        { NAMES("[\"ca.example.\"]"), "no host name in normal form" },
        { NAMES("[\".ca.example\"]"), "no host name in normal form" },
        { NAMES("[\"ca..example\"]"), "no host name in normal form" },
        { NAMES("[\"CA.example\"]"), "no host name in normal form" },
        { NAMES("[\"ca.example; accounturi=https://evil.test/1\"]"), "no host name in normal form" },
        { NAMES("[\"ca.example\",\"ca.\\u001b[31mexample\"]"), "ca.\\x1b[31mexample" },
        { NAMES("[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\"]"), "names 11 issuers" },
        { NAMES("[\"ca.example\"],\"accounturi\":\"https://example.com/acme/acct/2\""),
          "is for the account https://example.com/acme/acct/2, ours is " KID },
        { NAMES("[\"ca.example\"],\"accounturi\":\"" KID "/\""), "is for the account" },
        { NAMES("[\"ca.example\"],\"accounturi\":\"\""), "is for the account" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene *s = scene();

        CHECK(!reads(s, "dns-persist-01", cases[i].members));
        CHECK_FAILED(s->op, ERR_UNTRUSTED, cases[i].words);
    }
}

TEST(challenge_of_a_newer_draft)
{
    struct scene *s = scene();

    CHECK(!reads(s, "dns-persist-01", ",\"issuerDomainNames\":[\"ca.example\"]"));
    CHECK_FAILED(s->op, ERR_REFUSED, "a newer draft of dns-persist-01");
    CHECK(kit_has(s->op->err.hint, "--challenge-type dns-01"));
}

TEST(challenge_that_the_ca_does_not_offer)
{
    static const char *const types[] = { "dns-persist-01", "dns-account-01" };
    static const char none[] = "{\"challenges\":[{\"type\":\"dns-01\"}]}";

    for (size_t i = 0; i < 2; i++) {
        struct scene *s = scene();

        CHECK(!challenge_read(s->op, &s->ca, json_parse(s->op, none, strlen(none)), types[i], &s->authz));
        CHECK_FAILED(s->op, ERR_REFUSED, "this CA does not offer dns-");
        CHECK(kit_has(s->op->err.text, "yet (asked for www.example.org)"));
        CHECK(kit_has(s->op->err.hint, "use dns-01"));
    }
}

/* What is proved already is not looked at. */
TEST(challenge_of_a_valid_authorization)
{
    struct scene *s = scene();

    s->authz.status = AUTHZ_VALID;
    CHECK(reads(s, "dns-persist-01", ""));
    CHECK(!s->authz.challenge.type);
}
