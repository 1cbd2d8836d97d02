/* What a CA says when it refuses, turned into our errors. */
#include "acme/problem.h"

#include "kit.h"

static struct acme_call call_with(struct op *op, long status, const char *json)
{
    struct acme_call call = { .url = "https://ca.test/x", .answer = { .status = status, .body = json } };

    call.answer.length = strlen(json);
    call.json = json_parse(op, json, strlen(json));
    return call;
}

static struct op *fail(long status, const char *json)
{
    struct op *op = kit_op();
    struct acme_call call = call_with(op, status, json);

    CHECK(!problem_fail(op, &call));
    CHECK_INT(op->err.http_status, status);
    return op;
}

#define URN "urn:ietf:params:acme:error:"

TEST(problem_types_and_statuses_make_the_error_code)
{
    static const struct {
        long status;
        const char *json;
        enum err_code code;
    } cases[] = {
        { 429, "{\"type\":\"" URN "rateLimited\",\"detail\":\"too many\"}", ERR_RATE_LIMIT },
        { 503, "{\"type\":\"" URN "rateLimited\"}", ERR_RATE_LIMIT },
        { 429, "{\"detail\":\"slow down\"}", ERR_RATE_LIMIT },
        { 429, "{}", ERR_RATE_LIMIT },
        { 500, "{\"type\":\"" URN "serverInternal\"}", ERR_NETWORK },
        { 400, "{\"type\":\"" URN "serverInternal\"}", ERR_NETWORK },
        { 502, "{\"detail\":\"bad gateway\"}", ERR_NETWORK },
        { 503, "{}", ERR_NETWORK },
        { 400, "{\"type\":\"" URN "badNonce\"}", ERR_NETWORK },
        { 403, "{\"type\":\"" URN "externalAccountRequired\"}", ERR_CONFIG },
        { 400, "{\"type\":\"" URN "invalidProfile\"}", ERR_CONFIG },
        { 403, "{\"type\":\"" URN "caa\"}", ERR_REFUSED },
        { 400, "{\"type\":\"" URN "rejectedIdentifier\"}", ERR_REFUSED },
        { 400, "{\"type\":\"" URN "somethingNew\"}", ERR_REFUSED },
        { 400, "{\"type\":\"rateLimited\"}", ERR_REFUSED }, /* not ACME's */
        { 404, "{}", ERR_REFUSED },
        { 301, "{}", ERR_REFUSED },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_FAILED(fail(cases[i].status, cases[i].json), cases[i].code, "the CA ");
}

TEST(problem_is_told_in_the_cas_words)
{
    CHECK_FAILED(fail(400, "{\"type\":\"" URN "malformed\",\"detail\":\"no such thing\"}"), ERR_REFUSED,
                 "the CA says: no such thing (malformed)");
    CHECK_FAILED(fail(400, "{\"type\":\"" URN "malformed\"}"), ERR_REFUSED, "the CA says: (malformed)");
    CHECK_FAILED(fail(400, "{\"detail\":\"x\"}"), ERR_REFUSED, "the CA says: x");
    CHECK_FAILED(fail(400, "{\"type\":\"about:blank\"}"), ERR_REFUSED, "the CA says: no reason given");
    CHECK_STR(fail(400, "{\"type\":\"" URN "malformed\"}")->err.problem, "malformed");
    CHECK_STR(fail(400, "{\"detail\":\"x\"}")->err.problem, NULL);
}

TEST(problem_without_an_answer)
{
    struct op *op = kit_op();
    struct acme_call call = { .url = "https://ca.test/x", .answer = { .failure = "Connection refused" } };

    CHECK(!problem_fail(op, &call));
    CHECK_FAILED(op, ERR_NETWORK, "Connection refused");
    CHECK(op->err.hint && strstr(op->err.hint, "network"));
}

TEST(problem_does_not_hide_an_earlier_one)
{
    struct op *op = kit_op();
    struct acme_call call = call_with(op, 500, "{\"type\":\"" URN "caa\"}");

    op_fail(op, ERR_STORE, "first");
    CHECK(!problem_fail(op, &call));
    CHECK(!problem_fail_json(op, call.json, 400));
    CHECK_FAILED(op, ERR_STORE, "first");
    CHECK_STR(op->err.problem, NULL);
    CHECK_INT(op->err.http_status, 0);
}

/* Every text that comes from the CA: one line, no control characters, about 500 bytes. */
TEST(problem_words_are_printable_and_short)
{
    struct op *op = kit_op(), *bad;
    struct text json = text_begin(op->arena);

    text_add(&json, "{\"type\":\"" URN);
    for (int i = 0; i < 500; i++)
        text_add(&json, "\\u001b[1m");
    text_add(&json, "\",\"detail\":\"");
    for (int i = 0; i < 500; i++)
        text_add(&json, "\\u001b[2J\\r\\n\\u202e\\u0007");
    text_add(&json, "\",\"subproblems\":[{\"detail\":\"");
    for (int i = 0; i < 500; i++)
        text_add(&json, "\\u009b");
    text_add(&json, "\",\"identifier\":{\"value\":\"\\u0008\\u0008\"}}]}");
    bad = fail(403, json.data);
    CHECK(strlen(bad->err.text) < 500 + 100 + 500 + 100);
    CHECK(strlen(bad->err.problem) <= 103);
    for (const char *c = bad->err.text; *c; c++)
        CHECK(*c != '\n' && *c != '\r' && *c != '\x1b' && *c != '\a' && *c != '\b');
    CHECK(!strstr(bad->err.text, "\xc2\x9b") && !strstr(bad->err.text, "\xe2\x80\xae"));
}

TEST(problem_of_wrong_types_does_no_harm)
{
    static const char *const bodies[] = {
        "{\"type\":1,\"detail\":{}}",
        "{\"type\":[],\"subproblems\":7}",
        "{\"type\":null,\"subproblems\":null}",
        "{\"detail\":\"x\",\"subproblems\":[1,\"x\",null,[],{}]}",
        "{\"detail\":\"x\",\"subproblems\":[{\"identifier\":[],\"detail\":{}}]}",
        "{\"detail\":\"x\",\"subproblems\":{\"identifier\":{\"value\":\"y\"}}}",
    };

    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        CHECK_FAILED(fail(400, bodies[i]), ERR_REFUSED, "the CA says: ");
}

TEST(problem_inside_an_object_may_be_no_object)
{
    static const char *const bodies[] = { "\"x\"", "7", "[]", "null", "{}" };

    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct op *op = kit_op();

        CHECK(!problem_fail_json(op, json_parse(op, bodies[i], strlen(bodies[i])), 0));
        CHECK_FAILED(op, ERR_REFUSED, "the CA says: no reason given");
    }
}

