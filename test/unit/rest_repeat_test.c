#include "base/json.h"
#include "dns01/rest.h"
#include "kit.h"
#include "rest_vendor.h"

TEST(rest_repeats_a_get_and_nothing_else)
{
    struct op *op = rest_op();

    answers(0, NULL);
    answers(500, "oops");
    answers(200, "{\"status\":\"ok\"}");
    CHECK(rest_get(op, "/x"));
    CHECK_INT(vendor.count, 3);
    CHECK_INT(vendor.asked[1].ticks - vendor.asked[0].ticks, 1000);
    CHECK_INT(vendor.asked[2].ticks - vendor.asked[1].ticks, 4000);
    vendor.count = 0;
    CHECK(!rest_post(op, "{}", "/x"));
    CHECK_FAILED(op, ERR_NETWORK, "https://api.example: the line is cut");
    CHECK_INT(vendor.count, 1);
}

TEST(rest_gives_up_after_three)
{
    struct op *op = rest_op();

    answers(500, "{\"message\":\"oops\"}");
    CHECK(!rest_get(op, "/x"));
    CHECK_INT(vendor.count, 3);
    CHECK_FAILED(op, ERR_PROVIDER, "oops, HTTP 500");
}

TEST(rest_honours_retry_after)
{
    static struct http_header soon = { "Retry-After", "20" }, late = { "Retry-After", "3600" };
    struct op *op = rest_op();

    answers_with(429, &soon);
    answers(200, "{\"status\":\"ok\"}");
    CHECK(rest_post(op, "{}", "/x"));
    CHECK_INT(vendor.asked[1].ticks - vendor.asked[0].ticks, 20000);
    vendor.count = vendor.answer_count = 0;
    answers_with(429, &late);
    CHECK(!rest_get(op, "/x"));
    CHECK_FAILED(op, ERR_RATE_LIMIT, "no, HTTP 429");
    CHECK_INT(vendor.count, 1);
    CHECK_INT(op->err.retry_at, op_now(op) + 3600);
}

TEST(rest_many_calls_repeat_only_what_failed)
{
    struct op *op = rest_op();
    struct rest_call calls[3] = { { .method = "GET", .url = rest_url(op, "/1") },
                                  { .method = "GET", .url = rest_url(op, "/2") },
                                  { .method = "POST", .url = rest_url(op, "/3"), .body = "{}" } };

    answers(200, "{\"status\":\"ok\",\"n\":1}");
    answers(503, "");
    answers(500, "");
    answers(200, "{\"status\":\"ok\",\"n\":2}");
    CHECK(rest_calls(op, calls, 3));
    CHECK_INT(vendor.count, 4);
    CHECK_STR(vendor.asked[3].url, "https://api.example/v2/2");
    CHECK_INT(json_int(rest_judge(op, &calls[0].answer), "n", 0), 1);
    CHECK_INT(json_int(rest_judge(op, &calls[1].answer), "n", 0), 2);
    CHECK_INT(calls[2].answer.status, 500);
    CHECK(rest_calls(op, calls, 0));
}

TEST(rest_keeps_the_vendors_rate)
{
    static const char *const lines[] = { "SET_Url=https://panel.example/", "SET_Key=key-of-the-set", NULL };
    struct op *op = op_at("fake_set", lines);
    struct rest_call calls[2];

    answers(200, "{}");
    for (size_t i = 0; i < 2; i++)
        calls[i] = (struct rest_call){ .method = "GET", .url = rest_url(op, "/x") };
    CHECK(rest_calls(op, calls, 2) && rest_get(op, "/y"));
    CHECK_INT(vendor.asked[1].ticks - vendor.asked[0].ticks, 500);
    CHECK_INT(vendor.asked[2].ticks - vendor.asked[1].ticks, 500);
    kit_advance(5000);
    CHECK(rest_get(op, "/z"));
    CHECK_INT(vendor.asked[3].ticks - vendor.asked[2].ticks, 5000);
}
