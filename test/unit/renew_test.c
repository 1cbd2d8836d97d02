#include "renew.h"

#include "kit.h"

#define NOW  1795564800 /* 2026-11-25 */
#define HOUR 3600
#define DAY  86400

TEST(renew_at_a_third)
{
    CHECK_INT(renew_at(NOW, NOW + 90 * DAY), NOW + 60 * DAY);
    CHECK_INT(renew_at(NOW, NOW + 45 * DAY), NOW + 30 * DAY);
    CHECK_INT(renew_at(NOW, NOW + 47 * DAY), NOW + 47 * DAY - 47 * DAY / 3);
    CHECK_INT(renew_at(NOW, NOW + 10 * DAY), NOW + 10 * DAY - 10 * DAY / 3);
}

TEST(renew_at_half_of_a_short_life)
{
    CHECK_INT(renew_at(NOW, NOW + 10 * DAY - 1), NOW + 5 * DAY);
    CHECK_INT(renew_at(NOW, NOW + 6 * DAY), NOW + 3 * DAY);
    CHECK_INT(renew_at(NOW, NOW + 5 * 60), NOW + 150);
    CHECK_INT(renew_at(NOW, NOW + 1), NOW + 1);
}

TEST(renew_at_nonsense_dates)
{
    CHECK_INT(renew_at(NOW, NOW), NOW);
    CHECK_INT(renew_at(NOW, NOW - 1), NOW);
    CHECK_INT(renew_at(INT64_MAX, INT64_MIN), INT64_MAX);
    CHECK_INT(renew_at(INT64_MIN, INT64_MAX), INT64_MAX - (int64_t)(UINT64_MAX / 3));
    CHECK_INT(renew_at(0, INT64_MAX), INT64_MAX - INT64_MAX / 3);
    CHECK_INT(renew_at(INT64_MIN, INT64_MIN + 2), INT64_MIN + 1);
}

/* Whatever the dates, the moment lies in the lifetime. */
TEST(renew_at_is_in_the_lifetime)
{
    static const int64_t dates[] = { INT64_MIN, INT64_MIN + 1, -1, 0, 1, NOW, INT64_MAX - 1, INT64_MAX };

    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        for (size_t j = i + 1; j < sizeof dates / sizeof *dates; j++)
            CHECK(renew_at(dates[i], dates[j]) > dates[i] && renew_at(dates[i], dates[j]) <= dates[j]);
}

static struct renew_facts held(int64_t age, int64_t life)
{
    return (struct renew_facts){
        .now = NOW, .held = true, .not_before = NOW - age, .not_after = NOW - age + life
    };
}

TEST(renew_when_due)
{
    struct op *op = kit_op();
    struct renew_facts facts = held(60 * DAY - 1, 90 * DAY);
    struct renew_verdict verdict = renew_decide(op, &facts);

    CHECK(!verdict.due);
    CHECK_INT(verdict.at, NOW + 1);
    CHECK_STR(verdict.reason, "due at 2026-11-25T00:00:01Z");
    facts.now++;
    verdict = renew_decide(op, &facts);
    CHECK(verdict.due);
    CHECK_STR(verdict.reason, "30 days of its lifetime left");
    facts.now = facts.not_after - 1;
    CHECK_STR(renew_decide(op, &facts).reason, "1 second of its lifetime left");
    facts.now = facts.not_after;
    CHECK_STR(renew_decide(op, &facts).reason, "expired at 2026-12-25T00:00:01Z");
    CHECK(renew_decide(op, &facts).due);
}

TEST(renew_lifetimes_of_minutes)
{
    struct op *op = kit_op();
    struct renew_facts facts = held(149, 300);

    CHECK(!renew_decide(op, &facts).due);
    facts = held(150, 300);
    CHECK(renew_decide(op, &facts).due);
}

/* A clock that was set back makes no certificate due; one that is far ahead makes all of them so, once. */
TEST(renew_with_a_wrong_clock)
{
    struct op *op = kit_op();
    struct renew_facts facts = held(0, 90 * DAY);

    facts.now = 0;
    CHECK(!renew_decide(op, &facts).due);
    facts.now = INT64_MIN;
    CHECK(!renew_decide(op, &facts).due);
    facts.now = INT64_MAX;
    CHECK(renew_decide(op, &facts).due);
}

/* Each stronger reason is told before the weaker ones that hold as well. */
TEST(renew_reasons_have_an_order)
{
    static const char *const reasons[] = {
        "no certificate yet",
        "the certificate was revoked",
        "forced",
        "the names changed",
        "the profile changed",
        "a former run was interrupted",
        "expired at 2026-11-24T00:00:00Z",
    };
    struct op *op = kit_op();
    struct renew_facts facts = held(91 * DAY, 90 * DAY);

    facts.held = false;
    facts.revoked = facts.forced = facts.names_changed = facts.interrupted = true;
    facts.policy_changed = "the profile";
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        struct renew_verdict verdict = renew_decide(op, &facts);

        CHECK(verdict.due);
        CHECK_STR(verdict.reason, reasons[i]);
        facts.held = true;
        facts.revoked = facts.revoked && i < 1;
        facts.forced = facts.forced && i < 2;
        facts.names_changed = facts.names_changed && i < 3;
        facts.policy_changed = i < 4 ? facts.policy_changed : NULL;
        facts.interrupted = facts.interrupted && i < 5;
    }
}

