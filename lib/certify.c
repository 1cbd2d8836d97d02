#include "certify.h"

#include "acme/flow.h"
#include "base/when.h"
#include "crypto/csr.h"
#include "proofs.h"

#include <string.h>

/* What one certificate's work needs on its way. */
struct job {
    struct run *run;
    struct desk *desk;
    const struct settings *settings;
    struct lineage *lineage;
    struct policy policy;
    struct proofs proofs;
    struct journal *journal;
    struct key *key;
    struct flow_wants wants;
    struct order order;
    bool first; /* there was no such certificate, not even an attempt at one */
};

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

/* ---- the private key ---- */

static struct key *held_key(struct op *op, const struct job *job)
{
    const char *pem = generation_read(op, job->run->store, job->lineage->name, "key.pem");

    return pem ? key_from_pem(op, pem, "the certificate's key") : NULL;
}

/* The key for a new order: the one in use where it shall stay and fits, else a new one. */
static bool choose_key(struct op *op, struct job *job)
{
    if (job->policy.reuse_key && !job->lineage->key_compromised)
        job->key = held_key(op, job);
    if (job->key && key_kind(job->key) != job->policy.key_kind)
        job->key = NULL;
    if (!job->key && op_ok(op))
        job->key = key_generate(op, job->policy.key_kind);
    return op_ok(op);
}

static bool make_csr(struct op *op, struct job *job)
{
    job->wants = (struct flow_wants){ .names = &job->policy.names,
                                      .profile = job->policy.profile,
                                      .preferred_chain = job->policy.preferred_chain,
                                      .csr = csr_make(op, job->key, &job->policy.names) };
    return op_ok(op);
}

/* ---- the order ---- */

/* The order and the key that a former run has left, where they fit what is wanted now. */
static bool resume(struct op *op, struct job *job, bool *usable)
{
    const struct journal_order *left = &job->journal->order;
    const char *pem;

    *usable = false;
    if (!left->url || !text_same(left->shape, job->policy.shape) ||
        !text_same(left->server, job->desk->ca->directory))
        return op_ok(op);
    pem = journal_key(op, job->journal);
    if (!pem)
        return op_ok(op);
    TRY(flow_resume(op, job->desk->ca, left->url, &job->order, usable));
    if (!*usable)
        return true;
    op_log(op, LOG_NOTE, "going on with the order of a former run");
    job->key = key_from_pem(op, pem, "the journal's key");
    return job->key && make_csr(op, job);
}

static bool place(struct op *op, struct job *job)
{
    struct journal_order order = { .server = job->desk->ca->directory, .shape = job->policy.shape };

    /* What is left of an order that is over, or for something else, goes first. */
    if (job->journal->txt_count)
        TRY(proofs_withdraw(op, &job->proofs));
    /* What is wanted goes before the order, so that renew alone can finish what is begun here. */
    job->first = !file_there(store_path(op, job->run->store, "certs/%s/lineage.json", job->lineage->name));
    TRY(lineage_save(op, job->run->store, job->lineage));
    job->order = (struct order){ 0 };
    TRY(choose_key(op, job) && make_csr(op, job));
    TRY(flow_place(op, job->desk->ca, &job->wants, &job->order));
    order.url = job->order.url;
    return journal_order_made(op, job->journal, &order, key_pem(op, job->key));
}

/* ---- installing ---- */

bool certificate_installed(struct op *op, const struct store *store, struct lineage *lineage)
{
    lineage->revoked = lineage->key_compromised = lineage->off = false;
    lineage->deploy_owed = true;
    lineage->last_error = NULL;
    return lineage_save(op, store, lineage);
}

static const char *meta(struct op *op, const struct job *job, const struct cert *leaf)
{
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_put_int(&out, "version", 1);
    json_put(&out, "server", job->desk->ca->directory);
    json_put(&out, "account", job->desk->ca->kid);
    json_put(&out, "order", job->order.url);
    json_put(&out, "profile", job->policy.profile ? job->policy.profile : "");
    json_put(&out, "key-type", key_kind_name(job->policy.key_kind));
    json_put(&out, "issued", when_print(op, op_now(op)));
    json_put(&out, "serial", leaf->serial);
    json_put_strings(&out, "names", &leaf->names);
    json_close(&out, '}');
    text_char(&out, '\n');
    return out.data;
}

static bool install(struct op *op, struct job *job, const char *pem, struct certificate *out)
{
    struct chain chain = chain_parse(op, pem);
    struct chain_wants wants = { key_public(op, job->key), &job->policy.names, op_now(op) };
    struct generation gen = { .key_pem = key_pem(op, job->key) };
    const struct cert *leaf = chain.certs;

    op_enter(op, "checking the certificate that the CA sent");
    chain_check(op, &chain, &wants);
    op_leave(op);
    TRY(op_ok(op));
    gen.cert_pem = chain_pem(op, &chain, 0, 1);
    gen.chain_pem = chain_pem(op, &chain, 1, chain.count - 1);
    gen.fullchain_pem = chain_pem(op, &chain, 0, chain.count);
    gen.meta_json = meta(op, job, leaf);
    op_enter(op, "installing the certificate");
    if (generation_install(op, job->run->store, job->lineage->name, &gen))
        certificate_installed(op, job->run->store, job->lineage);
    op_leave(op);
    *out = (struct certificate){ .changed = op_ok(op),
                                 .not_before = leaf->not_before,
                                 .not_after = leaf->not_after,
                                 .serial = leaf->serial,
                                 .directory = job->desk->ca->directory,
                                 .names = &job->policy.names };
    return op_ok(op);
}

/* ---- from the order to the files ---- */

static bool finish(struct op *op, struct job *job, const char **pem)
{
    return flow_run(op, job->desk->ca, &job->wants, &job->proofs.solver, &job->order, pem);
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
    }
    return false;
}

static bool work(struct op *op, struct job *job, struct certificate *out)
{
    const char *pem;

    TRY(desk_open(job->run, job->desk, op, &job->policy));
    if (!finish_former(op, job, &pem))
        TRY(op_ok(op) && place(op, job) && finish(op, job, &pem));
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

    clean->shielded = true;
    proofs_withdraw(clean, &job->proofs);
    if (!op_ok(clean)) {
        op_log(op, LOG_WARN, "%s; the next run tries again", clean->err.text);
        op_recover(clean);
    }
    if (!resumable)
        journal_order_ended(clean, job->journal);
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
             struct certificate *out)
{
    struct job *job = op_new(op, struct job);
    const struct frame *frames = op->frames;

    job->run = run;
    job->settings = settings;
    job->lineage = lineage;
    TRY(prepare(op, job));
    work(op, job, out);
    op->frames = frames; /* a failure leaves behind what it was doing */
    settle(op, job);
    lineage->last_attempt = op_now(op);
    return op_ok(op);
}
