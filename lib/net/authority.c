#include "net/authority.h"

#include <string.h>

#define SMALLEST_UDP 512u /* what everybody takes (RFC 1035 section 4.2.1) */
#define OPT_LENGTH   11u
#define NO_MAILBOX   "" /* the root: nobody reads mail about these zones */

/*
 * QTYPEs that are no record types: transfers and the obsolete mailbox ones (RFC 1035 section 3.2.3, RFC 1995)
 */
#define FIRST_TRANSFER 251
#define LAST_TRANSFER  254

#define BADVERS_HIGH 1u /* the upper bits of RCODE 16 (RFC 6891 section 9) */

/* ---- what is known ---- */

static struct authority_zone *zone_at(const struct authority *a, const char *top)
{
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->zones[i].top, top) == 0)
            return &a->zones[i];
    return NULL;
}

static struct authority_zone *zone_new(struct authority *a, const char *top)
{
    struct authority_zone *bigger;

    if (a->count == a->room) {
        a->room = a->room ? 2 * a->room : 8;
        bigger = op_array(a->op, a->room, struct authority_zone);
        if (a->count)
            memcpy(bigger, a->zones, a->count * sizeof *bigger);
        a->zones = bigger;
    }
    a->zones[a->count].top = text_dup(a->op, top);
    return &a->zones[a->count++];
}

void authority_add(struct authority *a, const char *name, const char *value)
{
    struct authority_zone *zone = zone_at(a, name);

    if (!zone)
        zone = zone_new(a, name);
    if (strings_have(&zone->values, value))
        return;
    strings_add(a->op, &zone->values, text_dup(a->op, value));
    a->serial++;
}

void authority_remove(struct authority *a, const char *name, const char *value)
{
    struct authority_zone *zone = zone_at(a, name);
    struct strings *values;

    if (!zone || !strings_have(&zone->values, value))
        return;
    values = &zone->values;
    for (size_t i = 0; i < values->count; i++)
        if (strcmp(values->at[i], value) == 0)
            values->at[i] = values->at[--values->count];
    a->serial++;
}

/* The deepest of our zones that the name is in. */
static const struct authority_zone *zone_of(const struct authority *a, const char *name)
{
    const struct authority_zone *best = NULL;

    for (size_t i = 0; i < a->count; i++)
        if (dns_in_zone(name, a->zones[i].top) && (!best || strlen(a->zones[i].top) > strlen(best->top)))
            best = &a->zones[i];
    return best;
}

/* Whether one of our zones lies below the name, which then exists although it holds nothing (RFC 8020). */
static bool has_below(const struct authority *a, const char *name)
{
    for (size_t i = 0; i < a->count; i++)
        if (dns_in_zone(a->zones[i].top, name))
            return true;
    return false;
}

/* ---- what is answered ---- */

struct dialogue {
    const struct authority *a;
    struct op *op;
    struct bytes packet;
    struct dns_message query;
    bool edns;
    unsigned edns_version;
    size_t limit; /* of the reply */
};

static void take_edns(struct dialogue *d, bool udp)
{
    size_t size = d->query.edns_size;

    for (size_t i = 0; i < d->query.additional.count; i++) {
        if (d->query.additional.at[i].type == DNS_OPT) {
            d->edns = true;
            d->edns_version = d->query.additional.at[i].ttl >> 16 & 0xff;
        }
    }
    d->limit = size > DNS_EDNS_SIZE ? DNS_EDNS_SIZE : size < SMALLEST_UDP ? SMALLEST_UDP : size;
    if (!udp)
        d->limit = DNS_MOST_MESSAGE;
}

static bool same_letters(const uint8_t *a, const uint8_t *b, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool letter = (a[i] | 0x20) >= 'a' && (a[i] | 0x20) <= 'z';

        if (a[i] != b[i] && !(letter && (a[i] ^ b[i]) == 0x20))
            return false;
    }
    return true;
}

/* Some resolvers mix the case of what they ask, and look whether the reply knows how. */
static void restore_case(const struct dialogue *d, struct dns_writer *w)
{
    if (w->length <= d->packet.length &&
        same_letters(d->packet.at + DNS_HEADER, w->at + DNS_HEADER, w->length - DNS_HEADER))
        memcpy(w->at + DNS_HEADER, d->packet.at + DNS_HEADER, w->length - DNS_HEADER);
}

static struct dns_writer reply_begin(const struct dialogue *d, unsigned flags, int rcode)
{
    const struct dns_rr *question = &d->query.question;
    unsigned rd = d->query.rd ? DNS_FLAG_RD : 0;
    struct dns_writer w =
        dns_write(d->op, d->limit, d->query.id, DNS_FLAG_QR | rd | flags, d->query.opcode, rcode);

    if (d->edns)
        w.limit -= OPT_LENGTH; /* kept for reply_end */
    dns_put_question(&w, question->name, question->type, question->klass);
    restore_case(d, &w);
    return w;
}

