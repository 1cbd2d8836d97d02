#include "base/op.h"

#include "base/text.h"
#include "kit.h"

#include <errno.h>

TEST(op_first_error_wins)
{
    struct op *op = kit_op();

    CHECK(op_ok(op));
    CHECK(!op_fail(op, ERR_NETWORK, "no route to %s", "ca.example"));
    CHECK(!op_fail(op, ERR_CONFIG, "an echo"));
    CHECK(!op_ok(op));
    CHECK_INT(op->err.code, ERR_NETWORK);
    CHECK_STR(op->err.text, "no route to ca.example");
    CHECK(strstr(op->err.origin, "op_test.c:"));
}

TEST(op_errors_speak_outward_in)
{
    struct op *op = kit_op();

    op_enter(op, "renewing %s", "mail.example");
    op_enter(op, "done before");
    op_leave(op);
    op_enter(op, "adding TXT in %s", "example");
    op_fail(op, ERR_PROVIDER, "token lacks %s", "Zone.DNS:Edit");
    CHECK_STR(op->err.text, "renewing mail.example: adding TXT in example: token lacks Zone.DNS:Edit");
}

TEST(op_leaving_more_than_was_entered_is_harmless)
{
    struct op *op = kit_op();

    op_leave(op);
    op_enter(op, "a");
    op_leave(op);
    op_leave(op);
    op_fail(op, ERR_INTERNAL, "b");
    CHECK_STR(op->err.text, "b");
}

/* Words of the other side come through here: they must not move the cursor or fake a line of the log. */
TEST(op_error_texts_are_printable)
{
    struct op *op = kit_op();

    op_fail(op, ERR_REFUSED, "%s", "no\r\nFAKE \033[2Jline\177");
    CHECK_STR(op->err.text, "no  FAKE \\x1b[2Jline\\x7f");
}

TEST(op_error_texts_are_bounded)
{
    struct op *op = kit_op();
    char *flood = op_alloc(op, 100001);

    memset(flood, 'x', 100000);
    op_fail(op, ERR_UNTRUSTED, "%s", flood);
    CHECK(strlen(op->err.text) < 5000);
}

TEST(op_errno_is_put_in_words)
{
    struct op *op = kit_op();

    errno = ENOENT;
    CHECK(!op_fail_errno(op, ERR_STORE, "opening %s", "state"));
    CHECK_STR(op->err.text, "opening state: No such file or directory");
    CHECK_INT(op->err.code, ERR_STORE);
}

TEST(op_hints_belong_to_the_first_error)
{
    struct op *op = kit_op();

    CHECK(!op_hint(op, "nothing has failed yet"));
    CHECK(op->err.hint == NULL);
    op_fail(op, ERR_CONFIG, "no token");
    CHECK(!op_hint(op, "set %s", "CF_Token"));
    CHECK(!op_hint(op, "something else"));
    CHECK_STR(op->err.hint, "set CF_Token");
}

TEST(op_recovers)
{
    struct op *op = kit_op();

    op_fail(op, ERR_NETWORK, "gone");
    op_hint(op, "wait");
    op_recover(op);
    CHECK(op_ok(op));
    CHECK(op->err.hint == NULL && op->err.text == NULL);
    op_fail(op, ERR_CONFIG, "another");
    CHECK_STR(op->err.text, "another");
}

TEST(op_adopts_the_error_of_a_child)
{
    struct op *op = kit_op();
    struct op *child;

    op_enter(op, "renewing");
    child = op_child(op);
    op_enter(child, "asking");
    op_fail(child, ERR_RATE_LIMIT, "too many");
    op_hint(child, "wait");
    child->err.problem = op_text(child, "urn:%s", "rateLimited");
    child->err.http_status = 429;
    child->err.retry_at = 1234;
    CHECK(!op_adopt(op, child));
    op_end(child);
    CHECK_FAILED(op, ERR_RATE_LIMIT, NULL);
    CHECK_STR(op->err.text, "renewing: asking: too many");
    CHECK_STR(op->err.hint, "wait");
    CHECK_STR(op->err.problem, "urn:rateLimited");
    CHECK(strstr(op->err.origin, "op_test.c:"));
    CHECK_INT(op->err.http_status, 429);
    CHECK_INT(op->err.retry_at, 1234);
}

