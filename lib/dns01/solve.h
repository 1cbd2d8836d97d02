/*
 * solve: DNS-01 as a solver (RFC 8555 section 8.4): names to places, places to providers, records journaled,
 * added, seen, and taken away again. dns-account-01 goes the same way and differs in its label alone.
 *
 *     struct dns01 dns01 = { .instances = ..., .count = n, .journal = journal };
 *     struct solver *solver = dns01_solver(&dns01);
 *
 * Every record stands in the journal before its vendor is asked; it leaves the journal when the vendor has
 * removed it. Records of a former run that the journal names are taken away with ours.
 */
#ifndef MCACME_DNS01_SOLVE_H
#define MCACME_DNS01_SOLVE_H

#include "acme/solver.h"
#include "dns01/instance.h"
#include "dns01/spread.h"
#include "store/journal.h"

struct dns01 {
    struct solver solver; /* set by dns01_solver */
    struct instance **instances;
    size_t count;
    struct journal *journal;
    struct spread_options spread;
    const char *challenge_alias, *domain_alias; /* NULL: none */
};

struct solver *dns01_solver(struct dns01 *dns01);

/*
 * Removes all records that the journal names, with the instance whose label and credentials it names; those
 * of other instances stay. Runs shielded, within two minutes, whatever `op` has met; fails with PROVIDER when
 * some are left (they stay in the journal).
 */
bool dns01_withdraw(struct op *op, struct instance *const *instances, size_t count, struct journal *journal);

#endif
