/* --mailcow: its certificates among those of the run. */
#include "mailcow/wanted.h"

#include "command.h"
#include "mailcow/adopt.h"
#include "mailcow/owed.h"
#include "mailcow/place.h"

bool mailcow_take(struct app *app, const struct command *command)
{
    const char *dir = setting(&app->base, OPT_MAILCOW), *idle = NULL;
    struct mailcow_source source = { dir, &app->base, command->bit == FOR_ISSUE ? LOG_WARN : LOG_NOTE };

    if (!dir || !*dir || !(option_table[OPT_MAILCOW].commands & command->bit))
        return true;
    if (setting(&app->cli, OPT_MAILCOW) && setting(&app->cli, OPT_DOMAIN)) {
        op_fail(app->op, ERR_USAGE, "with --mailcow the names come from mailcow.conf, not from -d");
        return op_hint(app->op, "add them to ADDITIONAL_SAN there");
    }
    app->cli.at[OPT_MAILCOW] = app->base.at[OPT_MAILCOW] = (struct strings){ 0 };
    if (setting(&app->cli, OPT_DOMAIN))
        return true; /* `mailcow` stands in the file, and this certificate is another one */
    TRY(mailcow_wanted(app->op, &source, app->conf, &idle));
    app->mailcow = dir;
    if (idle)
        report_note(&app->report, "%s", idle);
    return true;
}

struct strings mailcow_titles(struct app *app)
{
    struct strings titles = { 0 };

    for (const struct conf_section *s = app->conf->sections; s; s = s->next)
        if (text_same(s->kind, "certificate") && setting(&s->settings, OPT_MAILCOW))
            strings_add(app->op, &titles, s->name);
    return titles;
}

bool mailcow_left(const struct app *app, const struct lineage *lineage)
{
    const char *dir = setting(&lineage->wanted, OPT_MAILCOW);
    const struct settings *section = conf_section(app->conf, "certificate", lineage->name);

    return dir && app->mailcow && text_same(dir, app->mailcow) && !(section && setting(section, OPT_MAILCOW));
}

/* The folder of a certificate of some mailcow's; NULL for all others, and in a dry run of issue. */
static const char *folder_of_mailcow(const struct settings *settings)
{
    const char *dir = setting(settings, OPT_MAILCOW);

    return dir && *dir ? dir : NULL;
}

/* Said once, however many certificates it is about. */
static void leave_alone(struct app *app, const char *reason, struct outcome *outcome)
{
    if (!app->left_alone)
        report_note(&app->report, "%s", reason);
    app->left_alone = true;
    outcome->off = true;
    outcome->verdict.reason = reason;
}

bool mailcow_prepare(struct app *app, struct op *op, struct settings *settings, struct lineage *lineage,
                     struct outcome *outcome)
{
    const char *dir = folder_of_mailcow(settings), *reason;

    if (!dir)
        return true;
    reason = mailcow_hands_off(op, app->run.store, dir, setting(settings, OPT_SERVER));
    if (reason) {
        leave_alone(app, text_dup(app->op, reason), outcome);
        return false;
    }
    if (setting_on(&app->cli, OPT_FORCE) || mailcow_forced(op, app->run.store, dir, lineage->name))
        settings_set(op, settings, OPT_FORCE, NULL);
    else
        settings->at[OPT_FORCE] = (struct strings){ 0 }; /* force_renew has been heard */
    return setting_on(settings, OPT_DRY_RUN) ? op_ok(op) : mailcow_adopt(&app->run, op, settings, lineage);
}

/* In an operation of its own: what is only for show goes, whatever happened. */
static void remove_scratch(struct op *op, const char *folder)
{
    struct op *child = op_child(op);

    folder_remove_all(child, folder);
    op_adopt(op, child);
    op_end(child);
}

void mailcow_plan(struct app *app, struct op *op, struct settings *settings, struct lineage *lineage,
                  const struct converge_wish *wish, struct outcome *outcome)
{
    const char *scratch = store_path(op, app->run.store, "plan");
    struct run run = app->run;

    if (!folder_of_mailcow(settings) || lineage_there(op, run.store, lineage->name)) {
        converge_plan(&run, op, settings, lineage, wish, outcome);
        return;
    }
    remove_scratch(op, scratch); /* what a run that died has left */
    run.store = op_ok(op) ? store_open(op, scratch) : NULL;
    if (run.store && mailcow_adopt(&run, op, settings, lineage) &&
        converge_plan(&run, op, settings, lineage, wish, outcome))
        outcome->folder = store_path(op, app->run.store, "certs/%s/current", lineage->name);
    remove_scratch(op, scratch);
}

/* Whether these are all that the mailcow wants. */
static bool are_all(const struct strings *titles, const struct strings *certs)
{
    for (size_t i = 0; i < titles->count; i++)
        if (!strings_have(certs, titles->at[i]))
            return false;
    return titles->count > 0;
}

bool mailcow_end(struct app *app, const struct strings *certs, bool good)
{
    struct strings titles = mailcow_titles(app);

    if (setting_on(&app->cli, OPT_DRY_RUN))
        return true;
    if (app->mailcow && good && !app->left_alone && are_all(&titles, certs))
        TRY(mailcow_tidy(app->op, app->run.store, app->mailcow, &titles));
    return owed_settle(app->op, app->run.store, NULL);
}
