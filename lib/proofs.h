/*
 * proofs: how the names of one certificate are proved: by DNS where a provider of --dns covers them, the
 * others by HTTP or TLS, whichever is given. A solver made of solvers. By dns-persist-01 all names go that
 * are no addresses, where no --dns limits it to zones.
 *
 *     struct proofs proofs = { 0 };
 *
 *     if (proofs_open(op, &settings, conf, &policy, &proofs)) {
 *         proofs.dns01.journal = journal;
 *         flow_run(op, ca, &wants, &proofs.solver, &order, &pem);
 *         proofs_withdraw(op, &proofs);
 *         instances_close(op, proofs.dns01.instances, proofs.dns01.count);
 *     }
 */
#ifndef MCACME_PROOFS_H
#define MCACME_PROOFS_H

#include "dns01/persist01.h"
#include "dns01/solve.h"
#include "http01.h"
#include "policy.h"
#include "tlsalpn01.h"

struct proofs {
    struct solver solver;
    struct dns01 dns01;         /* without instances: none */
    struct persist01 persist01; /* only with its type of challenge */
    struct http01 http01;       /* without webroot and listen: none */
    struct tlsalpn01 tlsalpn01; /* without listen: none */
    struct solver *dns;         /* dns01 or persist01; NULL: neither */
    struct solver *other;       /* http01 or tlsalpn01; NULL: neither */
    struct instance *
        *covers; /* the providers of --dns, whose zones limit what goes that way; none: all goes */
    size_t cover_count;
    struct strings by_dns; /* the names that go that way */
    const char *dns_type;  /* and the type of their challenge */
};

/* Fails with USAGE or CONFIG when a name has no way to be proved; nothing is asked or put up yet. */
bool proofs_open(struct op *op, const struct settings *settings, const struct conf *conf,
                 const struct policy *policy, struct proofs *proofs);

/* Takes down all that stands, also of former runs where the journal names it. Fails with PROVIDER. */
bool proofs_withdraw(struct op *op, struct proofs *proofs);

/*
 * The instances of --dns with their credentials, checked. `conf` (may be NULL) has the sections [dns NAME].
 */
bool proofs_instances(struct op *op, const struct settings *settings, const struct conf *conf,
                      struct instance ***instances, size_t *count);
void instances_close(struct op *op, struct instance *const *instances, size_t count);

#endif
