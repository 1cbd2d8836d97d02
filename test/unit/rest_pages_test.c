#include "base/json.h"
#include "dns01/rest.h"
#include "kit.h"
#include "rest_vendor.h"

TEST(rest_pages_by_url)
{
    struct op *op = rest_op();
    struct rest_pages pages = { .url = rest_url(op, "/z?n=2"), .next = "next" };

    answers(200, "{\"status\":\"ok\",\"next\":\"https://API.example/v2/z?page=2\",\"i\":1}");
    answers(200, "{\"status\":\"ok\",\"next\":\"/v2/z?page=3\",\"i\":2}");
    answers(200, "{\"status\":\"ok\",\"next\":null,\"i\":3}");
    for (int64_t i = 1; i <= 3; i++) {
        const struct json *page = rest_page(op, &pages);

        CHECK_INT(json_int(page, "i", 0), i);
    }
    CHECK(!rest_page(op, &pages) && op_ok(op));
    CHECK_STR(vendor.asked[2].url, "https://api.example/v2/z?page=3");
    CHECK_INT(vendor.count, 3);
}

TEST(rest_pages_stay_on_the_host)
{
    static const char *const elsewhere[] = { "https://evil.example/v2/z", "http://api.example/v2/z",
                                             "//evil.example/", "https://api.example.evil.example/",
                                             "https://api.example@evil.example/" };

    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
        struct op *op = rest_op();
        struct rest_pages pages = { .url = rest_url(op, "/z"), .next = "next" };

        answers(200, op_text(op, "{\"status\":\"ok\",\"next\":\"%s\"}", elsewhere[i]));
        CHECK(!rest_page(op, &pages));
        CHECK_FAILED(op, ERR_PROVIDER, "another host");
        CHECK_INT(vendor.count, 1);
    }
}

TEST(rest_pages_by_cursor_and_number)
{
    struct op *op = rest_op();
    struct rest_pages by_cursor = { .url = rest_url(op, "/z"),
                                    .next = "meta.next",
                                    .cursor_parameter = "after" };
    struct rest_pages by_number = {
        .url = rest_url(op, "/z?k=v"), .page_parameter = "p", .page_size = 2, .items = "i"
    };

    answers(200, "{\"status\":\"ok\",\"meta\":{\"next\":\"a b\"}}");
    answers(200, "{\"status\":\"ok\",\"meta\":{\"next\":\"\"}}");
    answers(200, "{\"status\":\"ok\",\"i\":[1,2]}");
    answers(200, "{\"status\":\"ok\",\"i\":[1]}");
    CHECK(rest_page(op, &by_cursor) && rest_page(op, &by_cursor) && !rest_page(op, &by_cursor));
    CHECK(rest_page(op, &by_number) && rest_page(op, &by_number) && !rest_page(op, &by_number));
    CHECK_STR(vendor.asked[0].url, "https://api.example/v2/z");
    CHECK_STR(vendor.asked[1].url, "https://api.example/v2/z?after=a%20b");
    CHECK_STR(vendor.asked[2].url, "https://api.example/v2/z?k=v&p=1");
    CHECK_STR(vendor.asked[3].url, "https://api.example/v2/z?k=v&p=2");
    CHECK(op_ok(op));
}

TEST(rest_pages_end)
{
    struct op *op = rest_op();
    struct rest_pages pages = { .url = rest_url(op, "/z"), .next = "next" };

    answers(200, "{\"status\":\"ok\",\"next\":\"https://api.example/v2/z\"}");
    while (rest_page(op, &pages))
        ;
    CHECK_FAILED(op, ERR_PROVIDER, "more than 100 pages");
    CHECK_INT(vendor.count, 100);
}
