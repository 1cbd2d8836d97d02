#include "certify.h"

#include "base/json.h"
#include "certify_parts.h"
#include "provenance.h"
#include "store/staged.h"

#include <string.h>

bool certificate_held(struct op *op, const struct store *store, const char *name, struct cert *cert)
{
    const char *pem = generation_read(op, store, name, "cert.pem");
    struct chain chain;

    if (!pem)
        return false;
    chain = chain_parse(op, pem);
    if (!op_ok(op)) {
        op->err.code = ERR_STORE;
        return op_hint(op, "the certificate of %s is damaged: issue it again with --force", name);
    }
    *cert = chain.certs[0];
    return true;
}

/* ---- the order ---- */

/* The order and the key that a former run has left, where they fit what is wanted now. */
static bool resume(struct op *op, struct job *job, bool *usable)
{
    const struct journal_order *left = &job->journal->order;

    *usable = false;
    if (!left->url || !text_same(left->shape, job->policy.shape) ||
        !text_same(left->server, job->desk->ca->directory) || !job_former_key(op, job) ||
        job_key_is_lost(op, job))
        return op_ok(op);
    TRY(flow_resume(op, job->desk->ca, left->url, &job->order, usable));
    if (!*usable)
        return true;
    op_log(op, LOG_NOTE, "going on with the order of a former run");
    return true;
}

static bool shares_a_name(const struct strings *a, const struct strings *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (strings_have(b, a->at[i]))
            return true;
    return false;
}

/*
 * The certificate that the order replaces (RFC 9773 section 5), which exempts it from rate limits: ours, of
 * this CA and account. What cannot be read of it is no reason to fail.
 */
static const char *replaces(struct op *op, const struct job *job)
{
    const struct acme *ca = job->desk->ca;
    struct op *child = op_child(op);
    const char *text = generation_read(child, job->run->store, job->lineage->name, "meta.json"), *id = NULL;
    const struct json *meta = text ? json_parse(child, text, strlen(text)) : NULL;
    struct cert cert;

    if (ca->renewal_info && provenance_is_of(meta, ca->directory, ca->kid) &&
        certificate_held(child, job->run->store, job->lineage->name, &cert) &&
        shares_a_name(&cert.names, &job->policy.names))
        id = text_dup(op, cert.ari_id);
    op_end(child);
    return id;
}

/*
 * What is left of an order that is over, or for something else, goes first. A vendor that does not let go of
 * it is no reason to go without a certificate: the journal still names it, and each run tries again.
 */
static bool take_down(struct op *op, struct job *job)
{
    struct op *clean = op_child(op);

    if (job->journal->txt_count && !proofs_withdraw(clean, &job->proofs)) {
        if (clean->err.code == ERR_STORE || clean->err.code == ERR_STOPPED)
            op_adopt(op, clean);
        else
            op_log(op, LOG_WARN, "%s; the next run tries again", clean->err.text);
    }
    op_end(clean);
    return op_alive(op);
}

static bool place(struct op *op, struct job *job)
{
    struct journal_order order = { .server = job->desk->ca->directory, .shape = job->policy.shape };

    TRY(take_down(op, job));
    /* What is wanted goes before the order, so that renew alone can finish what is begun here. */
    job->first = !lineage_there(op, job->run->store, job->lineage->name);
    TRY(lineage_save(op, job->run->store, job->lineage));
    job->order = (struct order){ 0 };
    TRY(job_choose_key(op, job));
    job->wants.replaces = replaces(op, job);
    TRY(flow_place(op, job->desk->ca, &job->wants, &job->order));
    job->placed = true;
    order.url = job->order.url;
    return journal_order_made(op, job->journal, &order, job_key_text(op, job));
}

/* ---- installing ---- */

