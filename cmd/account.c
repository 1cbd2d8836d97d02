#include "acme/account.h"

#include "base/file.h"
#include "command.h"
#include "rollover.h"

#include <string.h>
#include <unistd.h>

/* One account at one CA. */
struct work {
    struct app *app;
    struct policy policy;
    struct desk *desk;
    struct account account;
    struct account_facts facts;
    const char *done; /* what was done, in a word; NULL: it was only looked at */
};

static const char *no_account(struct op *op, const struct work *work)
{
    op_fail(op, ERR_CONFIG, "there is no account with %s yet", work->policy.directory);
    op_hint(op, "mcacme issue makes one; mcacme account import --key FILE takes one over");
    return NULL;
}

/* The account that the store has, in use at its CA; none is ever made here. */
static bool open_account(struct op *op, struct work *work)
{
    struct app *app = work->app;
    const char *directory = work->policy.directory;

    account_load(op, app->run.store, directory, &work->account);
    if (!op_ok(op) || (!work->account.kid && !no_account(op, work)))
        return false;
    return desk_open(&app->run, work->desk, op, &work->policy) &&
           account_load(op, app->run.store, directory, &work->account) &&
           account_read(op, work->desk->ca, &work->facts);
}

static bool lock(struct op *op, struct work *work)
{
    return store_lock_account(op, work->app->run.store, account_folder(op, work->policy.directory));
}

static bool show(struct op *op, struct work *work)
{
    return open_account(op, work);
}

static bool update(struct op *op, struct work *work)
{
    const char *email = setting(&work->app->cli, OPT_EMAIL);

    if (!email) {
        op_fail(op, ERR_USAGE, "account update needs the new contact");
        return op_hint(op, "-m ADDRESS, or -m '' for none");
    }
    TRY(open_account(op, work) && lock(op, work));
    work->account.contact = *email ? email : NULL;
    TRY(account_update(op, work->desk->ca, work->account.contact, &work->facts));
    work->done = "updated";
    return account_save(op, work->app->run.store, &work->account);
}

static bool roll(struct op *op, struct work *work)
{
    const char *path = setting(&work->app->cli, OPT_KEY);
    struct key *key;

    TRY(open_account(op, work));
    key = path ? key_from_file(op, path) : key_generate(op, KEY_EC256);
    TRY(key && lock(op, work));
    TRY(rollover(&work->app->run, op, work->desk->ca, &work->account, key));
    work->done = "has a new key";
    return true;
}

static bool confirmed(struct op *op, struct work *work)
{
    const char *what = op_text(op, "Deactivate the account %s? This cannot be undone.", work->account.kid);

    if (setting_on(&work->app->cli, OPT_YES))
        return true;
    if (!isatty(STDIN_FILENO)) {
        op_fail(op, ERR_USAGE, "deactivating an account cannot be undone and nobody is here to be asked");
        return op_hint(op, "add --yes");
    }
    return report_ask(&work->app->report, what) || op_fail(op, ERR_USAGE, "not deactivated");
}

static bool deactivate(struct op *op, struct work *work)
{
    TRY(open_account(op, work) && confirmed(op, work) && lock(op, work));
    TRY(account_deactivate(op, work->desk->ca));
    work->done = "deactivated";
    work->facts.status = "deactivated";
    return account_archive(op, work->app->run.store, work->policy.directory, "deactivated");
}

/* A key that is here already is content; another one is not overwritten. */
static bool may_import(struct op *op, struct work *work, const struct key *key)
{
    struct account held = { 0 };

    if (!account_load(op, work->app->run.store, work->policy.directory, &held) || !held.kid)
        return op_ok(op);
    if (bytes_same(key_public(op, key), key_public(op, key_from_pem(op, held.key_pem, "the account key"))))
        return true;
    op_fail(op, ERR_CONFIG, "there is an account with %s already: %s", work->policy.directory, held.kid);
    return op_hint(
        op, "deactivate it with mcacme account deactivate, or move %s away",
        store_path(op, work->app->run.store, "accounts/%s", account_folder(op, work->policy.directory)));
}

static bool import(struct op *op, struct work *work)
{
    const char *path = setting(&work->app->cli, OPT_KEY);
    struct key *key = path ? key_from_file(op, path) : NULL;
    struct acme *ca;
    bool found;

    if (!path)
        return op_fail(op, ERR_USAGE, "account import needs --key FILE");
    TRY(key && desk_reach(work->desk, op, &work->policy) && lock(op, work) && may_import(op, work, key));
    ca = work->desk->ca;
    TRY(account_find(op, ca, key, &found));
    if (!found) {
        op_fail(op, ERR_REFUSED, "%s knows no account with the key in %s", ca->host, path);
        return op_hint(op, "is it the account's key, and the right --server?");
    }
    TRY(account_read(op, ca, &work->facts));
    work->account =
        (struct account){ .server = work->policy.directory,
                          .kid = ca->kid,
                          .contact = text_past(work->facts.contacts.at ? work->facts.contacts.at[0] : NULL,
                                               "mailto:"),
                          .key_pem = key_pem(op, key) };
    work->done = "imported";
    return account_save(op, work->app->run.store, &work->account);
}

