#include "net/http.h"

#include "base/text.h"
#include "kit.h"

TEST(http_urls_that_we_call)
{
    static const struct {
        const char *url, *host;
    } good[] = {
        { "https://ca.test", "ca.test" },
        { "https://ca.test/", "ca.test" },
        { "https://CA.Test/Path", "ca.test" },
        { "https://ca.test:14000/dir", "ca.test:14000" },
        { "https://ca.test?query", "ca.test" },
        { "https://ca.test#part", "ca.test" },
        { "https://[2001:db8::1]:443/x", "[2001:db8::1]:443" },
        { "https://192.0.2.1/x", "192.0.2.1" },
        { "https://ca.test/a@b:c\\d", "ca.test" },
        { "https://ca.test/%0d%0a", "ca.test" },
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        const char *host = NULL;
        struct op *op = kit_op();

        CHECK(http_url_ok(op, good[i].url, false, &host));
        CHECK_STR(host, good[i].host);
        CHECK(http_url_ok(op, good[i].url, true, NULL));
    }
}

TEST(http_urls_that_we_do_not_call)
{
    static const char *const bad[] = {
        "",
        "https",
        "https:",
        "https:/ca.test",
        "https://",
        "https:///path",
        "https://?x",
        "https://:443/",
        "HTTPS://ca.test/", /* nobody writes it so who means well */
        "http://ca.test/",
        "ftp://ca.test/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//ca.test/",
        "/path",
        " https://ca.test/",
        "https://user@ca.test/",
        "https://user:password@ca.test/",
        "https://ca.test@evil.test/",
        "https://ca.test\\@evil.test/",
        "https://ca.test\\evil.test/",
        "https://ca.test/a b",
        "https://ca.test/\t",
        "https://ca.test/\n",
        "https://ca.test/\r\nHost: evil.test",
        "https://ca.test/\x1b[31m",
        "https://ca.test/\x7f",
        "https://ca.test/\xc3\xa4",
        "https://b\303\274cher.test/",
        "http://127.0.0.1/",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();

        kit_check(!http_url_ok(op, bad[i], false, NULL), __FILE__, __LINE__, "%s passes", bad[i]);
        CHECK_FAILED(op, ERR_UNTRUSTED, NULL);
        CHECK(!strpbrk(op->err.text, "\x1b\r\n\t\x7f"));
    }
}

TEST(http_url_length_is_bounded)
{
    char url[HTTP_MOST_URL + 2] = "https://ca.test/";
    struct op *op = kit_op();

    memset(url + strlen(url), 'x', HTTP_MOST_URL - strlen(url));
    CHECK(http_url_ok(op, url, false, NULL));
    url[HTTP_MOST_URL] = 'x';
    CHECK(!http_url_ok(op, url, false, NULL));
    CHECK_FAILED(op, ERR_UNTRUSTED, "more than 2048 bytes");
    CHECK(strlen(op->err.text) < 200);
}

TEST(http_plain_only_to_ourselves_and_only_where_allowed)
{
    static const char *const good[] = { "http://localhost/", "http://localhost:8080/x", "http://127.0.0.1:1",
                                        "http://[::1]/", "http://[::1]:8080/" };
    static const char *const bad[] = { "http://ca.test/",
                                       "http://localhost.evil.test/",
                                       "http://127.0.0.1.evil.test/",
                                       "http://127.evil.test/",
                                       "http://[::1].evil.test/",
                                       "http://[::1",
                                       "http://localhostile/",
                                       "http://evil.test/localhost",
                                       "http://[::12]/",
                                       "http://localhost@evil.test/" };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        kit_check(http_url_ok(kit_op(), good[i], true, NULL), __FILE__, __LINE__, "%s does not pass",
                  good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        kit_check(!http_url_ok(kit_op(), bad[i], true, NULL), __FILE__, __LINE__, "%s passes", bad[i]);
}

TEST(http_headers_are_found_by_name_and_number)
{
    struct http_header headers[] = { { "Link", "one" }, { "link", "two" }, { "X", "" }, { "LINK", "three" } };
    struct http_response r = { .headers = headers, .header_count = 4 };

    CHECK_STR(http_header(&r, "LINK", 0), "one");
    CHECK_STR(http_header(&r, "Link", 1), "two");
    CHECK_STR(http_header(&r, "Link", 2), "three");
    CHECK_STR(http_header(&r, "Link", 3), NULL);
    CHECK_STR(http_header(&r, "X", 0), "");
    CHECK_STR(http_header(&r, "Lin", 0), NULL);
    CHECK_STR(http_header(&(struct http_response){ 0 }, "X", 0), NULL);
}

static bool never(struct http *http, struct op *op, const struct http_request *requests,
                  struct http_response *responses, size_t n)
{
    (void)requests;
    (void)http;
    CHECK(n == 1 && !responses[0].status && !responses[0].body);
    responses[0].status = 200;
    return op_ok(op);
}

TEST(http_run_begins_with_empty_answers_and_only_while_there_is_time)
{
    struct http http = { .run = never };
    struct http_request request = { .method = "GET", .url = "https://ca.test/" };
    struct http_response response = { .status = 500, .body = "left over" };
    struct op *op = kit_op();

    op->world->http = &http;
    CHECK(http_run(op, &request, &response, 1));
    CHECK_INT(op->world->effects, 1);
    op->deadline = op_ticks(op);
    CHECK(!http_run(op, &request, &response, 1));
    CHECK_FAILED(op, ERR_TIMEOUT, NULL);
    CHECK_INT(response.status, 0);
}
