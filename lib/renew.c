#include "renew.h"

#include "base/op.h"
#include "base/when.h"

#include <inttypes.h>

#define DAY         86400
#define SHORT_LIVED (10u * DAY)

/* No overflow, whatever the dates. */
static uint64_t life_of(int64_t not_before, int64_t not_after)
{
    return not_after > not_before ? (uint64_t)not_after - (uint64_t)not_before : 0;
}

int64_t renew_at(int64_t not_before, int64_t not_after)
{
    uint64_t life = life_of(not_before, not_after);

    if (!life)
        return not_before;
    return not_after - (int64_t)(life < SHORT_LIVED ? life / 2 : life / 3);
}

int64_t renew_latest(int64_t not_before, int64_t not_after)
{
    int64_t rule = renew_at(not_before, not_after);

    return rule + (int64_t)(life_of(rule, not_after) / 2);
}

/* Whether the CA has caused a renewal so lately that it is not heard again. */
static bool heard_lately(const struct renew_facts *f)
{
    uint64_t pause = life_of(f->not_before, f->not_after) / 2;

    if (pause > DAY)
        pause = DAY;
    return f->suggested_last && f->suggested_last <= f->now && life_of(f->suggested_last, f->now) < pause;
}

/* When it is due by suggestion or lifetime; *suggested tells which of them says so. */
static int64_t due_at(const struct renew_facts *f, bool *suggested)
{
    int64_t rule = renew_at(f->not_before, f->not_after), at = f->suggested;

    *suggested = false;
    if (!at || (at < rule && heard_lately(f)))
        return rule;
    *suggested = at <= renew_latest(f->not_before, f->not_after);
    return *suggested ? at : renew_latest(f->not_before, f->not_after);
}

/* What makes it due whatever the time is; NULL: nothing. */
static const char *cause(struct op *op, const struct renew_facts *f)
{
    if (!f->held)
        return "no certificate yet";
    if (f->revoked)
        return "the certificate was revoked";
    if (f->forced)
        return "forced";
    if (f->names_changed)
        return "the names changed";
    if (f->policy_changed)
        return op_text(op, "%s changed", f->policy_changed);
    return f->interrupted ? "a former run was interrupted" : NULL;
}

static const char *suggestion(struct op *op, const struct renew_facts *f, const char *words)
{
    return op_text(op, "%s%s%s", words, f->explanation ? ": " : "", f->explanation ? f->explanation : "");
}

/* By the time alone. */
static void by_time(struct op *op, const struct renew_facts *f, struct renew_verdict *verdict)
{
    bool suggested;

    verdict->at = due_at(f, &suggested);
    verdict->due = f->now >= verdict->at;
    verdict->suggested = verdict->due && suggested;
    if (f->now >= f->not_after)
        verdict->reason = op_text(op, "expired at %s", when_print(op, f->not_after));
    else if (verdict->suggested)
        verdict->reason = suggestion(op, f, "the CA suggests to renew it now");
    else if (verdict->due)
        verdict->reason = op_text(op, "%s of its lifetime left", when_span(op, f->not_after - f->now));
    else
        verdict->reason =
            op_text(op, "due at %s%s%s", when_print(op, verdict->at), suggested ? ", in the CA's window" : "",
                    f->staged ? ", with the staged key" : "");
}

struct renew_verdict renew_decide(struct op *op, const struct renew_facts *f)
{
    struct renew_verdict verdict = { .due = false };
    const char *why = cause(op, f);

    if (f->held)
        by_time(op, f, &verdict);
    if (why) {
        verdict.due = true;
        verdict.suggested = false;
        verdict.reason = why;
    } else if (f->missing && !verdict.due) {
        verdict.due = verdict.for_missing = true;
        verdict.reason =
            op_text(op, "%zu wanted name%s missing", f->missing, f->missing == 1 ? " is" : "s are");
    }
    return verdict;
}

void renew_hold_back(struct op *op, struct renew_verdict *verdict, const struct renew_failures *failures)
{
    const char *until = when_print(op, failures->retry_at);

    if (verdict->for_missing) {
        verdict->due = false;
        verdict->reason = op_text(op, "%s; tried again at %s", verdict->reason, until);
        return;
    }
    verdict->held_back = true;
    verdict->reason = op_text(op, "%s; backing off until %s after %" PRId64 " failure%s", verdict->reason,
                              until, failures->count, failures->count == 1 ? "" : "s");
}
