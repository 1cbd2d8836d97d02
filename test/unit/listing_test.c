#include "base/json.h"
#include "dns01/provider.h"
#include "kit.h"
#include "rest_vendor.h"

static const struct listing zones = { .items = "zones", .id = "id", .name = "name" };
static const struct listing records = {
    .items = "r.list", .id = "id", .type = "type", .name = "name", .value = "content"
};
static const struct listing numbered = {
    .items = "", .id = "Id", .type = "Type", .txt = "3", .name = "Name", .value = "Value"
};

static struct record ours(void)
{
    return (struct record){
        .fqdn = "_acme-challenge.example.com", .zone = "example.com", .name = "_acme-challenge", .value = "V1"
    };
}

static const char *look(struct op *op, const struct record *r)
{
    struct rest_pages pages = { .url = rest_url(op, "/r") };

    return listing_find(op, &records, &pages, r->name, r->value);
}

TEST(listing_takes_what_is_ours_and_nothing_like_it)
{
    struct op *op = rest_op();
    struct record r = ours();

    answers(200, "{\"status\":\"ok\",\"r\":{\"list\":["
                 "{\"id\":1,\"type\":\"CNAME\",\"name\":\"_acme-challenge\",\"content\":\"V1\"},"
                 "{\"id\":2,\"type\":\"TXT\",\"name\":\"x_acme-challenge\",\"content\":\"V1\"},"
                 "{\"id\":3,\"type\":\"TXT\",\"name\":\"_acme-challenge.www\",\"content\":\"V1\"},"
                 "{\"id\":4,\"type\":\"TXT\",\"name\":\"_acme-challenge\",\"content\":\"V10\"},"
                 "{\"id\":5,\"type\":\"TXT\",\"name\":\"_acme-challenge\",\"content\":\"v1\"},"
                 "{\"id\":6,\"type\":\"TXT\",\"name\":null,\"content\":\"V1\"},7,\"x\",null,[],"
                 "{\"type\":\"TXT\",\"id\":8,\"name\":\"_ACME-challenge.\",\"content\":\"\\\"V1\\\"\"}]}}");
    CHECK_STR(look(op, &r), "8");
    r.value = "V2";
    CHECK(!look(op, &r) && op_ok(op));
}

TEST(listing_knows_vendors_with_words_of_their_own)
{
    struct op *op = rest_op();
    static const char all[] = "[{\"Id\":7,\"Type\":2,\"Name\":\"n\",\"Value\":\"v\"},"
                              "{\"Id\":9,\"Type\":3,\"Name\":\"n\",\"Value\":\"v\"}]";
    const struct json *answer = json_parse(op, all, sizeof all - 1);

    CHECK_STR(json_opt(op, listing_item(op, &numbered, answer, "n", "v"), "Id"), "9");
    CHECK(!listing_item(op, &numbered, answer, "m", "v") && op_ok(op));
}

TEST(listing_goes_through_all_pages)
{
    struct op *op = rest_op();
    struct rest_pages pages = { .url = rest_url(op, "/z"), .page_parameter = "page", .page_size = 2 };

    answers(200,
            "{\"status\":\"ok\",\"zones\":[{\"id\":\"a\",\"name\":\"a\"},{\"id\":\"b\",\"name\":\"b\"}]}");
    answers(200, "{\"status\":\"ok\",\"zones\":[{\"id\":\"c\",\"name\":\"c\"}]}");
    CHECK_STR(listing_find(op, &zones, &pages, "c", NULL), "c");
    CHECK_INT(vendor.count, 2);
}

TEST(listing_takes_no_silence_for_nothing)
{
    static const char *const silent[] = { "{\"status\":\"ok\"}", "{\"status\":\"ok\",\"r\":{\"list\":null}}",
                                          "{\"status\":\"ok\",\"r\":{\"list\":{}}}" };

    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
        struct op *op = rest_op();
        struct record r = ours();

        answers(200, silent[i]);
        CHECK(!look(op, &r));
        CHECK_FAILED(op, ERR_PROVIDER, "the answer has no list at r.list");
    }
}