TEST(op_adopts_nothing_over_an_error_of_its_own)
{
    struct op *op = kit_op();
    struct op *good = op_child(op), *bad = op_child(op);

    op_fail(bad, ERR_NETWORK, "second");
    CHECK(op_adopt(op, good));
    CHECK(op_ok(op));
    op_fail(op, ERR_CONFIG, "first");
    CHECK(op_adopt(op, good));
    CHECK(!op_adopt(op, bad));
    CHECK_STR(op->err.text, "first");
    CHECK(op->err.hint == NULL);
    op_end(good);
    op_end(bad);
}

TEST(op_children_inherit)
{
    struct op *op = kit_op();
    struct op *child;

    op->deadline = 4000;
    op->shielded = true;
    op_fail(op, ERR_CONFIG, "the parent failed");
    child = op_child(op);
    CHECK(op_ok(child));
    CHECK(child->world == op->world && child->arena != op->arena);
    CHECK_INT(child->deadline, 4000);
    CHECK(child->shielded);
    op_end(child);
}

static int released;

static void release(void *what)
{
    (void)what;
    released++;
}

TEST(op_end_releases)
{
    struct op *op = op_begin(kit_world());

    released = 0;
    arena_defer(op->arena, release, NULL);
    arena_defer(op->arena, release, NULL);
    op_end(op);
    CHECK_INT(released, 2);
}

TEST(op_waits_in_the_time_of_its_world)
{
    struct op *op = kit_op();
    int64_t before = op_ticks(op), today = op_now(op);

    CHECK(op_wait(op, 90000));
    CHECK_INT(op_ticks(op) - before, 90000);
    CHECK_INT(op_now(op) - today, 90);
    CHECK(op_wait(op, 0));
    CHECK(op_wait(op, -5));
    CHECK_INT(op_ticks(op) - before, 90000);
    CHECK_INT(op_time_left(op), INT64_MAX);
}

TEST(op_waits_without_end_until_the_deadline)
{
    struct op *op = kit_op();

    op->deadline = op_ticks(op) + 5000;
    CHECK(!op_wait(op, INT64_MAX));
    CHECK_FAILED(op, ERR_TIMEOUT, NULL);
}

TEST(op_wait_ends_at_the_deadline)
{
    struct op *op = kit_op();
    int64_t before = op_ticks(op);

    op->deadline = before + 1000;
    CHECK_INT(op_time_left(op), 1000);
    CHECK(!op_wait(op, 60000));
    CHECK_FAILED(op, ERR_TIMEOUT, "the time");
    CHECK(op->err.hint && strstr(op->err.hint, "--deadline"));
    CHECK_INT(op_ticks(op) - before, 1000);
    CHECK(!op_alive(op));
    CHECK(!op_wait(op, 1));
}

TEST(op_takes_the_nearer_deadline)
{
    struct op *op = kit_op();

    kit_world()->deadline = op_ticks(op) + 500;
    CHECK_INT(op_time_left(op), 500);
    op->deadline = op_ticks(op) + 200;
    CHECK_INT(op_time_left(op), 200);
    op->deadline = op_ticks(op) + 900;
    CHECK_INT(op_time_left(op), 500);
    CHECK(op_alive(op));
    kit_advance(500);
    CHECK(!op_alive(op));
    CHECK_FAILED(op, ERR_TIMEOUT, NULL);
}

static volatile int signal_number;

TEST(op_stops_at_a_signal)
{
    struct op *op = kit_op();

    signal_number = 0;
    kit_world()->stop = &signal_number;
    CHECK(op_alive(op));
    signal_number = 15;
    CHECK(!op_wait(op, 1000));
    CHECK_FAILED(op, ERR_STOPPED, "15");
}

static void sleep_until_signal(struct clock *clock, int64_t span)
{
    (void)clock;
    kit_advance(span);
    signal_number = 2;
}