bool certificate_note(struct op *op, const struct store *store, const char *name, struct journal *journal)
{
    const char *text = journal->order.url ? generation_read(op, store, name, "meta.json") : NULL;
    const struct json *meta = text ? json_parse(op, text, strlen(text)) : NULL;
    struct lineage lineage;

    if (!json_is(meta, "order", journal->order.url) || !lineage_load(op, store, name, &lineage))
        return op_ok(op);
    lineage.ari.renewed_at =
        op_now(op); /* why it was placed is not known any more: perhaps by the CA's wish */
    return certificate_installed(op, store, &lineage) && journal_order_ended(op, journal);
}

bool certificate_revoked(struct op *op, const struct store *store, const char *name, bool compromised,
                         bool off)
{
    struct journal *journal = journal_open(op, store, name);
    struct lineage lineage;

    TRY(journal && certificate_note(op, store, name, journal) && journal_close(op, journal) &&
        lineage_load(op, store, name, &lineage));
    lineage.revoked = true;
    lineage.key_compromised = lineage.key_compromised || compromised;
    lineage.off = off;
    return lineage_save(op, store, &lineage);
}

bool certificate_installed(struct op *op, const struct store *store, struct lineage *lineage)
{
    lineage->revoked = lineage->key_compromised = lineage->off = false;
    lineage->deploy_owed = true;
    lineage->last_error = NULL;
    return lineage_save(op, store, lineage);
}

struct generation certificate_files(struct op *op, const struct chain *chain)
{
    return (struct generation){ .cert_pem = chain_pem(op, chain, 0, 1),
                                .chain_pem = chain_pem(op, chain, 1, chain->count - 1),
                                .fullchain_pem = chain_pem(op, chain, 0, chain->count) };
}

static const char *meta(struct op *op, const struct job *job, const struct cert *leaf)
{
    const struct policy *policy = &job->policy;
    struct provenance p = { .server = job->desk->ca->directory,
                            .account = job->desk->ca->kid,
                            .order = job->order.url,
                            .profile = policy->profile,
                            .key_type = policy->csr ? "csr" : key_kind_name(policy->key_kind),
                            .leaf = leaf,
                            .issued = op_now(op) };

    return provenance_write(op, &p);
}

static bool note_installed(struct op *op, struct job *job)
{
    struct lineage *lineage = job->lineage;
    bool perhaps_suggested = job->wish->suggested || job->former;

    lineage->missing = job->left_out;
    lineage->ari =
        (struct lineage_ari){ .renewed_at = perhaps_suggested ? op_now(op) : lineage->ari.renewed_at };
    TRY(certificate_installed(op, job->run->store, lineage));
    return !job->staged || staged_key_drop(op, job->run->store, lineage->name);
}

static bool install(struct op *op, struct job *job, const char *pem, struct certificate *out)
{
    struct chain chain = chain_parse(op, pem);
    struct chain_wants wants = { job_public_key(op, job), &job->policy.names, op_now(op) };
    struct generation gen;
    const struct cert *leaf = chain.certs;

    op_enter(op, "checking the certificate that the CA sent");
    chain_check(op, &chain, &wants);
    op_leave(op);
    TRY(op_ok(op));
    gen = certificate_files(op, &chain);
    gen.key_pem = job_key_text(op, job);
    gen.meta_json = meta(op, job, leaf);
    op_enter(op, "installing the certificate");
    if (generation_install(op, job->run->store, job->lineage->name, &gen))
        note_installed(op, job);
    op_leave(op);
    *out = (struct certificate){ .changed = op_ok(op),
                                 .not_before = leaf->not_before,
                                 .not_after = leaf->not_after,
                                 .serial = leaf->serial,
                                 .directory = job->desk->ca->directory,
                                 .names = &job->policy.names,
                                 .key = leaf->spki,
                                 .left_out = job->why_left_out };
    return op_ok(op);
}

/* ---- from the order to the files ---- */

static bool finish(struct op *op, struct job *job, const char **pem)
{
    return flow_run(op, job->desk->ca, &job->wants, &job->proofs.solver, &job->order, pem);
}

