/*
 * rollover: another key for the account (RFC 8555 section 7.3.5) that no kill can lose: the new key is on the
 * disk before the CA is asked, and whoever comes after a run that died finds out which of the two the CA
 * knows.
 */
#ifndef MCACME_ROLLOVER_H
#define MCACME_ROLLOVER_H

#include "run.h"

/* Changes to this key. The caller holds the account's lock; the account is in use at the desk. */
bool rollover(struct run *run, struct op *op, struct acme *ca, struct account *account,
              const struct key *key);

/* Ends what a run has begun that died, under the account's lock: `account` is the one that the CA knows
 * afterwards. */
bool rollover_finish(struct run *run, struct desk *desk, struct account *account);

#endif
