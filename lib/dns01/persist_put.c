#include "dns01/persist_put.h"

/* ---- what is there, and where ---- */

static bool look(struct op *op, const struct spread_options *spread, struct persist_job *jobs, size_t n)
{
    struct persist_name *names = op_array(op, n, struct persist_name);

    for (size_t i = 0; i < n; i++)
        names[i] = jobs[i].name;
    TRY(persist_look(op, spread, names, n));
    for (size_t i = 0; i < n; i++)
        jobs[i].name = names[i];
    return true;
}

static bool find_targets(struct op *op, struct instance *const *instances, size_t count,
                         struct persist_job *jobs, size_t n)
{
    struct target *targets = op_array(op, n, struct target);

    for (size_t i = 0; i < n; i++)
        targets[i].place.asked = jobs[i].name.look.place.asked;
    TRY(targets_find(op, instances, count, targets, n));
    for (size_t i = 0; i < n; i++)
        jobs[i].target = targets[i];
    return true;
}

/* Whoever holds one value a name, or a domain, would lose this one to the next that comes. */
static const char *why_not(const struct provider *provider)
{
    if (provider->caps & CAP_PASSING)
        return "answers only while mcacme runs, and cannot keep a record";
    return provider->caps & CAP_SERIAL ? "cannot be relied on to keep a record beside others" : NULL;
}

static bool can_keep(struct op *op, const struct persist_job *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct instance *instance = jobs[i].target.instance;
        const char *why = why_not(instance->provider);

        if (!why)
            continue;
        op_fail(op, ERR_CONFIG, "%s %s (%s)", instance->label, why, jobs[i].target.place.fqdn);
        return op_hint(op, "put the record there by hand: mcacme persist plan shows it");
    }
    return true;
}

/* ---- what to keep, what to take away ---- */

static bool says_as_much(struct op *op, const char *value, const struct persist_job *job)
{
    const struct strings one = { (const char *[]){ value }, 1, 1 };
    const struct persist_verdict verdict = persist_judge(op, &one, &job->name.wants);
    const struct persist_record *is = &verdict.record, *asked = &job->record;

    return verdict.state == PERSIST_FITS && is->ends == asked->ends &&
           (!is->ends || is->until == asked->until);
}

static const char *kept_value(struct op *op, const struct view *view, const struct persist_job *job)
{
    for (size_t i = 0; i < view->values.count; i++)
        if (says_as_much(op, view->values.at[i], job))
            return view->values.at[i];
    return NULL;
}

/* At every name server that answers. */
static void find_kept(struct op *op, struct persist_job *job)
{
    const char *kept = NULL;

    for (size_t i = 0; i < job->name.look.count; i++) {
        const struct view *view = &job->name.look.views[i];

        if (view->failure)
            continue;
        kept = kept_value(op, view, job);
        if (!kept)
            break;
    }
    job->there = kept != NULL;
    job->value = kept ? kept : persist_write(op, &job->record);
}

/* The account's own: its URL says so, whatever else is wrong with the record. */
static void find_former(struct op *op, struct persist_job *job)
{
    struct strings values = look_values(op, &job->name.look);

    for (size_t i = 0; i < values.count; i++) {
        struct persist_record record;

        persist_read(op, values.at[i], &record);
        if (!record.issuer || !text_same(record.account, job->name.wants.account))
            continue;
        if (!job->value || (!text_same(values.at[i], job->value) && !says_as_much(op, values.at[i], job)))
            strings_add(op, &job->former, values.at[i]);
    }
}

static void warn_of_narrowing(struct op *op, const struct persist_job *job)
{
    for (size_t i = 0; !job->record.wildcard && i < job->former.count; i++) {
        struct persist_record record;

        persist_read(op, job->former.at[i], &record);
        if (!record.wildcard)
            continue;
        op_log(op, LOG_WARN, "the record at %s was good for *.%s, too; the new one is not",
               job->target.place.asked, job->name.base);
        return;
    }
}

/* ---- doing it ---- */

static struct record record_at(const struct target *target, const char *value)
{
    return (struct record){ .fqdn = target->place.fqdn, .zone = target->place.zone, .value = value };
}

static bool add_share(struct op *op, struct instance *instance, const struct persist_job *jobs, size_t n)
{
    struct record *records = op_array(op, n, struct record);
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        if (!jobs[i].there && jobs[i].target.instance == instance)
            records[count++] = record_at(&jobs[i].target, jobs[i].value);
    return !count ||
           (instance_add(op, instance, records, count) && target_settle(op, instance, records, count));
}

static bool remove_share(struct op *op, struct instance *instance, const struct persist_job *jobs, size_t n)
{
    struct record *records;
    size_t most = 0, count = 0;

    for (size_t i = 0; i < n; i++)
        most += jobs[i].former.count;
    records = op_array(op, most, struct record);
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; jobs[i].target.instance == instance && v < jobs[i].former.count; v++)
            records[count++] = record_at(&jobs[i].target, jobs[i].former.at[v]);
    return !count || instance_remove(op, instance, records, count);
}

static bool wait_visible(struct op *op, const struct spread_options *spread, const struct persist_job *jobs,
                         size_t n)
{
    struct spread_record *records = op_array(op, n, struct spread_record);
    struct spread_options options = *spread;
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        const struct target *target = &jobs[i].target;
        int64_t settle = 4000 * (int64_t)target->instance->provider->settle;

        if (jobs[i].there)
            continue;
        records[count++] = (struct spread_record){ target->place.fqdn, target->place.zone, jobs[i].value };
        if (options.patience < settle)
            options.patience = settle;
    }
    return spread_wait(op, &options, records, count);
}

static bool add_all(struct op *op, struct instance *const *instances, size_t count,
                    const struct persist_job *jobs, size_t n)
{
    op_enter(op, "adding the TXT records");
    for (size_t i = 0; op_ok(op) && i < count; i++)
        add_share(op, instances[i], jobs, n);
    op_leave(op);
    return op_ok(op);
}

static bool remove_all(struct op *op, struct instance *const *instances, size_t count,
                       const struct persist_job *jobs, size_t n)
{
    op_enter(op, "removing the former TXT records");
    for (size_t i = 0; op_ok(op) && i < count; i++)
        remove_share(op, instances[i], jobs, n);
    op_leave(op);
    return op_ok(op);
}

bool persist_publish(struct op *op, struct instance *const *instances, size_t count,
                     const struct spread_options *spread, struct persist_job *jobs, size_t n)
{
    TRY(look(op, spread, jobs, n) && find_targets(op, instances, count, jobs, n) && can_keep(op, jobs, n));
    for (size_t i = 0; i < n; i++) {
        find_kept(op, &jobs[i]);
        TRY(op_ok(op));
        find_former(op, &jobs[i]);
        warn_of_narrowing(op, &jobs[i]);
    }
    return add_all(op, instances, count, jobs, n) && wait_visible(op, spread, jobs, n) &&
           remove_all(op, instances, count, jobs, n);
}

bool persist_drop(struct op *op, struct instance *const *instances, size_t count,
                  const struct spread_options *spread, struct persist_job *jobs, size_t n)
{
    TRY(look(op, spread, jobs, n) && find_targets(op, instances, count, jobs, n));
    for (size_t i = 0; i < n; i++) {
        jobs[i].value = NULL;
        find_former(op, &jobs[i]);
    }
    return remove_all(op, instances, count, jobs, n);
}
