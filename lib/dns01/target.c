#include "dns01/target.h"

#define SETTLED_MS    (5 * 60 * 1000)
#define SETTLED_PAUSE 2000

static bool find_places(struct op *op, struct target *targets, size_t n)
{
    struct place *places = op_array(op, n, struct place);

    for (size_t i = 0; i < n; i++)
        places[i].asked = targets[i].place.asked;
    op_enter(op, "finding the zones");
    places_find(op, places, n);
    op_leave(op);
    for (size_t i = 0; i < n; i++)
        targets[i].place = places[i];
    return op_ok(op);
}

/* The provider's own word on the zone counts more than what DNS says: it may be a split view. */
static bool find_zone(struct op *op, struct target *target)
{
    const char *own = instance_zone(op, target->instance, target->place.fqdn);

    if (target->instance->provider->caps & CAP_NO_ZONE)
        target->place.zone = NULL;
    else if (own)
        target->place.zone = own;
    else if (op_ok(op) && !target->place.zone) {
        op_fail(op, ERR_PROVIDER, "the zone of %s cannot be found: %s", target->place.fqdn,
                target->place.failure);
        return op_hint(
            op, "check that the name is delegated and the resolver works, or name another with --resolver");
    }
    return op_ok(op);
}

bool targets_find(struct op *op, struct instance *const *instances, size_t count, struct target *targets,
                  size_t n)
{
    for (size_t i = 0; i < count; i++)
        TRY(instance_open(op, instances[i]));
    TRY(find_places(op, targets, n));
    for (size_t i = 0; i < n; i++) {
        targets[i].instance = instance_for(op, instances, count, targets[i].place.fqdn);
        TRY(targets[i].instance && find_zone(op, &targets[i]));
    }
    return true;
}

bool target_settle(struct op *op, struct instance *instance, struct record *records, size_t n)
{
    int64_t end = op_ticks(op) + SETTLED_MS;
    bool done = false;

    while (instance_settled(op, instance, records, n, &done) && !done) {
        if (op_ticks(op) > end)
            return op_fail(op, ERR_PROVIDER, "%s: the change is still not in sync", instance->label);
        op_progress(op, "%s is putting the records in place", instance->label);
        TRY(op_wait(op, SETTLED_PAUSE));
    }
    return op_ok(op);
}
