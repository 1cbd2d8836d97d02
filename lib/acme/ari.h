/*
 * ari: when the CA suggests to renew a certificate (RFC 9773).
 *
 *     const char *ids[] = { cert.ari_id };
 *     struct ari answers[1];
 *
 *     if (ari_fetch(op, ca, ids, answers, 1) && answers[0].known)
 *         chosen = ari_choose(op, &answers[0]);
 *
 * Requests are plain GETs and go out together, a polite number at a time. Whatever the CA answers can only
 * move a renewal, never stop one: renew.h sets the limits.
 */
#ifndef MCACME_ACME_ARI_H
#define MCACME_ACME_ARI_H

#include "acme/acme.h"

struct ari {
    bool known;         /* the CA has named a window */
    int64_t start, end; /* seconds since the epoch, start < end */
    int64_t look_at;    /* ask again then: Retry-After, clamped to 1 minute .. 1 day; also after a failure */
    const char *explanation; /* URL for people, or NULL */
    const char *failure;     /* why there is no window, in words; NULL when known */
};

/* Fills in all answers; fails only where the operation itself is over. `ca->renewal_info` must be there. */
bool ari_fetch(struct op *op, struct acme *ca, const char *const *ids, struct ari *answers, size_t n);

/* A uniformly random time inside the window (section 4.2). */
int64_t ari_choose(struct op *op, const struct ari *window);

#endif
