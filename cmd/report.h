/*
 * report: the only place that prints.
 *
 * A person at a terminal sees what happens and what is being waited for, in place, then a summary. Without a
 * terminal: one line a changed certificate on standard output, errors on standard error, else silence. With
 * --json exactly one object on standard output. Nothing leaves without secrets_hide. In systemd's journal
 * each line on standard error has its priority.
 */
#ifndef MCACME_CMD_REPORT_H
#define MCACME_CMD_REPORT_H

#include "converge.h"

struct report {
    struct log log;
    struct op *op; /* for texts; ended by main */
    const char *command;
    bool json, quiet;
    bool progress_shown; /* a line is waiting to be overwritten */
    bool printed;        /* the JSON object is out */
    bool in_journal;     /* standard error is systemd's journal: lines say how bad they are */
};

/* The exit status that the process will have: behind a signal, 128 and its number, as shells count. */
int report_status(const struct op *op, int status);

void report_begin(struct report *report, struct op *op);

/* A line on standard output, for results that were asked for. */
void report_line(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints text as it is: help, tables. */
void report_text(struct report *report, const char *text);

/* "mcacme: TEXT" and the hint, on standard error. */
void report_error(struct report *report, const struct err *err);
void report_note(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Asks at the terminal; false unless the answer is yes. */
bool report_ask(struct report *report, const char *question);
bool report_at_terminal(void);

/*
 * What became of certificates, in the form that was asked for. Errors have gone out by then (report_error).
 */
struct outcomes {
    struct outcome *at;
    size_t count;
};
void report_outcomes(struct report *report, const struct outcomes *outcomes, bool plan, const struct err *err,
                     int status);

/* What a dry run of issue came to: nothing is there to be shown but that it works, or does not. */
void report_rehearsal(struct report *report, const struct outcome *outcome, int status);
void report_rehearsals(struct report *report, const struct outcomes *outcomes, const struct err *err,
                       int status);

/* The one JSON object: `members` were written by the caller with json_put. */
void report_json(struct report *report, const char *members, const struct err *err, int status);
void json_put_outcome(struct text *out, struct op *op, const struct outcome *outcome);

#endif
