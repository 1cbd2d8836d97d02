/* Orders from the first word to the certificate. */
#include "flow_kit.h"

/* ---- the good way ---- */

TEST(flow_gets_a_certificate)
{
    struct scene *s = scene("a.example,*.a.example,b.example");
    struct chain chain;

    if (!CHECK(scene_issue(s)))
        return;
    CHECK_INT(board.names.count, 3);
    chain = chain_parse(s->op, s->pem);
    CHECK_INT(chain.count, 3);
    CHECK_INT(chain.certs[0].names.count, 3);
    CHECK(s->order.downloaded && s->order.status == ORDER_VALID);
    CHECK_STR(s->order.url, FAKE_CA "/order/1");
}

static const char *many_names(struct op *op, unsigned n)
{
    struct text out = text_begin(op->arena);

    for (unsigned i = 0; i < n; i++)
        text_add(&out, "%sn%u.example", i ? "," : "", i);
    return out.data;
}

/* With a known account, and an order that the first look finds ready. */
TEST(flow_number_of_requests)
{
    static const unsigned counts[] = { 1, 10, 100 };

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        unsigned n = counts[i], nonces;
        struct scene *s = scene(many_names(kit_op(), n));

        s->fake->processing = 1;
        CHECK(scene_issue(s));
        nonces = s->fake->asked[FAKE_NONCE];
        CHECK_INT(s->fake->requests - nonces,
                  2 * n + 6); /* directory, order, 2n, look, finalize, look, certificate */
        CHECK(n > 1 ? nonces <= ACME_MOST_NONCES : nonces == 1);
        CHECK(s->fake->most_at_once <= ACME_MOST_NONCES);
        CHECK_INT(board.publishes, 1);
    }
}

/* What the user waits for is round trips. */
TEST(flow_number_of_round_trips)
{
    struct scene *s = scene(many_names(kit_op(), 16));
    int64_t start = op_ticks(s->op);

    s->fake->processing = 1;
    CHECK(scene_issue(s));
    CHECK(op_ticks(s->op) - start < 16 * FAKE_TRIP_MS + 1000);
}

TEST(flow_valid_authorizations_need_nothing)
{
    struct scene *s = scene("a.example,b.example,c.example");

    s->fake->valid_already = 3;
    CHECK(scene_issue(s));
    CHECK_INT(board.publishes, 0);
    CHECK_INT(s->fake->asked[FAKE_AUTHZ] + s->fake->asked[FAKE_CHALLENGE] + s->fake->asked[FAKE_ORDER], 0);
    s = scene("a.example,b.example,c.example");
    s->fake->valid_already = 2;
    CHECK(scene_issue(s));
    CHECK_INT(board.names.count, 1);
    CHECK_STR(board.names.at[0], "_acme-challenge.c.example");
    CHECK_INT(s->fake->asked[FAKE_CHALLENGE], 1);
}

/* A place that holds a single value: wildcard and apex are proved one behind the other. */
TEST(flow_waits_for_the_first_proof_before_it_begins_the_second)
{
    struct scene *s = scene("a.example,*.a.example,b.example");

    board.one_at_a_time = true;
    CHECK(scene_issue(s));
    CHECK_INT(board.publishes, 3);
    CHECK_INT(s->fake->asked[FAKE_CHALLENGE], 3);
}

TEST(flow_a_failed_first_proof_ends_it)
{
    struct scene *s = scene("a.example,b.example");

    board.one_at_a_time = true;
    s->fake->refused = "";
    CHECK(!scene_issue(s));
    CHECK_FAILED(s->op, ERR_REFUSED, ".example failed: the CA says: no TXT record");
    CHECK_INT(board.publishes, 1);
}

TEST(flow_slow_cas_are_waited_for)
{
    struct scene *s = scene("a.example,b.example");
    int64_t start = op_ticks(s->op);

    s->fake->validating = 12;
    s->fake->processing = 12;
    CHECK(scene_issue(s));
    CHECK(s->fake->asked[FAKE_ORDER] < 30);
    CHECK(op_ticks(s->op) - start < 200000);
}

/* The time of an issue where the CA asks for this pause four times. */
static int64_t paced(const char *retry_after)
{
    struct scene *s = scene("a.example");
    int64_t start = op_ticks(s->op);

    s->fake->validating = 3; /* one of them is the reading of the authorization */
    s->fake->processing = 2;
    s->fake->retry_after = retry_after;
    CHECK(scene_issue(s));
    return op_ticks(s->op) - start;
}

TEST(flow_looks_again_when_the_ca_asks_it_to)
{
    CHECK(paced("5") >= 4 * 5000 - 1000 && paced("5") < 4 * 5000 + 2000);
    CHECK(paced("30") > 3 * 30000 && paced("30") < 4 * 30000 + 2000);
}

