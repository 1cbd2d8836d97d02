/* The private key of a certificate to be, and the request that is made with it. */
#include "certify_parts.h"
#include "crypto/csr.h"
#include "store/staged.h"

static struct key *held_key(struct op *op, const struct job *job)
{
    const char *pem = generation_read(op, job->run->store, job->lineage->name, "key.pem");

    return pem ? key_from_pem(op, pem, "the certificate's key") : NULL;
}

/* The key that was made ahead for the next certificate, where it is still of the kind that is wanted. */
static struct key *staged_key(struct op *op, const struct job *job)
{
    const char *pem = NULL;
    struct key *key;

    if (!staged_key_read(op, job->run->store, job->lineage->name, &pem) || !pem)
        return NULL;
    key = key_from_pem(op, pem, "the staged key");
    if (key && key_kind(key) == job->policy.key_kind)
        return key;
    op_log(op, LOG_WARN, "the staged key is not used: it is no %s key", key_kind_name(job->policy.key_kind));
    return NULL;
}

static bool make_csr(struct op *op, struct job *job)
{
    job->wants = (struct flow_wants){ .names = &job->policy.names,
                                      .profile = job->policy.profile,
                                      .preferred_chain = job->policy.preferred_chain,
                                      .not_after = job->policy.not_after };
    job->wants.csr = job->policy.csr ? job->policy.csr->der : csr_make(op, job->key, &job->policy.names);
    return op_ok(op);
}

/* The key for a new order: the staged one, the one in use where it shall stay and fits, else a new one. */
bool job_choose_key(struct op *op, struct job *job)
{
    if (job->policy.csr)
        return make_csr(op, job);
    job->key = staged_key(op, job);
    job->staged = job->key != NULL;
    if (!job->key && job->policy.reuse_key && !job->lineage->key_compromised)
        job->key = held_key(op, job);
    if (job->key && key_kind(job->key) != job->policy.key_kind)
        job->key = NULL;
    if (!job->key && op_ok(op))
        job->key = key_generate(op, job->policy.key_kind);
    return op_ok(op) && make_csr(op, job);
}

bool job_former_key(struct op *op, struct job *job)
{
    const char *pem = journal_key(op, job->journal);

    if (job->policy.csr)
        return make_csr(op, job);
    job->key = pem ? key_from_pem(op, pem, "the journal's key") : NULL;
    return job->key && make_csr(op, job);
}

bool job_key_is_lost(struct op *op, const struct job *job)
{
    struct key *held = job->lineage->key_compromised ? held_key(op, job) : NULL;

    return held && job->key && bytes_same(key_public(op, held), key_public(op, job->key));
}

const char *job_key_text(struct op *op, const struct job *job)
{
    return job->key ? key_pem(op, job->key) : NULL;
}

struct bytes job_public_key(struct op *op, const struct job *job)
{
    return job->policy.csr ? job->policy.csr->spki : key_public(op, job->key);
}
