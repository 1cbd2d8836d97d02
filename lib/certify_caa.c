/* What CAA records say, before the CA is asked. */
#include "caa.h"
#include "certify_parts.h"

#define PATIENCE_MS 5000

static bool ask(struct op *op, struct job *job, struct caa_verdict *verdicts)
{
    const struct strings *names = &job->policy.names;
    const char **types = op_array(op, names->count, const char *);
    const struct caa_wants wants = { names, types, &job->desk->ca->caa_identities, job->desk->ca->kid };
    int64_t end = op_ticks(op) + PATIENCE_MS;

    for (size_t i = 0; i < names->count; i++)
        types[i] = job->proofs.solver.type_for(&job->proofs.solver, names->at[i]);
    if (!op->deadline || end < op->deadline)
        op->deadline = end;
    return caa_check(op, &wants, verdicts);
}

static void refuse(struct op *op, const struct strings *names, const struct caa_verdict *verdicts)
{
    struct text out = text_begin(op->arena);

    for (size_t i = 0; i < names->count; i++)
        if (verdicts[i].state == CAA_FORBIDDEN)
            text_add(&out, "%s%s: %s", out.length ? "; " : "", names->at[i], verdicts[i].text);
    if (!out.length)
        return;
    op_fail(op, ERR_REFUSED, "the CAA records forbid this CA: %s", out.data);
    op->err.problem = "caa";
    op_hint(op, "change the records, or use another CA; mcacme check shows what they say");
    for (size_t i = 0; i < names->count; i++)
        if (verdicts[i].state == CAA_FORBIDDEN)
            op_blame(op, names->at[i]);
}

bool job_caa_allows(struct op *op, struct job *job)
{
    const struct strings *names = &job->policy.names;
    struct caa_verdict *verdicts;
    struct op *child;

    if (!job->desk->ca->caa_identities.count)
        return op_ok(op);
    child = op_child(op);
    verdicts = op_array(child, names->count, struct caa_verdict);
    if (ask(child, job, verdicts))
        refuse(child, names, verdicts);
    else if (child->err.code != ERR_STOPPED)
        op_recover(child);
    op_adopt(op, child);
    op_end(child);
    return op_ok(op);
}
