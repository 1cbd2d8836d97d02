#include "dns01/spread.h"

#include "base/when.h"
#include "dns01/servers.h"
#include "dns01/zone.h"
#include "net/resolver.h"

#include <string.h>

#define PAUSE_FIRST_MS 250
#define PAUSE_MOST_MS  5000
#define SILENT_ROUNDS  2u /* a server that gave no useful answer so often is not waited for */

/* One record at one server. */
struct sight {
    const struct spread_record *record;
    struct strings server; /* one address; none: the resolver's own view */
    bool seen;
    unsigned silent;     /* rounds without a useful answer, in a row */
    const char *failure; /* of the last one */
};

struct sights {
    struct sight *at;
    size_t count;
};

bool spread_parse(struct op *op, const char *text, struct spread_options *options)
{
    options->mode = SPREAD_AUTHORITATIVE;
    if (!text || text_same(text, "authoritative"))
        return true;
    if (text_same(text, "resolver"))
        options->mode = SPREAD_RESOLVER;
    else if (text_same(text, "none"))
        options->mode = SPREAD_NONE;
    else if (when_duration(text, &options->seconds))
        options->mode = SPREAD_SECONDS;
    else
        return op_fail(op, ERR_USAGE, "--propagation %s is neither authoritative, resolver, none nor a time",
                       text);
    return true;
}

static struct zone_servers *find_zone(struct zone_servers *zones, size_t n, const char *zone)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(zones[i].zone, zone))
            return &zones[i];
    return NULL;
}

/* The zone of each record, asked for where the provider did not need it. */
static bool zones_of(struct op *op, const struct spread_record *records, size_t n, const char **zones)
{
    struct place *places = op_array(op, n, struct place);
    size_t unknown = 0;

    for (size_t i = 0; i < n; i++)
        if (!records[i].zone)
            places[unknown++].asked = records[i].fqdn;
    TRY(places_find(op, places, unknown));
    for (size_t i = 0, p = 0; i < n; i++)
        zones[i] = records[i].zone ? records[i].zone : places[p++].zone;
    return true;
}

static void add_sight(struct sights *sights, struct op *op, const struct spread_record *record,
                      const char *server)
{
    struct sight *sight = &sights->at[sights->count++];

    *sight = (struct sight){ .record = record };
    if (server)
        strings_add(op, &sight->server, server);
}

static bool plan_authoritative(struct op *op, const struct spread_options *options,
                               const struct spread_record *records, size_t n, struct sights *sights)
{
    const char **zone_of = op_array(op, n, const char *);
    struct zone_servers *zones = op_array(op, n, struct zone_servers);
    size_t zone_count = 0, most = n;

    TRY(zones_of(op, records, n, zone_of));
    for (size_t i = 0; i < n; i++)
        if (zone_of[i] && !find_zone(zones, zone_count, zone_of[i]))
            zones[zone_count++].zone = zone_of[i];
    TRY(zone_servers_find(op, zones, zone_count));
    for (size_t i = 0; i < n; i++)
        most += zone_of[i] ? find_zone(zones, zone_count, zone_of[i])->addresses.count : 0;
    sights->at = op_array(op, most, struct sight);
    for (size_t i = 0; i < n; i++) {
        const struct zone_servers *zone = zone_of[i] ? find_zone(zones, zone_count, zone_of[i]) : NULL;

        for (size_t s = 0; zone && s < zone->addresses.count; s++)
            add_sight(sights, op, &records[i], zone->addresses.at[s]);
        if (zone && zone->addresses.count)
            continue;
        if (!options->private_resolver)
            op_log(op, LOG_WARN, "no name server of %s can be found: the resolver's view of it has to do",
                   records[i].fqdn);
        add_sight(sights, op, &records[i], NULL);
    }
    return true;
}

static bool plan(struct op *op, const struct spread_options *options, const struct spread_record *records,
                 size_t n, struct sights *sights)
{
    if (options->mode == SPREAD_AUTHORITATIVE)
        return plan_authoritative(op, options, records, n, sights);
    sights->at = op_array(op, n, struct sight);
    for (size_t i = 0; i < n; i++)
        add_sight(sights, op, &records[i], NULL);
    return true;
}

static bool holds(const struct dns_section *answer, const char *value)
{
    for (size_t i = 0; i < answer->count; i++)
        if (answer->at[i].type == DNS_TXT && text_same(answer->at[i].text, value))
            return true;
    return false;
}

/* A name server of the zone that does not know the zone is lame: what it lacks says nothing. */
static void take_view(struct op *memory, const struct dns_query *query, struct sight *sight)
{
    bool lame = query->answered && sight->server.count && !query->answer.aa;

    sight->seen = query->answered && holds(&query->answer.answer, sight->record->value);
    sight->silent = query->answered && !lame ? 0 : sight->silent + 1;
    sight->failure = lame ? "is no authority for the zone" : text_dup(memory, query->failure);
}

