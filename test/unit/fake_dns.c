#include "fake_dns.h"

#include "fake_provider.h"
#include "kit.h"

#include <stdio.h>
#include <string.h>

#define MOST_RECORDS 32u /* in a section */
#define MOST_HOPS    12u

static void put(struct dns_section *section, const char *name, int type, const char *text)
{
    if (section->count < MOST_RECORDS)
        section->at[section->count++] =
            (struct dns_rr){ .name = name, .type = (uint16_t)type, .klass = DNS_IN, .ttl = 60, .text = text };
}

static enum fake_manner manner_of(const struct fake_dns *dns, const char *server)
{
    const struct fake_server *s = dns->servers;

    for (; s && s->manner != FAKE_GOOD; s++)
        if (text_same(s->address, server))
            return s->manner;
    return FAKE_GOOD;
}

static bool seen_at(const struct fake_dns *dns, struct op *op, const struct fake_rr *rr, const char *server)
{
    return (!rr->server || text_same(rr->server, server)) && op_ticks(op) - dns->began >= rr->after;
}

/* What there is of a type at a name; the CNAME there, if there is one. */
static const char *answer_name(const struct fake_dns *dns, struct op *op, struct dns_query *q,
                               const char *server, const char *name)
{
    struct dns_section *answer = &q->answer.answer;

    for (size_t i = 0; i < dns->count; i++) {
        const struct fake_rr *rr = &dns->rrs[i];

        if (!text_same(rr->name, name) || !seen_at(dns, op, rr, server))
            continue;
        if (rr->type == q->type || rr->type == DNS_CNAME)
            put(answer, rr->name, rr->type, rr->text);
        if (rr->type == DNS_CNAME)
            return rr->text;
    }
    for (size_t i = 0; dns->vendor && q->type == DNS_TXT && i < fake_vendor.count; i++)
        if (text_same(fake_vendor.records[i].name, name))
            put(answer, name, DNS_TXT, text_dup(op, fake_vendor.records[i].value));
    return NULL;
}

/* The SOA of the deepest zone that holds the name, as a negative answer has it (RFC 2308 section 3). */
static void put_zone(const struct fake_dns *dns, struct dns_query *q, const char *name)
{
    const char *best = NULL;

    for (size_t i = 0; i < dns->count; i++)
        if (dns->rrs[i].type == DNS_SOA && !text_same(dns->rrs[i].name, FAKE_EVERYWHERE) &&
            dns_in_zone(name, dns->rrs[i].name) && (!best || strlen(dns->rrs[i].name) > strlen(best)))
            best = dns->rrs[i].name;
    if (best)
        put(&q->answer.authority, best, DNS_SOA, "primary");
}

/* Records that have no business here; whose they are stands in `text`. */
static void put_evil(const struct fake_dns *dns, struct dns_query *q)
{
    for (size_t i = 0; i < dns->count; i++)
        if (text_same(dns->rrs[i].name, FAKE_EVERYWHERE))
            put(dns->rrs[i].type == DNS_SOA ? &q->answer.authority : &q->answer.answer, dns->rrs[i].text,
                dns->rrs[i].type, "evil.test");
}

/* Of a zone that the server has given away it names the servers, and no more (RFC 1034 section 4.3.2, 3b). */
static bool refers(const struct fake_dns *dns, struct op *op, struct dns_query *q, const char *server)
{
    const char *at = dns->cut ? strchr(dns->cut, '@') : NULL, *zone;

    if (!at || !server || !text_same(at + 1, server))
        return false;
    zone = text_cut(op, dns->cut, (size_t)(at - dns->cut));
    if (!dns_in_zone(q->name, zone))
        return false;
    for (size_t i = 0; i < dns->count; i++)
        if (dns->rrs[i].type == DNS_NS && text_same(dns->rrs[i].name, zone) &&
            text_same(dns->rrs[i].server, server))
            put(&q->answer.authority, zone, DNS_NS, dns->rrs[i].text);
    return true;
}

static void answer_one(struct fake_dns *dns, struct op *op, struct dns_query *q, const char *server)
{
    const char *name = q->name, *target;

    q->answered = true;
    q->server = server ? server : "the fake";
    q->answer.answer.at = op_array(op, MOST_RECORDS, struct dns_rr);
    q->answer.authority.at = op_array(op, MOST_RECORDS, struct dns_rr);
    if (manner_of(dns, server) == FAKE_LAME || refers(dns, op, q, server))
        return;
    q->answer.aa = server;
    if (manner_of(dns, server) == FAKE_EVIL)
        put_evil(dns, q);
    for (unsigned i = 0; i < MOST_HOPS && (target = answer_name(dns, op, q, server, name)); i++) {
        name = target;
        if (dns->one_hop)
            return;
    }
    if (!q->answer.answer.count || q->answer.answer.at[q->answer.answer.count - 1].type == DNS_CNAME) {
        q->answer.rcode = DNS_NXDOMAIN;
        put_zone(dns, q, name);
    }
}

static void note(struct fake_dns *dns, struct op *op, const struct dns_query *q, const char *server)
{
    size_t length = strlen(dns->asked);

    snprintf(dns->asked + length, sizeof dns->asked - length, "%s %s%s%s;", dns_type_name(op, q->type),
             q->name, server ? "@" : "", server ? server : "");
    dns->questions++;
}

static void ask(struct fake_dns *dns, struct op *op, struct dns_query *q)
{
    const char *server = q->servers ? q->servers->at[0] : NULL;
    enum fake_manner manner = manner_of(dns, server);

    note(dns, op, q, server);
    q->answered = false;
    q->failure = NULL;
    q->answer = (struct dns_message){ 0 };
    if (manner == FAKE_SILENT)
        q->failure = op_text(op, "no answer from %s", server ? server : "the fake");
    else if (manner == FAKE_NO_SOA && (q->type == DNS_SOA || q->type == DNS_NS))
        q->failure = "NOTIMP from the fake";
    else
        answer_one(dns, op, q, server);
}

static bool run(struct resolver *resolver, struct op *op, struct dns_query *queries, size_t n)
{
    struct fake_dns *dns = (struct fake_dns *)resolver;

    dns->rounds++;
    for (size_t i = 0; i < n; i++)
        ask(dns, op, &queries[i]);
    kit_advance(10);
    return op_alive(op);
}

struct fake_dns *fake_dns(struct op *op, const struct fake_rr *rrs, size_t count)
{
    struct fake_dns *dns = op_new(op, struct fake_dns);

    dns->resolver.run = run;
    dns->rrs = rrs;
    dns->count = count;
    dns->began = op_ticks(op);
    op->world->resolver = &dns->resolver;
    return dns;
}
