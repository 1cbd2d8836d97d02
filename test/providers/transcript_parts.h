/* transcript_parts: what the two halves of reading a transcript share. */
#ifndef MCACME_TEST_TRANSCRIPT_PARTS_H
#define MCACME_TEST_TRANSCRIPT_PARTS_H

#include "transcript.h"

/* An exchange that several cases use. */
struct shared {
    const char *name;
    struct exchange exchange;
    struct shared *next;
};

struct reader {
    struct op *op;
    const char *path;
    int line;
    struct scenario *first, **last;
    struct scenario *scenario; /* being read; NULL before the first */
    struct action *action;     /* being read; NULL before the first of its case */
    struct exchange *exchange; /* whose lines come */
    struct shared *shared;
    enum { IN_REQUEST, IN_REQUEST_BODY, IN_ANSWER, IN_ANSWER_BODY } part;
};

#define WRONG(r, ...)                                                                                        \
    op_fail((r)->op, ERR_CONFIG, "%s:%d: %s", (r)->path, (r)->line, op_text((r)->op, __VA_ARGS__))

/* Lines of the kinds "> ..." and "< ...", without their marks. */
bool request_line(struct reader *r, const char *text);
bool answer_line(struct reader *r, const char *text);

/* A fresh exchange of the action that is being read. */
struct exchange *new_exchange(struct reader *r);

#endif
