/* What is sent again, and when. */
#include "acme_kit.h"

#include "base/when.h"

/* ---- pauses ---- */

/* How long reading an order takes in all, in milliseconds less the trips. */
static int64_t pause_after(struct op **op, long status, const char *header, unsigned times)
{
    const struct fake_lie lie = { .page = FAKE_ORDER, .status = status, .header = header, .times = times };
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(op, &ca);
    int64_t start = op_ticks(*op);

    fake_lies(fake, &lie, 1);
    CHECK(read_order(*op, ca, 1) == op_ok(*op));
    return op_ticks(*op) - start - FAKE_TRIP_MS * (int64_t)fake->requests;
}

TEST(acme_retry_after_is_waited_for_in_both_forms)
{
    static const long statuses[] = { 429, 503 };

    for (size_t i = 0; i < 2; i++) {
        struct op *op;

        CHECK_INT(pause_after(&op, statuses[i], "Retry-After: 7", 1), 7000);
        CHECK(op_ok(op));
        CHECK_INT(pause_after(&op, statuses[i], "Retry-After: 60", 1), 60000);
        CHECK(op_ok(op));
        CHECK_INT(pause_after(&op, statuses[i], "Retry-After: 0", 1), 0);
        CHECK(op_ok(op));
        CHECK_INT(pause_after(&op, statuses[i], "Retry-After:", 1), 2000);
        CHECK(op_ok(op));
        CHECK_INT(pause_after(&op, statuses[i], "Retry-After: soon", 1), 2000);
        CHECK(op_ok(op));
        CHECK_INT(pause_after(&op, statuses[i], "Retry-After: -5", 1), 2000);
        CHECK(op_ok(op));
    }
}

TEST(acme_retry_after_as_a_date)
{
    struct op *op = kit_op();
    int64_t took;

    CHECK_STR(when_print(op, op_now(op)), "2026-11-25T00:00:00Z");
    took = pause_after(&op, 429, "Retry-After: Wed, 25 Nov 2026 00:00:40 GMT", 1);
    CHECK(op_ok(op) && took > 38000 && took <= 40000);
    CHECK_INT(pause_after(&op, 429, "Retry-After: Wed, 25 Nov 2026 00:00:01 GMT", 1), 0); /* gone by */
    CHECK(op_ok(op));
}

TEST(acme_asks_three_times_and_no_more)
{
    struct op *op;

    CHECK_INT(pause_after(&op, 503, "Retry-After: 5", 3), 15000);
    CHECK(op_ok(op));
    CHECK_INT(pause_after(&op, 503, "Retry-After: 5", 0), 15000);
    CHECK_FAILED(op, ERR_NETWORK, "503");
    CHECK_INT(pause_after(&op, 429, "Retry-After: 5", 0), 15000);
    CHECK_FAILED(op, ERR_RATE_LIMIT, "429");
}

TEST(acme_long_pauses_end_the_attempt_and_are_remembered)
{
    struct op *op;

    CHECK_INT(pause_after(&op, 429, "Retry-After: 3600", 0), 0);
    CHECK_FAILED(op, ERR_RATE_LIMIT, NULL);
    CHECK_INT(op->err.retry_at, op_now(op) + 3600);
    CHECK_INT(op->err.http_status, 429);
    CHECK_STR(op->err.hint, op_text(op, "not before %s", when_print(op, op_now(op) + 3600)));
    CHECK_INT(pause_after(&op, 503, "Retry-After: 61", 0), 0);
    CHECK_FAILED(op, ERR_NETWORK, NULL);
    CHECK_INT(op->err.retry_at, op_now(op) + 61);
    CHECK_INT(pause_after(&op, 429, "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", 0), 0);
    CHECK_FAILED(op, ERR_RATE_LIMIT, NULL);
    CHECK_INT(op->err.retry_at, op_now(op) + 24 * 3600);                            /* a day at most */
    CHECK_INT(pause_after(&op, 429, "Retry-After: 99999999999999999999", 0), 6000); /* no number: as none */
    CHECK_INT(op->err.retry_at, 0);
}

TEST(acme_the_longest_pause_of_many_is_waited_for_once)
{
    static const struct fake_lie lies[] = {
        { .page = FAKE_ORDER, .status = 503, .header = "Retry-After: 5", .times = 4 },
        { .page = FAKE_ORDER, .header = "Retry-After: 9", .after = 2, .times = 1 }
    };
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);
    int64_t start = op_ticks(op), took;

    fake_lies(fake, lies, 2);
    CHECK(read_order(op, ca, 4));
    took = op_ticks(op) - start;
    CHECK(took >= 9000 && took < 9500);
    CHECK_INT(fake->asked[FAKE_ORDER], 8);
}

/* ---- lost answers ---- */

TEST(acme_lost_answers_of_harmless_requests_are_asked_for_again)
{
    static const struct fake_lie twice = { .page = FAKE_ORDER, .lost = true, .times = 2 };
    static const struct fake_lie always = { .page = FAKE_ORDER, .lost = true };
    static const struct fake_lie stumbles = { .page = FAKE_ORDER, .status = 500, .to = "", .times = 2 };
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);

    fake_lies(fake, &twice, 1);
    CHECK(read_order(op, ca, 1));
    CHECK_INT(fake->asked[FAKE_ORDER], 3);
    fake = fake_ca_with_order(&op, &ca);
    fake_lies(fake, &stumbles, 1);
    CHECK(read_order(op, ca, 1));
    CHECK_INT(fake->asked[FAKE_ORDER], 3);
    fake = fake_ca_with_order(&op, &ca);
    fake_lies(fake, &always, 1);
    CHECK(!read_order(op, ca, 1));
    CHECK_FAILED(op, ERR_NETWORK, "the line is cut");
    CHECK_INT(fake->asked[FAKE_ORDER], 3);
    CHECK_STR(fake_complaints(fake), "");
}

TEST(acme_an_order_is_never_asked_for_twice)
{
    static const struct fake_lie lost = { .page = FAKE_NEW_ORDER, .lost = true };
    static const struct fake_lie stumbles = { .page = FAKE_NEW_ORDER, .status = 500, .to = "" };
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);

    fake_lies(fake, &lost, 1);
    CHECK(!new_order(op, ca));
    CHECK_FAILED(op, ERR_NETWORK, "the line is cut");
    CHECK_INT(fake->asked[FAKE_NEW_ORDER], 1);
    fake = fake_ca_with_order(&op, &ca);
    fake_lies(fake, &stumbles, 1);
    CHECK(!new_order(op, ca));
    CHECK_FAILED(op, ERR_NETWORK, "500");
    CHECK_INT(fake->asked[FAKE_NEW_ORDER], 1);
}

TEST(acme_an_order_that_never_left_us_is_asked_for_again)
{
    static const struct fake_lie unsent = { .page = FAKE_NEW_ORDER, .unsent = true, .times = 2 };
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);

    fake_lies(fake, &unsent, 1);
    CHECK(new_order(op, ca));
    CHECK_INT(fake->asked[FAKE_NEW_ORDER], 3);
}

TEST(acme_waits_end_with_the_operation)
{
    static const struct fake_lie lie = { .page = FAKE_ORDER, .status = 503, .header = "Retry-After: 50" };
    struct op *op;
    struct acme *ca;
    struct fake_ca *fake = fake_ca_with_order(&op, &ca);

    fake_lies(fake, &lie, 1);
    op->deadline = op_ticks(op) + 20000;
    CHECK(!read_order(op, ca, 1));
    CHECK_FAILED(op, ERR_TIMEOUT, NULL);
    CHECK(op_ticks(op) <= op->deadline);
}
