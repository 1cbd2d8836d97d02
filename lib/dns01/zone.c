#include "dns01/zone.h"

#include "net/resolver.h"

/* Follows the CNAMEs in an answer from `name`; *hops counts over all answers. */
static const char *follow(struct op *op, const struct dns_section *answer, const char *name, unsigned *hops)
{
    size_t i = 0;

    while (i < answer->count) {
        const struct dns_rr *rr = &answer->at[i++];

        if (rr->type != DNS_CNAME || !rr->text || !text_same(rr->name, name))
            continue;
        if (++*hops > ZONE_MOST_CNAMES) {
            op_fail(op, ERR_PROVIDER, "more than %u CNAMEs, or a loop of them, lead away from here: %s",
                    ZONE_MOST_CNAMES, name);
            return NULL;
        }
        name = rr->text;
        i = 0;
    }
    return name;
}

/* The root's SOA says that there is no such top-level domain, and foreign ones say nothing. */
static const char *soa_owner(const struct dns_section *section, const char *name)
{
    for (size_t i = 0; i < section->count; i++)
        if (section->at[i].type == DNS_SOA && *section->at[i].name && dns_in_zone(name, section->at[i].name))
            return section->at[i].name;
    return NULL;
}

/* How far the search for one place has come. */
struct search {
    bool over;
    bool no_soa; /* the server knows none (a test helper), but may still know CNAMEs */
    unsigned hops;
};

/* Takes an answer in. It has to be asked again where the CNAMEs led to a name that it does not tell of. */
static bool digest(struct op *op, const struct dns_query *query, struct place *place, struct search *search)
{
    const char *before = place->fqdn;

    if (!query->answered) {
        place->failure = query->failure;
        search->over = search->no_soa;
        search->no_soa = true;
        return true;
    }
    place->fqdn = follow(op, &query->answer.answer, before, &search->hops);
    TRY(place->fqdn);
    place->zone = soa_owner(&query->answer.answer, place->fqdn);
    if (!place->zone)
        place->zone = soa_owner(&query->answer.authority, place->fqdn);
    if (!place->zone && !place->failure)
        place->failure = "the answer names no zone";
    search->over = place->zone || text_same(before, place->fqdn);
    return true;
}

static bool round_of_questions(struct op *op, struct place *places, struct search *searches, size_t n)
{
    struct dns_query *queries = op_array(op, n, struct dns_query);
    size_t *which = op_array(op, n, size_t);
    size_t asked = 0;

    for (size_t i = 0; i < n; i++) {
        if (searches[i].over)
            continue;
        which[asked] = i;
        queries[asked].type = searches[i].no_soa ? DNS_TXT : DNS_SOA;
        queries[asked++].name = places[i].fqdn;
    }
    TRY(resolver_run(op, queries, asked));
    for (size_t q = 0; q < asked; q++)
        TRY(digest(op, &queries[q], &places[which[q]], &searches[which[q]]));
    return true;
}

static bool all_over(const struct search *searches, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!searches[i].over)
            return false;
    return true;
}

bool places_find(struct op *op, struct place *places, size_t n)
{
    struct search *searches = op_array(op, n, struct search);

    for (size_t i = 0; i < n; i++)
        places[i].fqdn = places[i].asked;
    while (op_ok(op) && !all_over(searches, n))
        TRY(round_of_questions(op, places, searches, n));
    return op_ok(op);
}
