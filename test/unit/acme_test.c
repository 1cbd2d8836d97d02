/* The directory, the nonce pool and the URLs that a CA may name. */
#include "acme_kit.h"

/* ---- the directory ---- */

TEST(acme_directory_is_read_once)
{
    struct fake_ca *fake = fake_ca(kit_op());
    struct op *op = kit_op();
    struct acme *ca;

    fake->profiles = "{\"classic\":\"https://ca.test/p\"}";
    fake->eab_required = true;
    ca = acme_open(op, FAKE_CA "/directory");
    if (!CHECK(ca))
        return;
    CHECK_STR(ca->host, "ca.test");
    CHECK_STR(ca->new_order, FAKE_CA "/order");
    CHECK_STR(ca->key_change, NULL);
    CHECK_STR(ca->terms, FAKE_CA "/terms");
    CHECK(ca->eab_required && json_at(ca->profiles, "classic"));
    CHECK_INT(fake->requests, 1);
}

static void refused_directory(const struct fake_lie *lie, enum err_code code, const char *words)
{
    struct fake_ca *fake = fake_ca(kit_op());
    struct op *op = kit_op();

    fake_lies(fake, lie, 1);
    CHECK(!acme_open(op, FAKE_CA "/directory"));
    CHECK_FAILED(op, code, words);
    CHECK_FAILED(op, code, "reading the CA's directory " FAKE_CA "/directory");
    CHECK_INT(fake->asked[FAKE_DIRECTORY], fake->requests);
    CHECK(fake->requests <= 4);
}

#define DIRECTORY(...)                                                                                       \
    &(struct fake_lie)                                                                                       \
    {                                                                                                        \
        .page = FAKE_DIRECTORY, __VA_ARGS__                                                                  \
    }

TEST(acme_directory_that_is_none)
{
    refused_directory(DIRECTORY(.to = "<html>", ), ERR_UNTRUSTED, "not JSON: <html>");
    refused_directory(DIRECTORY(.to = "[]"), ERR_UNTRUSTED, "no URL for newNonce");
    refused_directory(DIRECTORY(.from = "newOrder", .to = "oldOrder"), ERR_UNTRUSTED, "no URL for newOrder");
    refused_directory(DIRECTORY(.from = "\"" FAKE_CA "/revoke\"", .to = "7"), ERR_UNTRUSTED, "revokeCert");
    refused_directory(DIRECTORY(.from = "\"" FAKE_CA "/account\"", .to = "[]"), ERR_UNTRUSTED,
                      "no URL for newAccount");
    refused_directory(DIRECTORY(.from = FAKE_CA "/nonce", .to = "https://evil.test/nonce"), ERR_UNTRUSTED,
                      "not on the CA's own host ca.test");
    refused_directory(DIRECTORY(.status = 301, .header = "Location: https://evil.test/"), ERR_REFUSED, "301");
    refused_directory(DIRECTORY(.status = 404), ERR_REFUSED, "the CA answers 404");
}

TEST(acme_directory_is_asked_for_again_when_the_ca_stumbles)
{
    static const struct fake_lie lies[] = { { .page = FAKE_DIRECTORY, .status = 500, .times = 2 },
                                            { .page = FAKE_DIRECTORY, .lost = true, .times = 1 } };
    struct fake_ca *fake = fake_ca(kit_op());
    struct op *op = kit_op();

    fake_lies(fake, lies, 2);
    CHECK(acme_open(op, FAKE_CA "/directory"));
    CHECK_INT(fake->requests, 3);
    refused_directory(DIRECTORY(.status = 502), ERR_NETWORK, "502");
    refused_directory(DIRECTORY(.unsent = true), ERR_NETWORK, "the line is cut");
}

TEST(acme_directory_answer_of_503_is_waited_for)
{
    static const struct fake_lie lie = {
        .page = FAKE_DIRECTORY, .status = 503, .header = "Retry-After: 20", .times = 1
    };
    struct fake_ca *fake = fake_ca(kit_op());
    struct op *op = kit_op();
    int64_t start = op_ticks(op);

    fake_lies(fake, &lie, 1);
    CHECK(acme_open(op, FAKE_CA "/directory"));
    CHECK_INT(op_ticks(op) - start, 20000 + 2 * FAKE_TRIP_MS);
    refused_directory(DIRECTORY(.status = 429, .header = "Retry-After: 900"), ERR_RATE_LIMIT, "429");
}

/* ---- nonces ---- */

