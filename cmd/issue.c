#include "command.h"
#include "names.h"
#include "store/journal.h"
#include "sweep.h"
#include "twin.h"
#include "watch.h"

static const char *title(struct app *app, const struct settings *settings)
{
    const char *name = setting(&app->cli, OPT_NAME);
    struct strings names = { 0 };

    if (!name && policy_names(app->op, settings, &names))
        name = names_title(&names);
    return name && title_ok(app->op, name) ? name : NULL;
}

/* What is on the command line, in the file, and saved from before, in this order. */
static bool load(struct app *app, struct lineage *lineage)
{
    struct settings settings = settings_of(app, NULL, setting(&app->cli, OPT_NAME));
    const char *name;

    if (app->words.count) {
        op_fail(app->op, ERR_USAGE, "\"%s\" is no option", text_printable(app->op, app->words.at[0], 100));
        return op_hint(app->op, "names are given with -d");
    }
    name = title(app, &settings);
    TRY(name);
    lineage_load(app->op, app->run.store, name, lineage);
    lineage->off = false;
    return op_ok(app->op);
}

/*
 * A dry run is the whole flow in a store of its own, against the CA's staging server where it has one;
 * nothing is installed, no hook runs. What is saved of the certificate counts, as it would without --dry-run.
 * The journal is a real one: what a killed dry run leaves, the next one takes away.
 */
static bool rehearse(struct app *app, const char *cert)
{
    static const enum option_id effects[] = { OPT_PRE_HOOK,          OPT_POST_HOOK,      OPT_DEPLOY_HOOK,
                                              OPT_INSTALL_CERT,      OPT_INSTALL_KEY,    OPT_INSTALL_CHAIN,
                                              OPT_INSTALL_FULLCHAIN, OPT_INSTALL_BUNDLE, OPT_MAILCOW };
    struct settings settings = settings_of(app, NULL, cert);
    struct lineage saved = { .name = cert || app->mailcow ? cert : title(app, &settings) };
    bool known = saved.name && lineage_load(app->op, app->run.store, saved.name, &saved);
    const char *server;

    settings = settings_of(app, &saved.wanted, cert);
    server = setting(&settings, OPT_SERVER);
    TRY(op_ok(app->op));
    app->run.store = store_open(app->op, store_path(app->op, app->run.store, "dry-run"));
    if (known && app->run.store)
        lineage_save(app->op, app->run.store,
                     &(struct lineage){ .name = saved.name, .wanted = saved.wanted });
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
        settings_set(app->op, &app->cli, effects[i], "");
    if (ca_has_staging(server ? server : "letsencrypt"))
        settings_set(app->op, &app->cli, OPT_STAGING, NULL);
    return op_ok(app->op);
}

/* Nothing is saved, unless records could not be taken away: then the journal stays. */
static void end_rehearsal(struct app *app)
{
    struct op *op = op_child(app->op);

    if (!journal_list(op, app->run.store).count)
        folder_remove_all(op, app->run.store->root);
    report_error(&app->report, &op->err);
    op_end(op);
}

static int work(struct app *app, struct lineage *lineage, bool rehearsal)
{
    struct outcome outcome = { .name = lineage->name };
    struct outcomes outcomes = { &outcome, 1 };
    struct op *op = op_child(app->op);
    int status;

    if (!rehearsal && !watch_begin(app))
        return 0;
    sweep(&app->run, app->op);
    certificate_issue(app, op, lineage, &outcome);
    mailcow_end(app, &(struct strings){ 0 }, false);
    status = exit_status_of(app, &outcomes, outcome.changed);
    if (!rehearsal)
        watch_end(app, &outcomes, status);
    if (rehearsal)
        report_rehearsal(&app->report, &outcome, status);
    else
        report_outcomes(&app->report, &outcomes, false, &outcome.err, status);
    op_end(op);
    return status;
}

/* With --mailcow, --name picks one of its certificates. */
static bool name_fits_mailcow(struct app *app)
{
    const char *name = setting(&app->cli, OPT_NAME);
    struct strings titles = mailcow_titles(app);

    if (!app->mailcow || !name || conf_section(app->conf, "certificate", name))
        return true;
    op_fail(app->op, ERR_USAGE, "mailcow wants no certificate \"%s\"", text_printable(app->op, name, 300));
    return op_hint(app->op, "it wants %s", titles.count ? strings_join(app->op, &titles, ", ") : "none");
}

static int run_all(struct app *app, const struct strings *certs, bool rehearsal)
{
    struct outcomes outcomes = { 0 };
    int status;

    if (!rehearsal && !watch_begin(app))
        return 0;
    sweep(&app->run, app->op);
    status = certificates_work(app, certs, true, &outcomes);
    if (!rehearsal)
        watch_end(app, &outcomes, status);
    if (rehearsal)
        report_rehearsals(&app->report, &outcomes, &app->op->err, status);
    else
        report_outcomes(&app->report, &outcomes, false, &app->op->err, status);
    return status;
}

/* An entry with two kinds of key is two certificates. */
static int run_one(struct app *app, bool rehearsal)
{
    struct lineage lineage;
    struct strings twins = { 0 };
    const char *twin;

    if (!load(app, &lineage))
        return 0;
    twin = twin_of(app, lineage.name);
    if (!twin)
        return op_ok(app->op) ? work(app, &lineage, rehearsal) : 0;
    strings_add(app->op, &twins, lineage.name);
    strings_add(app->op, &twins, twin);
    return run_all(app, &twins, rehearsal);
}

static int run(struct app *app)
{
    bool rehearsal = setting_on(&app->cli, OPT_DRY_RUN);
    const char *name = setting(&app->cli, OPT_NAME);
    struct strings certs = mailcow_titles(app);
    bool all = app->mailcow && !name && !app->words.count; /* that mailcow wants */
    int status;

    jitter(app);
    if (!name_fits_mailcow(app) || (rehearsal && !rehearse(app, all && certs.count ? certs.at[0] : name)))
        return 0;
    status = all ? run_all(app, &certs, rehearsal) : run_one(app, rehearsal);
    if (rehearsal)
        end_rehearsal(app);
    return status;
}

const struct command command_issue = {
    .name = "issue",
    .usage = "-d NAME [-d NAME]... | --mailcow DIR [options]",
    .summary = "Get a certificate, or a new one where the names or the policy changed",
    .bit = FOR_ISSUE,
    .needs = NEED_STORE,
    .run = run,
};