/* What another order takes the place of must leave nothing behind. */
static bool give_up(struct op *op, struct job *job)
{
    struct op *clean = op_child(op);
    bool good;

    job_tidy_up(op, clean, job, true);
    good = op_adopt(op, clean);
    op_end(clean);
    return good;
}

/*
 * Goes on with the order of a former run. False without an error when it is lost: a run that is stopped takes
 * its records away, and a CA that was just about to look finds nothing and refuses.
 */
static bool finish_former(struct op *op, struct job *job, const char **pem)
{
    const struct frame *frames = op->frames;
    bool usable;

    TRY(resume(op, job, &usable) && usable);
    if (finish(op, job, pem))
        return true;
    if (op->err.code == ERR_REFUSED) {
        op_log(op, LOG_NOTE, "that order is lost (%s)", op->err.text);
        op_recover(op);
        op->frames = frames;
        give_up(op, job);
    }
    return false;
}

static bool attempt(struct op *op, struct job *job, const char **pem)
{
    const struct frame *frames = op->frames;

    while (!job_caa_allows(op, job) || !place(op, job) || !finish(op, job, pem)) {
        TRY(job_leave_out(op, job));
        op->frames = frames;
        TRY(give_up(op, job));
    }
    return true;
}

static bool work(struct op *op, struct job *job, struct certificate *out)
{
    const char *pem;

    TRY(desk_open(job->run, job->desk, op, &job->policy));
    job->former = finish_former(op, job, &pem);
    if (!job->former)
        TRY(op_ok(op) && attempt(op, job, &pem));
    return install(op, job, pem, out);
}

/*
 * After success and failure alike. An order that we were stopped in, or that ran out of time, stays open in
 * the journal: the next run goes on with it. One that the CA has refused is over.
 */
static bool settle(struct op *op, struct job *job)
{
    struct op *clean = op_child(op);
    bool resumable = op->err.code == ERR_STOPPED || op->err.code == ERR_TIMEOUT ||
                     op->err.code == ERR_NETWORK || op->err.code == ERR_RATE_LIMIT ||
                     op->err.code == ERR_STORE;
    bool good;

    job_tidy_up(op, clean, job, !resumable);
    if (!resumable && job->first && !op_ok(op) && !job->journal->txt_count)
        lineage_forget(clean, job->run->store, job->lineage->name);
    journal_close(clean, job->journal);
    instances_close(clean, job->proofs.dns01.instances, job->proofs.dns01.count);
    good = op_adopt(op, clean);
    op_end(clean);
    return good;
}

/* A fixed wait that outlasts the run would end it after the records were made, each time anew. */
static bool wait_fits(struct op *op, const struct spread_options *spread)
{
    if (spread->mode != SPREAD_SECONDS || spread->seconds < op_time_left(op) / 1000)
        return true;
    op_fail(op, ERR_USAGE, "--propagation asks for a longer wait than the run may take");
    return op_hint(op, "allow more time with --deadline");
}

static bool prepare(struct op *op, struct job *job)
{
    TRY(policy_read(op, job->settings, job->run->conf, &job->policy) && wait_fits(op, &job->policy.spread));
    TRY(proofs_open(op, job->settings, job->run->conf, &job->policy, &job->proofs));
    job->desk = run_desk(job->run, op, &job->policy, job->settings);
    TRY(job->desk);
    op->world = &job->desk->world;
    job->journal = journal_open(op, job->run->store, job->lineage->name);
    job->proofs.dns01.journal = job->journal;
    return job->journal != NULL;
}

bool certify(struct run *run, struct op *op, const struct settings *settings, struct lineage *lineage,
             const struct certify_wish *wish, struct certificate *out)
{
    struct job *job = op_new(op, struct job);
    const struct frame *frames = op->frames;

    job->run = run;
    job->settings = settings;
    job->lineage = lineage;
    job->wish = wish;
    TRY(prepare(op, job));
    work(op, job, out);
    op->frames = frames; /* a failure leaves behind what it was doing */
    settle(op, job);
    lineage->last_attempt = op_now(op);
    out->placed = job->placed;
    return op_ok(op);
}