TEST(acme_one_nonce_is_asked_for_and_then_they_come_by_themselves)
{
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);

    for (int i = 0; i < 10; i++)
        CHECK(read_order(op, ca, 1));
    CHECK_INT(fake->asked[FAKE_NONCE], 1);
    CHECK_INT(fake->asked[FAKE_ORDER], 10);
    CHECK_STR(fake_complaints(fake), "");
}

TEST(acme_pool_grows_in_small_steps_and_never_beyond_its_bound)
{
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);

    CHECK(read_order(op, ca, MOST_CALLS));
    CHECK_INT(fake->asked[FAKE_ORDER], MOST_CALLS);
    CHECK(fake->asked[FAKE_NONCE] <= ACME_MOST_NONCES);
    CHECK(fake->most_at_once <= ACME_MOST_NONCES);
    CHECK(fake->most_at_once > 8); /* but at once they are */
    CHECK(ca->nonce_count <= ACME_MOST_NONCES);
    CHECK_STR(fake_complaints(fake), "");
}

TEST(acme_refused_nonce_costs_one_request_more)
{
    static const struct fake_lie lie = { .page = FAKE_ORDER,
                                         .status = 400,
                                         .header = "Content-Type: application/problem+json",
                                         .to = "{\"type\":\"urn:ietf:params:acme:error:badNonce\"}",
                                         .times = 1 };
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);

    fake_lies(fake, &lie, 1);
    CHECK(read_order(op, ca, 1));
    CHECK_INT(fake->asked[FAKE_ORDER], 2);
    CHECK_INT(fake->asked[FAKE_NONCE], 1); /* the refusal brought the next one */
    CHECK_STR(fake_complaints(fake), "");
}

TEST(acme_succeeds_with_a_ca_that_refuses_half_of_its_nonces)
{
    for (unsigned seed = 0; seed < 20; seed++) {
        struct op *op;
        struct acme *ca;
        struct fake_ca *fake = fake_ca_with_order(&op, &ca);

        fake->refuse_nonces = 50;
        fake->lot = seed;
        CHECK(read_order(op, ca, 30));
        CHECK(fake->asked[FAKE_ORDER] > 40 && fake->asked[FAKE_ORDER] < 100);
        CHECK_STR(fake_complaints(fake), "");
    }
}

TEST(acme_gives_up_on_a_ca_that_refuses_all_of_its_nonces)
{
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);

    fake->refuse_nonces = 100;
    CHECK(!new_order(op, ca));
    CHECK_FAILED(op, ERR_NETWORK, "not this one (badNonce)");
    CHECK_INT(fake->asked[FAKE_NEW_ORDER], 24);
    CHECK_STR(op->err.problem, "badNonce");
}

static void spoiled_nonces(const char *header)
{
    const struct fake_lie lie = { .page = FAKE_ORDER, .header = header };
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);

    fake_lies(fake, &lie, 1);
    for (int i = 0; i < 3; i++)
        CHECK(read_order(op, ca, 1));
    CHECK_INT(fake->asked[FAKE_NONCE], 3); /* what came was dropped: each time a new one is asked for */
    CHECK_STR(fake_complaints(fake), "");
}

TEST(acme_nonces_that_are_none_are_dropped)
{
    struct op *op = kit_op();
    char *longest = op_alloc(op, ACME_NONCE_LIMIT + 2);

    spoiled_nonces("Replay-Nonce: ");
    spoiled_nonces("Replay-Nonce:");
    spoiled_nonces("Replay-Nonce: not+base64/url");
    spoiled_nonces("Replay-Nonce: padded=");
    spoiled_nonces("Replay-Nonce: a\"b");
    spoiled_nonces("Replay-Nonce: a\x1b[31m");
    spoiled_nonces("Replay-Nonce: a b");
    memset(longest, 'A', ACME_NONCE_LIMIT + 1);
    spoiled_nonces(op_text(op, "Replay-Nonce: %s", longest));
}

TEST(acme_longest_nonce_fits)
{
    struct op *op = kit_op();
    char *longest = op_alloc(op, ACME_NONCE_LIMIT + 1);
    struct acme *ca;
    struct fake_lie lie = { .page = FAKE_NONCE };
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);

    memset(longest, 'A', ACME_NONCE_LIMIT);
    lie.header = op_text(op, "Replay-Nonce: %s", longest);
    fake_lies(fake, &lie, 1);
    CHECK(read_order(op, ca, 1)); /* refused, for the fake has not given it; the next one is good */
    CHECK_INT(fake->asked[FAKE_ORDER], 2);
}