/* Let's Encrypt names the time in words, and the page that lifts a pause. */
TEST(problem_names_the_time_in_words)
{
    struct op *op =
        fail(429, "{\"type\":\"" URN
                  "rateLimited\",\"detail\":\"too many certificates (5) already issued for this exact set "
                  "of identifiers in the last 168h0m0s, retry after 2026-11-25 06:07:08 UTC: see "
                  "https://letsencrypt.org/docs/rate-limits/\"}");

    CHECK_INT(op->err.retry_at, op_now(op) + 6 * 3600 + 7 * 60 + 8);
    CHECK_STR(op->err.hint, "not before 2026-11-25T06:07:08Z");
    op = fail(429, "{\"type\":\"" URN "rateLimited\",\"detail\":\"retry after 2027-11-25 06:07:08 UTC\"}");
    CHECK_INT(op->err.retry_at, op_now(op) + 24 * 3600); /* a day ahead at most */
    op = fail(429, "{\"type\":\"" URN "rateLimited\",\"detail\":\"retry after lunch\"}");
    CHECK_INT(op->err.retry_at, 0);
}

TEST(problem_shows_the_link_that_lifts_a_pause)
{
    struct op *op =
        fail(429, "{\"type\":\"" URN
                  "rateLimited\",\"detail\":\"Your account is temporarily prevented from requesting "
                  "certificates for a.example. Please visit: "
                  "https://portal.ca.test/sfe/v1/unpause?jwt=abc.def.ghi to unpause it\"}");

    CHECK_STR(op->err.hint, "the CA has paused this account or name: lift that at "
                            "https://portal.ca.test/sfe/v1/unpause?jwt=abc.def.ghi");
}
