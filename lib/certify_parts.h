/*
 * certify_parts: what the certify*.c files share: the job of one certificate, its key and request, and what
 * becomes of it when names have to be left out. For these files only.
 */
#ifndef MCACME_CERTIFY_PARTS_H
#define MCACME_CERTIFY_PARTS_H

#include "acme/flow.h"
#include "certify.h"
#include "proofs.h"

/* What one certificate's work needs on its way. */
struct job {
    struct run *run;
    struct desk *desk;
    const struct settings *settings;
    struct lineage *lineage;
    const struct certify_wish *wish;
    struct policy policy;
    struct proofs proofs;
    struct journal *journal;
    struct key *key; /* NULL: the user's own request */
    bool staged;     /* the key is the one that was made ahead */
    bool former;     /* the order was a former run's; why it was placed is not known any more */
    struct flow_wants wants;
    struct order order;
    struct strings left_out; /* wanted names that the order is placed without */
    const char *why_left_out;
    bool placed; /* an order, in this run */
    bool first;  /* there was no such certificate, not even an attempt at one */
};

/* ---- key and request ---- */

/* The key for a new order, and its request. */
bool job_choose_key(struct op *op, struct job *job);

/* Those of the order that the journal names. */
bool job_former_key(struct op *op, struct job *job);

/* Whether the job's key is the one in use, and that is compromised. */
bool job_key_is_lost(struct op *op, const struct job *job);

const char *job_key_text(struct op *op, const struct job *job); /* PEM; NULL for a request of the user */
struct bytes job_public_key(struct op *op, const struct job *job);

/* ---- names that cannot be proved ---- */

/*
 * Fails with REFUSED where CAA records forbid this CA: it would say so itself, and count the attempt. What
 * cannot be asked about is left to the CA.
 */
bool job_caa_allows(struct op *op, struct job *job);

/* After a failed attempt: ready for another one without the names that are to blame; else the error stays. */
bool job_leave_out(struct op *op, struct job *job);

/*
 * Takes down what is published and, when the order is over, gives that up. In `clean`, which is an operation
 * of its own: nothing of ours stays in the world, whatever has happened in `op`.
 */
void job_tidy_up(struct op *op, struct op *clean, struct job *job, bool over);

#endif