static const struct {
    const char *word;
    bool (*act)(struct op *op, struct work *work);
} verbs[] = { { "show", show },
              { "update", update },
              { "rollover", roll },
              { "deactivate", deactivate },
              { "import", import } };
#define VERBS (sizeof verbs / sizeof *verbs)

static size_t verb_of(struct app *app)
{
    const char *word = app->words.count == 1 ? app->words.at[0] : NULL;
    size_t i = 0;

    while (i < VERBS && !text_same(word, verbs[i].word))
        i++;
    if (i == VERBS) {
        op_fail(app->op, ERR_USAGE, "one word is needed: show, update, rollover, deactivate or import");
        op_hint(app->op, "mcacme account show tells what there is");
    }
    return i;
}

/* ---- telling ---- */

/* What the CA offers for --profile. */
static struct strings profiles(struct op *op, const struct acme *ca)
{
    struct strings lines = { 0 };
    const struct json *profile;

    for (size_t i = 0; (profile = json_each(ca->profiles, "", i)); i++) {
        const char *words = json_opt(op, profile, "");
        const char *line = op_text(op, "%s: %s", json_name(profile), words ? words : "");

        strings_add(op, &lines, text_printable(op, line, SERVER_WORDS_LIMIT));
    }
    return lines;
}

static void tell_json(struct app *app, const struct work *work)
{
    const struct acme *ca = work->desk->ca;
    const struct strings offered = profiles(app->op, ca);
    struct text out = text_begin(app->op->arena);

    json_open(&out, NULL, '{');
    json_put(&out, "server", work->policy.directory);
    json_put(&out, "account", work->account.kid);
    json_put(&out, "status", work->facts.status);
    json_put_strings(&out, "contacts", &work->facts.contacts);
    json_put(&out, "key-type", key_kind_name(key_kind(ca->key)));
    json_put(&out, "thumbprint", key_thumbprint(app->op, ca->key));
    json_put(
        &out, "folder",
        store_path(app->op, app->run.store, "accounts/%s", account_folder(app->op, work->policy.directory)));
    json_put(&out, "terms", ca->terms);
    json_put_bool(&out, "binding-required", ca->eab_required);
    json_put_strings(&out, "profiles", &offered);
    report_json(&app->report, out.data + 1, &app->op->err, 0);
}

static void tell(struct app *app, const struct work *work)
{
    const struct acme *ca = work->desk->ca;
    const struct strings *contacts = &work->facts.contacts, offered = profiles(app->op, ca);

    if (app->report.json) {
        tell_json(app, work);
        return;
    }
    if (work->done) {
        report_line(&app->report, "%s: %s", work->account.kid, work->done);
        return;
    }
    report_line(&app->report, "account     %s", work->account.kid);
    report_line(&app->report, "server      %s", work->policy.directory);
    report_line(&app->report, "status      %s", work->facts.status);
    report_line(&app->report, "contact     %s",
                contacts->count ? strings_join(app->op, contacts, ", ") : "none");
    report_line(&app->report, "key         %s, thumbprint %s", key_kind_name(key_kind(ca->key)),
                key_thumbprint(app->op, ca->key));
    report_line(
        &app->report, "folder      %s",
        store_path(app->op, app->run.store, "accounts/%s", account_folder(app->op, work->policy.directory)));
    if (ca->terms)
        report_line(&app->report, "terms       %s", text_printable(app->op, ca->terms, SERVER_WORDS_LIMIT));
    for (size_t i = 0; i < offered.count; i++)
        report_line(&app->report, "profile     %s", offered.at[i]);
}

static int run(struct app *app)
{
    struct work work = { .app = app };
    size_t verb = verb_of(app);
    struct op *op = app->op;

    if (verb == VERBS || !policy_read_ca(op, &app->base, app->conf, &work.policy))
        return 0;
    work.desk = run_desk(&app->run, op, &work.policy, &app->base);
    if (!work.desk)
        return 0;
    op->world = &work.desk->world;
    if (verbs[verb].act(op, &work))
        tell(app, &work);
    op->world = app->world;
    return 0;
}

const struct command command_account = {
    .name = "account",
    .usage = "show|update|rollover|deactivate|import [options]",
    .summary = "Show or change the account with the CA, or take one over",
    .bit = FOR_ACCOUNT,
    .needs = NEED_STORE,
    .run = run,
};
