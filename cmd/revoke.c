#include "acme/revoke.h"
#include "base/file.h"
#include "command.h"

#include <unistd.h>

/* What is to be revoked, and what we know of it. */
struct target {
    struct lineage lineage; /* name NULL: a file that is not in our store */
    struct cert cert;
    enum revoke_reason reason;
    const struct key *key; /* NULL: the account signs */
};

static bool known_lineage(struct app *app, struct target *target)
{
    struct strings certs = store_certs(app->op, app->run.store);

    for (size_t i = 0; op_ok(app->op) && i < certs.count; i++) {
        struct cert held;

        if (!certificate_held(app->op, app->run.store, certs.at[i], &held) ||
            !bytes_same(held.der, target->cert.der))
            continue;
        return lineage_load(app->op, app->run.store, certs.at[i], &target->lineage);
    }
    return op_ok(app->op);
}

static bool from_file(struct app *app, const char *path, struct target *target)
{
    const char *pem = file_read_named(app->op, path);
    struct chain chain;

    TRY(pem);
    op_enter(app->op, "reading %s", path);
    chain = chain_parse(app->op, pem);
    op_leave(app->op);
    if (!op_ok(app->op)) {
        app->op->err.code = ERR_CONFIG;
        return false;
    }
    target->cert = chain.certs[0];
    return known_lineage(app, target);
}

static bool from_store(struct app *app, struct target *target)
{
    struct strings named = certs_named(app);

    TRY(op_ok(app->op));
    lineage_load(app->op, app->run.store, named.at[0], &target->lineage);
    if (op_ok(app->op) && !certificate_held(app->op, app->run.store, named.at[0], &target->cert))
        return op_fail(app->op, ERR_USAGE, "%s has no certificate yet", named.at[0]);
    return op_ok(app->op);
}

static bool find(struct app *app, struct target *target)
{
    const char *file = setting(&app->cli, OPT_CERT), *key = setting(&app->cli, OPT_KEY);
    const char *reason = setting(&app->cli, OPT_REASON);

    if ((file != NULL) + app->words.count != 1) {
        op_fail(app->op, ERR_USAGE, "one certificate is needed: CERT, or --cert FILE");
        return op_hint(app->op, "mcacme list shows what there is");
    }
    TRY(!reason || revoke_reason_parse(app->op, reason, &target->reason));
    TRY(file ? from_file(app, file, target) : from_store(app, target));
    if (key)
        target->key = key_from_file(app->op, key);
    return op_ok(app->op);
}

static bool confirmed(struct app *app, const struct target *target)
{
    const char *what = op_text(app->op, "Revoke the certificate %s for %s? This cannot be undone.",
                               target->cert.serial, strings_join(app->op, &target->cert.names, ", "));

    if (setting_on(&app->cli, OPT_YES))
        return true;
    if (!isatty(STDIN_FILENO)) {
        op_fail(app->op, ERR_USAGE, "revoking cannot be undone and nobody is here to be asked");
        return op_hint(app->op, "add --yes");
    }
    return report_ask(&app->report, what) || op_fail(app->op, ERR_USAGE, "not revoked");
}

static bool ask_ca(struct app *app, struct op *op, const struct target *target, bool *already)
{
    struct settings settings =
        settings_of(app, target->lineage.name ? &target->lineage.wanted : NULL, target->lineage.name);
    struct policy policy = { 0 };
    struct desk *desk;

    TRY(policy_read_ca(op, &settings, app->conf, &policy));
    desk = run_desk(&app->run, op, &policy, &settings);
    TRY(desk);
    op->world = &desk->world;
    TRY(target->key ? desk_reach(desk, op, &policy) : desk_open(&app->run, desk, op, &policy));
    return acme_revoke(op, desk->ca, target->cert.der, target->reason, target->key, already);
}

/* A revoked certificate is replaced by the next renew, unless it was given up. */
static bool remember(struct app *app, struct op *op, struct target *target)
{
    struct lineage *lineage = &target->lineage;

    if (!lineage->name)
        return true;
    if (setting_on(&app->cli, OPT_DELETE))
        return lineage_archive(op, app->run.store, lineage->name);
    return certificate_revoked(op, app->run.store, lineage->name, target->reason == REVOKE_KEY_COMPROMISE,
                               target->reason == REVOKE_CESSATION_OF_OPERATION);
}

static void tell(struct app *app, const struct target *target, bool already)
{
    const char *name = target->lineage.name ? target->lineage.name : target->cert.serial;
    struct text members = text_begin(app->op->arena);

    if (already)
        report_note(&app->report, "%s was revoked before", name);
    else if (!app->report.json && !app->report.quiet)
        report_line(&app->report, "%s: revoked (serial %s)", name, target->cert.serial);
    if (!app->report.json)
        return;
    json_put(&members, "name", target->lineage.name);
    json_put(&members, "serial", target->cert.serial);
    json_put_bool(&members, "revoked", true);
    json_put_bool(&members, "already-revoked", already);
    report_json(&app->report, members.data + (*members.data == ','), &app->op->err, 0);
}

static int run(struct app *app)
{
    struct target target = { .reason = REVOKE_UNSPECIFIED };
    struct op *op = app->op;
    bool already = false;

    if (!find(app, &target) || !confirmed(app, &target))
        return 0;
    op_enter(op, "revoking %s", target.lineage.name ? target.lineage.name : target.cert.serial);
    if (target.lineage.name && !store_lock_cert(op, app->run.store, target.lineage.name, 60000))
        return 0;
    if (ask_ca(app, op, &target, &already) && remember(app, op, &target))
        tell(app, &target, already);
    op_leave(op);
    return 0;
}

const struct command command_revoke = {
    .name = "revoke",
    .usage = "CERT | --cert FILE [options]",
    .summary = "Revoke a certificate",
    .bit = FOR_REVOKE,
    .needs = NEED_STORE,
    .run = run,
};
