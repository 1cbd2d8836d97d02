/*
 * persist_put: puts records of dns-persist-01 into zones through their providers, and takes them out again.
 *
 * They are to stay, so no journal knows them; a run that dies in the middle is repeated. What is there is
 * known from DNS, not from the vendor: records of other CAs and other accounts, and everything else at the
 * name, are never touched.
 *
 *     struct persist_job job = { .name = { .base = "example.com", .wants = wants }, .record = record };
 *     persist_publish(op, instances, count, &spread, &job, 1);
 *
 * The order is such that no moment is without a good record: the new one is added and seen before the older
 * ones of the same account go.
 */
#ifndef MCACME_DNS01_PERSIST_PUT_H
#define MCACME_DNS01_PERSIST_PUT_H

#include "dns01/persist01.h"
#include "dns01/target.h"

struct persist_job {
    struct persist_name name;     /* base and wants are the caller's */
    struct persist_record record; /* publish: what shall be there */
    /* found, and done */
    const char *value;     /* the record that is there in the end; NULL after a drop */
    bool there;            /* it was there before */
    struct target target;  /* where, and who puts it there */
    struct strings former; /* values of this account that were taken away */
};

/*
 * A record that is there and says as much stays: the same account and end, and the wildcard where it is asked
 * for. Fails with CONFIG for providers that cannot keep a second value at a name, with PROVIDER where the
 * vendor or the name servers do not do as they should.
 */
bool persist_publish(struct op *op, struct instance *const *instances, size_t count,
                     const struct spread_options *spread, struct persist_job *jobs, size_t n);

/* Removes all records of the account, also those that are malformed; content when there are none. */
bool persist_drop(struct op *op, struct instance *const *instances, size_t count,
                  const struct spread_options *spread, struct persist_job *jobs, size_t n);

#endif
