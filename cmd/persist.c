/* The record of dns-persist-01: shown, put into the zone, looked at, taken out again. */
#include "base/when.h"
#include "command.h"
#include "dns01/persist_put.h"
#include "names.h"
#include "proofs.h"
#include "store/journal.h"

#define YEAR_9999 253402300799

struct work {
    struct app *app;
    struct op *op;
    struct settings settings;
    struct policy policy;
    struct desk *desk;
    struct persist_job *jobs; /* one a place; "x" and "*.x" have the same */
    struct strings *names;    /* the names of -d that each is for */
    size_t count;
};

struct verb {
    const char *name;
    bool (*run)(struct work *work);
    bool registers; /* makes the account where there is none */
};

/* ---- what is asked for ---- */

/* RFC 3339 or a duration from now; without it the record is good for ever. */
static bool read_until(struct work *work, struct persist_record *record)
{
    const char *text = setting(&work->settings, OPT_PERSIST_UNTIL);
    struct op *op = work->op;
    int64_t seconds;

    if (!text)
        return true;
    record->ends = true;
    if (when_duration(text, &seconds) && seconds <= INT32_MAX)
        record->until = op_now(op) + seconds;
    else if (!when_rfc3339(text, &record->until)) {
        op_fail(op, ERR_USAGE, "--persist-until %s is no point in time", text_printable(op, text, 100));
        return op_hint(op, "write 2027-12-31T00:00:00Z, or 365d for a year from now");
    }
    return record->until > op_now(op) ||
           op_fail(op, ERR_USAGE, "--persist-until %s is in the past", text_printable(op, text, 100));
}

static size_t job_of(struct work *work, const char *base)
{
    size_t i = 0;

    while (i < work->count && !text_same(work->jobs[i].name.base, base))
        i++;
    if (i == work->count)
        work->jobs[work->count++].name.base = base;
    return i;
}

static bool read_names(struct work *work)
{
    const struct strings *names = &work->policy.names;
    struct persist_record until = { 0 };
    struct op *op = work->op;

    TRY(read_until(work, &until));
    work->jobs = op_array(op, names->count, struct persist_job);
    work->names = op_array(op, names->count, struct strings);
    for (size_t i = 0; i < names->count; i++) {
        size_t at = job_of(work, name_base(names->at[i]));
        struct persist_job *job = &work->jobs[at];

        if (name_is_ip(names->at[i]))
            return op_fail(op, ERR_USAGE, "%s is an address: DNS cannot prove it", names->at[i]);
        strings_add(op, &work->names[at], names->at[i]);
        job->record.ends = until.ends;
        job->record.until = until.until;
        job->record.wildcard = job->record.wildcard || name_is_wildcard(names->at[i]);
        job->name.wants.wildcard = job->record.wildcard;
    }
    return op_ok(op);
}

static bool read_settings(struct work *work)
{
    struct policy *policy = &work->policy;
    struct op *op = work->op;

    work->settings = settings_of(work->app, NULL, NULL);
    if (!work->settings.at[OPT_DOMAIN].count) {
        op_fail(op, ERR_USAGE, "no name is given");
        return op_hint(op, "add -d NAME, and -d '*.NAME' where wildcards are wanted");
    }
    TRY(policy_read(op, &work->settings, work->app->conf, policy));
    if (setting(&work->app->cli, OPT_CHALLENGE_ALIAS) || setting(&work->app->cli, OPT_DOMAIN_ALIAS)) {
        op_fail(op, ERR_USAGE, "--challenge-alias and --domain-alias are not for dns-persist-01");
        return op_hint(op, "a CNAME at " PERSIST_LABEL ".NAME is followed");
    }
    return read_names(work);
}

/* ---- the CA's own data ---- */

/* Only those who put a record there may make an account. */
static bool account_there(struct work *work)
{
    struct account account = { 0 };
    struct op *op = work->op;

    account_load(op, work->app->run.store, work->policy.directory, &account);
    TRY(op_ok(op));
    if (account.kid)
        return true;
    op_fail(op, ERR_USAGE, "there is no account with the CA %s yet, so no record can be for it",
            work->policy.directory);
    return op_hint(op, "mcacme persist publish makes one");
}