TEST(op_notices_a_signal_soon_while_it_sleeps)
{
    struct op *op = kit_op();
    struct clock *clock = kit_world()->clock, impatient = *clock;
    int64_t before = op_ticks(op);

    signal_number = 0;
    impatient.sleep = sleep_until_signal;
    kit_world()->stop = &signal_number;
    kit_world()->clock = &impatient;
    CHECK(!op_wait(op, 3600000));
    CHECK_FAILED(op, ERR_STOPPED, NULL);
    CHECK(op_ticks(op) - before <= 1000);
    kit_world()->clock = clock;
}

/*
 * A clean-up finishes although we were told to end or the run's time is over; its own deadline still counts.
 */
TEST(op_shielded_goes_on)
{
    struct op *op = kit_op();

    signal_number = 15;
    kit_world()->stop = &signal_number;
    kit_world()->deadline = op_ticks(op) + 10;
    op->shielded = true;
    CHECK(op_wait(op, 5000));
    op->deadline = op_ticks(op) + 10;
    CHECK(!op_wait(op, 5000));
    CHECK_FAILED(op, ERR_TIMEOUT, NULL);
}

static bool refuse_second(struct world *world, const char *what)
{
    (void)what;
    return world->effects != 2;
}

TEST(op_counts_effects_and_can_be_made_to_fail)
{
    struct op *op = kit_op();

    kit_world()->effect = refuse_second;
    CHECK(op_effect(op, "write"));
    CHECK(!op_effect(op, "rename"));
    CHECK_FAILED(op, ERR_STORE, "rename: made to fail");
    CHECK(!op_effect(op, "request"));
    CHECK_INT(kit_world()->effects, 2);
}

TEST(op_exit_statuses_are_those_of_the_manual)
{
    CHECK_INT(op_exit_status(ERR_NONE), 0);
    CHECK_INT(op_exit_status(ERR_INTERNAL), 1);
    CHECK_INT(op_exit_status(ERR_USAGE), 2);
    CHECK_INT(op_exit_status(ERR_CONFIG), 3);
    CHECK_INT(op_exit_status(ERR_REFUSED), 4);
    CHECK_INT(op_exit_status(ERR_PROVIDER), 5);
    CHECK_INT(op_exit_status(ERR_DEPLOY), 6);
    CHECK_INT(op_exit_status(ERR_STORE), 7);
    CHECK_INT(op_exit_status(ERR_NETWORK), 75);
    CHECK_INT(op_exit_status(ERR_BUSY), 75);
}

TEST(op_log_keeps_to_its_level)
{
    struct op *op = kit_op();
    enum log_level level = kit_world()->log->level;

    kit_world()->log->level = LOG_NOTE;
    op_log(op, LOG_WARN, "a %s", "warning");
    op_log(op, LOG_NOTE, "a note");
    op_log(op, LOG_INFO, "too much");
    CHECK_STR(kit_logged(), "a warning\na note\n");
    kit_world()->log->level = level;
    kit_world()->log = NULL;
    op_log(op, LOG_WARN, "nobody listens");
}

static bool steps(struct op *op, bool second, int *reached)
{
    *reached = 1;
    TRY(op_ok(op));
    *reached = 2;
    TRY(second);
    *reached = 3;
    return true;
}

TEST(op_try_returns_at_the_first_failure)
{
    struct op *op = kit_op();
    int reached;

    CHECK(steps(op, true, &reached));
    CHECK_INT(reached, 3);
    CHECK(!steps(op, false, &reached));
    CHECK_INT(reached, 2);
    op_fail(op, ERR_INTERNAL, "x");
    CHECK(!steps(op, true, &reached));
    CHECK_INT(reached, 1);
}

TEST(op_texts_live_in_the_operation)
{
    struct op *op = kit_op();
    int *numbers = op_array(op, 3, int);

    CHECK_STR(op_text(op, "%s-%d", "a", 7), "a-7");
    CHECK_INT(numbers[0] + numbers[1] + numbers[2], 0);
}
