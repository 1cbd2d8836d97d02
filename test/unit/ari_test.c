#include "acme/ari.h"

#include "base/when.h"
#include "kit.h"

#define NOW  1795564800 /* 2026-11-25 */
#define HOUR 3600
#define DAY  86400

/* A CA that gives each certificate the same answer. */
static struct page {
    struct http http;
    long status;
    const char *body, *retry_after, *failure;
    size_t requests, most_at_once;
    const char *url;
} page;

static bool answer(struct http *http, struct op *op, const struct http_request *requests,
                   struct http_response *responses, size_t n)
{
    (void)http;
    page.most_at_once = n > page.most_at_once ? n : page.most_at_once;
    for (size_t i = 0; i < n; i++) {
        struct http_header *header = op_new(op, struct http_header);

        CHECK_STR(requests[i].method, "GET");
        CHECK(!requests[i].body);
        *header = (struct http_header){ "Retry-After", page.retry_after };
        responses[i] = (struct http_response){ .status = page.status,
                                               .failure = page.failure,
                                               .body = page.body,
                                               .length = page.body ? strlen(page.body) : 0,
                                               .headers = header,
                                               .header_count = page.retry_after ? 1 : 0 };
        page.requests++;
        page.url = requests[i].url;
    }
    return true;
}

static struct ari fetch(struct op *op)
{
    static const char *const ids[] = { "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE" };
    struct acme ca = { .renewal_info = "https://ca.test/ari" };
    struct ari result = { .known = true };

    page.http.run = answer;
    op->world->http = &page.http;
    CHECK(ari_fetch(op, &ca, ids, &result, 1));
    return result;
}

static struct ari said(const char *body)
{
    page = (struct page){ .status = 200, .body = body };
    return fetch(kit_op());
}

TEST(ari_window_is_read)
{
    struct op *op = kit_op();
    struct ari ari;

    page = (struct page){ .status = 200,
                          .body = "{\"suggestedWindow\":{\"start\":\"2026-11-25T01:00:00Z\",\"end\":"
                                  "\"2026-11-25T02:00:00Z\"},\"explanationURL\":\"https://ca.test/why\"}",
                          .retry_after = "21600" };
    ari = fetch(op);
    CHECK(ari.known);
    CHECK_INT(ari.start, NOW + HOUR);
    CHECK_INT(ari.end, NOW + 2 * HOUR);
    CHECK_INT(ari.look_at, NOW + 6 * HOUR);
    CHECK_STR(ari.explanation, "https://ca.test/why");
    CHECK_STR(page.url, "https://ca.test/ari/aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
}

TEST(ari_windows_that_are_none)
{
    static const char *const bodies[] = {
        "",
        "<html>",
        "[]",
        "{}",
        "{\"suggestedWindow\":{}}",
        "{\"suggestedWindow\":{\"start\":\"2026-11-25T01:00:00Z\"}}",
        "{\"suggestedWindow\":{\"start\":\"2026-11-25T01:00:00Z\",\"end\":\"2026-11-25T01:00:00Z\"}}",
        "{\"suggestedWindow\":{\"start\":\"2026-11-25T02:00:00Z\",\"end\":\"2026-11-25T01:00:00Z\"}}",
        "{\"suggestedWindow\":{\"start\":\"2026-11-25T02:00:00Z\",\"end\":\"2036-11-25T01:00:00Z\"}}",
        "{\"suggestedWindow\":{\"start\":\"soon\",\"end\":\"later\"}}",
    };

    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct ari ari = said(bodies[i]);

        kit_check(!ari.known && ari.failure, __FILE__, __LINE__, "%s was believed", bodies[i]);
        CHECK_INT(ari.look_at, NOW + 6 * HOUR);
    }
}

TEST(ari_explanations_are_links_or_nothing)
{
    static const char *const links[] = { "javascript:alert(1)", "https://a/\\u001b[2J", "", "www.ca.test" };

    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        struct ari ari = said(op_text(kit_op(),
                                      "{\"suggestedWindow\":{\"start\":\"2026-11-25T01:00:00Z\",\"end\":"
                                      "\"2026-11-25T02:00:00Z\"},\"explanationURL\":\"%s\"}",
                                      links[i]));

        CHECK(ari.known && !ari.explanation);
    }
}

TEST(ari_refusals_put_off_the_next_look)
{
    static const struct {
        long status;
        const char *retry_after;
        int64_t pause;
    } cases[] = {
        { 0, NULL, HOUR },       { 500, NULL, HOUR },     { 503, "120", 120 },
        { 503, "1", 60 },        { 429, "9999999", DAY }, { 404, NULL, 6 * HOUR },
        { 400, NULL, 6 * HOUR }, { 302, NULL, 6 * HOUR }, { 503, "Wed, 25 Nov 2026 00:10:00 GMT", 600 }
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ari ari;

        page = (struct page){ .status = cases[i].status,
                              .body = cases[i].status ? "{}" : NULL,
                              .failure = "no route",
                              .retry_after = cases[i].retry_after };
        ari = fetch(kit_op());
        CHECK(!ari.known && ari.failure);
        CHECK_INT(ari.look_at, NOW + cases[i].pause);
    }
}

/* Politely: however many certificates there are, so many requests at once. */
TEST(ari_asks_for_many_in_turns)
{
    struct op *op = kit_op();
    struct acme ca = { .renewal_info = "https://ca.test/ari/" };
    const char *ids[100];
    struct ari answers[100];

    for (size_t i = 0; i < 100; i++)
        ids[i] = "a.b";
    page = (struct page){ .http = { answer }, .status = 404, .body = "" };
    op->world->http = &page.http;
    CHECK(ari_fetch(op, &ca, ids, answers, 100));
    CHECK_INT(page.requests, 100);
    CHECK_INT(page.most_at_once, 16);
    CHECK_STR(page.url, "https://ca.test/ari/a.b");
}

TEST(ari_chooses_all_over_the_window)
{
    struct op *op = kit_op();
    const struct ari window = { .known = true, .start = NOW, .end = NOW + 9 };
    unsigned seen = 0;

    for (size_t i = 0; i < 1000; i++) {
        int64_t chosen = ari_choose(op, &window);

        CHECK(chosen >= window.start && chosen <= window.end);
        seen |= 1u << (chosen - NOW);
    }
    CHECK_INT(seen, 0x3ff);
}