/* TC where something did not fit: half a set is to be ignored then (RFC 2181 section 9). */
static struct bytes reply_end(const struct dialogue *d, struct dns_writer *w, uint32_t rcode_high)
{
    if (w->full)
        w->at[2] |= DNS_FLAG_TC >> 8;
    if (d->edns) {
        w->limit += OPT_LENGTH;
        dns_put_rr(w, 3, "", DNS_OPT, (int)DNS_EDNS_SIZE, rcode_high << 24, (struct bytes){ NULL, 0 });
    }
    return op_ok(d->op) ? (struct bytes){ w->at, w->length } : (struct bytes){ NULL, 0 };
}

static struct bytes reply_rcode(const struct dialogue *d, int rcode, uint32_t rcode_high)
{
    struct dns_writer w = reply_begin(d, 0, rcode);

    return reply_end(d, &w, rcode_high);
}

/* For a query of which nothing but the header can be trusted. */
static struct bytes reply_header(struct op *op, struct bytes query, int rcode)
{
    unsigned flags = DNS_FLAG_QR | ((query.at[2] & 1u) ? DNS_FLAG_RD : 0);
    uint16_t id = (uint16_t)(query.at[0] << 8 | query.at[1]);
    struct dns_writer w = dns_write(op, DNS_HEADER, id, flags, query.at[2] >> 3 & 0xf, rcode);

    return (struct bytes){ w.at, w.length };
}

static void put_soa(const struct dialogue *d, struct dns_writer *w, int section,
                    const struct authority_zone *zone)
{
    const char *primary = d->a->host ? d->a->host : zone->top;

    dns_put_rr(w, section, zone->top, DNS_SOA, DNS_IN, AUTHORITY_TTL,
               dns_rdata_soa(d->op, primary, NO_MAILBOX, d->a->serial, AUTHORITY_TTL));
}

/* What there is of the type at the top of a zone; false: nothing. */
static bool put_answer(const struct dialogue *d, struct dns_writer *w, const struct authority_zone *zone)
{
    const char *top = zone->top;

    switch (d->query.question.type) {
    case DNS_TXT:
        for (size_t i = 0; i < zone->values.count; i++)
            dns_put_rr(w, 1, top, DNS_TXT, DNS_IN, AUTHORITY_TTL, dns_rdata_txt(d->op, zone->values.at[i]));
        return zone->values.count > 0;
    case DNS_NS:
        if (d->a->host)
            dns_put_rr(w, 1, top, DNS_NS, DNS_IN, AUTHORITY_TTL, dns_rdata_name(d->op, d->a->host));
        return d->a->host;
    case DNS_SOA:
    case DNS_ANY: /* any one set will do (RFC 8482 section 4.1) */
        put_soa(d, w, 1, zone);
        return true;
    default:
        return false;
    }
}

/* RFC 2308 section 3: the SOA record tells for how long this holds. */
static struct bytes reply_none(const struct dialogue *d, const struct authority_zone *zone, int rcode)
{
    struct dns_writer w = reply_begin(d, DNS_FLAG_AA, rcode);

    put_soa(d, &w, 2, zone);
    return reply_end(d, &w, 0);
}

static struct bytes reply_top(const struct dialogue *d, const struct authority_zone *zone)
{
    struct dns_writer w = reply_begin(d, DNS_FLAG_AA, DNS_NOERROR);

    return put_answer(d, &w, zone) ? reply_end(d, &w, 0) : reply_none(d, zone, DNS_NOERROR);
}

static struct bytes reply(const struct dialogue *d)
{
    const struct dns_rr *question = &d->query.question;
    const struct authority_zone *zone = zone_of(d->a, question->name);
    const struct authority_zone vacant = { .top = question->name };

    if (d->edns_version)
        return reply_rcode(d, 0, BADVERS_HIGH);
    if (!zone && text_starts(question->name, AUTHORITY_LABEL))
        zone = &vacant;
    if (!zone || question->klass != DNS_IN ||
        (question->type >= FIRST_TRANSFER && question->type <= LAST_TRANSFER))
        return reply_rcode(d, DNS_REFUSED, 0);
    if (strcmp(question->name, zone->top) == 0)
        return reply_top(d, zone);
    return reply_none(d, zone, has_below(d->a, question->name) ? DNS_NOERROR : DNS_NXDOMAIN);
}

struct bytes authority_answer(const struct authority *a, struct op *op, struct bytes query, bool udp)
{
    struct dialogue d = { .a = a, .op = op, .packet = query };

    if (query.length < DNS_HEADER || (query.at[2] & 0x80)) /* QR: to answer answers would be a loop */
        return (struct bytes){ NULL, 0 };
    if ((query.at[2] >> 3 & 0xf) != DNS_QUERY)
        return reply_header(op, query, DNS_NOTIMP);
    if (!dns_decode(op, query, &d.query) || !d.query.question.name)
        return reply_header(op, query, DNS_FORMERR);
    take_edns(&d, udp);
    return reply(&d);
}
