#include "check/watch.h"

#include "base/when.h"
#include "net/resolver.h"

#define PAUSE_FIRST_MS 100
#define PAUSE_MOST_MS  2000

static void plan(struct op *op, struct watch *watch)
{
    const struct nameservers *servers = watch->servers;

    watch->count = 0;
    watch->sights = op_array(op, servers && servers->good ? servers->good : 1, struct sight);
    for (size_t i = 0; servers && i < servers->count; i++) {
        struct sight *sight = &watch->sights[watch->count];

        if (servers->at[i].state != NAMESERVER_GOOD)
            continue;
        sight->title = nameserver_title(op, &servers->at[i]);
        strings_add(op, &sight->ask, servers->at[i].address);
        watch->count++;
    }
    if (!watch->count)
        watch->sights[watch->count++].title = "the resolver";
}

static bool holds(const struct dns_query *query, const char *value)
{
    const struct dns_section *answer = &query->answer.answer;

    for (size_t i = 0; i < answer->count; i++)
        if (answer->at[i].type == DNS_TXT && text_same(answer->at[i].text, value))
            return true;
    return false;
}

/* All that are not done are asked; the answers die with `op`, what is kept is in `memory`. */
static bool look(struct op *op, struct op *memory, struct watch *watch, bool there)
{
    struct dns_query *queries = op_array(op, watch->count, struct dns_query);
    struct sight **which = op_array(op, watch->count, struct sight *);
    size_t n = 0;

    for (size_t i = 0; i < watch->count; i++) {
        struct sight *sight = &watch->sights[i];

        if (sight->done)
            continue;
        which[n] = sight;
        queries[n++] = (struct dns_query){ .name = watch->fqdn,
                                           .type = DNS_TXT,
                                           .servers = sight->ask.count ? &sight->ask : NULL };
    }
    TRY(resolver_run(op, queries, n));
    for (size_t i = 0; i < n; i++) {
        which[i]->failure = queries[i].answered ? NULL : text_dup(memory, queries[i].failure);
        which[i]->done = queries[i].answered && holds(&queries[i], watch->value) == there;
        which[i]->millis = op_ticks(op) - watch->began;
    }
    return true;
}

static size_t done(const struct watch *watch)
{
    size_t count = 0;

    for (size_t i = 0; i < watch->count; i++)
        count += watch->sights[i].done;
    return count;
}

static bool look_once(struct op *op, struct watch *watch, bool there)
{
    struct op *child = op_child(op);
    bool good = look(child, op, watch, there);

    op_adopt(op, child);
    op_end(child);
    return good;
}

bool watch_record(struct op *op, struct watch *watch, bool there, int64_t patience)
{
    int64_t pause = PAUSE_FIRST_MS;

    plan(op, watch);
    for (;;) {
        TRY(look_once(op, watch, there));
        watch->done = done(watch) == watch->count;
        if (watch->done || op_ticks(op) - watch->began >= patience)
            return true;
        op_progress(op, "%s: %s at %zu of %zu name servers (%s)", watch->fqdn, there ? "seen" : "gone",
                    done(watch), watch->count, when_span(op, (op_ticks(op) - watch->began) / 1000));
        TRY(op_wait(op, pause));
        pause = pause * 3 / 2 < PAUSE_MOST_MS ? pause * 3 / 2 : PAUSE_MOST_MS;
    }
}

const char *watch_done(struct op *op, const struct watch *watch)
{
    struct text out = text_begin(op->arena);

    for (size_t i = 0; i < watch->count; i++) {
        const struct sight *sight = &watch->sights[i];

        if (sight->done)
            text_add(&out, "%s%s after %lld.%lld s", out.length ? ", " : "", sight->title,
                     (long long)(sight->millis / 1000), (long long)(sight->millis / 100 % 10));
    }
    return out.data;
}

const char *watch_missing(struct op *op, const struct watch *watch, const char *otherwise)
{
    struct text out = text_begin(op->arena);

    for (size_t i = 0; i < watch->count; i++) {
        const struct sight *sight = &watch->sights[i];

        if (!sight->done)
            text_add(&out, "%s%s (%s)", out.length ? ", " : "", sight->title,
                     sight->failure ? sight->failure : otherwise);
    }
    return out.data;
}