/* The challenge itself is seen only by who orders; there its issuers are checked. */
static bool ask_ca(struct work *work, bool may_register)
{
    struct run *run = &work->app->run;
    struct op *op = work->op;
    const struct acme *ca;

    TRY(may_register || account_there(work));
    work->desk = run_desk(run, op, &work->policy, &work->settings);
    TRY(work->desk);
    op->world = &work->desk->world;
    TRY(desk_open(run, work->desk, op, &work->policy));
    ca = work->desk->ca;
    if (!ca->caa_identities.count) {
        op_fail(op, ERR_REFUSED, "the CA %s does not say what it is called in DNS records (caaIdentities)",
                ca->host);
        return op_hint(op, "it seems not to offer dns-persist-01: use dns-01");
    }
    for (size_t i = 0; i < work->count; i++) {
        struct persist_job *job = &work->jobs[i];

        job->record.issuer = ca->caa_identities.at[0];
        job->record.account = job->name.wants.account = ca->kid;
        job->name.wants.issuers = &ca->caa_identities;
        job->name.wants.now = op_now(op);
    }
    return true;
}

/* ---- telling ---- */

static const char *place_of(const struct work *work, size_t i)
{
    return op_text(work->op, PERSIST_LABEL ".%s", work->jobs[i].name.base);
}

static void put_until(struct text *out, struct op *op, const struct persist_record *record)
{
    bool sane = record->ends && record->until >= 0 && record->until <= YEAR_9999;

    json_put(out, "persist-until", sane ? when_print(op, record->until) : NULL);
}

/* What stands in DNS is anybody's. */
static void put_values(struct text *out, struct op *op, const char *name, const struct strings *values)
{
    struct strings printable = { 0 };

    for (size_t i = 0; i < values->count; i++)
        strings_add(op, &printable, text_printable(op, values->at[i], 1000));
    json_put_strings(out, name, &printable);
}

static void tell_json(struct work *work, void (*put)(struct work *work, struct text *out, size_t i))
{
    struct text out = text_begin(work->op->arena);
    struct op *op = work->op;

    json_put(&out, "account", work->desk->ca->kid);
    json_put(&out, "issuer", work->desk->ca->caa_identities.at[0]);
    json_open(&out, "records", '[');
    for (size_t i = 0; i < work->count; i++) {
        json_open(&out, NULL, '{');
        json_put(&out, "name", place_of(work, i));
        json_put_strings(&out, "names", &work->names[i]);
        put(work, &out, i);
        json_close(&out, '}');
    }
    json_close(&out, ']');
    report_json(&work->app->report, out.data + (*out.data == ','), &op->err, op_exit_status(op->err.code));
}

/* ---- plan ---- */

static void put_plan(struct work *work, struct text *out, size_t i)
{
    json_put(out, "value", work->jobs[i].value);
    put_until(out, work->op, &work->jobs[i].record);
}

static bool plan(struct work *work)
{
    for (size_t i = 0; i < work->count; i++) {
        work->jobs[i].value = persist_write(work->op, &work->jobs[i].record);
        TRY(work->jobs[i].value);
    }
    if (work->app->report.json)
        tell_json(work, put_plan);
    for (size_t i = 0; !work->app->report.json && i < work->count; i++)
        report_line(&work->app->report, "%s",
                    persist_line(work->op, work->jobs[i].name.base, &work->jobs[i].record));
    return true;
}

/* ---- publish and drop ---- */

/* The name servers of a provider who rewrites whole zones are locked by the place of a journal; there is
 * none. */
static struct journal *no_journal(struct work *work)
{
    struct journal *journal = op_new(work->op, struct journal);

    journal->path = store_path(work->op, work->app->run.store, "journal/persist.log");
    return journal;
}

static bool by_providers(struct work *work,
                         bool (*act)(struct op *op, struct instance *const *instances, size_t count,
                                     const struct spread_options *spread, struct persist_job *jobs, size_t n))
{
    struct instance **instances = NULL;
    struct op *op = work->op;
    size_t count = 0;

    TRY(proofs_instances(op, &work->settings, work->app->conf, &instances, &count));
    if (!count) {
        op_fail(op, ERR_USAGE, "no provider is given to do it");
        return op_hint(op,
                       "add --dns PROVIDER (mcacme providers lists them), or do it by hand: mcacme persist "
                       "plan shows the record");
    }
    for (size_t i = 0; i < count; i++)
        instances[i]->journal = no_journal(work);
    act(op, instances, count, &work->policy.spread, work->jobs, work->count);
    instances_close(op, instances, count);
    return op_ok(op);
}

static void put_change(struct work *work, struct text *out, size_t i)
{
    const struct persist_job *job = &work->jobs[i];

    json_put(out, "value", job->value);
    json_put_bool(out, "added", job->value && !job->there);
    put_values(out, work->op, "removed", &job->former);
}

