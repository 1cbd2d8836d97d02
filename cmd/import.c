#include "import/import.h"

#include "base/when.h"
#include "command.h"

#define LINE_MOST 8000u

/* One run of the command. */
struct work {
    struct app *app;
    struct text out;  /* the two lists, where they are to be JSON */
    bool look;        /* --dry-run */
    int status;       /* what all failures have in common; 1 for several */
    struct op *first; /* has the first of them */
};

static bool json(const struct work *work)
{
    return work->app->report.json;
}

static const char *fate_name(const struct work *work, enum import_fate fate)
{
    static const char *const names[] = { "taken-over", "there-already", "another-one-is-there" };

    return work->look && fate == IMPORT_NEW ? "to-be-taken-over" : names[fate];
}

/* A failure of one account or certificate is told of, and the others go on. */
static void note_failure(struct work *work, const struct op *op)
{
    int one = op_exit_status(op->err.code);

    if (op_adopt(work->first, op))
        return;
    report_error(&work->app->report, &op->err);
    work->status = work->status && work->status != one ? op_exit_status(ERR_INTERNAL) : one;
}

/*
 * One line of what is to stand in a configuration file: whatever the other client's files hold, it stays one,
 * and a comment stays a comment.
 */
__attribute__((format(printf, 2, 3))) static void say(struct work *work, const char *format, ...)
{
    struct op *op = work->app->op;
    va_list args;

    va_start(args, format);
    report_line(&work->app->report, "%s", text_printable(op, op_vtext(op, format, args), LINE_MOST));
    va_end(args);
}

/* ---- accounts ---- */

static void tell_account(struct work *work, const struct import_account *account,
                         const struct import_taken *taken)
{
    static const char *const words[] = { "taken over from", "ours already, as in",
                                         "not taken over, for there is another one:" };
    const char *word =
        work->look && taken->fate == IMPORT_NEW ? "would be taken over from" : words[taken->fate];

    say(work, "# account at %s: %s %s", taken->server, word, account->key);
}

static void put_account(struct work *work, const struct import_account *account,
                        const struct import_taken *taken, const struct err *err)
{
    struct text *out = &work->out;

    json_open(out, NULL, '{');
    json_put(out, "server", taken->server);
    json_put(out, "account", account->kid);
    json_put(out, "key", account->key);
    json_put(out, "state", err->code == ERR_NONE ? fate_name(work, taken->fate) : "failed");
    json_put(out, "error", err->text);
    json_close(out, '}');
}

static void take_account(struct work *work, const struct import_account *account)
{
    struct op *op = op_child(work->app->op);
    struct import_taken taken;

    import_account_take(&work->app->run, op, account, work->look, &taken);
    note_failure(work, op);
    if (json(work))
        put_account(work, account, &taken, &op->err);
    else if (op_ok(op))
        tell_account(work, account, &taken);
    op_end(op);
}

/* ---- certificates ---- */

/* What the lineage has of it, and what is left for the administrator to say. */
static void tell_section(struct work *work, struct op *op, const struct import_cert *cert,
                         const struct settings *saved)
{
    for (size_t id = 0; id < OPTION_COUNT; id++)
        if (saved->at[id].count)
            say(work, "#     %s = %s", option_table[id].name, strings_join(op, &saved->at[id], ", "));
    if (cert->lines.count)
        say(work, "[certificate %s]", cert->title);
    for (size_t i = 0; i < cert->lines.count; i++)
        say(work, "%s", cert->lines.at[i]);
}

static void tell_cert(struct work *work, struct op *op, const struct import_cert *cert,
                      const struct import_taken *taken)
{
    const char *what = work->look ? "would be taken over" : "taken over";

    report_line(&work->app->report, "%s", "");
    if (taken->fate == IMPORT_THERE) {
        say(work, "# %s: there is one of this name already, which stays as it is", cert->title);
        return;
    }
    say(work, "# %s, until %s: %s from %s", cert->title, when_print(op, taken->not_after), what, cert->from);
    tell_section(work, op, cert, &taken->saved);
}

static void put_cert(struct work *work, struct op *op, const struct import_cert *cert,
                     const struct import_taken *taken)
{
    struct text *out = &work->out;

    json_open(out, NULL, '{');
    json_put(out, "name", cert->title);
    json_put(out, "from", cert->from);
    json_put(out, "state", op_ok(op) ? fate_name(work, taken->fate) : "failed");
    if (op_ok(op)) {
        json_put(out, "server", taken->server);
        json_put_strings(out, "names", &taken->names);
        json_put(out, "not-after", when_print(op, taken->not_after));
        json_put(out, "serial", taken->serial);
        json_open(out, "options", '{');
        settings_write(out, &taken->saved);
        json_close(out, '}');
        json_put_strings(out, "lines", &cert->lines);
    }
    json_put(out, "error", op->err.text);
    json_close(out, '}');
}

static void take_cert(struct work *work, const struct import_cert *cert)
{
    struct op *op = op_child(work->app->op);
    struct import_taken taken;

    import_cert_take(&work->app->run, op, cert, work->look, &taken);
    note_failure(work, op);
    if (json(work))
        put_cert(work, op, cert, &taken);
    else if (op_ok(op))
        tell_cert(work, op, cert, &taken);
    op_end(op);
}

/* ---- the command ---- */

static void take_all(struct work *work, const struct import *import)
{
    json_open(&work->out, "accounts", '[');
    for (const struct import_account *a = import->accounts; a && op_alive(work->app->op); a = a->next)
        take_account(work, a);
    json_close(&work->out, ']');
    json_open(&work->out, "certificates", '[');
    for (const struct import_cert *c = import->certs; c && op_alive(work->app->op); c = c->next)
        take_cert(work, c);
    json_close(&work->out, ']');
}

static int run(struct app *app)
{
    struct work work = { .app = app, .out = text_begin(app->op->arena) };
    const struct import_client *client = NULL;
    struct import import = { .wanted = settings_saved(app->op, &app->cli) };

    if (app->words.count != 2) {
        op_fail(app->op, ERR_USAGE,
                "import needs two words: the client, and the folder that it keeps its state in");
        op_hint(app->op, "for example: mcacme import certbot /etc/letsencrypt --dry-run");
        return 0;
    }
    client = import_client(app->op, app->words.at[0]);
    work.look = setting_on(&app->cli, OPT_DRY_RUN);
    if (!client || !import_read(app->op, client, app->words.at[1], &import) ||
        (!work.look && !store_open(app->op, app->run.store->root)))
        return 0;
    work.first = op_child(app->op);
    take_all(&work, &import);
    if (json(&work))
        report_json(&app->report, work.out.data, op_ok(app->op) ? &work.first->err : &app->op->err,
                    work.status);
    op_end(work.first);
    return work.status;
}

const struct command command_import = {
    .name = "import",
    .usage = "certbot|acme.sh|lego|dehydrated|uacme DIR [options]",
    .summary = "Take over accounts and certificates of another client",
    .bit = FOR_IMPORT,
    .needs = NEED_LOOK,
    .run = run,
};
