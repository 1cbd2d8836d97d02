/*
 * transcript: what a provider shall ask, what it is answered, and what shall come of it, read from
 * test/providers/NAME.txt. The format is described in docs/internals/transcripts.md.
 */
#ifndef MCACME_TEST_TRANSCRIPT_H
#define MCACME_TEST_TRANSCRIPT_H

#include "base/op.h"
#include "base/text.h"
#include "dns01/provider.h"

#define MOST_RECORDS   8u
#define MOST_EXCHANGES 64u
#define MOST_ACTIONS   32u

struct exchange {
    const char *path; /* of the transcript, with line: where the request stands */
    int line;
    const char *method, *url;
    struct strings headers; /* "Name: value" that must be there, "!Name" that must not */
    const char *body;       /* NULL: none */
    bool may_fail;          /* the provider goes on when this one fails */
    bool no_answer;         /* the line is cut */
    long status;
    struct strings answer_headers;
    const char *answer;
};

enum action_kind { ACTION_ADD, ACTION_REMOVE, ACTION_SETTLED, ACTION_ZONE, ACTION_CLOSE, ACTION_FORGET };

enum outcome { OUTCOME_NONE, OUTCOME_OK, OUTCOME_NOT_YET, OUTCOME_IS, OUTCOME_UNKNOWN, OUTCOME_FAILS };

struct action {
    enum action_kind kind;
    int line;
    struct record records[MOST_RECORDS];
    size_t record_count;
    struct exchange *exchanges[MOST_EXCHANGES];
    size_t exchange_count;
    enum outcome outcome;
    enum err_code code;      /* of OUTCOME_FAILS */
    const char *zone;        /* of OUTCOME_IS */
    struct strings words;    /* that the error text or hint must have */
    struct strings no_words; /* that neither may have */
};

struct scenario {
    const char *title, *path;
    int line;
    struct strings names, values; /* credentials */
    struct action actions[MOST_ACTIONS];
    size_t action_count;
    struct scenario *next;
};

/* All cases of a file, in order; fails with CONFIG, naming the line, where the file is not as described. */
struct scenario *transcript_read(struct op *op, const char *path);

#endif
