#include "dns01/solve.h"

#include "dns01/zone.h"

#include <string.h>

#define WITHDRAW_MS   (2 * 60 * 1000)
#define SETTLED_MS    (5 * 60 * 1000)
#define SETTLED_PAUSE 2000

/* A challenge on its way: where its record goes and who puts it there. */
struct job {
    const struct challenge *challenge;
    struct place place;
    struct instance *instance;
    struct journal_txt txt;
    bool later; /* the place holds one value only, and another challenge has it */
};

static const char *name_asked(struct op *op, const struct dns01 *dns01, const struct challenge *challenge)
{
    if (dns01->domain_alias)
        return dns01->domain_alias;
    return op_text(op, "_acme-challenge.%s",
                   dns01->challenge_alias ? dns01->challenge_alias : challenge->base);
}

static bool find_places(struct op *op, const struct dns01 *dns01, struct job *jobs, size_t n)
{
    struct place *places = op_array(op, n, struct place);

    for (size_t i = 0; i < n; i++)
        places[i].asked = name_asked(op, dns01, jobs[i].challenge);
    op_enter(op, "finding the zones");
    places_find(op, places, n);
    op_leave(op);
    for (size_t i = 0; i < n; i++)
        jobs[i].place = places[i];
    return op_ok(op);
}

/* The provider's own word on the zone counts more than what DNS says: it may be a split view. */
static bool find_zone(struct op *op, struct job *job)
{
    const char *own = instance_zone(op, job->instance, job->place.fqdn);

    if (job->instance->provider->caps & CAP_NO_ZONE)
        job->place.zone = NULL;
    else if (own)
        job->place.zone = own;
    else if (op_ok(op) && !job->place.zone) {
        op_fail(op, ERR_PROVIDER, "the zone of %s cannot be found: %s", job->place.fqdn, job->place.failure);
        return op_hint(
            op, "check that the name is delegated and the resolver works, or name another with --resolver");
    }
    return op_ok(op);
}

/* Such vendors hold one value for a name, or even for a whole domain. */
static bool same_place_taken(const struct job *jobs, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (!jobs[j].later && jobs[j].instance == jobs[i].instance &&
            (text_same(jobs[j].place.fqdn, jobs[i].place.fqdn) ||
             (jobs[i].place.zone && text_same(jobs[j].place.zone, jobs[i].place.zone))))
            return true;
    return false;
}

static bool plan(struct op *op, const struct dns01 *dns01, struct job *jobs, size_t n)
{
    for (size_t i = 0; i < dns01->count; i++) {
        dns01->instances[i]->journal = dns01->journal;
        TRY(instance_open(op, dns01->instances[i]));
    }
    TRY(find_places(op, dns01, jobs, n));
    for (size_t i = 0; i < n; i++) {
        jobs[i].instance = instance_for(op, dns01->instances, dns01->count, jobs[i].place.fqdn);
        TRY(jobs[i].instance && find_zone(op, &jobs[i]));
        jobs[i].later = (jobs[i].instance->provider->caps & CAP_SERIAL) && same_place_taken(jobs, i);
    }
    return true;
}

static const struct journal_txt *journaled(const struct journal *journal, const struct journal_txt *txt)
{
    for (size_t i = 0; i < journal->txt_count; i++)
        if (text_same(journal->txts[i].fqdn, txt->fqdn) && text_same(journal->txts[i].value, txt->value) &&
            text_same(journal->txts[i].dns, txt->dns) &&
            text_same(journal->txts[i].credentials, txt->credentials))
            return &journal->txts[i];
    return NULL;
}

/* Into the journal, those that a former run has not put there already. */
static bool write_ahead(struct op *op, struct dns01 *dns01, struct job *jobs, size_t n)
{
    struct journal_txt *fresh = op_array(op, n, struct journal_txt);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        struct journal_txt *txt = &jobs[i].txt;
        const struct journal_txt *old;

        *txt = (struct journal_txt){ .dns = jobs[i].instance->label,
                                     .provider = jobs[i].instance->called,
                                     .credentials = jobs[i].instance->credentials->source,
                                     .fqdn = jobs[i].place.fqdn,
                                     .zone = jobs[i].place.zone,
                                     .value = jobs[i].challenge->value,
                                     .ttl = jobs[i].instance->provider->min_ttl };
        old = journaled(dns01->journal, txt);
        if (old)
            *txt = *old;
        else
            fresh[count++] = *txt;
    }
    TRY(!count || journal_txts(op, dns01->journal, fresh, count));
    for (size_t i = 0; i < n; i++)
        jobs[i].txt = *journaled(dns01->journal, &jobs[i].txt);
    return true;
}

static struct record to_record(const struct journal_txt *txt)
{
    return (struct record){ .fqdn = txt->fqdn,
                            .zone = txt->zone,
                            .name = txt->name,
                            .value = txt->value,
                            .ttl = txt->ttl,
                            .handle = txt->handle };
}

static bool wait_settled(struct op *op, struct instance *instance, struct record *records, size_t n)
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

