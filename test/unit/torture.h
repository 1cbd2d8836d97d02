/*
 * torture: an act of the store is made to fail at its n-th announced effect, to die there, and to meet an
 * error of the system at the n-th call that changes a file, for every n. After each the disk must hold the
 * state before the act or the one behind it, the failure must have been told, and doing it again must
 * complete it.
 */
#ifndef MCACME_TEST_TORTURE_H
#define MCACME_TEST_TORTURE_H

#include "disk.h"

struct act {
    void (*before)(struct op *op, const struct store *store); /* the state it starts from; may be NULL */
    bool (*run)(struct op *op, const struct store *store);
    void (*check)(struct op *op, const struct store *store); /* holds after whatever happened */
    void (*done)(struct op *op, const struct store *store);  /* holds when it was done */
};

/* Returns how many effects the act has. */
size_t torture(const struct act *act);

#endif
