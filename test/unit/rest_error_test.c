#include "base/json.h"
#include "dns01/instance.h"
#include "kit.h"
#include "rest_vendor.h"

TEST(rest_tells_the_vendors_words)
{
    static const struct {
        long status;
        const char *body, *text;
        enum err_code code;
    } cases[] = {
        { 400, "{\"errors\":[{\"message\":\"bad name\",\"code\":1004}]}", "bad name (1004), HTTP 400",
          ERR_PROVIDER },
        { 404, "{\"errors\":[],\"message\":\"no zone\"}", "no zone, HTTP 404", ERR_PROVIDER },
        { 400, "{\"errors\":[{\"message\":null}],\"message\":[\"a\",\"b\"]}", "[\"a\",\"b\"], HTTP 400",
          ERR_PROVIDER },
        { 500, "{\"other\":\"thing\"}", "{\"other\":\"thing\"}, HTTP 500", ERR_PROVIDER },
        { 503, "<html>\n\x1b[31mdown</html>", "<html> \\x1b[31mdown</html>, HTTP 503", ERR_NETWORK },
        { 502, "", "HTTP 502", ERR_NETWORK },
        { 429, "slow down", "slow down, HTTP 429", ERR_RATE_LIMIT },
        { 200, "{\"status\":\"error\",\"message\":\"not so\"}", "not so, HTTP 200", ERR_PROVIDER },
        { 200, "{}", "{}, HTTP 200", ERR_PROVIDER },
        { 200, "<html>", "not JSON", ERR_UNTRUSTED },
        { 302, "moved", "moved, HTTP 302", ERR_PROVIDER },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = rest_op();

        answers(cases[i].status, cases[i].body);
        CHECK(!rest_post(op, "{}", "/x"));
        CHECK_FAILED(op, cases[i].code, cases[i].text);
        CHECK_INT(op->err.http_status, cases[i].code == ERR_UNTRUSTED ? 0 : cases[i].status);
    }
}

TEST(rest_cuts_long_words_and_hides_secrets)
{
    struct op *op = rest_op();
    char body[900];

    memset(body, 'x', sizeof body);
    memcpy(body + 300, "token-of-fake", 13);
    memcpy(body + 492, "token-of-fake", 13);
    body[sizeof body - 1] = '\0';
    answers(500, body);
    CHECK(!rest_post(op, "{}", "/x"));
    CHECK(strlen(op->err.text) < 530);
    CHECK(strstr(op->err.text, "[hidden]xxx") && !strstr(op->err.text, "token"));
}

TEST(rest_says_whose_credentials_were_refused)
{
    struct op *op = rest_op();

    answers(403, "{\"message\":\"forbidden\"}");
    CHECK(!rest_get(op, "/x"));
    CHECK_FAILED(op, ERR_PROVIDER, "forbidden, HTTP 403");
    CHECK_STR(op->err.hint, "asked with FAKE_Token from the environment: needs the right to write");
}

TEST(rest_does_not_follow_redirects)
{
    static struct http_header header = { "location", "https://evil.example/" };
    struct op *op = rest_op();

    answers_with(301, &header);
    CHECK(!rest_get(op, "/x"));
    CHECK_FAILED(op, ERR_PROVIDER, "redirected to https://evil.example/, which is not followed");
    CHECK_INT(vendor.count, 1);
}

TEST(rest_knows_success)
{
    struct op *op = rest_op();

    answers(200, "{\"status\":\"done\"}");
    CHECK(rest_get(op, "/x") && op_ok(op));
    CHECK(rest_delete(op, "/x"));
    vendor.answers[0].status = 404;
    CHECK(rest_delete(op, "/x"));
    vendor.answers[0].status = 410;
    CHECK(rest_delete(op, "/x"));
    vendor.answers[0].status = 409;
    CHECK(!rest_delete(op, "/x"));
    CHECK_FAILED(op, ERR_PROVIDER, "HTTP 409");
}

TEST(rest_lists_must_be_there)
{
    static const char *const bad[] = { "{}", "{\"l\":null}", "{\"l\":{}}", "{\"l\":\"[\"}" };
    struct op *op = rest_op();

    CHECK(rest_list(op, json_parse(op, "{\"l\":[]}", 8), "l") && rest_list(op, json_parse(op, "[]", 2), ""));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        op = rest_op();
        CHECK(!rest_list(op, json_parse(op, bad[i], strlen(bad[i])), "l"));
        CHECK_FAILED(op, ERR_PROVIDER, "no list at l");
    }
    op = rest_op();
    op_fail(op, ERR_NETWORK, "before");
    CHECK(!rest_list(op, NULL, "l"));
    CHECK_FAILED(op, ERR_NETWORK, "before");
}

TEST(rest_empty_answers_are_empty_objects)
{
    static const char *const lines[] = { "SET_Url=https://panel.example", "SET_Key=key-of-the-set", NULL };
    struct op *op = op_at("fake_set", lines);
    const struct json *json;

    answers(204, "");
    json = rest_put(op, NULL, "/x");
    CHECK(json && json_count(json, "") == 0);
}

TEST(rest_reads_what_an_answer_says)
{
    struct op *op = rest_op();
    struct http_response json = { .status = 400, .body = "{\"code\":81058,\"ok\":false,\"t\":\"x\"}" };
    struct http_response text = { .status = 400, .body = "81058", .length = 5 },
                         none = { .status = 204, .body = "" };

    json.length = strlen(json.body);
    CHECK(rest_says(op, &json, "code", "81057|81058") && rest_says(op, &json, "ok", "false"));
    CHECK(rest_says(op, &json, "t", "x") && !rest_says(op, &json, "t", "y") &&
          !rest_says(op, &json, "none", "null"));
    CHECK(!rest_says(op, &text, "code", "81058") && !rest_says(op, &none, "code", "81058"));
    CHECK(op_ok(op));
}
