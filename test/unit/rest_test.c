#include "base/json.h"
#include "crypto/secrets.h"
#include "dns01/instance.h"
#include "kit.h"
#include "rest_vendor.h"

TEST(rest_fills_in_urls)
{
    struct op *op = rest_op();

    CHECK_STR(rest_url(op, "/zones/%s?name=%s&n=%u&m=%d%%", "a/b c", "x&y=z", 7u, -1),
              "https://api.example/v2/zones/a%2Fb%20c?name=x%26y%3Dz&n=7&m=-1%");
    CHECK_STR(rest_url(op, "https://other.example/%s", "x"), "https://other.example/x");
    CHECK_STR(rest_url(op, "/zones?name=%s", ""), "https://api.example/v2/zones?name=");
    CHECK_STR(form_text(op, "a=%s&b=%s", "1 2+3", ""), "a=1%202%2B3&b=");
    CHECK(op_ok(op));
}

TEST(rest_refuses_ids_that_lead_elsewhere)
{
    static const char *const bad[] = { "", ".", ".." };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = rest_op();

        answers(200, "{\"status\":\"ok\"}");
        CHECK(!rest_delete(op, "/zones/%s", bad[i]));
        CHECK_FAILED(op, ERR_PROVIDER, "cannot be part of a request's path");
        CHECK_INT(vendor.count, 0);
    }
}

TEST(rest_refuses_a_missing_value)
{
    struct op *op = rest_op();
    const char *missing = json_opt(op, NULL, "id");

    CHECK(!rest_get(op, "/zones/%s", missing));
    CHECK_FAILED(op, ERR_INTERNAL, "missing");
    CHECK_INT(vendor.count, 0);
}

TEST(rest_does_nothing_after_a_failure)
{
    struct op *op = rest_op();

    op_fail(op, ERR_PROVIDER, "before");
    CHECK(!rest_get(op, "/x") && !rest_post(op, NULL, "/x") && !rest_delete(op, "/x") && !rest_url(op, "/x"));
    CHECK(!rest_try(op, "PUT", "/x"));
    CHECK_INT(vendor.count, 0);
    CHECK_FAILED(op, ERR_PROVIDER, "before");
}

TEST(rest_sends_headers_and_bodies)
{
    struct op *op = rest_op();

    answers(200, "{\"status\":\"ok\",\"id\":\"r1\"}");
    CHECK_STR(json_str(op, rest_post(op, "{\"a\":1}", "/r"), "id"), "r1");
    CHECK_STR(vendor.asked[0].method, "POST");
    CHECK_STR(vendor.asked[0].body, "{\"a\":1}");
    CHECK_STR(vendor.asked[0].headers,
              "Authorization: Bearer token-of-fake;X-Region: eu;Accept: application/json;"
              "Content-Type: application/json;");
    CHECK(rest_form(op, "a=b", "/r") && rest_put(op, NULL, "/r") && rest_patch(op, "{}", "/r"));
    CHECK(strstr(vendor.asked[1].headers, "Content-Type: application/x-www-form-urlencoded;") != NULL);
    CHECK_STR(vendor.asked[2].body, "");
    CHECK_STR(vendor.asked[3].method, "PATCH");
    CHECK(rest_get(op, "/r"));
    CHECK_STR(vendor.asked[4].body, "(none)");
    CHECK(!strstr(vendor.asked[4].headers, "Content-Type"));
}

TEST(rest_builds_basic_authentication)
{
    static const char *const lines[] = { "FAKE_User=somebody", "FAKE_Password=geheim123", NULL };
    struct op *op = op_at("fake_rest", lines);

    answers(200, "{\"status\":\"ok\"}");
    CHECK(rest_get(op, "/r"));
    CHECK(text_starts(vendor.asked[0].headers, "Authorization: Basic c29tZWJvZHk6Z2VoZWltMTIz;"));
    CHECK(secrets_in(op, "c29tZWJvZHk6Z2VoZWltMTIz"));
}

