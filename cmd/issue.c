#include "command.h"
#include "names.h"
#include "store/journal.h"
#include "sweep.h"

static const char *title(struct app *app, const struct settings *settings)
{
    const char *name = setting(&app->cli, OPT_NAME);
    struct strings names = { 0 };

    if (!name && names_normalise(app->op, &settings->at[OPT_DOMAIN], &names))
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
 * nothing is installed, no hook runs. The journal is a real one: what a killed dry run leaves, the next one
 * takes away.
 */
static bool rehearse(struct app *app)
{
    static const enum option_id effects[] = { OPT_PRE_HOOK,          OPT_POST_HOOK,     OPT_DEPLOY_HOOK,
                                              OPT_INSTALL_CERT,      OPT_INSTALL_KEY,   OPT_INSTALL_CHAIN,
                                              OPT_INSTALL_FULLCHAIN, OPT_INSTALL_BUNDLE };
    const char *server = setting(&app->base, OPT_SERVER);

    app->run.store = store_open(app->op, store_path(app->op, app->run.store, "dry-run"));
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

    sweep(&app->run, app->op);
    certificate_work(app, op, lineage, true, &outcome);
    status = exit_status_of(app, &outcomes, outcome.changed);
    if (rehearsal)
        report_rehearsal(&app->report, &outcome, status);
    else
        report_outcomes(&app->report, &outcomes, false, &outcome.err, status);
    op_end(op);
    return status;
}

static int run(struct app *app)
{
    bool rehearsal = setting_on(&app->cli, OPT_DRY_RUN);
    struct lineage lineage;
    int status;

    if ((rehearsal && !rehearse(app)) || !load(app, &lineage))
        return 0;
    status = work(app, &lineage, rehearsal);
    if (rehearsal)
        end_rehearsal(app);
    return status;
}

const struct command command_issue = {
    .name = "issue",
    .usage = "-d NAME [-d NAME]... [options]",
    .summary = "Get a certificate, or a new one where the names or the policy changed",
    .bit = FOR_ISSUE,
    .needs = NEED_STORE,
    .run = run,
};
