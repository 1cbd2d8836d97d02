#include "base/when.h"
#include "command.h"

static bool look(struct app *app, const char *name, struct outcome *outcome)
{
    struct lineage lineage;
    struct settings settings;

    outcome->name = name;
    lineage_load(app->op, app->run.store, name, &lineage);
    TRY(op_ok(app->op));
    settings = settings_of(app, &lineage.wanted, name);
    return converge_plan(&app->run, app->op, &settings, &lineage, &(struct converge_wish){ 0 }, outcome);
}

static const char *state_of(struct op *op, const struct outcome *o)
{
    if (o->off)
        return o->verdict.reason;
    if (o->deploy_owed)
        return "a deploy step is owed";
    return o->last_error ? op_text(op, "%s; last failure: %s", o->verdict.reason, o->last_error)
                         : o->verdict.reason;
}

static void print(struct app *app, const struct outcome *o)
{
    report_line(&app->report, "%-30s  %-20s  %s", o->name, o->held ? when_print(app->op, o->not_after) : "-",
                state_of(app->op, o));
    if (!text_same(strings_join(app->op, &o->names, " "), o->name))
        report_line(&app->report, "  %s", strings_join(app->op, &o->names, " "));
}

static int run(struct app *app)
{
    struct strings certs = certs_named(app);
    struct outcomes outcomes = { op_array(app->op, certs.count, struct outcome), certs.count };

    for (size_t i = 0; op_ok(app->op) && i < certs.count; i++)
        if (!look(app, certs.at[i], &outcomes.at[i]))
            return 0;
    if (!op_ok(app->op))
        return 0;
    if (app->report.json) {
        report_outcomes(&app->report, &outcomes, false, &app->op->err, 0);
        return 0;
    }
    if (certs.count)
        report_line(&app->report, "%-30s  %-20s  %s", "CERTIFICATE", "EXPIRES", "STATE");
    for (size_t i = 0; i < certs.count; i++)
        print(app, &outcomes.at[i]);
    return 0;
}

const struct command command_list = {
    .name = "list",
    .usage = "[CERT]... [options]",
    .summary = "Show what we hold: names, expiry, next renewal and why",
    .bit = FOR_LIST,
    .needs = NEED_LOOK,
    .run = run,
};
