/* Adding and removing records: grouped as the provider wants them, whole sets merged. */
#include "base/text.h"
#include "dns01/instance_parts.h"

#include <string.h>

#define LEAST_TTL 60u
#define ATTEMPTS  3 /* at changing a set that somebody else changes, too */

/* "_acme-challenge.www" in "example.com"; "@" for the zone itself; NULL where it is not in there. */
static const char *name_in_zone(struct op *op, const char *fqdn, const char *zone)
{
    return text_same(fqdn, zone) ? "@" : text_less(op, fqdn, op_text(op, ".%s", zone));
}

static bool prepare(struct op *op, struct record *record)
{
    const struct provider *provider = op->instance->provider;
    unsigned least = provider->min_ttl ? provider->min_ttl : LEAST_TTL;

    if (record->ttl < least)
        record->ttl = least;
    if (provider->caps & CAP_NO_ZONE)
        return true;
    if (!record->zone)
        return op_fail(op, ERR_INTERNAL, "no zone is known for %s", record->fqdn);
    record->name = name_in_zone(op, record->fqdn, record->zone);
    return record->name || op_fail(op, ERR_INTERNAL, "%s is not in the zone %s", record->fqdn, record->zone);
}

static bool put_in(struct op *op, struct values *values, const char *value)
{
    if (strings_have(&values->list, value))
        return false;
    strings_add(op, &values->list, value);
    return true;
}

static bool take_out(struct values *values, const char *value)
{
    struct strings *list = &values->list;
    size_t kept = 0, before = list->count;

    for (size_t i = 0; i < before; i++)
        if (!text_same(list->at[i], value))
            list->at[kept++] = list->at[i];
    list->count = kept;
    return kept < before;
}

/* Loads the set at one name, changes our values in it and nothing else, writes it where that changed it. */
static bool change_set_once(struct op *op, const struct record *records, size_t n, bool adding)
{
    const struct provider *provider = op->instance->provider;
    struct values values = { .removing = !adding };
    bool changed = false;

    for (size_t i = 0; i < n; i++)
        strings_add(op, &values.ours, records[i].value);
    TRY(provider->load(op, records, &values) && op_ok(op));
    for (size_t i = 0; i < n; i++)
        if (adding ? put_in(op, &values, records[i].value) : take_out(&values, records[i].value))
            changed = true;
    if (!values.ttl)
        values.ttl = records->ttl;
    return !changed || provider->replace(op, records, &values);
}

/*
 * Somebody else may change the set between the two: then what we wrote was refused, and it is loaded again.
 */
static bool change_set(struct op *op, const struct record *records, size_t n, bool adding)
{
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
        if (change_set_once(op, records, n, adding) || op->err.code != ERR_BUSY)
            return op_ok(op);
        op_recover(op);
    }
    return change_set_once(op, records, n, adding);
}

static bool add(struct op *op, struct record *records, size_t n)
{
    const struct provider *provider = op->instance->provider;

    return provider->replace ? change_set(op, records, n, true) : provider->add(op, records, n);
}

/* Each call is an operation of its own: what one cannot remove must not keep the others from going. */
static bool remove_aside(struct op *op, struct record *records, size_t n)
{
    const struct provider *provider = op->instance->provider;
    struct op *own = op_child(op);
    bool good;

    if (provider->replace)
        change_set(own, records, n, false);
    else
        provider->remove(own, records, n);
    good = op_adopt(op, own);
    op_end(own);
    return good;
}

/* Whether the provider takes both records in one call. */
static bool together(const struct provider *provider, const struct record *a, const struct record *b)
{
    if (provider->replace)
        return text_same(a->fqdn, b->fqdn);
    return (provider->caps & CAP_BATCH) && text_same(a->zone, b->zone);
}

/* Two runs that each read, change and write a whole would lose what the other has written. */
static void work_alone(struct op *op, struct record *records, size_t n,
                       bool (*work)(struct op *op, struct record *records, size_t n))
{
    const struct provider *provider = op->instance->provider;
    bool whole = records->zone && (provider->replace || (provider->caps & CAP_WHOLE));
    struct op *lock = op_child(op);

    if (!whole || whole_lock(lock, records->zone))
        work(op, records, n);
    op_adopt(op, lock);
    op_end(lock);
}

/* Calls `work` with the first record that is not done and all that belong with it; handles find their way
 * back. */
static void work_on_group(struct op *op, struct record *records, bool *done, size_t n,
                          bool (*work)(struct op *op, struct record *records, size_t n))
{
    struct record *group = op_array(op, n, struct record);
    size_t *from = op_array(op, n, size_t);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        if (done[i] || (count && !together(op->instance->provider, &group[0], &records[i])))
            continue;
        group[count] = records[i];
        from[count++] = i;
        done[i] = true;
    }
    work_alone(op, group, count, work);
    for (size_t i = 0; i < count; i++)
        records[from[i]].handle = group[i].handle;
}

static bool change(struct op *op, struct instance *instance, struct record *records, size_t n, bool adding)
{
    struct visit visit = instance_enter(op, instance);
    bool *done = op_array(op, n, bool);
    bool good = instance_ready(op, instance);

    for (size_t i = 0; good && i < n; i++)
        good = prepare(op, &records[i]);
    for (size_t i = 0; good && i < n; i++)
        if (!done[i] && (op_ok(op) || !adding))
            work_on_group(op, records + i, done + i, n - i, adding ? add : remove_aside);
    return instance_leave(op, visit);
}

bool instance_add(struct op *op, struct instance *instance, struct record *records, size_t n)
{
    return change(op, instance, records, n, true);
}

bool instance_remove(struct op *op, struct instance *instance, struct record *records, size_t n)
{
    return change(op, instance, records, n, false);
}
