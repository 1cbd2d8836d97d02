/*
 * look: the TXT values at names as they can be seen right now, at every name server of the zone on its own.
 *
 * Places are found first (CNAMEs followed, see zone.h). With AUTHORITATIVE each name server of the zone is
 * asked; where none can be found, and with every other mode, the resolver's own view is the only one. A name
 * server that is silent or lame tells nothing and has a `failure`. Nothing is waited for or repeated.
 *
 *     struct look look = { .place.asked = "_validation-persist.example.com" };
 *     if (look_at(op, &options, &look, 1) && look_answered(&look))
 *         for (i < look.count) ... look.views[i].values
 */
#ifndef MCACME_DNS01_LOOK_H
#define MCACME_DNS01_LOOK_H

#include "base/text.h"
#include "dns01/spread.h"
#include "dns01/zone.h"

struct view {
    const char *server;    /* an address; NULL: the resolver's own view */
    const char *failure;   /* why there is no answer; NULL: there is one */
    struct strings values; /* none: no TXT record is there */
};

struct look {
    struct place place; /* `asked` is the caller's */
    struct view *views;
    size_t count;
};

/* All names at once. Fails with PROVIDER for a loop of CNAMEs; servers that fail are no failure. */
bool look_at(struct op *op, const struct spread_options *options, struct look *looks, size_t n);

/* The number of views that have an answer. */
size_t look_answered(const struct look *look);

/* What kept the others from answering: "192.0.2.1: no answer from 192.0.2.1; ...". */
const char *look_failures(struct op *op, const struct look *look);

/* Every value that is seen anywhere, once. */
struct strings look_values(struct op *op, const struct look *look);

/* "192.0.2.1", "the resolver" */
const char *view_name(const struct view *view);

#endif
