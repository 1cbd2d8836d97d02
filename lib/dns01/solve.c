#include "dns01/solve.h"

#include "dns01/target.h"

#define WITHDRAW_MS (2 * 60 * 1000)

/* A challenge on its way: where its record goes and who puts it there. */
struct job {
    const struct challenge *challenge;
    struct target target;
    struct journal_txt txt;
    bool later; /* the place holds one value only, and another challenge has it */
};

/* An alias is a name that the user's CNAME leads to, whatever the label in front of it. */
static const char *name_asked(struct op *op, const struct dns01 *dns01, const struct challenge *challenge)
{
    if (dns01->domain_alias)
        return dns01->domain_alias;
    if (dns01->challenge_alias)
        return op_text(op, CHALLENGE_LABEL ".%s", dns01->challenge_alias);
    return op_text(op, "%s.%s", challenge->label, challenge->base);
}

/* Such vendors hold one value for a name, or even for a whole domain. */
static bool same_place_taken(const struct job *jobs, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (!jobs[j].later && jobs[j].target.instance == jobs[i].target.instance &&
            (text_same(jobs[j].target.place.fqdn, jobs[i].target.place.fqdn) ||
             (jobs[i].target.place.zone && text_same(jobs[j].target.place.zone, jobs[i].target.place.zone))))
            return true;
    return false;
}

static bool plan(struct op *op, const struct dns01 *dns01, struct job *jobs, size_t n)
{
    struct target *targets = op_array(op, n, struct target);

    for (size_t i = 0; i < dns01->count; i++)
        dns01->instances[i]->journal = dns01->journal;
    for (size_t i = 0; i < n; i++)
        targets[i].place.asked = name_asked(op, dns01, jobs[i].challenge);
    TRY(targets_find(op, dns01->instances, dns01->count, targets, n));
    for (size_t i = 0; i < n; i++) {
        jobs[i].target = targets[i];
        jobs[i].later = (targets[i].instance->provider->caps & CAP_SERIAL) && same_place_taken(jobs, i);
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

        *txt = (struct journal_txt){ .dns = jobs[i].target.instance->label,
                                     .provider = jobs[i].target.instance->called,
                                     .credentials = jobs[i].target.instance->credentials->source,
                                     .fqdn = jobs[i].target.place.fqdn,
                                     .zone = jobs[i].target.place.zone,
                                     .value = jobs[i].challenge->value,
                                     .ttl = jobs[i].target.instance->provider->min_ttl };
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

/* All records of one instance; what it got done stands in the journal even when it then fails. */
static bool add_records(struct op *op, struct dns01 *dns01, struct instance *instance, struct job *jobs,
                        size_t n)
{
    struct record *records = op_array(op, n, struct record);
    struct journal_txt *txts = op_array(op, n, struct journal_txt);
    struct op *child = op_child(op);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        if (jobs[i].target.instance != instance)
            continue;
        txts[count] = jobs[i].txt;
        records[count++] = to_record(&jobs[i].txt);
    }
    if (count && instance_add(child, instance, records, count))
        target_settle(child, instance, records, count);
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
        const struct provider *provider = jobs[i].target.instance->provider;

        if (provider->caps & CAP_VISIBLE)
            continue;
        records[count++] =
            (struct spread_record){ jobs[i].target.place.fqdn, jobs[i].target.place.zone, jobs[i].txt.value };
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
