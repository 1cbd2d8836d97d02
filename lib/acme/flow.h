/*
 * flow: an order from newOrder to the certificate (RFC 8555 section 7.4). order_next decides, this file acts.
 *
 *     flow_place or flow_resume        the order, its URL for the journal
 *     flow_run                         everything up to the download
 *
 * Requests for n names are sent together; after the challenges are answered it is the order that is polled.
 * With a known account, N names take 2N + 5 signed requests when the first poll finds the order ready and
 * the second one the certificate; the directory and a nonce come before.
 */
#ifndef MCACME_ACME_FLOW_H
#define MCACME_ACME_FLOW_H

#include "acme/acme.h"
#include "acme/order.h"
#include "acme/solver.h"

struct flow_wants {
    const struct strings *names; /* as the certificate shall have them */
    const char *profile;         /* NULL: the CA's choice */
    struct bytes csr;            /* DER */
    const char *preferred_chain; /* issuer CN of the topmost certificate; NULL: the CA's default */
    const char
        *replaces; /* struct cert's ari_id of the certificate that this one is to replace; NULL: none */
    const char *not_after; /* RFC 3339; NULL: the CA's choice */
};

/*
 * Asks for an order. The order lives as long as `op`. A refusal that may concern `replaces` is asked again
 * without it, once. err.names has the names that the CA refuses.
 */
bool flow_place(struct op *op, struct acme *ca, const struct flow_wants *wants, struct order *order);

/* An order from before. *usable is false when it is over, and nothing failed then. */
bool flow_resume(struct op *op, struct acme *ca, const char *url, struct order *order, bool *usable);

/*
 * Runs it to the end: the chain as the CA sent it, not checked yet. The solver's records are NOT withdrawn.
 */
bool flow_run(struct op *op, struct acme *ca, const struct flow_wants *wants, struct solver *solver,
              struct order *order, const char **pem);

/* Gives up what is pending of an order that failed: deactivates those authorizations, as far as the CA lets
 * us. */
bool flow_abandon(struct op *op, struct acme *ca, const struct order *order);

#endif
