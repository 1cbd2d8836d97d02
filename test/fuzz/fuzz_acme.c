/*
 * A CA's order, authorization and problem, from anybody. In front of the first newline stands what the
 * Location and Retry-After headers say, behind it the document. What is accepted is for the names asked for,
 * at the CA's own URLs; what is refused is told in printable words of bounded length.
 */
#include "acme/order_read.h"
#include "acme/problem.h"
#include "fuzz.h"

#include <string.h>

#define HOME "https://ca.example/"
#define NOW  1795564800 /* 2026-11-25 */

static int64_t now(struct clock *clock)
{
    (void)clock;
    return NOW;
}

/* Lives as long as the process: making a key takes longer than all the rest. */
static const struct key *account_key(void)
{
    static struct world world;
    static const struct key *key;

    if (!key)
        key = key_generate(op_begin(&world), KEY_EC256);
    fuzz_expect(key != NULL);
    return key;
}

static void expect_words(const struct op *op)
{
    fuzz_expect(!op_ok(op) && strlen(op->err.text) < 8192);
    for (const char *c = op->err.text; *c; c++)
        fuzz_expect((unsigned char)*c >= 0x20 && *c != 0x7f);
}

static bool on_ca(struct op *op, const char *url)
{
    const char *host = NULL;

    return url && http_url_ok(op, url, false, &host) && text_same(host, "ca.example");
}

static void check_order(struct op *op, const struct acme *ca, const struct acme_call *call)
{
    struct order order = { 0 };

    if (order_read(op, ca, call, &order)) {
        fuzz_expect(op_ok(op) && on_ca(op, order.url) && on_ca(op, order.finalize));
        fuzz_expect(order.status != ORDER_VALID || on_ca(op, order.certificate));
        fuzz_expect(order.authz_count && order.authz_count <= 100);
        for (size_t i = 0; i < order.authz_count; i++)
            fuzz_expect(on_ca(op, order.authzs[i].url) && !order.authzs[i].read);
        fuzz_expect(order_next(&order) <= TODO_FAIL);
    } else {
        expect_words(op);
    }
    op_recover(op);
}

static const char *const types[] = { "dns-01", "dns-account-01", "dns-persist-01" };
static const char *type;

static const char *by_dns(struct solver *solver, const char *name)
{
    (void)solver;
    (void)name;
    return type;
}

static void check_challenge(struct op *op, const struct acme *ca, const struct challenge *c)
{
    fuzz_expect(on_ca(op, c->url) && text_same(c->type, type) && c->label);
    if (c->token)
        fuzz_expect(strlen(c->token) >= 22 && c->value);
    else
        fuzz_expect(text_same(c->persist.account, ca->kid) && c->persist.issuers.count &&
                    c->persist.issuers.count <= 10);
}

static void check_authz(struct op *op, const struct acme *ca, const struct acme_call *call)
{
    static const char *ours[] = { "a.example", "*.a.example", "192.0.2.1" };
    const struct strings names = { ours, 3, 3 };
    struct authz authz = { .url = HOME "authz/1" };
    struct solver solver = { .type_for = by_dns };

    if (authz_read(op, ca, call, &names, &solver, &authz)) {
        fuzz_expect(op_ok(op) && authz.read && strings_have(&names, authz.challenge.name));
        if (authz_open(&authz))
            check_challenge(op, ca, &authz.challenge);
    } else {
        expect_words(op);
    }
    op_recover(op);
}

static void check_problem(struct op *op, const struct acme_call *call)
{
    fuzz_expect(!problem_fail(op, call));
    expect_words(op);
    op_recover(op);
    fuzz_expect(!problem_fail_json(op, call->json, 0));
    expect_words(op);
    op_recover(op);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct clock clock = { .now = now };
    struct op *op = fuzz_begin();
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    size_t length = newline ? (size_t)(newline - data) : 0, skip = length + (newline != NULL);
    const char *line = fuzz_text(op, data, length), *body = fuzz_text(op, data + skip, size - skip);
    struct http_header headers[] = { { "Location", line }, { "Retry-After", line } };
    struct acme ca = { .directory = HOME "dir", .host = "ca.example", .new_order = HOME "new-order" };
    struct acme_call call = { .url = HOME "new-order" };

    op->world->clock = &clock;
    ca.key = account_key();
    ca.kid = HOME "acct/1";
    call.answer =
        (struct http_response){ .status = 400 + (long)(size % 200), .body = body, .headers = headers };
    call.answer.header_count = 2;
    call.answer.length = strlen(body);
    call.json = json_parse(op, body, strlen(body));
    op_recover(op);
    check_order(op, &ca, &call);
    call.url = HOME "order/1";
    check_order(op, &ca, &call);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        type = types[i];
        check_authz(op, &ca, &call);
    }
    check_problem(op, &call);
    op_end(op);
    return 0;
}
