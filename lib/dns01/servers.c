#include "dns01/servers.h"

#include "net/resolver.h"

/* Per zone: more than anyone has. */
#define MOST_HOSTS     13u
#define MOST_ADDRESSES 52u

static void take_hosts(struct op *op, const struct dns_query *query, struct zone_servers *zone)
{
    const struct dns_section *answer = &query->answer.answer;

    for (size_t i = 0; query->answered && i < answer->count && zone->hosts.count < MOST_HOSTS; i++)
        if (answer->at[i].type == DNS_NS && answer->at[i].text &&
            !strings_have(&zone->hosts, answer->at[i].text))
            strings_add(op, &zone->hosts, answer->at[i].text);
}

static void take_addresses(struct op *op, const struct dns_query *query, struct zone_servers *zone)
{
    const struct dns_section *answer = &query->answer.answer;

    for (size_t i = 0; query->answered && i < answer->count && zone->addresses.count < MOST_ADDRESSES; i++) {
        const struct dns_rr *rr = &answer->at[i];

        if (rr->type == query->type && rr->text && !strings_have(&zone->addresses, rr->text))
            strings_add(op, &zone->addresses, rr->text);
    }
}

static bool find_hosts(struct op *op, struct zone_servers *zones, size_t n)
{
    struct dns_query *queries = op_array(op, n, struct dns_query);

    for (size_t i = 0; i < n; i++)
        queries[i] = (struct dns_query){ .name = zones[i].zone, .type = DNS_NS };
    TRY(resolver_run(op, queries, n));
    for (size_t i = 0; i < n; i++)
        take_hosts(op, &queries[i], &zones[i]);
    return true;
}

bool zone_servers_find(struct op *op, struct zone_servers *zones, size_t n)
{
    struct dns_query *queries;
    size_t asked = 0, q = 0;

    TRY(find_hosts(op, zones, n));
    queries = op_array(op, n * MOST_HOSTS * 2, struct dns_query);
    for (size_t i = 0; i < n; i++) {
        for (size_t h = 0; h < zones[i].hosts.count; h++) {
            queries[asked++] = (struct dns_query){ .name = zones[i].hosts.at[h], .type = DNS_A };
            queries[asked++] = (struct dns_query){ .name = zones[i].hosts.at[h], .type = DNS_AAAA };
        }
    }
    TRY(resolver_run(op, queries, asked));
    for (size_t i = 0; i < n; i++)
        for (size_t h = 0; h < 2 * zones[i].hosts.count; h++)
            take_addresses(op, &queries[q++], &zones[i]);
    return true;
}
