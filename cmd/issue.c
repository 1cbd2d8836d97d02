#include "command.h"
#include "names.h"
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
    const char *name = title(app, &settings);

    if (app->words.count) {
        op_fail(app->op, ERR_USAGE, "\"%s\" is no option", text_printable(app->op, app->words.at[0], 100));
        return op_hint(app->op, "names are given with -d");
    }
    TRY(name);
    lineage_load(app->op, app->run.store, name, lineage);
    lineage->off = false;
    return op_ok(app->op);
}

static int run(struct app *app)
{
    struct lineage lineage;
    struct outcome outcome = { 0 };
    struct outcomes outcomes = { &outcome, 1 };
    struct op *op;
    int status;

    if (!load(app, &lineage))
        return 0;
    sweep(&app->run, app->op);
    op = op_child(app->op);
    outcome.name = lineage.name;
    certificate_work(app, op, &lineage, true, &outcome);
    status = exit_status_of(app, &outcomes, outcome.changed);
    report_outcomes(&app->report, &outcomes, false, &outcome.err, status);
    op_end(op);
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