static void no_nonces(const struct fake_lie *lie, enum err_code code, const char *words)
{
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);

    fake_lies(fake, lie, 1);
    CHECK(!read_order(op, ca, 3));
    CHECK_FAILED(op, code, words);
    CHECK_INT(fake->asked[FAKE_ORDER], 0);
    CHECK(fake->requests <= 12);
}

#define NO_NONCE(...)                                                                                        \
    &(struct fake_lie)                                                                                       \
    {                                                                                                        \
        .page = FAKE_NONCE, __VA_ARGS__                                                                      \
    }

TEST(acme_without_a_nonce_nothing_is_sent)
{
    no_nonces(NO_NONCE(.header = "Replay-Nonce:"), ERR_UNTRUSTED, FAKE_CA "/nonce gives no nonce");
    no_nonces(NO_NONCE(.status = 404, .header = "Replay-Nonce:"), ERR_REFUSED, "the CA answers 404");
    no_nonces(NO_NONCE(.status = 500, .header = "Replay-Nonce:"), ERR_NETWORK, "the CA answers 500");
    no_nonces(NO_NONCE(.lost = true), ERR_NETWORK, "the line is cut");
}

TEST(acme_requests_for_nonces_are_repeated)
{
    static const struct fake_lie lost = { .page = FAKE_NONCE, .lost = true, .times = 2 };
    static const struct fake_lie busy[] = {
        { .page = FAKE_NONCE, .status = 503, .header = "Replay-Nonce:", .times = 1 },
        { .page = FAKE_NONCE, .header = "Retry-After: 30", .times = 1 }
    };
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);
    int64_t start;

    fake_lies(fake, &lost, 1);
    CHECK(read_order(op, ca, 1));
    CHECK_INT(fake->asked[FAKE_NONCE], 3);
    fake = fake_ca_with_order(&op, &ca);
    fake_lies(fake, busy, 2);
    start = op_ticks(op);
    CHECK(read_order(op, ca, 1));
    CHECK_INT(op_ticks(op) - start, 30000 + 3 * FAKE_TRIP_MS);
}

/* ---- URLs and small things ---- */

TEST(acme_urls_are_those_of_the_ca)
{
    static const char *const good[] = { FAKE_CA "/x", FAKE_CA, "https://CA.test/x?y#z", FAKE_CA "/a@b" };
    static const char *const bad[] = { "http://ca.test/x",
                                       "https://evil.test/x",
                                       "https://ca.test:444/x",
                                       "https://ca.test@evil.test/",
                                       "https://u:p@ca.test/",
                                       "//ca.test/x",
                                       "/x",
                                       "",
                                       "ftp://ca.test/",
                                       "https://ca.test.evil.test/",
                                       "https://ca.test\\@evil.test/",
                                       "https:///x",
                                       "https://",
                                       "https://ca.test/\x1b[2J",
                                       "https://ca.test/a b",
                                       "https://ca.test/\r\nX: y",
                                       "file:///etc/passwd",
                                       "https://ca.test/\xc3\xa4",
                                       NULL };
    struct fake_ca *fake = fake_ca(kit_op());
    struct acme *ca = fake_ca_open(fake, kit_op());

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK(acme_url_ok(kit_op(), ca, good[i], "it"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();

        kit_check(!acme_url_ok(op, ca, bad[i], "it"), __FILE__, __LINE__, "%s is good", bad[i]);
        CHECK_FAILED(op, ERR_UNTRUSTED, NULL);
        CHECK(!strchr(op->err.text, '\x1b') && !strchr(op->err.text, '\n'));
    }
}

TEST(acme_retry_after_is_kept_within_bounds)
{
    static const struct {
        const char *value;
        int64_t seconds;
    } cases[] = { { "5", 5 },
                  { "100", 60 },
                  { "0", 0 },
                  { "-1", 3 },
                  { "1e9", 3 },
                  { "", 3 },
                  { "x", 3 },
                  { "2147483647", 60 },
                  { "4294967297", 3 },
                  { "Wed, 25 Nov 2026 00:00:30 GMT", 30 },
                  { "Tue, 24 Nov 2026 00:00:00 GMT", 0 },
                  { "Sat, 01 Jan 2050 00:00:00 GMT", 60 } };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_header header = { "retry-after", cases[i].value };
        struct http_response answer = { .status = 200, .headers = &header, .header_count = 1 };

        CHECK_INT(acme_retry_after(op, &answer, 3, 60), cases[i].seconds);
    }
    CHECK_INT(acme_retry_after(op, &(struct http_response){ 0 }, 3, 60), 3);
}
