/* The next private key of a certificate, made before it is used: what depends on the key can be published. */
#include "command.h"
#include "names.h"
#include "store/staged.h"
#include "tlsa.h"

#define PATIENCE_MS (60 * 1000)
#define PORT        25u /* TLSA records are for mail servers more than for all else (RFC 7672) */

/* One certificate's keys, as `stage` tells of them. */
struct keys {
    const char *cert;
    struct strings names;
    enum key_kind kind;           /* of the staged one */
    bool made;                    /* just now */
    const char *current, *staged; /* SHA-256 of the public keys; current NULL: no certificate yet */
};

/* All settings but those of this command line: by them the next renewal goes. */
static struct settings settings_of_renewal(struct app *app, const struct lineage *lineage)
{
    const struct settings *top = conf_section(app->conf, "", "");
    struct app bare = *app;

    bare.cli = (struct settings){ 0 };
    bare.base = top ? *top : (struct settings){ 0 };
    return settings_of(&bare, &lineage->wanted, lineage->name);
}

/* The kind of key that renewals make, and the one that is asked for here. */
static bool kinds(struct app *app, const struct settings *settings, enum key_kind *usual, enum key_kind *kind)
{
    const char *word = setting(&app->cli, OPT_KEY_TYPE);
    struct policy policy = { 0 };

    TRY(policy_read_ca(app->op, settings, app->conf, &policy));
    *usual = *kind = policy.key_kind;
    return !word || key_kind_parse(word, kind) ||
           op_fail(app->op, ERR_USAGE, "--key-type %s is none of ec256, ec384, rsa2048, rsa3072, rsa4096",
                   text_printable(app->op, word, 100));
}

static bool make(struct app *app, enum key_kind usual, struct keys *keys)
{
    struct op *op = app->op;
    struct key *key = key_generate(op, keys->kind);
    const char *folder = store_path(op, app->run.store, "certs/%s", keys->cert);

    TRY(key && folder_make(op, folder) && staged_key_write(op, app->run.store, keys->cert, key_pem(op, key)));
    keys->made = true;
    keys->staged = tlsa_311(op, key_public(op, key));
    if (keys->kind != usual)
        op_log(op, LOG_WARN,
               "renewals of %s make %s keys and will not use this one: issue it with --key-type %s",
               keys->cert, key_kind_name(usual), key_kind_name(keys->kind));
    return op_ok(op);
}

/* The key that is staged already stays: its TLSA record may be published. */
static bool take(struct app *app, const char *pem, struct keys *keys)
{
    struct op *op = app->op;
    struct key *key = key_from_pem(op, pem, "the staged key");

    if (!key)
        return op_hint(op, "mcacme key drop %s removes it", keys->cert);
    keys->staged = tlsa_311(op, key_public(op, key));
    if (setting(&app->cli, OPT_KEY_TYPE) && key_kind(key) != keys->kind) {
        op_fail(op, ERR_USAGE, "a key of the type %s is staged already", key_kind_name(key_kind(key)));
        return op_hint(op, "remove it first: mcacme key drop %s", keys->cert);
    }
    keys->kind = key_kind(key);
    return op_ok(op);
}

static bool current(struct app *app, struct keys *keys)
{
    struct cert held;

    if (certificate_held(app->op, app->run.store, keys->cert, &held))
        keys->current = tlsa_311(app->op, held.spki);
    return op_ok(app->op);
}

static bool stage(struct app *app, const struct lineage *lineage, struct keys *keys)
{
    struct settings settings = settings_of_renewal(app, lineage);
    const char *csr = setting(&settings, OPT_CSR), *pem = NULL;
    enum key_kind usual;

    if (csr && *csr)
        return op_fail(app->op, ERR_USAGE, "%s is made from your own request (--csr): its key is not here",
                       keys->cert);
    TRY(policy_names(app->op, &settings, &keys->names) && kinds(app, &settings, &usual, &keys->kind));
    TRY(current(app, keys) && staged_key_read(app->op, app->run.store, keys->cert, &pem));
    return pem ? take(app, pem, keys) : make(app, usual, keys);
}

/* ---- telling ---- */

static void add_record(struct app *app, struct strings *records, const char *name, const char *digest)
{
    if (digest)
        strings_add(app->op, records, tlsa_record(app->op, PORT, name, digest));
}

