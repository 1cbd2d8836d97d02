#include "converge.h"

#include "crypto/secrets.h"
#include "deploy.h"
#include "mailcow/owed.h"
#include "names.h"
#include "store/failures.h"
#include "store/journal.h"
#include "store/staged.h"
#include "windows.h"

#define LOCK_PATIENCE_MS 60000
#define WAIT_MOST_MS     (24 * 3600 * 1000)

/* ---- what is to be done ---- */

/* The key of a certificate by the user's own request is that of the request. */
static bool same_key(struct op *op, const struct json *meta, const struct policy *policy)
{
    if (!policy->csr)
        return json_is(meta, "key-type", key_kind_name(policy->key_kind));
    return json_is(meta, "key-type", "csr") &&
           json_is(meta, "key", hex(op, hash(op, HASH_SHA256, policy->csr->spki)));
}

/* What of the policy differs from the certificate held, in words for people. */
static const char *policy_change(struct op *op, const struct json *meta, const struct policy *policy)
{
    if (!meta)
        return NULL;
    if (!json_is(meta, "server", policy->directory))
        return "the CA";
    if (!json_is(meta, "profile", policy->profile ? policy->profile : ""))
        return "the profile";
    if (!same_key(op, meta, policy))
        return policy->csr ? "the key" : "the key type";
    return NULL;
}

/* A renewal that was forced, say, and killed: it is finished although the certificate is good for long. */
static bool was_interrupted(struct run *run, struct op *op, const struct lineage *lineage,
                            const struct policy *policy, bool *interrupted)
{
    const struct journal *journal = journal_open(op, run->store, lineage->name);

    TRY(journal);
    *interrupted =
        text_same(journal->order.shape, policy->shape) && text_same(journal->order.server, policy->directory);
    return true;
}

/* Names that were left out are not forgotten, and are no reason to ask for the others anew. */
static void compare_names(struct op *op, const struct lineage *lineage, const struct strings *wanted,
                          const struct strings *have, struct outcome *outcome, struct renew_facts *facts)
{
    struct strings expected = { 0 };

    for (size_t i = 0; i < wanted->count; i++) {
        bool missing = strings_have(&lineage->missing, wanted->at[i]) && !strings_have(have, wanted->at[i]);

        strings_add(op, missing ? &outcome->missing : &expected, wanted->at[i]);
    }
    facts->names_changed = !names_same(have, &expected);
    facts->missing = outcome->missing.count;
}

static void take_suggestion(const struct lineage *lineage, const char *serial, struct outcome *outcome,
                            struct renew_facts *facts)
{
    const struct lineage_ari *ari = &lineage->ari;

    facts->suggested_last = ari->renewed_at;
    if (!text_same(ari->serial, serial))
        return;
    outcome->ari = *ari;
    facts->suggested = ari->chosen;
    facts->explanation = ari->explanation;
}

static bool read_facts(struct run *run, struct op *op, const struct lineage *lineage,
                       const struct policy *policy, struct outcome *outcome, struct renew_facts *facts)
{
    const struct frame *frames = op->frames;
    const struct json *meta =
        store_json(op, store_path(op, run->store, "certs/%s/current/meta.json", lineage->name),
                   "issue the certificate again with --force");
    struct cert cert;

    facts->held = certificate_held(op, run->store, lineage->name, &cert);
    if (facts->forced && op->err.code == ERR_STORE) { /* a damaged one is replaced */
        op_recover(op);
        op->frames = frames;
    }
    TRY(op_ok(op));
    if (!facts->held)
        return true;
    outcome->serial = cert.serial;
    outcome->key = cert.spki;
    outcome->not_before = facts->not_before = cert.not_before;
    outcome->not_after = facts->not_after = cert.not_after;
    compare_names(op, lineage, &policy->names, &cert.names, outcome, facts);
    take_suggestion(lineage, cert.serial, outcome, facts);
    facts->policy_changed = policy_change(op, meta, policy);
    facts->staged = outcome->staged = staged_key_there(op, run->store, lineage->name);
    return was_interrupted(run, op, lineage, policy, &facts->interrupted);
}

/* Whose failures they are. An account that cannot be read is for certify to tell of. */
static struct failure_of failures_of(struct run *run, struct op *op, const struct outcome *outcome)
{
    struct op *child = op_child(op);
    struct account account = { 0 };
    const char *kid;

    account_load(child, run->store, outcome->server, &account);
    kid = text_dup(op, account.kid);
    op_end(child);
    return (struct failure_of){ outcome->server, kid, &outcome->names };
}

/* What failed lately is not tried again at once; by hand it may be, unless the CA insists. */
static bool mind_failures(struct run *run, struct op *op, const struct converge_wish *wish,
                          struct outcome *outcome)
{
    const struct failure_of of = failures_of(run, op, outcome);
    struct failure failure;

