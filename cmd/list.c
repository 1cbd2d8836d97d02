#include "bar.h"
#include "base/when.h"
#include "command.h"
#include "store/staged.h"
#include "tlsa.h"
#include "watch.h"

/* For TLSA records (RFC 6698): of the key in use, and of the one that is staged. */
static void add_tlsa(struct op *op, const struct store *store, struct outcome *o)
{
    const char *pem = NULL;
    const struct key *key;

    if (o->key.length)
        strings_add(op, &o->tlsa, op_text(op, "3 1 1 %s", tlsa_311(op, o->key)));
    if (!o->staged || !staged_key_read(op, store, o->name, &pem) || !pem)
        return;
    key = key_from_pem(op, pem, "the staged key");
    if (key)
        strings_add(op, &o->tlsa, op_text(op, "3 1 1 %s", tlsa_311(op, key_public(op, key))));
}

/* What cannot be read of one certificate says so in its place, and the others are shown. */
static void look(struct app *app, const char *name, struct outcome *outcome)
{
    struct op *op = op_child(app->op);
    struct lineage lineage;
    struct settings settings;

    outcome->name = name;
    lineage_load(op, app->run.store, name, &lineage);
    if (op_ok(op)) {
        settings = settings_of(app, &lineage.wanted, name);
        op_enter(op, "%s", name);
        if (converge_plan(&app->run, op, &settings, &lineage, &(struct converge_wish){ 0 }, outcome))
            add_tlsa(op, app->run.store, outcome);
        op_leave(op);
    }
    outcome->err = op->err;
    report_error(&app->report, &op->err);
    outcome_keep(app->op, outcome);
    op_end(op);
}

static const char *state_of(struct op *op, const struct outcome *o)
{
    if (o->err.code != ERR_NONE)
        return "it cannot be read";
    if (o->off)
        return o->verdict.reason;
    if (o->deploy_owed)
        return "a deploy step is owed";
    return o->last_error ? op_text(op, "%s; last failure: %s", o->verdict.reason, o->last_error)
                         : o->verdict.reason;
}

/* ---- the table ---- */

/* At a terminal a bar shows how much of the lifetime is left; a script finds the same columns as ever. */
static const char *expiry(struct app *app, const struct bar_style *style, const struct outcome *o)
{
    int64_t left = o->not_after - op_now(app->op);
    enum bar_mood mood = o->err.code != ERR_NONE || o->revoked || o->last_error || left <= 0 ? BAR_BAD
                         : o->verdict.due || o->deploy_owed                                  ? BAR_DUE
                                                                                             : BAR_GOOD;

    if (!o->held)
        return "-";
    if (!style->shown)
        return when_print(app->op, o->not_after);
    return op_text(app->op, "%s  %s", when_print(app->op, o->not_after),
                   bar(app->op, style, left, o->not_after - o->not_before, mood));
}

static void print(struct app *app, const struct bar_style *style, const struct outcome *o)
{
    int width = style->shown && !o->held ? 20 + BAR_ROOM : 20;

    report_line(&app->report, "%-30s  %-*s  %s", o->name, width, expiry(app, style, o), state_of(app->op, o));
    if (!text_same(strings_join(app->op, &o->names, " "), o->name))
        report_line(&app->report, "  %s", strings_join(app->op, &o->names, " "));
    for (size_t i = 0; i < o->tlsa.count; i++)
        report_line(&app->report, "  TLSA %s%s", o->tlsa.at[i], i ? " (staged key)" : "");
}

static void print_all(struct app *app, const struct outcomes *outcomes)
{
    const struct bar_style style = bar_style();
    int width = style.shown ? 20 + BAR_ROOM : 20;

    if (outcomes->count)
        report_line(&app->report, "%-30s  %-*s  %s", "CERTIFICATE", width, "EXPIRES", "STATE");
    for (size_t i = 0; i < outcomes->count; i++)
        print(app, &style, &outcomes->at[i]);
}

static int run(struct app *app)
{
    struct strings certs = certs_named(app);
    struct outcomes outcomes = { op_array(app->op, certs.count, struct outcome), certs.count };
    int status;

    for (size_t i = 0; op_ok(app->op) && i < certs.count; i++)
        look(app, certs.at[i], &outcomes.at[i]);
    if (!op_ok(app->op))
        return 0;
    status = common_status(&outcomes);
    watch_metrics(app, &outcomes, status);
    if (app->report.json) {
        report_outcomes(&app->report, &outcomes, false, &app->op->err, status);
        return status;
    }
    print_all(app, &outcomes);
    return status;
}

const struct command command_list = {
    .name = "list",
    .usage = "[CERT]... [options]",
    .summary = "Show what we hold: names, expiry, next renewal and why",
    .bit = FOR_LIST,
    .needs = NEED_LOOK,
    .run = run,
};
