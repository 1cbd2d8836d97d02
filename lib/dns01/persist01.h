/*
 * persist01: dns-persist-01 as a solver. Nothing is put up and nothing is taken down: the record stays, and
 * it may have been put there by hand. Before the CA is told to look we look ourselves, for a CA counts
 * failures.
 *
 *     struct persist01 persist01 = { .spread = ... };
 *     struct solver *solver = persist01_solver(&persist01);
 *
 * Where the records are looked for follows `spread`, as where others wait for theirs: every name server that
 * answers must have a record that is good. With SPREAD_NONE it is left to the CA.
 */
#ifndef MCACME_DNS01_PERSIST01_H
#define MCACME_DNS01_PERSIST01_H

#include "acme/solver.h"
#include "dns01/look.h"
#include "dns01/persist.h"

struct persist01 {
    struct solver solver; /* set by persist01_solver */
    struct spread_options spread;
};

struct solver *persist01_solver(struct persist01 *persist01);

/* A name and the record that is there for it. */
struct persist_name {
    /* asked */
    const char *base; /* without "*." */
    struct persist_wants wants;
    /* found */
    struct look look;
    struct persist_verdict verdict; /* of the name server that has the worst; ABSENT where none answers */
    const struct view *view;        /* that one; NULL: none answers */
};

/* All names at once. Fails only where DNS cannot be asked at all. */
bool persist_look(struct op *op, const struct spread_options *options, struct persist_name *names, size_t n);

/* What there is to say about it, the name server included where they do not agree. */
const char *persist_name_words(struct op *op, const struct persist_name *name);

/* A line for a zone file. NULL where the CA's words do not fit into one. */
const char *persist_line(struct op *op, const char *base, const struct persist_record *record);

/* "mcacme persist publish -d a.example -d '*.a.example' ..." */
const char *persist_advice(struct op *op, const struct strings *names);

#endif
