#include "report.h"

#include "base/when.h"
#include "crypto/secrets.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool report_at_terminal(void)
{
    return isatty(STDERR_FILENO);
}

/* All output goes through here. The progress line is wiped first, so that nothing is written into it. */
static void emit(struct report *report, FILE *stream, const char *text)
{
    if (report->progress_shown) {
        fputs("\r\033[K", stderr);
        report->progress_shown = false;
    }
    fputs(secrets_hide(report->op, text), stream);
    fflush(stream);
}

static void on_log(struct log *log, enum log_level level, const char *text)
{
    struct report *report = (struct report *)log;

    if (level == LOG_NOTE && !report_at_terminal() && log->level < LOG_INFO)
        return;
    emit(report, stderr, op_text(report->op, "%s%s\n", level == LOG_WARN ? "mcacme: warning: " : "", text));
}

static void on_progress(struct log *log, const char *text)
{
    struct report *report = (struct report *)log;

    emit(report, stderr, op_text(report->op, "\r\033[K%s ...", text));
    report->progress_shown = true;
}

void report_begin(struct report *report, struct op *op)
{
    *report = (struct report){ .log = { .write = on_log, .level = LOG_NOTE }, .op = op };
    if (report_at_terminal())
        report->log.progress = on_progress;
}

void report_text(struct report *report, const char *text)
{
    emit(report, stdout, text);
}

void report_line(struct report *report, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emit(report, stdout, op_text(report->op, "%s\n", op_vtext(report->op, format, args)));
    va_end(args);
}

void report_note(struct report *report, const char *format, ...)
{
    va_list args;

    if (report->quiet)
        return;
    va_start(args, format);
    emit(report, stderr, op_text(report->op, "%s\n", op_vtext(report->op, format, args)));
    va_end(args);
}

void report_error(struct report *report, const struct err *err)
{
    if (err->code == ERR_NONE)
        return;
    emit(report, stderr, op_text(report->op, "mcacme: %s\n", err->text));
    if (err->hint)
        emit(report, stderr, op_text(report->op, "        %s\n", err->hint));
    if (report->log.level >= LOG_DEBUG)
        emit(report, stderr, op_text(report->op, "        (%s)\n", err->origin));
}

bool report_ask(struct report *report, const char *question)
{
    char answer[16] = "";

    emit(report, stderr, op_text(report->op, "%s [y/N] ", question));
    return fgets(answer, sizeof answer, stdin) && (*answer == 'y' || *answer == 'Y');
}

/* ---- JSON ---- */

int report_status(const struct op *op, int status)
{
    return status == op_exit_status(ERR_STOPPED) ? status + *op->world->stop : status;
}

static void put_words(struct text *out, struct op *op, const char *name, const char *words)
{
    const struct strings list = text_split(op, words, " ");

    json_put_strings(out, name, &list);
}

static void put_error(struct text *out, struct op *op, const struct err *err)
{
    json_open(out, "error", '{');
    json_put(out, "text", err->text);
    json_put(out, "hint", err->hint);
    json_put_int(out, "exit-status", report_status(op, op_exit_status(err->code)));
    if (err->problem)
        json_put(out, "problem", err->problem);
    if (err->http_status)
        json_put_int(out, "http-status", err->http_status);
    if (err->retry_at)
        json_put(out, "retry-at", when_print(op, err->retry_at));
    if (err->names)
        put_words(out, op, "names", err->names);
    json_close(out, '}');
}

static void put_time(struct text *out, struct op *op, const char *name, int64_t when)
{
    json_put(out, name, when ? when_print(op, when) : NULL);
}

/* What the CA has said (RFC 9773), and what was made of it. */
static void put_ari(struct text *out, struct op *op, const struct lineage_ari *ari)
{
    if (!ari->serial)
        return;
    json_open(out, "ari", '{');
    put_time(out, op, "window-start", ari->start);
    put_time(out, op, "window-end", ari->end);
    put_time(out, op, "chosen", ari->chosen);
    put_time(out, op, "next-look", ari->look_at);
    json_put(out, "explanation", ari->explanation);
    json_close(out, '}');
}

static void put_failures(struct text *out, struct op *op, const struct renew_failures *failures)
{
    if (!failures->count)
        return;
    json_open(out, "failures", '{');
    json_put_int(out, "count", failures->count);
    put_time(out, op, "retry-at", failures->retry_at);
    json_put(out, "text", failures->text);
    json_close(out, '}');
}

