/*
 * finding: one thing that a check has found: a code that scripts may rely on, how bad it is, what it is
 * about, and one line on what to do.
 *
 *     finding_add(op, findings, CHECK_CAA_FORBIDS, "www.example.com", "add \"issue ca.example\" to ...",
 *                 "the CAA records of %s allow only %s", where, who);
 *
 * The list of codes is findings.def; code, severity and exit status of a finding come from it, and so does
 * the table of the documents.
 */
#ifndef MCACME_CHECK_FINDING_H
#define MCACME_CHECK_FINDING_H

#include "base/op.h"
#include "base/text.h"

enum severity { SEVERITY_OK, SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

enum finding_code {
#define FINDING(id, code, severity, status, help) CHECK_##id,
#include "check/findings.def"
#undef FINDING
    FINDING_CODES
};

struct finding_info {
    const char *code; /* "caa-forbids" */
    enum severity severity;
    enum err_code status; /* of the program when this is an error */
    const char *help;     /* what it means, for the documents */
};
extern const struct finding_info finding_table[FINDING_CODES];

struct finding {
    enum finding_code code;
    const char *subject; /* the name, file, line or provider that it is about */
    const char *text;    /* what was found; printable, one line */
    const char *remedy;  /* what to do; NULL where nothing is to be done */
};

struct findings {
    struct op *op; /* the findings live in it */
    struct finding *at;
    size_t count, room;
};

/* `subject` and `remedy` are copied; the text is a format and is made printable. */
void finding_add(struct findings *findings, enum finding_code code, const char *subject, const char *remedy,
                 const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The error that all errors among them have, ERR_INTERNAL (exit status 1) for several, ERR_NONE without. */
enum err_code findings_status(const struct findings *findings);

/* "ok", "note", "warning", "error" */
const char *severity_name(enum severity severity);

#endif
