#include "check/check.h"

#include "command.h"
#include "mailcow/lint.h"
#include "names.h"
#include "twin.h"

#define CERTIFICATE_MS (10 * 60 * 1000)

/* What was found, and about which certificate: findings from `from` on are of this one. */
struct chapter {
    const char *cert; /* NULL: of no certificate */
    size_t from;
};

struct doctor {
    struct app *app;
    struct findings findings;
    struct chapter *chapters;
    size_t count;
};

static void begin_chapter(struct doctor *doctor, const char *cert)
{
    doctor->chapters[doctor->count++] = (struct chapter){ cert, doctor->findings.count };
}

static const char *chapter_of(const struct doctor *doctor, size_t finding)
{
    const char *cert = NULL;

    for (size_t i = 0; i < doctor->count && doctor->chapters[i].from <= finding; i++)
        cert = doctor->chapters[i].cert;
    return cert;
}

/* ---- looking ---- */

/* In an operation of its own, whose time is that of one certificate. */
static bool examine(struct doctor *doctor, const char *cert, bool asked)
{
    struct app *app = doctor->app;
    struct op *op = op_child(app->op);
    struct lineage lineage = { 0 };
    struct settings settings;

    if (!app->world->deadline)
        op->deadline = op_ticks(op) + CERTIFICATE_MS;
    begin_chapter(doctor, cert);
    lineage_load(op, app->run.store, cert, &lineage);
    settings = settings_of(app, &lineage.wanted, cert);
    if (op_ok(op) && op_ok(app->op)) {
        if (lineage.off && !asked)
            finding_add(&doctor->findings, CHECK_CERTIFICATE_OFF, cert, NULL, "it is switched off");
        else
            check_certificate(&app->run, op, cert, &settings, &doctor->findings);
    }
    op_adopt(app->op, op);
    op_end(op);
    return op_ok(app->op);
}

/* The certificate that -d is about: known already, or one that there may be. */
static const char *title_of_names(struct app *app)
{
    struct settings settings = settings_of(app, NULL, NULL);
    struct strings names = { 0 };
    const char *title = policy_names(app->op, &settings, &names) ? names_title(&names) : NULL;

    return title && title_ok(app->op, title) ? title : NULL;
}

static struct strings certs_to_check(struct app *app)
{
    struct strings certs = { 0 };
    const char *title;

    if (!app->cli.at[OPT_DOMAIN].count)
        return app->mailcow && !app->words.count ? mailcow_titles(app) : certs_named(app);
    if (app->words.count) {
        op_fail(app->op, ERR_USAGE, "either -d NAME or CERT, not both");
        return certs;
    }
    title = title_of_names(app);
    if (title)
        strings_add(app->op, &certs, title);
    return certs;
}

/* A twin has the names of its entry, and all that is looked at. */
static bool is_twin(struct app *app, const struct strings *certs, const char *cert)
{
    const char *base = twin_base(app, cert);

    return base && strings_have(certs, base);
}

static bool examine_all(struct doctor *doctor)
{
    struct app *app = doctor->app;
    struct strings certs = certs_to_check(app);
    bool asked = app->words.count || app->cli.at[OPT_DOMAIN].count;

    TRY(op_ok(app->op));
    doctor->chapters = op_array(app->op, certs.count + 1, struct chapter);
    begin_chapter(doctor, NULL);
    TRY(!app->mailcow || mailcow_lint(app->op, app->mailcow, &doctor->findings));
    TRY(check_state(&doctor->findings, app->op, app->run.store));
    if (!certs.count)
        finding_add(&doctor->findings, CHECK_CERTIFICATES_NONE, app->run.store->root,
                    "mcacme check -d NAME looks at a name before there is a certificate",
                    "no certificate is configured or held");
    for (size_t i = 0; i < certs.count; i++)
        TRY(is_twin(app, &certs, certs.at[i]) || examine(doctor, certs.at[i], asked));
    return true;
}

/* ---- telling ---- */