TEST(flow_retry_after_as_a_date_is_obeyed)
{
    int64_t took = paced("Wed, 25 Nov 2026 00:00:45 GMT");

    CHECK(took >= 44000 && took < 50000);
}

TEST(flow_senseless_retry_after_is_bounded)
{
    static const char *const values[] = { "-1", "garbage", "", "Mon, 01 Jan 1990 00:00:00 GMT",
                                          "99999999999" };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        CHECK(paced(values[i]) < 10000);
    CHECK(paced("31536000") <= 4 * 60000 + 2000); /* a minute a look, at most */
}

/* ---- resuming ---- */

TEST(flow_resumes_a_pending_order)
{
    struct scene *s = scene("a.example,b.example"), *later;
    bool usable = false;

    CHECK(scene_place(s));
    later = s;
    later->order = (struct order){ 0 };
    CHECK(flow_resume(s->op, s->ca, FAKE_CA "/order/1", &later->order, &usable) && usable);
    CHECK(scene_run(later));
    CHECK_INT(s->fake->order_count, 1);
    CHECK_INT(board.names.count, 2);
    CHECK_STR(fake_complaints(s->fake), "");
}

TEST(flow_resumes_at_every_status)
{
    static const enum order_status statuses[] = { ORDER_READY, ORDER_PROCESSING, ORDER_VALID };

    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct scene *s = scene("a.example");
        bool usable = false;

        CHECK(scene_issue(s));
        s->fake->orders[0]->status = statuses[i];
        s->fake->orders[0]->polls = 1;
        s->order = (struct order){ 0 };
        s->pem = NULL;
        CHECK(flow_resume(s->op, s->ca, FAKE_CA "/order/1", &s->order, &usable) && usable);
        CHECK(scene_run(s) && s->pem);
        CHECK_INT(s->fake->order_count, 1);
        CHECK_INT(s->fake->asked[FAKE_FINALIZE], statuses[i] == ORDER_READY ? 2 : 1);
        CHECK_STR(fake_complaints(s->fake), "");
    }
}

TEST(flow_does_not_resume_what_is_over)
{
    struct scene *s = scene("a.example");
    bool usable = true;

    CHECK(scene_place(s));
    s->fake->orders[0]->status = ORDER_INVALID;
    CHECK(flow_resume(s->op, s->ca, FAKE_CA "/order/1", &s->order, &usable));
    CHECK(!usable);
    scene_lies(s, &(struct fake_lie){ .page = FAKE_ORDER, .status = 404 });
    usable = true;
    CHECK(flow_resume(s->op, s->ca, FAKE_CA "/order/1", &s->order, &usable));
    CHECK(!usable && op_ok(s->op)); /* forgotten by the CA: no failure */
    scene_lies(s, &(struct fake_lie){ .page = FAKE_ORDER, .lost = true });
    CHECK(!flow_resume(s->op, s->ca, FAKE_CA "/order/1", &s->order, &usable));
    CHECK_FAILED(s->op, ERR_NETWORK, "the order that a former run has left");
}

TEST(flow_a_challenge_that_is_looked_at_already_is_not_answered_again)
{
    struct scene *s = scene("a.example,b.example");

    CHECK(scene_place(s));
    s->fake->orders[0]->polls = 3;
    s->fake->orders[0]->authzs[0].told = true;
    CHECK(scene_run(s));
    CHECK_INT(s->fake->asked[FAKE_CHALLENGE], 1);
    CHECK_INT(board.names.count, 1);
    CHECK_STR(fake_complaints(s->fake), "");
}

/* ---- bounds ---- */

TEST(flow_orders_that_never_get_anywhere_end_with_the_time)
{
    static const struct fake_lie lie[] = {
        { .page = FAKE_ORDER, .from = "\"status\":\"ready\"", .to = "\"status\":\"pending\"" },
        { .page = FAKE_FINALIZE, .from = "\"status\":\"valid\"", .to = "\"status\":\"processing\"" },
    };

    for (size_t i = 0; i < 2; i++) {
        struct scene *s = scene("a.example");

        s->fake->processing = i ? 1000000 : 0;
        scene_lies(s, &lie[i]);
        CHECK(!scene_issue(s));
        CHECK_FAILED(s->op, ERR_TIMEOUT, NULL);
        CHECK(op_ticks(s->op) <= s->op->deadline + FAKE_TRIP_MS);
        CHECK(s->fake->requests < 100);
    }
}

TEST(flow_stops_at_a_signal)
{
    struct scene *s = scene("a.example");
    int stop = 0;

    CHECK(scene_place(s));
    s->op->world->stop = &stop;
    stop = 2;
    CHECK(!scene_run(s));
    CHECK_FAILED(s->op, ERR_STOPPED, NULL);
    s->op->world->stop = NULL;
}
