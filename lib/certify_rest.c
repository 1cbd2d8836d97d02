/* When names cannot be proved: what is taken back, and whether the others are worth a certificate. */
#include "certify_parts.h"
#include "renew.h"

#include <string.h>

void job_tidy_up(struct op *op, struct op *clean, struct job *job, bool over)
{
    clean->shielded = true;
    proofs_withdraw(clean, &job->proofs);
    if (!op_ok(clean)) {
        op_log(op, LOG_WARN, "%s; the next run tries again", clean->err.text);
        op_recover(clean);
    }
    if (!over)
        return;
    if (job->order.url && job->order.status != ORDER_VALID)
        flow_abandon(clean, job->desk->ca, &job->order);
    journal_order_ended(clean, job->journal);
}

static bool blamed(const struct err *err, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = err->names; (at = at ? strstr(at, name) : NULL); at++)
        if ((at == err->names || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

/*
 * Whether a certificate for these names alone is worth an order: not when it has nothing that the one in use
 * lacks, and not when it lacks what that one has for a good while yet.
 */
static bool worth_it(struct op *op, const struct job *job, const struct strings *rest)
{
    struct cert cert;
    bool more = false, less = false;

    if (!certificate_held(op, job->run->store, job->lineage->name, &cert))
        return op_ok(op);
    for (size_t i = 0; i < rest->count; i++)
        more = more || !strings_have(&cert.names, rest->at[i]);
    for (size_t i = 0; i < cert.names.count; i++)
        less = less ||
               (strings_have(&job->policy.names, cert.names.at[i]) && !strings_have(rest, cert.names.at[i]));
    if (less && op_now(op) < renew_latest(cert.not_before, cert.not_after))
        return false;
    return more || !job->wish->for_missing;
}

static bool may_leave_out(struct op *op, const struct job *job, const struct err *err, struct strings *rest)
{
    if (!job->policy.partial || !err->names || (err->code != ERR_REFUSED && err->code != ERR_PROVIDER))
        return false;
    for (size_t i = 0; i < job->policy.names.count; i++)
        if (!blamed(err, job->policy.names.at[i]))
            strings_add(op, rest, job->policy.names.at[i]);
    return rest->count && rest->count < job->policy.names.count && worth_it(op, job, rest);
}

bool job_leave_out(struct op *op, struct job *job)
{
    const struct err err = op->err;
    struct strings rest = { 0 };

    op_recover(op);
    if (!may_leave_out(op, job, &err, &rest)) {
        op->err = err;
        return false;
    }
    op_log(op, LOG_WARN, "left out: %s (%s)", err.names, err.text);
    for (size_t i = 0; i < job->policy.names.count; i++)
        if (!strings_have(&rest, job->policy.names.at[i]))
            strings_add(op, &job->left_out, job->policy.names.at[i]);
    job->why_left_out = job->why_left_out ? job->why_left_out : err.text;
    job->policy.names = rest;
    job->policy.shape = policy_shape(op, &job->policy);
    return op_ok(op);
}
