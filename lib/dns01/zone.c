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

static const char *soa_owner(const struct dns_section *section, const char *name)
{
    for (size_t i = 0; i < section->count; i++)
        if (section->at[i].type == DNS_SOA && dns_in_zone(name, section->at[i].name))
            return section->at[i].name;
    return NULL;
}

/* Takes an answer in. Returns whether the place has to be asked for again, at the end of its CNAMEs. */
static bool digest(struct op *op, const struct dns_query *query, struct place *place, unsigned *hops)
{
    const char *before = place->fqdn;

    if (!query->answered) {
        place->failure = query->failure;
        return false;
    }
    place->fqdn = follow(op, &query->answer.answer, place->fqdn, hops);
    if (!place->fqdn)
        return false;
    place->zone = soa_owner(&query->answer.answer, place->fqdn);
    if (!place->zone)
        place->zone = soa_owner(&query->answer.authority, place->fqdn);
    if (!place->zone)
        place->failure = "the answer names no zone";
    return !place->zone && !text_same(before, place->fqdn);
}

/* A server that knows no SOA (a test helper) may still know CNAMEs. */
static int question_type(const struct place *place)
{
    return place->failure ? DNS_TXT : DNS_SOA;
}

static bool round_of_questions(struct op *op, struct place *places, size_t n, bool *pending, unsigned *hops)
{
    struct dns_query *queries = op_array(op, n, struct dns_query);
    size_t *which = op_array(op, n, size_t);
    size_t asked = 0;

    for (size_t i = 0; i < n; i++) {
        if (!pending[i])
            continue;
        which[asked] = i;
        queries[asked].type = question_type(&places[i]);
        queries[asked++].name = places[i].fqdn;
    }
    TRY(resolver_run(op, queries, asked));
    for (size_t q = 0; q < asked; q++) {
        size_t i = which[q];
        bool first_failure = !queries[q].answered && queries[q].type == DNS_SOA;

        pending[i] = digest(op, &queries[q], &places[i], &hops[i]) || first_failure;
        TRY(op_ok(op));
    }
    return true;
}

static bool any(const bool *pending, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pending[i])
            return true;
    return false;
}

bool places_find(struct op *op, struct place *places, size_t n)
{
    bool *pending = op_array(op, n, bool);
    unsigned *hops = op_array(op, n, unsigned);

    for (size_t i = 0; i < n; i++) {
        places[i].fqdn = places[i].asked;
        pending[i] = true;
    }
    while (op_ok(op) && any(pending, n))
        TRY(round_of_questions(op, places, n, pending, hops));
    return op_ok(op);
}
