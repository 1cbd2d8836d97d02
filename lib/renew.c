#include "renew.h"

#include "base/op.h"
#include "base/when.h"

#define DAY         86400
#define SHORT_LIVED (10u * DAY)

int64_t renew_at(int64_t not_before, int64_t not_after)
{
    uint64_t life = (uint64_t)not_after - (uint64_t)not_before; /* no overflow, whatever the dates */

    if (not_after <= not_before)
        return not_before;
    return not_after - (int64_t)(life < SHORT_LIVED ? life / 2 : life / 3);
}

struct renew_verdict renew_decide(struct op *op, const struct renew_facts *f)
{
    struct renew_verdict verdict = { .due = true };

    if (f->held)
        verdict.at = renew_at(f->not_before, f->not_after);
    if (!f->held)
        verdict.reason = "no certificate yet";
    else if (f->revoked)
        verdict.reason = "the certificate was revoked";
    else if (f->forced)
        verdict.reason = "forced";
    else if (f->names_changed)
        verdict.reason = "the names changed";
    else if (f->policy_changed)
        verdict.reason = op_text(op, "%s changed", f->policy_changed);
    else if (f->interrupted)
        verdict.reason = "a former run was interrupted";
    else if (f->now >= f->not_after)
        verdict.reason = op_text(op, "expired at %s", when_print(op, f->not_after));
    else if (f->now >= verdict.at)
        verdict.reason = op_text(op, "%s of its lifetime left", when_span(op, f->not_after - f->now));
    else
        verdict =
            (struct renew_verdict){ false, verdict.at, op_text(op, "due at %s", when_print(op, verdict.at)) };
    return verdict;
}
