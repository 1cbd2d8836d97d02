/* Until records can be seen, and until a vendor is done. */
#include "solve_kit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool do_nothing(struct op *op, struct record *records, size_t n)
{
    (void)records;
    (void)n;
    return op_ok(op);
}

static const struct fake_rr late[] = {
    { .name = "example.com", .type = DNS_SOA },
    { .name = "example.com", .type = DNS_NS, .text = "ns.test" },
    { .name = "ns.test", .type = DNS_A, .text = "192.0.2.1" },
    { .name = "_acme-challenge.example.com", .type = DNS_TXT, .text = "v1", .after = 400000 },
};

static void stage_late(struct stage *s, const struct provider *provider)
{
    fake_dns(kit_op(), late, COUNT(late));
    stage_with(s, provider);
    s->dns01.spread = (struct spread_options){ .patience = 300000 };
}

TEST(solve_waits_until_the_records_can_be_seen)
{
    static const struct provider quick = { .title = "Quick", .add = do_nothing, .remove = do_nothing };
    static const struct provider slow = {
        .title = "Slow", .settle = 120, .add = do_nothing, .remove = do_nothing
    };
    static const struct provider own = {
        .title = "Own", .caps = CAP_VISIBLE, .add = do_nothing, .remove = do_nothing
    };
    struct stage s;

    stage_late(&s, &quick);
    CHECK(!stage_publish_one(&s, "example.com=v1"));
    CHECK_FAILED(s.op, ERR_PROVIDER, "cannot be seen after 5 minutes");
    kit_advance(-op_ticks(s.op)); /* back to the beginning */
    stage_late(&s, &slow);
    CHECK(stage_publish_one(&s, "example.com=v1")); /* 8 minutes are allowed */
    CHECK(op_ticks(s.op) >= 400000);
    stage_late(&s, &own);
    CHECK(stage_publish_one(&s, "example.com=v1") && op_ticks(s.op) < 600000);
}

TEST(solve_leaves_time_for_the_rest_of_the_run)
{
    static const struct provider slow = {
        .title = "Slow", .settle = 120, .add = do_nothing, .remove = do_nothing
    };
    struct stage s;

    stage_late(&s, &slow);
    s.op->deadline = op_ticks(s.op) + 200000;
    CHECK(!stage_publish_one(&s, "example.com=v1"));
    CHECK_FAILED(s.op, ERR_PROVIDER, "cannot be seen after 2 minutes"); /* three quarters of what is left */
}

static unsigned sync_after, sync_asked;

static bool in_sync(struct op *op, const struct record *records, size_t n, bool *done)
{
    (void)records;
    (void)n;
    *done = ++sync_asked > sync_after;
    return op_ok(op);
}

TEST(solve_waits_for_the_vendors_own_word)
{
    static const struct provider provider = {
        .title = "Sync", .add = do_nothing, .remove = do_nothing, .settled = in_sync
    };
    struct stage s;

    stage_with(&s, &provider);
    sync_after = 3;
    sync_asked = 0;
    CHECK(stage_publish_one(&s, "example.com=v1"));
    CHECK_INT(sync_asked, 4);
    sync_after = 1000000;
    sync_asked = 0;
    CHECK(!stage_publish_one(&s, "example.com=v2"));
    CHECK_FAILED(s.op, ERR_PROVIDER, "own: the change is still not in sync");
    CHECK(sync_asked < 200);
    CHECK_INT(stage_journal_again(kit_op())->txt_count, 2);
}