static const char *change_words(const struct work *work, const struct persist_job *job)
{
    const char *plural = job->former.count == 1 ? "" : "s";

    if (!job->value)
        return job->former.count ? op_text(work->op, "%zu record%s removed", job->former.count, plural)
                                 : "no record of this account is there";
    if (!job->former.count)
        return job->there ? "is there already" : "published";
    return op_text(work->op, "%s, %zu former record%s removed", job->there ? "is there already" : "published",
                   job->former.count, plural);
}

static bool tell_change(struct work *work)
{
    struct report *report = &work->app->report;

    if (report->json)
        tell_json(work, put_change);
    for (size_t i = 0; !report->json && !report->quiet && i < work->count; i++)
        report_line(report, "%s: %s", place_of(work, i), change_words(work, &work->jobs[i]));
    return true;
}

static bool publish(struct work *work)
{
    return by_providers(work, persist_publish) && tell_change(work);
}

static bool drop(struct work *work)
{
    return by_providers(work, persist_drop) && tell_change(work);
}

/* ---- check ---- */

static void put_check(struct work *work, struct text *out, size_t i)
{
    const struct persist_name *name = &work->jobs[i].name;
    struct strings found = look_values(work->op, &name->look);

    json_put(out, "state", name->view ? persist_state_name(name->verdict.state) : "unknown");
    json_put(out, "text", persist_name_words(work->op, name));
    put_until(out, work->op, &name->verdict.record);
    json_put_bool(out, "ends-soon", persist_ends_soon(&name->verdict, name->wants.now));
    json_put(out, "value", persist_write(work->op, &work->jobs[i].record));
    put_values(out, work->op, "found", &found);
}

static void warn(struct work *work, size_t i)
{
    const struct persist_name *name = &work->jobs[i].name;

    if (persist_ends_soon(&name->verdict, name->wants.now))
        op_log(work->op, LOG_WARN, "the record at %s is %s only: publish it anew", place_of(work, i),
               persist_name_words(work->op, name));
}

static void judge(struct work *work)
{
    struct strings bad = { 0 };
    const char *first = NULL;
    struct op *op = work->op;

    for (size_t i = 0; i < work->count; i++) {
        if (work->jobs[i].name.verdict.state == PERSIST_FITS)
            continue;
        if (!first)
            first =
                op_text(op, "no record at %s is good for %s: %s", place_of(work, i),
                        strings_join(op, &work->names[i], ", "), persist_name_words(op, &work->jobs[i].name));
        for (size_t n = 0; n < work->names[i].count; n++)
            strings_add(op, &bad, work->names[i].at[n]);
    }
    if (!first)
        return;
    op_fail(op, ERR_PROVIDER, "%s", first);
    for (size_t i = 0; i < bad.count; i++)
        op_blame(op, bad.at[i]);
    op_hint(op, "%s; or put it there by hand, as mcacme persist plan shows it", persist_advice(op, &bad));
}

static bool check(struct work *work)
{
    struct persist_name *names = op_array(work->op, work->count, struct persist_name);
    struct report *report = &work->app->report;

    for (size_t i = 0; i < work->count; i++)
        names[i] = work->jobs[i].name;
    TRY(persist_look(work->op, &work->policy.spread, names, work->count));
    for (size_t i = 0; i < work->count; i++) {
        work->jobs[i].name = names[i];
        warn(work, i);
        if (!report->json && !report->quiet)
            report_line(report, "%s: %s", place_of(work, i), persist_name_words(work->op, &names[i]));
    }
    judge(work);
    if (report->json)
        tell_json(work, put_check);
    return true;
}

/* ---- the command ---- */

static const struct verb verbs[] = {
    { "plan", plan, true }, { "publish", publish, true }, { "check", check, false }, { "drop", drop, false }
};

static const struct verb *verb_of(struct app *app)
{
    const char *word = app->words.count == 1 ? app->words.at[0] : NULL;

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (text_same(verbs[i].name, word))
            return &verbs[i];
    op_fail(app->op, ERR_USAGE, "mcacme persist needs one of plan, publish, check and drop");
    op_hint(app->op, "mcacme persist plan -d NAME shows the record and changes nothing");
    return NULL;
}

static int run(struct app *app)
{
    struct work work = { .app = app, .op = app->op };
    const struct verb *verb = verb_of(app);

    if (verb && read_settings(&work) && ask_ca(&work, verb->registers))
        verb->run(&work);
    return 0;
}

const struct command command_persist = {
    .name = "persist",
    .usage = "plan|publish|check|drop -d NAME [options]",
    .summary = "The dns-persist-01 record: show, publish, check or remove it",
    .bit = FOR_PERSIST,
    .needs = NEED_STORE,
    .run = run,
};
