/*
 * instance: a provider with its credentials, for the length of a run.
 *
 * One certificate may use several: each covers the zones it was given ("--dns PROVIDER:ZONE"), the longest
 * suffix wins, and one without zones covers everything. Where the values come from is the business of
 * config/credentials.h, seen here as a function.
 */
#ifndef MCACME_DNS01_INSTANCE_H
#define MCACME_DNS01_INSTANCE_H

#include "base/credentials.h"
#include "dns01/provider.h"

struct journal;

struct instance {
    const char *label;  /* as in --dns, without zones: "cloudflare", "dns_cf", or the name of a section */
    const char *called; /* the provider's name or alias, as the user wrote it */
    const struct provider *provider;
    struct strings zones; /* empty: all */
    const struct credentials *credentials;
    const struct journal *journal; /* of the certificate at work, for whole.h; NULL where there is no store */
    struct op *session; /* from the first use until instance_close: field values, session values, state */
    struct strings names, values; /* fields and session values, pairwise */
    void *state;
    bool open;
    int64_t next_request; /* ticks, for per_second */
};

/*
 * "PROVIDER[:ZONE,...]". Fails with USAGE for an unknown provider and names the nearest one. A plugin of
 * acme.sh ("dns_xxx") that no provider has for an alias is the provider acmesh's business.
 */
struct instance *instance_parse(struct op *op, const char *text, const struct credentials *credentials);

/* The same under a name of the user's own; `zones` is "ZONE,...", NULL: all. */
struct instance *instance_make(struct op *op, const char *label, const char *provider, const char *zones,
                               const struct credentials *credentials);

/* The instance whose zones cover the name best; fails with CONFIG when none does. */
struct instance *instance_for(struct op *op, struct instance *const *all, size_t n, const char *fqdn);

/* Reads and checks the fields: missing ones are named with what they are (CONFIG). Needs no network. */
bool instance_check(struct op *op, struct instance *instance);

/* Logs in (or begins to listen) now rather than at the first record. */
bool instance_open(struct op *op, struct instance *instance);

/*
 * What the core does with a provider: opens it first where needed, sets op->instance, groups by zone, merges
 * sets of values, fills in `name` and the least TTL. `records` all belong to this instance and are in any
 * order. instance_add stops at the first failure (what was done before has its handle); instance_remove goes
 * on with the others. Errors of the provider carry its label and are free of secrets.
 */
bool instance_add(struct op *op, struct instance *instance, struct record *records, size_t n);
bool instance_remove(struct op *op, struct instance *instance, struct record *records, size_t n);
bool instance_settled(struct op *op, struct instance *instance, struct record *records, size_t n, bool *done);

/* The zone by the vendor's own knowledge; NULL, op being ok, where it has none: ask DNS. */
const char *instance_zone(struct op *op, struct instance *instance, const char *fqdn);

/* Logs out where that is needed, shielded and within a minute, also when `op` has failed. May be called
 * twice. */
bool instance_close(struct op *op, struct instance *instance);

#endif
