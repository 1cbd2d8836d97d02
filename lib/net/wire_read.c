#include "base/text.h"
#include "net/wire.h"
#include "net/wire_reader.h"

#include <arpa/inet.h>

#define SMALLEST_RR 11u /* a root name, type, class, TTL and RDLENGTH */

static const char *address_text(struct dns_reader *r, int family, size_t length)
{
    struct bytes address = dns_take_bytes(r, length);
    char text[INET6_ADDRSTRLEN];

    return address.at ? text_dup(r->op, inet_ntop(family, address.at, text, sizeof text)) : NULL;
}

static const char *soa_text(struct dns_reader *r)
{
    const char *primary = dns_take_name(r);

    dns_take_name(r);
    dns_take_bytes(r, 20); /* serial, refresh, retry, expire, minimum */
    return primary;
}

/* A NUL becomes visible, lest "value, NUL, anything" be taken for "value". */
static void add_string(struct text *out, struct bytes string)
{
    for (size_t i = 0; i < string.length; i++) {
        if (string.at[i])
            text_char(out, (char)string.at[i]);
        else
            text_add(out, "\\000");
    }
}

static const char *txt_text(struct dns_reader *r)
{
    struct text out = text_begin(r->op->arena);

    while (!r->bad && r->at < r->end)
        add_string(&out, dns_take_bytes(r, *dns_take_bytes(r, 1).at));
    return out.data;
}

/* A tag is letters and digits (RFC 8659 section 4.1), in any case. */
static void add_tag(struct text *out, struct bytes tag)
{
    for (size_t i = 0; i < tag.length; i++) {
        unsigned char c = tag.at[i];

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
            text_char(out, (char)c);
        else
            text_add(out, "\\%03u", c);
    }
}

static const char *caa_text(struct dns_reader *r)
{
    struct text out = text_begin(r->op->arena);
    struct bytes flags = dns_take_bytes(r, 1), length = dns_take_bytes(r, 1), tag, value;

    if (r->bad || !*length.at) {
        r->bad = true;
        return NULL;
    }
    tag = dns_take_bytes(r, *length.at);
    value = dns_take_bytes(r, r->end - r->at);
    text_add(&out, "%u ", *flags.at);
    add_tag(&out, tag);
    text_char(&out, ' ');
    add_string(&out, value);
    return out.data;
}

static const char *rdata_text(struct dns_reader *r, int type)
{
    switch (type) {
    case DNS_A:
        return address_text(r, AF_INET, 4);
    case DNS_AAAA:
        return address_text(r, AF_INET6, 16);
    case DNS_NS:
    case DNS_CNAME:
        return dns_take_name(r);
    case DNS_SOA:
        return soa_text(r);
    case DNS_TXT:
        return txt_text(r);
    case DNS_CAA:
        return caa_text(r);
    default:
        r->at = r->end;
        return NULL;
    }
}

/* The RDATA, raw and as text. Only class IN has a known form: the records of an UPDATE may be bare. */
static void take_rdata(struct dns_reader *r, struct dns_rr *rr)
{
    size_t length = dns_take_u16(r);
    struct dns_reader inside;

    rr->rdata = dns_take_bytes(r, length);
    if (r->bad || rr->klass != DNS_IN)
        return;
    inside = *r;
    inside.at = r->at - length;
    inside.end = r->at;
    rr->text = rdata_text(&inside, rr->type);
    r->names_left = inside.names_left;
    r->bad = !dns_read_whole(&inside);
}

static void take_rr(struct dns_reader *r, struct dns_rr *rr)
{
    rr->offset = r->at;
    rr->name = dns_take_name(r);
    rr->type = dns_take_u16(r);
    rr->klass = dns_take_u16(r);
    rr->ttl = dns_take_u32(r);
    take_rdata(r, rr);
}

static void take_section(struct dns_reader *r, struct dns_section *section, size_t count)
{
    if (count > (r->end - r->at) / SMALLEST_RR)
        r->bad = true;
    if (r->bad || !count)
        return;
    section->at = op_array(r->op, count, struct dns_rr);
    for (section->count = 0; section->count < count && !r->bad; section->count++)
        take_rr(r, &section->at[section->count]);
}

static void take_question(struct dns_reader *r, struct dns_rr *question)
{
    question->offset = r->at;
    question->name = dns_take_name(r);
    question->type = dns_take_u16(r);
    question->klass = dns_take_u16(r);
}

/* The OPT record lends its class and TTL to EDNS (RFC 6891 section 6.1.3); there may be one only. */
static bool take_edns(struct dns_message *m)
{
    bool seen = false;

    for (size_t i = 0; i < m->additional.count; i++) {
        const struct dns_rr *rr = &m->additional.at[i];

        if (rr->type != DNS_OPT)
            continue;
        if (seen || *rr->name)
            return false;
        seen = true;
        m->edns_size = rr->klass;
        m->rcode |= (int)(rr->ttl >> 24) << 4;
    }
    return true;
}

static void take_flags(struct dns_message *m, unsigned flags)
{
    m->qr = flags & DNS_FLAG_QR;
    m->aa = flags & DNS_FLAG_AA;
    m->tc = flags & DNS_FLAG_TC;
    m->rd = flags & DNS_FLAG_RD;
    m->ra = flags & DNS_FLAG_RA;
    m->opcode = (int)(flags >> 11 & 0xf);
    m->rcode = (int)(flags & 0xf);
}

/* Bytes behind the last record are not looked at; some servers leave them there. */
bool dns_decode(struct op *op, struct bytes packet, struct dns_message *m)
{
    struct dns_reader r = dns_read(op, packet);
    uint16_t counts[4] = { 0 };

    *m = (struct dns_message){ 0 };
    if (!op_ok(op) || packet.length < DNS_HEADER)
        return false;
    m->id = dns_take_u16(&r);
    take_flags(m, dns_take_u16(&r));
    for (size_t i = 0; i < 4; i++)
        counts[i] = dns_take_u16(&r);
    if (counts[0] > 1) /* RFC 9619 section 4 */
        return false;
    if (counts[0])
        take_question(&r, &m->question);
    take_section(&r, &m->answer, counts[1]);
    take_section(&r, &m->authority, counts[2]);
    take_section(&r, &m->additional, counts[3]);
    return !r.bad && take_edns(m);
}
