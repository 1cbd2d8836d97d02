/*
 * target: where records go and who puts them there: names to places (CNAMEs followed), places to providers
 * (the longest suffix wins), and the zone as that provider knows it.
 *
 *     struct target target = { .place.asked = "_acme-challenge.example.com" };
 *     if (targets_find(op, instances, count, &target, 1))
 *         ... target.instance, target.place.fqdn, target.place.zone
 */
#ifndef MCACME_DNS01_TARGET_H
#define MCACME_DNS01_TARGET_H

#include "dns01/instance.h"
#include "dns01/zone.h"

struct target {
    struct place place; /* `asked` is the caller's; the zone is NULL where the provider needs none */
    struct instance *instance;
};

/*
 * All names at once; logs in to all instances first. Fails with CONFIG where no instance covers a name, with
 * PROVIDER where a zone is needed and cannot be found.
 */
bool targets_find(struct op *op, struct instance *const *instances, size_t count, struct target *targets,
                  size_t n);

/* Waits until the vendor says that the change is in place, where he says so at all. */
bool target_settle(struct op *op, struct instance *instance, struct record *records, size_t n);

#endif
