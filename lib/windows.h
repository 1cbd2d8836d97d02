/*
 * windows: asks CAs when certificates had better be renewed, and keeps the answers in the lineages (RFC
 * 9773).
 *
 * Several certificates of one CA are asked for together. Whatever fails is only a line of the log: the rule
 * of the lifetime stands behind (see renew.h).
 *
 *     struct window_look look = { op, &settings, &lineage };
 *
 *     windows_refresh(run, op, &look, 1);       // lineage.ari is up to date, here and on the disk
 */
#ifndef MCACME_WINDOWS_H
#define MCACME_WINDOWS_H

#include "run.h"

struct window_look {
    struct op *op; /* of the certificate; what is learnt lives in it */
    const struct settings *settings;
    struct lineage *lineage;
};

/* Whether the CA is to be asked about this certificate now: it is held, and the last answer is too old. */
bool window_wanted(const struct op *op, const struct lineage *lineage, const char *serial);

/* Asks. False only where the run itself is over (a signal, the deadline). */
bool windows_refresh(struct run *run, struct op *op, struct window_look *looks, size_t n);

#endif
