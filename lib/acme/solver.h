/* solver: how challenges are met; dns01/solve.c, http01.c and tlsalpn01.c fill one in. flow.c sees nothing
 * else of it. */
#ifndef MCACME_ACME_SOLVER_H
#define MCACME_ACME_SOLVER_H

#include "acme/order.h"

struct solver {
    /* The type of challenge by which this name is to be proved: "dns-01", "http-01". Never NULL. */
    const char *(*type_for)(struct solver *solver, const char *name);

    /*
     * Puts up challenges and waits until they can be seen. Sets taken[i] for those that it took: all, or at
     * least one where the other side holds a single value at a name; the rest is asked for again when those
     * are settled.
     */
    bool (*publish)(struct solver *solver, struct op *op, const struct challenge *const *challenges, size_t n,
                    bool *taken);

    /* Takes down everything that publish has put up; content when nothing is. */
    bool (*withdraw)(struct solver *solver, struct op *op);
};

#endif
