/* The fake vendor's words are at "message" and its success at "status=ok|done": in XML both are the root. */
#include "dns01/instance.h"
#include "kit.h"
#include "rest_vendor.h"

static const struct xml *ask(struct op *op, long status, const char *body)
{
    struct rest_call call = { .method = "GET", .url = "https://api.fake.example/x" };

    answers(status, body);
    return rest_call(op, &call) ? rest_xml(op, &call.answer) : NULL;
}

TEST(rest_reads_xml)
{
    struct op *op = rest_op();

    CHECK_STR(xml_str(op, ask(op, 200, "<status>done</status>"), "status"), "done");
}

TEST(rest_tells_the_vendors_words_in_xml)
{
    static const struct {
        long status;
        const char *body, *text;
        enum err_code code;
    } cases[] = {
        { 403, "<?xml version='1.0'?><message>not &lt;you&gt;</message>", "not <you>, HTTP 403",
          ERR_PROVIDER },
        { 400, "<message><a/></message>", "<message><a/></message>, HTTP 400", ERR_PROVIDER },
        { 429, "<message>slow</message>", "slow, HTTP 429", ERR_RATE_LIMIT },
        { 200, "<message>status is not told</message>", "status is not told, HTTP 200", ERR_PROVIDER },
        { 200, "<status>bad</status>", "<status>bad</status>, HTTP 200", ERR_PROVIDER },
        { 200, "{\"status\":\"ok\"}", "XML that cannot be read", ERR_UNTRUSTED },
        { 200, "", "XML that cannot be read", ERR_UNTRUSTED },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = rest_op();

        CHECK(!ask(op, cases[i].status, cases[i].body));
        CHECK_FAILED(op, cases[i].code, cases[i].text);
    }
}

TEST(rest_reads_what_an_answer_in_xml_says)
{
    struct op *op = rest_op();
    struct http_response answer = { .status = 400, .body = "<a><b>7</b></a>", .length = 15 };

    CHECK(rest_says(op, &answer, "a.b", "6|7") && !rest_says(op, &answer, "a.b", "8"));
    CHECK(!rest_says(op, &answer, "b", "7") && op_ok(op));
}
