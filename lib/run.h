/*
 * run: what all certificates of one run of the program share: the store, the configuration, connections,
 * accounts.
 *
 * A desk is the place where one CA is dealt with: connections trusted by one CA bundle, one resolver, one
 * directory and its account. Certificates with the same of these share it, so the directory is read and TLS
 * is set up once.
 *
 *     struct run run = { .op = op, .store = store, .conf = conf };
 *     struct desk *desk = run_desk(&run, op, &policy, &settings);
 */
#ifndef MCACME_RUN_H
#define MCACME_RUN_H

#include "acme/acme.h"
#include "policy.h"
#include "store/store.h"

struct desk {
    struct desk *next;
    const char *key;    /* what makes it the same desk */
    struct world world; /* the program's, with this desk's doors for HTTP and DNS */
    struct op *op;      /* lives as long as the run */
    struct acme *ca;    /* NULL until desk_open */
};

struct run {
    struct op *op; /* of the whole run: desks live in it */
    struct store *store;
    const struct conf *conf; /* may be NULL */
    struct desk *desks;
    struct strings connect_to;
};

/* The desk for a certificate. No request is made. `op` is where a failure goes. */
struct desk *run_desk(struct run *run, struct op *op, const struct policy *policy,
                      const struct settings *settings);

/* Reads the directory; once a desk. */
bool desk_reach(struct desk *desk, struct op *op, const struct policy *policy);

/* Reads the directory and uses, or registers, the account; each once a desk. */
bool desk_open(struct run *run, struct desk *desk, struct op *op, const struct policy *policy);

#endif
