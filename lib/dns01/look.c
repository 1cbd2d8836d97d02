#include "dns01/look.h"

#include "dns01/servers.h"
#include "net/resolver.h"

#define MOST_VALUES 100u /* of one view */
#define WORDS       300u

/* ---- whom to ask ---- */

static bool find_places(struct op *op, struct look *looks, size_t n)
{
    struct place *places = op_array(op, n, struct place);

    for (size_t i = 0; i < n; i++)
        places[i].asked = looks[i].place.asked;
    TRY(places_find(op, places, n));
    for (size_t i = 0; i < n; i++)
        looks[i].place = places[i];
    return true;
}

static const struct zone_servers *servers_of(const struct zone_servers *zones, size_t count, const char *zone)
{
    for (size_t i = 0; zone && i < count; i++)
        if (text_same(zones[i].zone, zone))
            return &zones[i];
    return NULL;
}

static bool find_servers(struct op *op, const struct look *looks, size_t n, struct zone_servers *zones,
                         size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (looks[i].place.zone && !servers_of(zones, *count, looks[i].place.zone))
            zones[(*count)++].zone = looks[i].place.zone;
    return zone_servers_find(op, zones, *count);
}

static void plan(struct op *op, struct look *look, const struct zone_servers *servers)
{
    look->count = servers && servers->addresses.count ? servers->addresses.count : 1;
    look->views = op_array(op, look->count, struct view);
    for (size_t i = 0; servers && i < servers->addresses.count; i++)
        look->views[i].server = servers->addresses.at[i];
}

static bool plan_all(struct op *op, const struct spread_options *options, struct look *looks, size_t n)
{
    struct zone_servers *zones = op_array(op, n, struct zone_servers);
    size_t count = 0;

    TRY(find_places(op, looks, n));
    if (options->mode == SPREAD_AUTHORITATIVE)
        TRY(find_servers(op, looks, n, zones, &count));
    for (size_t i = 0; i < n; i++)
        plan(op, &looks[i], servers_of(zones, count, looks[i].place.zone));
    return op_ok(op);
}

/* ---- asking ---- */

/* A name server of the zone that does not know the zone is lame: what it lacks says nothing. */
static void take(struct op *op, const struct dns_query *query, struct view *view)
{
    const struct dns_section *answer = &query->answer.answer;

    if (!query->answered)
        view->failure = query->failure ? query->failure : "no answer";
    else if (view->server && !query->answer.aa)
        view->failure = "is no authority for the zone";
    for (size_t i = 0; !view->failure && i < answer->count && view->values.count < MOST_VALUES; i++)
        if (answer->at[i].type == DNS_TXT && answer->at[i].text)
            strings_add(op, &view->values, answer->at[i].text);
}

static struct dns_query query_of(struct op *op, const struct look *look, const struct view *view)
{
    struct strings *server = op_new(op, struct strings);

    if (view->server)
        strings_add(op, server, view->server);
    return (struct dns_query){ .name = look->place.fqdn,
                               .type = DNS_TXT,
                               .servers = view->server ? server : NULL };
}

static bool ask(struct op *op, struct look *looks, size_t n)
{
    struct dns_query *queries;
    size_t total = 0, q = 0;

    for (size_t i = 0; i < n; i++)
        total += looks[i].count;
    queries = op_array(op, total, struct dns_query);
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < looks[i].count; v++)
            queries[q++] = query_of(op, &looks[i], &looks[i].views[v]);
    TRY(resolver_run(op, queries, total));
    q = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < looks[i].count; v++)
            take(op, &queries[q++], &looks[i].views[v]);
    return op_ok(op);
}

bool look_at(struct op *op, const struct spread_options *options, struct look *looks, size_t n)
{
    op_enter(op, "looking for TXT records");
    if (plan_all(op, options, looks, n))
        ask(op, looks, n);
    op_leave(op);
    return op_ok(op);
}

/* ---- what came ---- */

size_t look_answered(const struct look *look)
{
    size_t count = 0;

    for (size_t i = 0; i < look->count; i++)
        count += !look->views[i].failure;
    return count;
}

const char *view_name(const struct view *view)
{
    return view->server ? view->server : "the resolver";
}

const char *look_failures(struct op *op, const struct look *look)
{
    struct text out = text_begin(op->arena);

    for (size_t i = 0; i < look->count && out.length < WORDS; i++)
        if (look->views[i].failure)
            text_add(&out, "%s%s: %s", out.length ? "; " : "", view_name(&look->views[i]),
                     look->views[i].failure);
    return out.data;
}

struct strings look_values(struct op *op, const struct look *look)
{
    struct strings all = { 0 };

    for (size_t i = 0; i < look->count; i++)
        for (size_t v = 0; v < look->views[i].values.count; v++)
            if (!strings_have(&all, look->views[i].values.at[v]))
                strings_add(op, &all, look->views[i].values.at[v]);
    return all;
}
