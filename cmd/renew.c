#include "command.h"
#include "sweep.h"

static struct outcome renew_one(struct app *app, const char *name, struct op *op)
{
    struct outcome outcome = { .name = name };
    struct lineage lineage;

    lineage_load(op, app->run.store, name, &lineage);
    if (op_ok(op))
        certificate_work(app, op, &lineage, false, &outcome);
    else
        report_error(&app->report, &op->err);
    outcome.err = op->err;
    return outcome;
}

/* Outcomes outlive their operations only as far as the report needs them. */
static void keep(struct op *op, struct outcome *o)
{
    struct strings names = { 0 };

    for (size_t i = 0; i < o->names.count; i++)
        strings_add(op, &names, arena_strdup(op->arena, o->names.at[i]));
    o->name = arena_strdup(op->arena, o->name);
    o->names = names;
    o->verdict.reason = text_dup(op, o->verdict.reason);
    o->serial = text_dup(op, o->serial);
    o->folder = text_dup(op, o->folder);
    o->last_error = text_dup(op, o->last_error);
    o->err.text = text_dup(op, o->err.text);
    o->err.hint = text_dup(op, o->err.hint);
    o->err.problem = text_dup(op, o->err.problem);
    o->err.origin = text_dup(op, o->err.origin);
}

static bool worth_telling(const struct app *app, const struct outcome *o, bool plan)
{
    return plan || app->report.json || o->changed || o->deployed || o->err.code != ERR_NONE;
}

static void jitter(struct app *app)
{
    int64_t most = setting_seconds(app->op, &app->base, OPT_JITTER, 0);

    if (most > 0 && !report_at_terminal())
        op_wait(app->op, (int64_t)random_below(app->op, (uint64_t)most * 1000));
}

static int run(struct app *app)
{
    struct strings certs = certs_named(app);
    struct outcomes outcomes = { op_array(app->op, certs.count, struct outcome), 0 };
    bool plan = setting_on(&app->cli, OPT_DRY_RUN), any_changed = false;
    int status;

    if (!op_ok(app->op))
        return 0;
    jitter(app);
    if (!plan)
        sweep(&app->run, app->op);
    for (size_t i = 0; op_alive(app->op) && i < certs.count; i++) {
        struct op *op = op_child(app->op);
        struct outcome outcome = renew_one(app, certs.at[i], op);

        any_changed = any_changed || outcome.changed;
        if (worth_telling(app, &outcome, plan)) {
            keep(app->op, &outcome);
            outcomes.at[outcomes.count++] = outcome;
        }
        op_end(op);
    }
    status = exit_status_of(app, &outcomes, any_changed);
    report_outcomes(&app->report, &outcomes, plan, &app->op->err, status);
    return status;
}

const struct command command_renew = {
    .name = "renew",
    .usage = "[CERT]... [options]",
    .summary = "Bring everything that is configured up to date; silent when nothing is due",
    .bit = FOR_RENEW,
    .needs = NEED_STORE,
    .run = run,
};