    TRY(failure_look(op, run->store, &of, &failure));
    outcome->failures = (struct renew_failures){ failure.count, failure.retry_at, failure.text };
    if (failure.count && failure.retry_at > op_now(op) && !wish->force && (failure.insists || !wish->by_hand))
        renew_hold_back(op, &outcome->verdict, &outcome->failures);
    return true;
}

static void begin_outcome(struct run *run, struct op *op, const struct settings *settings,
                          const struct lineage *lineage, struct outcome *outcome)
{
    const char *mailcow = setting(settings, OPT_MAILCOW);

    *outcome = (struct outcome){ .name = lineage->name,
                                 .deploy_owed = lineage->deploy_owed,
                                 .off = lineage->off,
                                 .revoked = lineage->revoked,
                                 .last_error = lineage->last_error,
                                 .folder = store_path(op, run->store, "certs/%s/current", lineage->name) };
    if (mailcow && *mailcow)
        outcome->mailcow = mailcow;
    if (outcome->mailcow && owed_noted(op, run->store, outcome->mailcow))
        outcome->deploy_owed = true;
}

bool converge_plan(struct run *run, struct op *op, const struct settings *settings,
                   const struct lineage *lineage, const struct converge_wish *wish, struct outcome *outcome)
{
    struct renew_facts facts = { .now = op_now(op), .forced = wish->force, .revoked = lineage->revoked };
    struct policy policy = { 0 };

    begin_outcome(run, op, settings, lineage, outcome);
    TRY(policy_read(op, settings, run->conf, &policy));
    outcome->names = policy.names;
    outcome->server = policy.directory;
    TRY(read_facts(run, op, lineage, &policy, outcome, &facts));
    outcome->held = facts.held;
    outcome->verdict = renew_decide(op, &facts);
    if (lineage->off)
        outcome->verdict = (struct renew_verdict){ .reason = "switched off after its revocation" };
    if (outcome->verdict.due)
        TRY(mind_failures(run, op, wish, outcome));
    outcome->look_due = outcome->held && !outcome->verdict.due && window_wanted(op, lineage, outcome->serial);
    return true;
}

/* ---- doing it ---- */

static bool save(struct run *run, struct op *op, struct lineage *lineage, const struct err *err)
{
    struct op *aside = op_child(op);
    bool good;

    aside->shielded = true;
    lineage->last_error = secrets_hide(aside, err->text);
    good = lineage_save(aside, run->store, lineage);
    op_adopt(op, aside);
    lineage->last_error = err->text;
    op_end(aside);
    return good;
}

static bool deploy_now(struct run *run, struct op *op, const struct settings *settings,
                       struct lineage *lineage, struct outcome *outcome)
{
    outcome->deployed = deploy(op, run->store, settings, lineage->name, &outcome->names);
    if (outcome->deployed)
        lineage->deploy_owed = false;
    outcome->deploy_owed = lineage->deploy_owed;
    return save(run, op, lineage, &op->err);
}

/* The hooks around the work: the post hook runs whenever the pre hook did, also after a failure. */
static bool certify_between_hooks(struct run *run, struct op *op, const struct settings *settings,
                                  struct lineage *lineage, struct outcome *outcome,
                                  struct certificate *certificate)
{
    const struct certify_wish wish = { outcome->verdict.suggested, outcome->verdict.for_missing };
    struct op *after;

    TRY(hook_of_user(op, run->store, settings, OPT_PRE_HOOK, ERR_PROVIDER, lineage->name, &outcome->names));
    certify(run, op, settings, lineage, &wish, certificate);
    after = op_child(op);
    after->shielded = true;
    hook_of_user(after, run->store, settings, OPT_POST_HOOK, ERR_DEPLOY, lineage->name, &outcome->names);
    op_adopt(op, after);
    op_end(after);
    return op_ok(op);
}

/* Remembers how it went for the next run, in an operation of its own. */
static bool remember(struct run *run, struct op *op, const struct outcome *outcome, const struct err *err)
{
    const struct failure_of of = failures_of(run, op, outcome);
    struct op *aside = op_child(op);
    bool good;

    aside->shielded = true;
    if (err->code == ERR_NONE)
        failure_forget(aside, run->store, &of);
    else
        failure_note(aside, run->store, &of, err);
    good = op_adopt(op, aside);
    op_end(aside);
    return good;
}

/* What is to be remembered of a success: all is well, or some names are still missing. */
static struct err success(const struct certificate *certificate)
{
    return certificate->left_out ? (struct err){ .code = ERR_REFUSED, .text = certificate->left_out }
                                 : (struct err){ .code = ERR_NONE };
}

