/* What several commands do alike. */
#include "command.h"
#include "mailcow/wanted.h"
#include "names.h"
#include "twin.h"

struct settings settings_of(struct app *app, const struct settings *lineage, const char *cert)
{
    struct settings s = app->cli;
    const struct settings *section = cert ? conf_section(app->conf, "certificate", cert) : NULL;
    const char *base = cert && !section ? twin_base(app, cert) : NULL;

    if (base)
        section = conf_section(app->conf, "certificate", base);
    if (!section || !mailcow_settings(app->op, &s, lineage, app->conf, cert)) {
        if (section)
            settings_default(app->op, &s, section, 0);
        if (lineage)
            settings_default(app->op, &s, lineage, OPT_SAVED);
    }
    settings_default(app->op, &s, &app->base, 0);
    if (cert)
        twin_settle(app, cert, &s);
    return s;
}

struct settings settings_saved(struct op *op, const struct settings *settings)
{
    struct settings saved = { 0 };

    settings_default(op, &saved, settings, OPT_SAVED);
    return saved;
}

static void add_known(struct app *app, struct strings *certs, const char *name)
{
    if (name && !strings_have(certs, name) && title_ok(app->op, name))
        strings_add(app->op, certs, name);
}

/* Those of the store and those of the configuration file, which may never have been issued. */
static struct strings certs_known(struct app *app)
{
    struct strings certs = store_certs(app->op, app->run.store);

    for (const struct conf_section *s = app->conf->sections; s; s = s->next) {
        if (!text_same(s->kind, "certificate"))
            continue;
        add_known(app, &certs, s->name);
        add_known(app, &certs, twin_of(app, s->name));
    }
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

void jitter(struct app *app)
{
    int64_t most = setting_seconds(app->op, &app->base, OPT_JITTER, 0);

    if (most > 0 && !report_at_terminal())
        op_wait(app->op, (int64_t)random_below(app->op, (uint64_t)most * 1000));
}

int common_status(const struct outcomes *outcomes)
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

static void copy_list(struct op *op, struct strings *list)
{
    struct strings copy = { 0 };

    for (size_t i = 0; i < list->count; i++)
        strings_add(op, &copy, arena_strdup(op->arena, list->at[i]));
    *list = copy;
}

void outcome_keep(struct op *op, struct outcome *o)
{
    copy_list(op, &o->names);
    copy_list(op, &o->missing);
    copy_list(op, &o->tlsa);
    o->name = text_dup(op, o->name);
    o->server = text_dup(op, o->server);
    o->verdict.reason = text_dup(op, o->verdict.reason);
    o->failures.text = text_dup(op, o->failures.text);
    o->ari.serial = text_dup(op, o->ari.serial);
    o->ari.explanation = text_dup(op, o->ari.explanation);
    o->mailcow = text_dup(op, o->mailcow);
    o->serial = text_dup(op, o->serial);
    o->key = (struct bytes){ 0 };
    o->folder = text_dup(op, o->folder);
    o->last_error = text_dup(op, o->last_error);
    o->err.text = text_dup(op, o->err.text);
    o->err.hint = text_dup(op, o->err.hint);
    o->err.problem = text_dup(op, o->err.problem);
    o->err.origin = text_dup(op, o->err.origin);
    o->err.names = text_dup(op, o->err.names);
}
