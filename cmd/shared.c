/* What several commands do alike. */
#include "command.h"
#include "deploy.h"
#include "mailcow/owed.h"
#include "mailcow/wanted.h"
#include "names.h"

#define CERTIFICATE_MS (10 * 60 * 1000)

struct settings settings_of(struct app *app, const struct settings *lineage, const char *cert)
{
    struct settings s = app->cli;
    const struct settings *section = cert ? conf_section(app->conf, "certificate", cert) : NULL;

    if (!section || !mailcow_settings(app->op, &s, lineage, app->conf, cert)) {
        if (section)
            settings_default(app->op, &s, section, 0);
        if (lineage)
            settings_default(app->op, &s, lineage, OPT_SAVED);
    }
    settings_default(app->op, &s, &app->base, 0);
    return s;
}

struct settings settings_saved(struct op *op, const struct settings *settings)
{
    struct settings saved = { 0 };

    settings_default(op, &saved, settings, OPT_SAVED);
    return saved;
}

/* Those of the store and those of the configuration file, which may never have been issued. */
static struct strings certs_known(struct app *app)
{
    struct strings certs = store_certs(app->op, app->run.store);

    for (const struct conf_section *s = app->conf->sections; s; s = s->next)
        if (text_same(s->kind, "certificate") && !strings_have(&certs, s->name) && title_ok(app->op, s->name))
            strings_add(app->op, &certs, s->name);
    return certs;
}

struct strings certs_named(struct app *app)
{
    struct strings known = certs_known(app);

    if (!app->words.count)
        return known;
    for (size_t i = 0; i < app->words.count; i++) {
        const char *word = app->words.at[i], *near;

        if (strings_have(&known, word))
            continue;
        near = text_nearest(app->op, word, &known);
        op_fail(app->op, ERR_USAGE, "there is no certificate \"%s\"", text_printable(app->op, word, 300));
        op_hint(app->op, near ? "did you mean \"%s\"?" : "mcacme list shows those that there are%s",
                near ? near : "");
        return (struct strings){ 0 };
    }
    return app->words;
}

void certificate_work(struct app *app, struct op *op, struct lineage *lineage, bool is_issue,
                      struct outcome *outcome)
{
    struct settings settings = settings_of(app, &lineage->wanted, lineage->name);

    if (!is_issue && mailcow_left(app, lineage)) {
        outcome->off = true;
        outcome->verdict.reason = "mailcow.conf asks for it no more";
        return;
    }
    if (!app->world->deadline)
        op->deadline = op_ticks(op) + CERTIFICATE_MS;
    if (mailcow_prepare(app, op, &settings, lineage, outcome)) {
        if (is_issue || !lineage->wanted.at[OPT_DOMAIN].count) /* options of renew are for this once */
            lineage->wanted = settings_saved(op, &settings);
        else
            mailcow_save(&lineage->wanted, app->conf, lineage->name);
        if (setting_on(&settings, OPT_DRY_RUN) && !is_issue)
            mailcow_plan(app, op, &settings, lineage, outcome);
        else
            converge(&app->run, op, &settings, lineage, setting_on(&settings, OPT_FORCE), is_issue, outcome);
    }
    outcome->err = op->err;
    report_error(&app->report, &op->err);
}

void jitter(struct app *app)
{
    int64_t most = setting_seconds(app->op, &app->base, OPT_JITTER, 0);

    if (most > 0 && !report_at_terminal())
        op_wait(app->op, (int64_t)random_below(app->op, (uint64_t)most * 1000));
}

static int common_status(const struct outcomes *outcomes)
{
    int status = 0;

    for (size_t i = 0; i < outcomes->count; i++) {
        int one = op_exit_status(outcomes->at[i].err.code);

        if (one && status && one != status)
            return op_exit_status(ERR_INTERNAL);
        status = one ? one : status;
    }
    return status;
}

bool exit_changed_read(struct app *app)
{
    const char *text = setting(&app->base, OPT_EXIT_CHANGED);
    int64_t number = 0;

    if (text && !text_number(text, 0, 255, &number))
        return op_fail(app->op, ERR_USAGE, "--exit-changed %s is no exit status", text);
    app->exit_changed = (int)number;
    return true;
}

int exit_status_of(struct app *app, const struct outcomes *outcomes, bool changed)
{
    int status = common_status(outcomes);

    return status || !changed ? status : app->exit_changed;
}

static struct outcome work_on(struct app *app, const char *name, struct op *op, bool is_issue)
{
    struct outcome outcome = { .name = name };
    struct lineage lineage;

    lineage_load(op, app->run.store, name, &lineage);
    if (op_ok(op))
        certificate_work(app, op, &lineage, is_issue, &outcome);
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
    o->mailcow = text_dup(op, o->mailcow);
    o->serial = text_dup(op, o->serial);
    o->folder = text_dup(op, o->folder);
    o->last_error = text_dup(op, o->last_error);
    o->err.text = text_dup(op, o->err.text);
    o->err.hint = text_dup(op, o->err.hint);
    o->err.problem = text_dup(op, o->err.problem);
    o->err.origin = text_dup(op, o->err.origin);
}

/* Who issues asked for this very certificate; renew is silent where nothing is due. */
static bool worth_telling(const struct app *app, const struct outcome *o, bool is_issue)
{
    return is_issue || setting_on(&app->cli, OPT_DRY_RUN) || app->report.json || o->changed || o->deployed ||
           o->err.code != ERR_NONE;
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
    bool any_changed = false;

    outcomes->at = op_array(app->op, certs->count, struct outcome);
    for (size_t i = 0; op_alive(app->op) && i < certs->count; i++) {
        struct op *op = op_child(app->op);
        struct outcome outcome = work_on(app, certs->at[i], op, is_issue);

        any_changed = any_changed || outcome.changed;
        if (worth_telling(app, &outcome, is_issue)) {
            keep(app->op, &outcome);
            outcomes->at[outcomes->count++] = outcome;
        }
        op_end(op);
    }
    mailcow_end(app, certs, op_ok(app->op) && !common_status(outcomes));
    for (size_t i = 0; i < outcomes->count; i++)
        tell_owed(app, &outcomes->at[i]);
    return status_of_all(app, exit_status_of(app, outcomes, any_changed));
}
