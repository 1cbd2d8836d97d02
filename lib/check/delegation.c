#include "check/delegation.h"

#include "net/resolver.h"

#define HOSTS_ASKED 3u

/* The zone that the name above is in: the SOA of an answer tells it, a negative one's too (RFC 2308). */
static bool find_parent(struct op *op, struct delegation *d)
{
    struct dns_query query = { .name = dns_parent(d->zone), .type = DNS_SOA };
    const struct dns_section *sections[] = { &query.answer.answer, &query.answer.authority };

    if (!query.name || !*query.name)
        return true;
    TRY(resolver_run(op, &query, 1));
    for (size_t s = 0; query.answered && s < 2; s++)
        for (size_t i = 0; i < sections[s]->count; i++)
            if (sections[s]->at[i].type == DNS_SOA && dns_in_zone(query.name, sections[s]->at[i].name))
                d->parent = sections[s]->at[i].name;
    return true;
}

static void add_texts(struct op *op, struct strings *list, const struct dns_section *section, int type)
{
    for (size_t i = 0; i < section->count; i++)
        if (section->at[i].type == type && section->at[i].text && !strings_have(list, section->at[i].text))
            strings_add(op, list, section->at[i].text);
}

/* Addresses of some of the parent's servers. */
static bool find_servers(struct op *op, const struct delegation *d, struct strings *addresses)
{
    struct dns_query who = { .name = d->parent, .type = DNS_NS }, where[2 * HOSTS_ASKED] = { { 0 } };
    struct strings hosts = { 0 };
    size_t count;

    TRY(resolver_run(op, &who, 1));
    add_texts(op, &hosts, &who.answer.answer, DNS_NS);
    count = hosts.count < HOSTS_ASKED ? hosts.count : HOSTS_ASKED;
    for (size_t i = 0; i < 2 * count; i++)
        where[i] = (struct dns_query){ .name = hosts.at[i / 2], .type = i % 2 ? DNS_AAAA : DNS_A };
    TRY(resolver_run(op, where, 2 * count));
    for (size_t i = 0; i < 2 * count; i++)
        add_texts(op, addresses, &where[i].answer.answer, where[i].type);
    return true;
}

/* Referrals have the names in the authority section; who serves both zones answers for the lower one. */
static bool ask_servers(struct op *op, struct delegation *d, const struct strings *addresses)
{
    struct dns_query query = { .name = d->zone, .type = DNS_NS, .servers = addresses };

    TRY(resolver_run(op, &query, 1));
    if (!query.answered || (query.answer.aa && query.answer.answer.count))
        return true;
    for (size_t i = 0; i < query.answer.authority.count; i++)
        if (query.answer.authority.at[i].type == DNS_NS && query.answer.authority.at[i].text &&
            text_same(query.answer.authority.at[i].name, d->zone))
            strings_add(op, &d->hosts, query.answer.authority.at[i].text);
    if (d->hosts.count)
        d->state = DELEGATION_KNOWN;
    else if (query.answer.aa)
        d->state = DELEGATION_NONE;
    return true;
}

bool delegation_look(struct op *op, struct delegation *d)
{
    struct strings addresses = { 0 };

    TRY(find_parent(op, d));
    if (!d->parent)
        return true;
    TRY(find_servers(op, d, &addresses));
    return !addresses.count || ask_servers(op, d, &addresses);
}