/* Of the names that a client can ask for. */
static struct strings records_of(struct app *app, const struct keys *keys)
{
    struct strings records = { 0 };

    for (size_t i = 0; i < keys->names.count; i++) {
        const char *name = keys->names.at[i];

        if (name_is_wildcard(name) || name_is_ip(name))
            continue;
        add_record(app, &records, name, keys->current);
        add_record(app, &records, name, keys->staged);
    }
    return records;
}

static const char *data_of(struct app *app, const char *digest)
{
    return digest ? op_text(app->op, "3 1 1 %s", digest) : NULL;
}

static void print_json(struct app *app, const struct keys *keys, const struct strings *records)
{
    struct text members = text_begin(app->op->arena);

    json_open(&members, "tlsa", '{');
    json_put(&members, "current", data_of(app, keys->current));
    json_put(&members, "next", data_of(app, keys->staged));
    json_close(&members, '}');
    json_put(&members, "name", keys->cert);
    json_put(&members, "key-type", key_kind_name(keys->kind));
    json_put_bool(&members, "staged", true);
    json_put_bool(&members, "made", keys->made);
    json_put_strings(&members, "records", records);
    report_json(&app->report, members.data + (*members.data == ','), &app->op->err, 0);
}

static void tell(struct app *app, const struct keys *keys)
{
    struct strings records = records_of(app, keys);
    struct report *report = &app->report;

    if (report->json)
        print_json(app, keys, &records);
    if (report->json || report->quiet)
        return;
    report_line(report, "%s: the next key %s (%s)", keys->cert,
                keys->made ? "is staged" : "was staged before", key_kind_name(keys->kind));
    report_line(report, "  current  %s", keys->current ? data_of(app, keys->current) : "-");
    report_line(report, "  next     %s", data_of(app, keys->staged));
    if (records.count)
        report_line(report, "For each port where the certificate is shown, here %u:", PORT);
    for (size_t i = 0; i < records.count; i++)
        report_line(report, "%s", records.at[i]);
}

static void tell_dropped(struct app *app, const char *cert, bool there)
{
    struct text members = text_begin(app->op->arena);

    if (!app->report.json && !app->report.quiet)
        report_line(&app->report, there ? "%s: the staged key is gone" : "%s: no key was staged", cert);
    if (!app->report.json)
        return;
    json_put(&members, "name", cert);
    json_put_bool(&members, "staged", false);
    json_put_bool(&members, "dropped", there);
    report_json(&app->report, members.data + (*members.data == ','), &app->op->err, 0);
}

/* ---- the two verbs ---- */

static bool run_stage(struct app *app, const char *cert)
{
    struct lineage lineage = { 0 };
    struct keys keys = { .cert = cert };

    lineage_load(app->op, app->run.store, cert, &lineage);
    lineage.name = cert;
    TRY(op_ok(app->op) && stage(app, &lineage, &keys));
    tell(app, &keys);
    return true;
}

static bool run_drop(struct app *app, const char *cert)
{
    bool there = staged_key_there(app->op, app->run.store, cert);

    TRY(staged_key_drop(app->op, app->run.store, cert));
    tell_dropped(app, cert, there);
    return true;
}

/* What is to be done, and to which certificate; the words are left as other commands expect them. */
static bool read_words(struct app *app, bool *drop)
{
    struct strings *words = &app->words;

    *drop = words->count && text_same(words->at[0], "drop");
    if (words->count != 2 || !(*drop || text_same(words->at[0], "stage"))) {
        op_fail(app->op, ERR_USAGE, "mcacme key needs one of stage and drop, and one CERT");
        return op_hint(app->op, "mcacme list shows the certificates that there are");
    }
    words->at++;
    words->count--;
    certs_named(app);
    return op_ok(app->op);
}

static int run(struct app *app)
{
    const char *cert;
    bool drop;

    if (!read_words(app, &drop))
        return 0;
    cert = app->words.at[0];
    op_enter(app->op, "%s", cert);
    if (store_lock_cert(app->op, app->run.store, cert, PATIENCE_MS))
        (void)(drop ? run_drop(app, cert) : run_stage(app, cert));
    op_leave(app->op);
    return 0;
}

const struct command command_key = {
    .name = "key",
    .usage = "stage|drop CERT [options]",
    .summary = "Make the next private key ahead of its use, or drop it",
    .bit = FOR_KEY,
    .needs = NEED_STORE,
    .run = run,
};
