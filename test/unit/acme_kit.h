/* acme_kit: a CA in memory with one order, and us before its door, not a nonce in hand. */
#ifndef MCACME_TEST_ACME_KIT_H
#define MCACME_TEST_ACME_KIT_H

#include "fake_ca.h"

#define MOST_CALLS 100u

struct fake_ca *fake_ca_with_order(struct op **op, struct acme **ca);

/* Reads the order, n times at once: requests that change nothing. */
bool read_order(struct op *op, struct acme *ca, unsigned n);
bool new_order(struct op *op, struct acme *ca);

#endif