TEST(renew_is_pure)
{
    struct op *op = kit_op();
    struct renew_facts facts = held(DAY, 90 * DAY);
    struct renew_verdict first = renew_decide(op, &facts), second = renew_decide(op, &facts);

    CHECK(first.due == second.due && first.at == second.at);
    CHECK_STR(first.reason, second.reason);
    CHECK_INT(op->world->effects, 0);
}

/* ---- what the CA suggests (RFC 9773) ---- */

TEST(renew_at_the_suggested_time)
{
    struct op *op = kit_op();
    struct renew_facts facts = held(10 * DAY, 90 * DAY);
    struct renew_verdict verdict;

    facts.suggested = NOW + 1;
    verdict = renew_decide(op, &facts);
    CHECK(!verdict.due && !verdict.suggested);
    CHECK_INT(verdict.at, NOW + 1);
    CHECK_STR(verdict.reason, "due at 2026-11-25T00:00:01Z, in the CA's window");
    facts.suggested = NOW;
    facts.explanation = "https://ca.example/why";
    verdict = renew_decide(op, &facts);
    CHECK(verdict.due && verdict.suggested);
    CHECK_STR(verdict.reason, "the CA suggests to renew it now: https://ca.example/why");
}

/* However late the CA would have it, half of what the lifetime rule leaves stays for trouble. */
TEST(renew_is_put_off_only_so_far)
{
    struct op *op = kit_op();
    struct renew_facts facts = held(60 * DAY, 90 * DAY);

    facts.suggested = NOW + DAY;
    CHECK(!renew_decide(op, &facts).due);
    facts.suggested = NOW + 40 * DAY;
    CHECK_INT(renew_decide(op, &facts).at, NOW + 15 * DAY);
    CHECK_INT(renew_latest(facts.not_before, facts.not_after), NOW + 15 * DAY);
    facts.now = NOW + 15 * DAY;
    CHECK(renew_decide(op, &facts).due && !renew_decide(op, &facts).suggested);
    facts.suggested = INT64_MAX;
    CHECK(renew_decide(op, &facts).due);
    facts = held(3 * DAY, 6 * DAY);
    facts.suggested = NOW + 5 * DAY;
    CHECK_INT(renew_decide(op, &facts).at, NOW + 36 * HOUR);
}

/* A CA that always says "now" causes one renewal a day, or in half a lifetime that is shorter. */
TEST(renew_is_not_suggested_twice_a_day)
{
    struct op *op = kit_op();
    struct renew_facts facts = held(HOUR, 90 * DAY);

    facts.suggested = NOW - DAY;
    facts.suggested_last = NOW - DAY + 1;
    CHECK(!renew_decide(op, &facts).due);
    CHECK_INT(renew_decide(op, &facts).at, NOW - HOUR + 60 * DAY);
    facts.suggested_last = NOW - DAY;
    CHECK(renew_decide(op, &facts).due);
    facts.suggested_last = NOW + DAY; /* by a clock that was wrong */
    CHECK(renew_decide(op, &facts).due);
    facts = held(HOUR, 10 * HOUR);
    facts.suggested = NOW - 1;
    facts.suggested_last = NOW - 5 * HOUR;
    CHECK(renew_decide(op, &facts).due);
    facts.suggested_last++;
    CHECK(!renew_decide(op, &facts).due);
    facts.now = NOW + 4 * HOUR; /* the lifetime rule goes on to count */
    CHECK(renew_decide(op, &facts).due);
}

TEST(renew_with_the_staged_key)
{
    struct op *op = kit_op();
    struct renew_facts facts = held(0, 90 * DAY);

    facts.staged = true;
    CHECK_STR(renew_decide(op, &facts).reason, "due at 2027-01-24T00:00:00Z, with the staged key");
}

/* ---- what is missing, what failed ---- */

TEST(renew_for_missing_names)
{
    struct op *op = kit_op();
    struct renew_facts facts = held(DAY, 90 * DAY);
    const struct renew_failures failures = { 3, NOW + 60, "no such name" };
    struct renew_verdict verdict;

    facts.missing = 1;
    verdict = renew_decide(op, &facts);
    CHECK(verdict.due && verdict.for_missing);
    CHECK_STR(verdict.reason, "1 wanted name is missing");
    renew_hold_back(op, &verdict, &failures);
    CHECK(!verdict.due && !verdict.held_back);
    CHECK_STR(verdict.reason, "1 wanted name is missing; tried again at 2026-11-25T00:01:00Z");
    facts.missing = 2;
    CHECK_STR(renew_decide(op, &facts).reason, "2 wanted names are missing");
    facts.now = NOW + 70 * DAY; /* due anyway */
    CHECK(!renew_decide(op, &facts).for_missing);
}

TEST(renew_backs_off)
{
    struct op *op = kit_op();
    struct renew_facts facts = held(80 * DAY, 90 * DAY);
    const struct renew_failures failures = { 2, NOW + 600, "no such name" };
    struct renew_verdict verdict = renew_decide(op, &facts);

    renew_hold_back(op, &verdict, &failures);
    CHECK(verdict.due && verdict.held_back);
    CHECK_STR(verdict.reason,
              "10 days of its lifetime left; backing off until 2026-11-25T00:10:00Z after 2 failures");
}