static bool look(struct op *op, struct op *memory, struct sights *sights)
{
    struct dns_query *queries = op_array(op, sights->count, struct dns_query);
    struct sight **which = op_array(op, sights->count, struct sight *);
    size_t n = 0;

    for (size_t i = 0; i < sights->count; i++) {
        struct sight *s = &sights->at[i];

        if (s->seen)
            continue;
        which[n] = s;
        queries[n++] = (struct dns_query){ .name = s->record->fqdn,
                                           .type = DNS_TXT,
                                           .servers = s->server.count ? &s->server : NULL };
    }
    TRY(resolver_run(op, queries, n));
    for (size_t i = 0; i < n; i++)
        take_view(memory, &queries[i], which[i]);
    return true;
}

static bool given_up(const struct sight *sight)
{
    return !sight->seen && sight->silent >= SILENT_ROUNDS;
}

/* Whether a record is seen somewhere: silent servers are forgiven only then. */
static bool seen_somewhere(const struct sights *sights, const struct spread_record *record)
{
    for (size_t i = 0; i < sights->count; i++)
        if (sights->at[i].record == record && sights->at[i].seen)
            return true;
    return false;
}

/* Pure: are we there? */
static bool complete(const struct sights *sights)
{
    for (size_t i = 0; i < sights->count; i++) {
        const struct sight *s = &sights->at[i];

        if (!s->seen && !(given_up(s) && seen_somewhere(sights, s->record)))
            return false;
    }
    return true;
}

static const char *server_name(const struct sight *sight)
{
    return sight->server.count ? sight->server.at[0] : "the resolver";
}

static void warn_of_silent(struct op *op, const struct sights *sights)
{
    struct strings named = { 0 };

    for (size_t i = 0; i < sights->count; i++) {
        const struct sight *s = &sights->at[i];

        if (s->seen || strings_have(&named, server_name(s)))
            continue;
        strings_add(op, &named, server_name(s));
        op_log(op, LOG_WARN, "a name server of %s is of no use: %s: %s", s->record->fqdn, server_name(s),
               s->failure);
    }
}

static void show(struct op *op, const struct sights *sights, int64_t millis)
{
    size_t seen = 0;

    for (size_t i = 0; i < sights->count; i++)
        seen += sights->at[i].seen;
    op_progress(op, "the name servers have %zu of %zu records (%s)", seen, sights->count,
                when_span(op, millis / 1000));
}

static bool never_seen(struct op *op, const struct sights *sights, int64_t millis)
{
    struct text out = text_begin(op->arena);
    const struct sight *first = NULL;
    unsigned more = 0;

    for (size_t i = 0; i < sights->count; i++) {
        const struct sight *s = &sights->at[i];

        if (s->seen)
            continue;
        if (out.length < 300)
            text_add(&out, "%s%s: %s", out.length ? "; " : "", server_name(s),
                     s->failure ? s->failure : "has no such record");
        else
            more++;
        first = first ? first : s;
    }
    if (more)
        text_add(&out, "; and %u more", more);
    op_fail(op, ERR_PROVIDER, "the TXT record %s cannot be seen after %s (%s)",
            first ? first->record->fqdn : "?", when_span(op, millis / 1000), out.data);
    return op_hint(
        op, "check that the zone is the one that the world sees; with a hidden primary or a split view use "
            "--resolver or --propagation SECONDS");
}

static bool watch(struct op *op, const struct spread_options *options, struct sights *sights)
{
    int64_t start = op_ticks(op), pause = PAUSE_FIRST_MS, left;
    bool good;

    for (;;) {
        struct op *child = op_child(op);

        good = look(child, op, sights);
        op_adopt(op, child);
        op_end(child);
        TRY(good);
        if (complete(sights))
            break;
        show(op, sights, op_ticks(op) - start);
        if (op_ticks(op) - start >= options->patience)
            return never_seen(op, sights, op_ticks(op) - start);
        left = start + options->patience - op_ticks(op);
        TRY(op_wait(op, pause < left ? pause : left));
        pause = pause * 3 / 2 < PAUSE_MOST_MS ? pause * 3 / 2 : PAUSE_MOST_MS;
    }
    warn_of_silent(op, sights);
    return true;
}

bool spread_wait(struct op *op, const struct spread_options *options, const struct spread_record *records,
                 size_t n)
{
    struct sights sights = { 0 };

    if (options->mode == SPREAD_NONE || n == 0)
        return op_ok(op);
    if (options->mode == SPREAD_SECONDS) {
        op_progress(op, "waiting %s for the name servers", when_span(op, options->seconds));
        return op_wait(op, options->seconds * 1000);
    }
    op_enter(op, "waiting for the name servers");
    if (plan(op, options, records, n, &sights))
        watch(op, options, &sights);
    op_leave(op);
    return op_ok(op);
}

bool spread_gone(struct op *op, const struct spread_record *record)
{
    const struct spread_options options = { .mode = SPREAD_AUTHORITATIVE };
    struct sights sights = { 0 };

    TRY(plan(op, &options, record, 1, &sights) && look(op, op, &sights));
    for (size_t i = 0; i < sights.count; i++)
        if (sights.at[i].seen || sights.at[i].silent || !sights.at[i].server.count)
            return false;
    return sights.count > 0;
}
