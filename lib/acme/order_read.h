/*
 * order_read: the CA's objects into struct order, everything checked that we rely on: identifiers are those
 * asked for, statuses are known, URLs are the CA's own. Challenges are challenge.h's.
 */
#ifndef MCACME_ACME_ORDER_READ_H
#define MCACME_ACME_ORDER_READ_H

#include "acme/acme.h"
#include "acme/order.h"
#include "acme/solver.h"

/* Fills in the order, keeping what we know of authorizations with the same URL. */
bool order_read(struct op *op, const struct acme *ca, const struct acme_call *call, struct order *order);

/*
 * Fills in an authorization that was asked for by its URL: status, and the challenge that the solver meets.
 */
bool authz_read(struct op *op, const struct acme *ca, const struct acme_call *call,
                const struct strings *names, struct solver *solver, struct authz *authz);

#endif