/* All records of one instance; what it got done stands in the journal even when it then fails. */
static bool add_records(struct op *op, struct dns01 *dns01, struct instance *instance, struct job *jobs,
                        size_t n)
{
    struct record *records = op_array(op, n, struct record);
    struct journal_txt *txts = op_array(op, n, struct journal_txt);
    struct op *child = op_child(op);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        if (jobs[i].instance != instance)
            continue;
        txts[count] = jobs[i].txt;
        records[count++] = to_record(&jobs[i].txt);
    }
    if (count && instance_add(child, instance, records, count))
        wait_settled(child, instance, records, count);
    for (size_t i = 0; i < count; i++)
        txts[i].handle = text_dup(op, records[i].handle);
    journal_handles(op, dns01->journal, txts, count);
    op_adopt(op, child);
    op_end(child);
    return op_ok(op);
}

static bool wait_visible(struct op *op, const struct dns01 *dns01, const struct job *jobs, size_t n)
{
    struct spread_record *records = op_array(op, n, struct spread_record);
    struct spread_options options = dns01->spread;
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        const struct provider *provider = jobs[i].instance->provider;

        if (provider->caps & CAP_VISIBLE)
            continue;
        records[count++] =
            (struct spread_record){ jobs[i].place.fqdn, jobs[i].place.zone, jobs[i].txt.value };
        if (options.patience < 4000 * (int64_t)provider->settle)
            options.patience = 4000 * (int64_t)provider->settle;
    }
    if (options.patience > op_time_left(op) / 4 * 3)
        options.patience = op_time_left(op) / 4 * 3;
    return spread_wait(op, &options, records, count);
}

static size_t move_later_behind(struct job *jobs, size_t n)
{
    size_t now = 0;

    for (size_t i = 0; i < n; i++) {
        if (jobs[i].later)
            continue;
        if (i != now) {
            struct job swap = jobs[now];

            jobs[now] = jobs[i];
            jobs[i] = swap;
        }
        now++;
    }
    return now;
}

static void mark_taken(const struct job *jobs, size_t count, const struct challenge *const *challenges,
                       size_t n, bool *taken)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < count; j++)
            taken[i] = taken[i] || jobs[j].challenge == challenges[i];
}

static bool publish(struct solver *solver, struct op *op, const struct challenge *const *challenges, size_t n,
                    bool *taken)
{
    struct dns01 *dns01 = (struct dns01 *)solver;
    struct job *jobs = op_array(op, n, struct job);
    size_t count;

    for (size_t i = 0; i < n; i++)
        jobs[i].challenge = challenges[i];
    TRY(plan(op, dns01, jobs, n));
    count = move_later_behind(jobs, n);
    TRY(write_ahead(op, dns01, jobs, count));
    op_progress(op, "adding %zu TXT record%s", count, count == 1 ? "" : "s");
    op_enter(op, "adding the TXT records");
    for (size_t i = 0; i < dns01->count; i++)
        TRY(add_records(op, dns01, dns01->instances[i], jobs, count));
    op_leave(op);
    mark_taken(jobs, count, challenges, n, taken);
    return wait_visible(op, dns01, jobs, count);
}

static bool made_by(const struct instance *instance, const struct journal_txt *txt)
{
    return text_same(instance->label, txt->dns) && text_same(instance->credentials->source, txt->credentials);
}

static bool remove_these(struct op *op, struct instance *instance, struct journal *journal,
                         const struct journal_txt *txts, size_t n)
{
    struct record *records = op_array(op, n, struct record);
    struct op *child = op_child(op);
    bool gone;

    for (size_t i = 0; i < n; i++)
        records[i] = to_record(&txts[i]);
    gone = instance_remove(child, instance, records, n) && journal_txts_gone(child, journal, txts, n);
    op_adopt(op, child);
    op_end(child);
    return gone;
}

/*
 * One instance's share: together, and where that fails one by one, so that the journal knows which are left.
 */
static void withdraw_share(struct op *op, struct instance *instance, struct journal *journal)
{
    struct journal_txt *txts = op_array(op, journal->txt_count, struct journal_txt);
    struct op *child = op_child(op);
    size_t count = 0;

    for (size_t i = 0; i < journal->txt_count; i++)
        if (made_by(instance, &journal->txts[i]))
            txts[count++] = journal->txts[i];
    if (count)
        op_progress(op, "removing %zu TXT record%s", count, count == 1 ? "" : "s");
    if (count && !remove_these(child, instance, journal, txts, count) && count > 1) {
        op_recover(child);
        for (size_t i = 0; i < count; i++)
            remove_these(child, instance, journal, &txts[i], 1);
    }
    op_adopt(op, child);
    op_end(child);
}

bool dns01_withdraw(struct op *op, struct instance *const *instances, size_t count, struct journal *journal)
{
    struct op *child = op_child(op);
    bool good;

    child->shielded = true;
    child->deadline = op_ticks(op) + WITHDRAW_MS;
    op_enter(child, "removing the TXT records");
    for (size_t i = 0; i < count; i++) {
        instances[i]->journal = journal;
        withdraw_share(child, instances[i], journal);
    }
    good = op_adopt(op, child);
    op_end(child);
    return good;
}

static bool withdraw(struct solver *solver, struct op *op)
{
    struct dns01 *dns01 = (struct dns01 *)solver;

    return dns01_withdraw(op, dns01->instances, dns01->count, dns01->journal);
}

static const char *type_for(struct solver *solver, const char *name)
{
    (void)solver;
    (void)name;
    return "dns-01";
}

struct solver *dns01_solver(struct dns01 *dns01)
{
    dns01->solver = (struct solver){ .type_for = type_for, .publish = publish, .withdraw = withdraw };
    return &dns01->solver;
}