TEST(rest_refuses_a_credential_with_a_line_break)
{
    static const char *const lines[] = { "FAKE_Token=token\r\nX-Evil: 1", NULL };
    struct op *op = op_at("fake_rest", lines);

    CHECK(!rest_get(op, "/r"));
    CHECK_FAILED(op, ERR_CONFIG, "the header \"Authorization\" has a control character");
    CHECK_INT(vendor.count, 0);
}

TEST(rest_call_takes_its_own_headers)
{
    struct op *op = rest_op();
    struct rest_call call = { .method = "GET",
                              .url = rest_url(op, "/x"),
                              .headers = { "accept: text/xml", "If-Match: \"1\"" } };

    answers(418, "no JSON at all");
    CHECK(rest_call(op, &call));
    CHECK_INT(call.answer.status, 418);
    CHECK(strstr(vendor.asked[0].headers, ";accept: text/xml;If-Match: \"1\";") != NULL);
    CHECK(!strstr(vendor.asked[0].headers, "Accept: application/json"));
}

TEST(rest_base_is_the_users_url)
{
    static const char *const lines[] = { "SET_Url=http://panel.example:8081/a/b//", "SET_Key=x/y&token",
                                         NULL };
    struct op *op = op_at("fake_set", lines);

    answers(200, "{}");
    CHECK(rest_get(op, "/zones/%s", "z"));
    CHECK_STR(vendor.asked[0].url, "http://panel.example:8081/a/b/api/x%2Fy%26token/zones/z");
    CHECK(vendor.asked[0].plain && vendor.asked[0].secret); /* the key is in the URL */
    CHECK(!rest_get(op, "https://user@panel.example/"));
    CHECK_FAILED(op, ERR_UNTRUSTED, "no plain host name");
}

TEST(rest_plain_http_is_for_the_users_own_host)
{
    static const char *const lines[] = { "SET_Url=http://panel.example", "SET_Key=key-of-the-set", NULL };
    struct op *op = op_at("fake_set", lines);
    struct rest_call call = { .method = "GET", .url = "http://other.example/" };

    CHECK(!rest_call(op, &call));
    CHECK_FAILED(op, ERR_UNTRUSTED, "not https");
    CHECK_INT(vendor.count, 0);
}

TEST(rest_base_must_be_a_url)
{
    static const char *const lines[] = { "SET_Url=panel.example", "SET_Key=key-of-the-set", NULL };
    struct op *op = op_at("fake_set", lines);

    CHECK(!rest_get(op, "/x"));
    CHECK_FAILED(op, ERR_CONFIG, "SET_Url is no URL");
}

TEST(rest_shows_nothing_while_logging_in)
{
    struct op *op = rest_op();

    answers(200, "{\"status\":\"ok\"}");
    CHECK(rest_get(op, "/x"));
    CHECK(!vendor.asked[0].secret);
    op->instance->open = false;
    CHECK(rest_get(op, "/x"));
    CHECK(vendor.asked[1].secret);
    op->instance->open = true;
    CHECK(rest_post(op, "{\"key\":\"token-of-fake\"}", "/x"));
    CHECK(vendor.asked[2].secret);
}

TEST(rest_try_forgets_failures)
{
    static volatile int stop;
    struct op *op = rest_op();

    answers(500, "oops");
    CHECK(!rest_try(op, "PUT", "/notify"));
    CHECK(op_ok(op) && strstr(kit_logged(), "oops, HTTP 500"));
    answers(200, "{\"status\":\"ok\",\"n\":3}");
    CHECK_INT(json_int(rest_try(op, "GET", "/x"), "n", 0), 3);
    stop = 2;
    op->world->stop = &stop;
    CHECK(!rest_try(op, "GET", "/x"));
    CHECK_FAILED(op, ERR_STOPPED, NULL);
}
