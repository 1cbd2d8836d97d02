/*
 * sweep: finishes what runs have left that died, as far as that needs no CA.
 *
 * TXT records that a journal names are taken away. A certificate that was installed but not noted down is
 * noted down now. An order that can still be finished is left to certify; journals that a run is at work on
 * are left alone. What cannot be done is a warning, and is tried again by the next run.
 */
#ifndef MCACME_SWEEP_H
#define MCACME_SWEEP_H

#include "run.h"

/* Before issue and renew look at their certificates. Fails only where the store cannot be read. */
bool sweep(struct run *run, struct op *op);

#endif
