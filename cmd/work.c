/*
 * Certificates from the first look to the last step. Some at a time are looked at before the first of them is
 * worked on, so that a CA can be asked about all of them at once.
 */
#include "check/check.h"
#include "command.h"
#include "mailcow/owed.h"
#include "mailcow/wanted.h"
#include "windows.h"

#define CERTIFICATE_MS (10 * 60 * 1000)
#define GROUP          64u

struct slot {
    struct op *op;
    struct lineage *lineage;
    struct settings settings;
    struct converge_wish wish;
    struct outcome outcome;
    bool planned; /* and the plan stands for something that may be done */
};

static void start_time(struct app *app, struct op *op)
{
    if (!app->world->deadline)
        op->deadline = op_ticks(op) + CERTIFICATE_MS;
}

static struct converge_wish wish_of(const struct settings *settings, bool by_hand)
{
    return (struct converge_wish){ setting_on(settings, OPT_FORCE), by_hand, setting_on(settings, OPT_WAIT) };
}

static void plan(struct app *app, struct slot *slot)
{
    op_enter(slot->op, "%s", slot->lineage->name);
    slot->planned =
        converge_plan(&app->run, slot->op, &slot->settings, slot->lineage, &slot->wish, &slot->outcome);
    op_leave(slot->op);
}

static void look_at(struct app *app, struct slot *slot, bool is_issue)
{
    struct lineage *lineage = slot->lineage;
    struct settings *settings = &slot->settings;

    if (!is_issue && mailcow_left(app, lineage)) {
        slot->outcome.off = true;
        slot->outcome.verdict.reason = "mailcow.conf asks for it no more";
        return;
    }
    *settings = settings_of(app, &lineage->wanted, lineage->name);
    start_time(app, slot->op);
    if (!mailcow_prepare(app, slot->op, settings, lineage, &slot->outcome))
        return;
    slot->wish = wish_of(settings, is_issue);
    if (is_issue || !(lineage->wanted.at[OPT_DOMAIN].count || lineage->wanted.at[OPT_CSR].count))
        lineage->wanted = settings_saved(slot->op, settings); /* options of renew are for this once */
    else
        mailcow_save(&lineage->wanted, app->conf, lineage->name);
    if (setting_on(settings, OPT_DRY_RUN) && !is_issue)
        mailcow_plan(app, slot->op, settings, lineage, &slot->wish, &slot->outcome);
    else
        plan(app, slot);
}

static void work_on(struct app *app, struct slot *slot)
{
    if (slot->planned && converge_needed(&slot->outcome, slot->lineage, &slot->wish)) {
        start_time(app, slot->op);
        if (slot->wish.by_hand && slot->outcome.verdict.due)
            check_before_order(&app->run, slot->op, &slot->settings);
        converge(&app->run, slot->op, &slot->settings, slot->lineage, &slot->wish, &slot->outcome);
    }
    slot->outcome.err = slot->op->err;
    report_error(&app->report, &slot->op->err);
}

void certificate_issue(struct app *app, struct op *op, struct lineage *lineage, struct outcome *outcome)
{
    struct slot slot = { .op = op, .lineage = lineage, .outcome = { .name = lineage->name } };

    look_at(app, &slot, true);
    work_on(app, &slot);
    *outcome = slot.outcome;
}

/* ---- many ---- */

/* Who issues asked for this very certificate; renew is silent where nothing is due. */
static bool worth_telling(const struct app *app, const struct outcome *o, bool is_issue)
{
    return is_issue || setting_on(&app->cli, OPT_DRY_RUN) || app->report.json ||
           setting(&app->base, OPT_METRICS) || o->changed || o->deployed || o->err.code != ERR_NONE;
}

static void open_slot(struct app *app, struct slot *slot, const char *name, bool is_issue)
{
    *slot = (struct slot){ .op = op_child(app->op) };
    slot->lineage = op_new(slot->op, struct lineage);
    slot->outcome.name = name;
    lineage_load(slot->op, app->run.store, name, slot->lineage);
    if (op_ok(slot->op))
        look_at(app, slot, is_issue);
}

/* What the CAs suggest, for the certificates of this group whose last answer is too old. */
static void ask_for_windows(struct app *app, struct slot *slots, size_t n)
{
    struct op *op = op_child(app->op);
    struct window_look *looks = op_array(op, n, struct window_look);
    struct slot **asked = op_array(op, n, struct slot *);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        if (!slots[i].planned || !slots[i].outcome.look_due || slots[i].wish.by_hand)
            continue;
        asked[count] = &slots[i];
        looks[count++] = (struct window_look){ slots[i].op, &slots[i].settings, slots[i].lineage };
    }
    if (count && windows_refresh(&app->run, op, looks, count))
        for (size_t i = 0; i < count; i++)
            plan(app, asked[i]);
    op_end(op);
}

static bool work_group(struct app *app, const char *const *names, size_t n, bool is_issue,
                       struct outcomes *outcomes)
{
    struct slot slots[GROUP];
    bool changed = false;

    for (size_t i = 0; i < n; i++)
        open_slot(app, &slots[i], names[i], is_issue);
    ask_for_windows(app, slots, n);
    for (size_t i = 0; i < n; i++) {
        struct outcome *outcome = &slots[i].outcome;

        if (op_alive(app->op))
            work_on(app, &slots[i]);
        changed = changed || outcome->changed;
        if (op_ok(app->op) && worth_telling(app, outcome, is_issue)) {
            outcome_keep(app->op, outcome);
            outcomes->at[outcomes->count++] = *outcome;
        }
        op_end(slots[i].op);
    }
    return changed;
}

/* What mailcow's services owe is known behind all certificates. */
static void tell_owed(struct app *app, struct outcome *o)
{
    if (o->mailcow && o->err.code == ERR_NONE)
        o->deploy_owed = owed_noted(app->op, app->run.store, o->mailcow);
}

/* With what failed behind all certificates: an error that stands beside theirs makes several causes. */
static int status_of_all(struct app *app, int status)
{
    const struct err *err = &app->op->err;
    int end = op_exit_status(err->code);

    if (!end || !status || status == end || err->code == ERR_STOPPED)
        return status;
    report_error(&app->report, err);
    op_recover(app->op);
    return op_exit_status(ERR_INTERNAL);
}

int certificates_work(struct app *app, const struct strings *certs, bool is_issue, struct outcomes *outcomes)
{
    bool changed = false;

    outcomes->at = op_array(app->op, certs->count, struct outcome);
    for (size_t i = 0; op_alive(app->op) && i < certs->count; i += GROUP) {
        size_t n = certs->count - i < GROUP ? certs->count - i : GROUP;

        changed = work_group(app, certs->at + i, n, is_issue, outcomes) || changed;
    }
    mailcow_end(app, certs, op_ok(app->op) && !common_status(outcomes));
    for (size_t i = 0; i < outcomes->count; i++)
        tell_owed(app, &outcomes->at[i]);
    return status_of_all(app, exit_status_of(app, outcomes, changed));
}
