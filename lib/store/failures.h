/*
 * failures: what is remembered of attempts that failed, so that a timer that runs each minute harms nobody.
 *
 * One file for a CA, an account and a set of names: STATE/failures/<hash>.json. The next attempt is due 1,
 * 10, 100 minutes after the last one, from then on a day after it (Let's Encrypt's integration guide), and
 * never before the time that the CA has named itself (a day ahead at most). A success removes the file.
 *
 *     struct failure_of of = { directory, account_url, &names };
 *     struct failure failure;
 *
 *     if (failure_look(op, store, &of, &failure) && failure.retry_at > op_now(op))
 *         wait until then
 */
#ifndef MCACME_STORE_FAILURES_H
#define MCACME_STORE_FAILURES_H

#include "store/store.h"

struct failure_of {
    const char *server;  /* directory URL */
    const char *account; /* URL; NULL: there is none yet */
    const struct strings *names;
};

struct failure {
    int64_t count;    /* in a row; 0: none is known */
    int64_t last;     /* when the last one was */
    int64_t retry_at; /* not before */
    const char *text; /* what happened, in words; no secret */
    bool insists;     /* it holds for attempts by hand, too */
};

/* What is known; count 0 where nothing is. Fails with STORE. */
bool failure_look(struct op *op, const struct store *store, const struct failure_of *of, struct failure *out);

/* One more; nothing where failure_counts says so. Fails with STORE. */
bool failure_note(struct op *op, const struct store *store, const struct failure_of *of,
                  const struct err *err);

/* All is well again. */
bool failure_forget(struct op *op, const struct store *store, const struct failure_of *of);

/* Removes what nobody has asked for again since a month. */
bool failures_tidy(struct op *op, const struct store *store);

/* Whether an error of this kind counts: what is wrong on our own disk or in our own words does not. */
bool failure_counts(enum err_code code);

/* Seconds to wait after so many failures in a row. */
int64_t failure_pause(int64_t count);

#endif