TEST(listing_fails_where_ours_has_no_id)
{
    struct op *op = rest_op();
    struct record r = ours();

    answers(200, "{\"status\":\"ok\",\"r\":{\"list\":"
                 "[{\"type\":\"TXT\",\"name\":\"_acme-challenge\",\"content\":\"V1\"}]}}");
    CHECK(!look(op, &r));
    CHECK_FAILED(op, ERR_UNTRUSTED, "the answer has no \"id\"");
}

TEST(listing_zone_asks_once_and_matches_whole)
{
    struct op *op = rest_op();
    struct rest_pages once = { .url = rest_url(op, "/z") }, again = once, other = once;

    answers(200, "{\"status\":\"ok\",\"zones\":[{\"id\":\"1\",\"name\":\"notexample.com\"},"
                 "{\"id\":\"2\",\"name\":\"sub.example.com\"},{\"id\":\"3\",\"name\":\"example.com\"}]}");
    CHECK_STR(listing_zone(op, &zones, &once, "example.com"), "3");
    CHECK_STR(listing_zone(op, &zones, &again, "example.com"), "3");
    CHECK_INT(vendor.count, 1);
    CHECK(!listing_zone(op, &zones, &other, "le.com"));
    CHECK_FAILED(op, ERR_PROVIDER, "there is no zone le.com");
    CHECK_STR(op->err.hint, "needs the right to write");
}

static bool make(struct op *op, struct record *r)
{
    struct rest_call post = { .method = "POST", .url = rest_url(op, "/r"), .body = "{}" };

    return record_make(op, r, &post, "made.id", look);
}

TEST(record_make_keeps_the_id)
{
    struct op *op = rest_op();
    struct record r = ours();

    answers(201, "{\"status\":\"ok\",\"made\":{\"id\":42}}");
    CHECK(make(op, &r));
    CHECK_STR(r.handle, "42");
    CHECK_INT(vendor.count, 1);
}

TEST(record_make_looks_behind_a_refusal)
{
    static const long refusals[] = { 400, 409, 422 };

    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct op *op = rest_op();
        struct record r = ours();

        answers(refusals[i], "{\"message\":\"duplicate\"}");
        answers(200, "{\"status\":\"ok\",\"r\":{\"list\":"
                     "[{\"id\":5,\"type\":\"TXT\",\"name\":\"_acme-challenge\",\"content\":\"V1\"}]}}");
        CHECK(make(op, &r));
        CHECK_STR(r.handle, "5");
    }
}

TEST(record_make_tells_the_refusal_and_not_what_the_look_failed_of)
{
    static const char *const looks[] = { "{\"status\":\"ok\",\"r\":{\"list\":[]}}", "{}", "no JSON" };

    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        struct op *op = rest_op();
        struct record r = ours();

        answers(422, "{\"message\":\"a CNAME is there\"}");
        answers(200, looks[i]);
        CHECK(!make(op, &r) && !r.handle);
        CHECK_FAILED(op, ERR_PROVIDER, "a CNAME is there, HTTP 422");
    }
}

TEST(record_make_does_not_look_behind_other_failures)
{
    struct op *op = rest_op();
    struct record r = ours();

    answers(403, "{\"message\":\"no\"}");
    CHECK(!make(op, &r));
    CHECK_FAILED(op, ERR_PROVIDER, "no, HTTP 403");
    CHECK_INT(vendor.count, 1);
}

TEST(record_name_writes_the_top_as_asked)
{
    struct record r = ours();

    CHECK_STR(record_name(&r, ""), "_acme-challenge");
    r.name = "@";
    CHECK_STR(record_name(&r, ""), "");
    CHECK_STR(record_name(&r, "@"), "@");
}

TEST(rest_look_lets_404_be_nothing)
{
    struct op *op = rest_op();

    answers(404, "{\"message\":\"no such set\"}");
    answers(200, "{\"status\":\"ok\",\"a\":1}");
    answers(410, "{\"message\":\"gone\"}");
    CHECK(!rest_look(op, "/r/%s", "x") && op_ok(op));
    CHECK_INT(json_int(rest_look(op, "/r/%s", "x"), "a", 0), 1);
    CHECK(!rest_look(op, "/r/%s", "x"));
    CHECK_FAILED(op, ERR_PROVIDER, "gone, HTTP 410");
}