static void print_finding(struct report *report, const struct finding *finding)
{
    enum severity severity = finding_table[finding->code].severity;

    if (report->quiet && severity < SEVERITY_WARNING)
        return;
    report_line(report, "%-8s %s: %s", severity_name(severity), finding->subject, finding->text);
    if (finding->remedy && severity > SEVERITY_OK)
        report_line(report, "         %s", finding->remedy);
}

static void print_summary(const struct doctor *doctor)
{
    unsigned counts[SEVERITY_ERROR + 1] = { 0 };

    for (size_t i = 0; i < doctor->findings.count; i++)
        counts[finding_table[doctor->findings.at[i].code].severity]++;
    if (!doctor->app->report.quiet)
        report_line(&doctor->app->report, "%u ok, %u note%s, %u warning%s, %u error%s", counts[SEVERITY_OK],
                    counts[SEVERITY_NOTE], counts[SEVERITY_NOTE] == 1 ? "" : "s", counts[SEVERITY_WARNING],
                    counts[SEVERITY_WARNING] == 1 ? "" : "s", counts[SEVERITY_ERROR],
                    counts[SEVERITY_ERROR] == 1 ? "" : "s");
}

static void print_all(const struct doctor *doctor)
{
    struct report *report = &doctor->app->report;
    const char *last = NULL;

    for (size_t i = 0; i < doctor->findings.count; i++) {
        const char *cert = chapter_of(doctor, i);

        if (cert && cert != last && doctor->count > 2 && !report->quiet)
            report_line(report, "%s:", cert);
        last = cert;
        print_finding(report, &doctor->findings.at[i]);
    }
    print_summary(doctor);
}

static void put_finding(struct text *out, const struct finding *finding, const char *cert)
{
    const struct finding_info *info = &finding_table[finding->code];

    json_open(out, NULL, '{');
    json_put(out, "code", info->code);
    json_put(out, "severity", severity_name(info->severity));
    json_put(out, "subject", finding->subject);
    json_put(out, "text", finding->text);
    json_put(out, "remedy", finding->remedy);
    json_put(out, "certificate", cert);
    json_close(out, '}');
}

/* The first error that was found, as the error of all. */
static struct err error_of(const struct doctor *doctor, enum err_code code)
{
    const struct findings *findings = &doctor->findings;
    struct err err = { .code = code };

    for (size_t i = 0; code != ERR_NONE && !err.text && i < findings->count; i++)
        if (finding_table[findings->at[i].code].severity == SEVERITY_ERROR) {
            err.text = op_text(doctor->app->op, "%s: %s", findings->at[i].subject, findings->at[i].text);
            err.hint = findings->at[i].remedy;
        }
    return err;
}

static int tell(struct doctor *doctor)
{
    struct app *app = doctor->app;
    const struct findings *findings = &doctor->findings;
    struct err err =
        app->op->err.code != ERR_NONE ? app->op->err : error_of(doctor, findings_status(findings));
    struct text members = text_begin(app->op->arena);

    if (!app->report.json) {
        print_all(doctor);
        return op_exit_status(err.code);
    }
    json_open(&members, "findings", '[');
    for (size_t i = 0; i < findings->count; i++)
        put_finding(&members, &findings->at[i], chapter_of(doctor, i));
    json_close(&members, ']');
    report_json(&app->report, members.data, &err, op_exit_status(err.code));
    return op_exit_status(err.code);
}

static int run(struct app *app)
{
    struct doctor doctor = { .app = app, .findings = { .op = app->op } };
    bool clean = setting_on(&app->cli, OPT_CLEAN);

    if (clean && (app->words.count || app->cli.at[OPT_DOMAIN].count)) {
        op_fail(app->op, ERR_USAGE, "--clean takes no names: it takes away all that journals name");
        return 0;
    }
    if (clean)
        check_clean(&app->run, app->op, &doctor.findings);
    else
        examine_all(&doctor);
    if (!doctor.findings.count && !op_ok(app->op))
        return 0;
    return tell(&doctor);
}

const struct command command_check = {
    .name = "check",
    .usage = "[-d NAME]... | [CERT]... [options]",
    .summary = "Look before you leap: credentials, zone, TXT round trip, delegation, CAA, clock",
    .bit = FOR_CHECK,
    .needs = NEED_STORE,
    .run = run,
};