void json_put_outcome(struct text *out, struct op *op, const struct outcome *o)
{
    json_open(out, NULL, '{');
    json_put(out, "name", o->name);
    json_put_strings(out, "names", &o->names);
    json_put(out, "server", o->server);
    json_put_bool(out, "held", o->held);
    json_put_bool(out, "changed", o->changed);
    json_put_bool(out, "due", o->verdict.due);
    json_put_bool(out, "backing-off", o->verdict.held_back);
    json_put(out, "reason", o->verdict.reason);
    if (o->held) {
        json_put(out, "not-before", when_print(op, o->not_before));
        json_put(out, "not-after", when_print(op, o->not_after));
        json_put(out, "next-renewal", o->off ? NULL : when_print(op, o->verdict.at));
        json_put(out, "serial", o->serial);
        json_put(out, "folder", o->folder);
    }
    json_put_bool(out, "revoked", o->revoked);
    json_put_bool(out, "deploy-owed", o->deploy_owed);
    json_put_strings(out, "missing", &o->missing);
    json_put_bool(out, "key-staged", o->staged);
    put_ari(out, op, &o->ari);
    put_failures(out, op, &o->failures);
    if (o->tlsa.count)
        json_put_strings(out, "tlsa", &o->tlsa);
    json_put(out, "last-error", o->last_error);
    if (o->err.code != ERR_NONE)
        put_error(out, op, &o->err);
    json_close(out, '}');
}

void report_json(struct report *report, const char *members, const struct err *err, int status)
{
    struct text out = text_begin(report->op->arena);

    json_open(&out, NULL, '{');
    json_put_int(&out, "version", 1);
    json_put(&out, "command", report->command);
    json_put_int(&out, "exit-status", report_status(report->op, status));
    if (*members)
        text_add(&out, ",%s", members);
    if (err->code != ERR_NONE)
        put_error(&out, report->op, err);
    json_close(&out, '}');
    text_char(&out, '\n');
    emit(report, stdout, out.data);
    report->printed = true;
}

/* ---- certificates ---- */

static void print_plan(struct report *report, const struct outcome *o)
{
    bool deploy = o->deploy_owed && (!o->verdict.due || o->verdict.held_back);
    const char *what = deploy ? "deploy" : o->verdict.held_back ? "wait" : o->verdict.due ? "renew" : "keep";

    report_line(report, "%s: %s: %s", o->name, what, deploy ? "a deploy step is owed" : o->verdict.reason);
}

static void print_summary(struct report *report, const struct outcome *o)
{
    report_line(report, "%s: certificate for %s", o->name, strings_join(report->op, &o->names, ", "));
    report_line(report, "  files         %s/{key,cert,chain,fullchain}.pem", o->folder);
    report_line(report, "  expires       %s", when_print(report->op, o->not_after));
    report_line(report, "  next renewal  %s", when_print(report->op, o->verdict.at));
}

static void print_outcome(struct report *report, const struct outcome *o, bool plan)
{
    if (plan)
        print_plan(report, o);
    else if (report->quiet)
        return;
    else if (o->changed && isatty(STDOUT_FILENO))
        print_summary(report, o);
    else if (o->changed)
        report_line(report, "%s: %s (%s), expires %s", o->name, o->first ? "issued" : "renewed",
                    strings_join(report->op, &o->names, ", "), when_print(report->op, o->not_after));
    else if (o->deployed)
        report_line(report, "%s: deployed", o->name);
    else if (o->err.code == ERR_NONE && report_at_terminal())
        report_note(report, "%s: nothing to do, %s", o->name, o->verdict.reason);
}

static void put_outcomes(struct text *members, struct op *op, const struct outcomes *outcomes)
{
    json_open(members, "certificates", '[');
    for (size_t i = 0; i < outcomes->count; i++)
        json_put_outcome(members, op, &outcomes->at[i]);
    json_close(members, ']');
}

/* The run's own error, or else the first of a certificate. */
static const struct err *main_error(const struct outcomes *outcomes, const struct err *err)
{
    for (size_t i = 0; err->code == ERR_NONE && i < outcomes->count; i++)
        err = &outcomes->at[i].err;
    return err;
}

void report_outcomes(struct report *report, const struct outcomes *outcomes, bool plan, const struct err *err,
                     int status)
{
    struct text members = text_begin(report->op->arena);

    if (!report->json) {
        for (size_t i = 0; i < outcomes->count; i++)
            print_outcome(report, &outcomes->at[i], plan);
        return;
    }
    put_outcomes(&members, report->op, outcomes);
    report_json(report, members.data, main_error(outcomes, err), status);
}

static void print_rehearsal(struct report *report, const struct outcome *outcome)
{
    if (outcome->err.code == ERR_NONE && !report->quiet)
        report_line(report, "%s: the dry run succeeded (%s); nothing was saved", outcome->name,
                    strings_join(report->op, &outcome->names, ", "));
}

void report_rehearsal(struct report *report, const struct outcome *outcome, int status)
{
    struct text members = text_begin(report->op->arena);

    if (!report->json) {
        print_rehearsal(report, outcome);
        return;
    }
    json_put_bool(&members, "dry-run", true);
    json_put(&members, "name", outcome->name);
    json_put_strings(&members, "names", &outcome->names);
    report_json(report, members.data, &outcome->err, status);
}

void report_rehearsals(struct report *report, const struct outcomes *outcomes, const struct err *err,
                       int status)
{
    struct text members = text_begin(report->op->arena);

    for (size_t i = 0; !report->json && i < outcomes->count; i++)
        print_rehearsal(report, &outcomes->at[i]);
    if (!report->json)
        return;
    json_put_bool(&members, "dry-run", true);
    put_outcomes(&members, report->op, outcomes);
    report_json(report, members.data, err, status);
}
