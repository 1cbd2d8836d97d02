#include "report.h"

#include "base/when.h"
#include "crypto/secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Priorities of syslog(3). */
enum { LEVEL_ERROR = 3, LEVEL_WARNING, LEVEL_NOTICE, LEVEL_INFO, LEVEL_DEBUG };

bool report_at_terminal(void)
{
    return isatty(STDERR_FILENO);
}

/*
 * Whether standard error goes to systemd's journal itself, and not into a file or a pipe that has only
 * inherited the variable (systemd.exec(5), JOURNAL_STREAM).
 */
static bool in_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat now;

    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(STDERR_FILENO, &now) == 0 &&
           now.st_dev == device && now.st_ino == inode;
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

/* A line on standard error; the journal gets its priority in front, as sd-daemon(3) has it. */
static void complain(struct report *report, int priority, const char *text)
{
    emit(report, stderr,
         report->in_journal ? op_text(report->op, "<%d>%s\n", priority, text)
                            : op_text(report->op, "%s\n", text));
}

static void on_log(struct log *log, enum log_level level, const char *text)
{
    static const int priorities[] = { LEVEL_WARNING, LEVEL_NOTICE, LEVEL_INFO, LEVEL_DEBUG };
    struct report *report = (struct report *)log;

    if (level == LOG_NOTE && !report_at_terminal() && log->level < LOG_INFO)
        return;
    complain(report, priorities[level],
             level == LOG_WARN ? op_text(report->op, "mcacme: warning: %s", text) : text);
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
    report->in_journal = in_journal();
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
    complain(report, LEVEL_NOTICE, op_vtext(report->op, format, args));
    va_end(args);
}

void report_error(struct report *report, const struct err *err)
{
    if (err->code == ERR_NONE)
        return;
    complain(report, LEVEL_ERROR, op_text(report->op, "mcacme: %s", err->text));
    if (err->hint)
        complain(report, LEVEL_ERROR, op_text(report->op, "        %s", err->hint));
    if (report->log.level >= LOG_DEBUG)
        complain(report, LEVEL_ERROR, op_text(report->op, "        (%s)", err->origin));
}

bool report_ask(struct report *report, const char *question)
{
    char answer[16] = "";

    emit(report, stderr, op_text(report->op, "%s [y/N] ", question));
    return fgets(answer, sizeof answer, stdin) && (*answer == 'y' || *answer == 'Y');
}

int report_status(const struct op *op, int status)
{
    return status == op_exit_status(ERR_STOPPED) ? status + *op->world->stop : status;
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
