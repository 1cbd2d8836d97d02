/* Metadata services: which addresses may be asked in the open, and what is said there. */
#include "dns01/cloud.h"

#include "dns01/instance.h"
#include "dns01/rest_parts.h"
#include "kit.h"
#include "rest_vendor.h"

TEST(cloud_knows_addresses_that_do_not_leave_the_machine)
{
    static const char *const local[] = {
        "http://169.254.169.254/latest",   "http://169.254.170.2/v2/x", "http://169.254.129.3:8081/msi/token",
        "http://127.0.0.1:40342/identity", "http://LOCALHOST:1/x",      "http://[::1]/x",
        "http://[fd00:ec2::254]/latest",   "http://169.254.169.254",    "http://169.254.169.254?a=b",
    };
    static const char *const elsewhere[] = {
        "https://169.254.169.254/",
        "http://169.254.169.254.evil.example/",
        "http://169.254.169.254@evil.example/",
        "http://evil.example/169.254.169.254",
        "http://169.255.0.1/",
        "http://0251.0376.0251.0376/",
        "http://2852039166/",
        "http://169.254.1/",
        "http://localhost.evil.example/",
        "http://[fd00:ec2::1]/",
        "http://metadata.google.internal/",
        "http://",
        "http:///x",
        "ftp://169.254.169.254/",
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        CHECK(rest_metadata(op, local[i]));
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (rest_metadata(op, elsewhere[i]))
            kit_check(false, __FILE__, __LINE__, "%s", elsewhere[i]);
}

TEST(cloud_metadata_is_asked_without_our_headers)
{
    struct op *op = rest_op();

    answers(200, "a token");
    CHECK_STR(cloud_metadata(op, "PUT", "X-Own: 1", "http://169.254.169.254/latest"), "a token");
    CHECK_STR(vendor.asked[0].method, "PUT");
    CHECK(vendor.asked[0].plain && vendor.asked[0].secret);
    CHECK(strstr(vendor.asked[0].headers, "X-Own: 1") && !strstr(vendor.asked[0].headers, "Authorization"));
}

TEST(cloud_metadata_in_the_open_is_refused)
{
    struct op *op = rest_op();

    answers(200, "a token");
    CHECK(!cloud_metadata(op, "GET", NULL, "http://169.254.169.254.evil.example/"));
    CHECK_FAILED(op, ERR_UNTRUSTED, "not https");
    CHECK_INT(vendor.count, 0);
}

/* Ordinary calls of a provider, which carry its credentials, never go there. */
TEST(cloud_addresses_are_for_bare_calls_only)
{
    struct op *op = rest_op();
    struct rest_call call = { .method = "GET", .url = "http://169.254.169.254/latest" };

    answers(200, "{}");
    CHECK(!rest_call(op, &call));
    CHECK_FAILED(op, ERR_UNTRUSTED, "not https");
    CHECK_INT(vendor.count, 0);
}

TEST(cloud_token_is_kept_for_the_session)
{
    struct op *op = rest_op();

    answers(200, "{\"status\":\"ok\",\"access_token\":\"token-that-was-given\"}");
    CHECK(cloud_token(op, "https://login.example/token", "grant_type=client_credentials"));
    CHECK_STR(vendor.asked[0].body, "grant_type=client_credentials");
    CHECK(strstr(vendor.asked[0].headers, "Content-Type: application/x-www-form-urlencoded"));
    CHECK(!strstr(vendor.asked[0].headers, "Authorization"));
    CHECK_STR(field(op, "access token"), "token-that-was-given");
}

TEST(cloud_token_that_does_not_come)
{
    struct op *op = rest_op();

    answers(200, "{\"status\":\"ok\"}");
    CHECK(!cloud_token(op, "https://login.example/token", "a=b"));
    CHECK_FAILED(op, ERR_UNTRUSTED, "access_token");
}
