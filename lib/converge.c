#include "converge.h"

#include "crypto/secrets.h"
#include "deploy.h"
#include "mailcow/owed.h"
#include "names.h"
#include "store/journal.h"

#include <string.h>

#define LOCK_PATIENCE_MS 60000

/* What of the policy differs from the certificate held, in words for people. */
static const char *policy_change(const struct json *meta, const struct policy *policy)
{
    if (!meta)
        return NULL;
    if (!json_is(meta, "server", policy->directory))
        return "the CA";
    if (!json_is(meta, "profile", policy->profile ? policy->profile : ""))
        return "the profile";
    if (!json_is(meta, "key-type", key_kind_name(policy->key_kind)))
        return "the key type";
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
    outcome->not_before = facts->not_before = cert.not_before;
    outcome->not_after = facts->not_after = cert.not_after;
    facts->names_changed = !names_same(&cert.names, &policy->names);
    facts->policy_changed = policy_change(meta, policy);
    return was_interrupted(run, op, lineage, policy, &facts->interrupted);
}

bool converge_plan(struct run *run, struct op *op, const struct settings *settings,
                   const struct lineage *lineage, bool force, struct outcome *outcome)
{
    struct renew_facts facts = { .now = op_now(op), .forced = force, .revoked = lineage->revoked };
    const char *mailcow = setting(settings, OPT_MAILCOW);
    struct policy policy = { 0 };

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
    TRY(policy_read(op, settings, run->conf, &policy));
    outcome->names = policy.names;
    TRY(read_facts(run, op, lineage, &policy, outcome, &facts));
    outcome->held = facts.held;
    outcome->verdict = renew_decide(op, &facts);
    if (lineage->off)
        outcome->verdict = (struct renew_verdict){ false, 0, "switched off after its revocation" };
    return true;
}

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
    struct op *after;

    TRY(hook_of_user(op, run->store, settings, OPT_PRE_HOOK, ERR_PROVIDER, lineage->name, &outcome->names));
    certify(run, op, settings, lineage, certificate);
    after = op_child(op);
    after->shielded = true;
    hook_of_user(after, run->store, settings, OPT_POST_HOOK, ERR_DEPLOY, lineage->name, &outcome->names);
    op_adopt(op, after);
    op_end(after);
    return op_ok(op);
}

static bool renew_now(struct run *run, struct op *op, const struct settings *settings,
                      struct lineage *lineage, struct outcome *outcome)
{
    struct certificate certificate = { 0 };

    TRY(install_targets_ok(op, settings));
    certify_between_hooks(run, op, settings, lineage, outcome, &certificate);
    outcome->changed = certificate.changed;
    if (!certificate.changed) {
        if (file_there(store_path(op, run->store, "certs/%s/lineage.json", lineage->name)))
            save(run, op, lineage, &op->err);
        return false;
    }
    outcome->first = !outcome->held;
    outcome->held = true;
    outcome->serial = certificate.serial;
    outcome->not_before = certificate.not_before;
    outcome->not_after = certificate.not_after;
    outcome->verdict.at = renew_at(certificate.not_before, certificate.not_after);
    outcome->revoked = false;
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

static bool converge_locked(struct run *run, struct op *op, const struct settings *settings,
                            struct lineage *lineage, bool force, bool save_policy, struct outcome *outcome)
{
    TRY(store_lock_cert(op, run->store, lineage->name, LOCK_PATIENCE_MS) && look_again(run, op, lineage));
    if (save_policy)
        lineage->off = false; /* who asks for it by name wants it again */
    TRY(converge_plan(run, op, settings, lineage, force, outcome));
    if (outcome->verdict.due)
        return renew_now(run, op, settings, lineage, outcome);
    if (lineage->deploy_owed)
        return deploy_now(run, op, settings, lineage, outcome);
    return !save_policy || save(run, op, lineage, &op->err);
}

bool converge(struct run *run, struct op *op, const struct settings *settings, struct lineage *lineage,
              bool force, bool save_policy, struct outcome *outcome)
{
    struct world *world = op->world;

    op_enter(op, "%s", lineage->name);
    if (converge_plan(run, op, settings, lineage, force, outcome) &&
        (outcome->verdict.due || lineage->deploy_owed || save_policy))
        converge_locked(run, op, settings, lineage, force, save_policy, outcome);
    op_leave(op);
    op->world = world;
    outcome->err = op->err;
    return op_ok(op);
}