static void take_certificate(struct outcome *outcome, const struct certificate *certificate,
                             const struct lineage *lineage)
{
    outcome->first = !outcome->held;
    outcome->held = outcome->changed = true;
    outcome->serial = certificate->serial;
    outcome->key = certificate->key;
    outcome->not_before = certificate->not_before;
    outcome->not_after = certificate->not_after;
    outcome->verdict.at = renew_at(certificate->not_before, certificate->not_after);
    outcome->revoked = false;
    outcome->missing = lineage->missing;
    outcome->ari = (struct lineage_ari){ 0 };
    outcome->failures = (struct renew_failures){ 0 };
}

/* The certificate is as it was. That names are missing which were missing before is no failure of the run. */
static bool nothing_new(struct run *run, struct op *op, struct lineage *lineage, struct outcome *outcome,
                        const struct certificate *certificate)
{
    const struct err err = op->err;
    struct err counted = err;

    /* A disk of ours that fails behind an order must not cost an order each minute. */
    if (certificate->placed && err.code == ERR_STORE)
        counted.code = ERR_PROVIDER;
    remember(run, op, outcome, &counted);
    if (lineage_there(op, run->store, lineage->name))
        save(run, op, lineage, &err);
    if (!outcome->verdict.for_missing || !err.names)
        return false;
    op_log(op, LOG_WARN, "%s; the certificate stays without %s", err.text,
           strings_join(op, &outcome->missing, ", "));
    op_recover(op);
    return true;
}

static bool renew_now(struct run *run, struct op *op, const struct settings *settings,
                      struct lineage *lineage, struct outcome *outcome)
{
    struct certificate certificate = { 0 };
    struct err err;

    TRY(install_targets_ok(op, settings));
    certify_between_hooks(run, op, settings, lineage, outcome, &certificate);
    if (!certificate.changed)
        return nothing_new(run, op, lineage, outcome, &certificate);
    take_certificate(outcome, &certificate, lineage);
    err = success(&certificate);
    remember(run, op, outcome, &err);
    if (!op_ok(op))
        return save(run, op, lineage, &op->err);
    return deploy_now(run, op, settings, lineage, outcome);
}

/* What is on the disk may have changed while we waited for the lock. */
static bool look_again(struct run *run, struct op *op, struct lineage *lineage)
{
    struct lineage now;

    if (!lineage_load(op, run->store, lineage->name, &now))
        return op_ok(op);
    now.wanted = lineage->wanted;
    *lineage = now;
    return true;
}

static bool held_back(struct op *op, const struct outcome *outcome)
{
    op_fail(op, ERR_BACKOFF, "%s; the last one: %s", outcome->verdict.reason,
            outcome->failures.text ? outcome->failures.text : "not known");
    op->err.retry_at = outcome->failures.retry_at;
    return op_hint(op, "--force tries again at once");
}

/* How long another run on the same certificate is waited for. */
static int64_t patience(const struct op *op, const struct converge_wish *wish)
{
    int64_t left = op_time_left(op);

    if (!wish->wait || left < LOCK_PATIENCE_MS)
        return LOCK_PATIENCE_MS;
    return left < WAIT_MOST_MS ? left : WAIT_MOST_MS;
}

static bool converge_locked(struct run *run, struct op *op, const struct settings *settings,
                            struct lineage *lineage, const struct converge_wish *wish,
                            struct outcome *outcome)
{
    bool waits;

    TRY(store_lock_cert(op, run->store, lineage->name, patience(op, wish)) && look_again(run, op, lineage));
    if (wish->by_hand)
        lineage->off = false; /* who asks for it by name wants it again */
    TRY(converge_plan(run, op, settings, lineage, wish, outcome));
    waits = outcome->verdict.held_back;
    if (outcome->verdict.due && !waits)
        return renew_now(run, op, settings, lineage, outcome);
    if (lineage->deploy_owed)
        TRY(deploy_now(run, op, settings, lineage, outcome));
    else if (wish->by_hand && outcome->held)
        TRY(save(run, op, lineage, &op->err));
    return !waits || held_back(op, outcome);
}

bool converge_needed(const struct outcome *outcome, const struct lineage *lineage,
                     const struct converge_wish *wish)
{
    return outcome->verdict.due || lineage->deploy_owed || wish->by_hand;
}

bool converge(struct run *run, struct op *op, const struct settings *settings, struct lineage *lineage,
              const struct converge_wish *wish, struct outcome *outcome)
{
    struct world *world = op->world;

    op_enter(op, "%s", lineage->name);
    converge_locked(run, op, settings, lineage, wish, outcome);
    op_leave(op);
    op->world = world;
    outcome->err = op->err;
    return op_ok(op);
}
