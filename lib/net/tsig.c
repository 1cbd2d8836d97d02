#include "net/tsig.h"

#include "base/text.h"
#include "base/when.h"
#include "net/wire_reader.h"

#include <string.h>

#define FUDGE 300 /* seconds, as RFC 8945 section 10 recommends */

/* TSIG's own errors (RFC 8945 section 3). */
enum tsig_error { TSIG_BADSIG = 16, TSIG_BADKEY = 17, TSIG_BADTIME = 18, TSIG_BADTRUNC = 22 };

/* The RDATA of a TSIG record (RFC 8945 section 4.2). */
struct tsig {
    const char *algorithm;
    int64_t time; /* 48 bits */
    uint16_t fudge;
    struct bytes mac;
    uint16_t original_id, error;
    struct bytes other;
};

static void put_number(struct text *out, uint64_t value, size_t octets)
{
    while (octets--)
        text_char(out, (char)(value >> 8 * octets & 0xff));
}

static void put_bytes(struct text *out, struct bytes bytes)
{
    text_put(out, bytes.at, bytes.length);
}

static struct bytes made(const struct text *out)
{
    return (struct bytes){ (const uint8_t *)out->data, out->length };
}

/* The TSIG variables that are digested behind the message (RFC 8945 section 4.3.3): names are never
 * compressed. */
static void put_variables(struct op *op, struct text *out, const struct tsig_key *key, const struct tsig *t)
{
    put_bytes(out, dns_rdata_name(op, key->name));
    put_number(out, DNS_CLASS_ANY, 2);
    put_number(out, 0, 4); /* TTL */
    put_bytes(out, dns_rdata_name(op, tsig_algorithm(key->kind)));
    put_number(out, (uint64_t)t->time, 6);
    put_number(out, t->fudge, 2);
    put_number(out, t->error, 2);
    put_number(out, t->other.length, 2);
    put_bytes(out, t->other);
}

static struct bytes rdata(struct op *op, const struct tsig_key *key, const struct tsig *t)
{
    struct text out = text_begin(op->arena);

    put_bytes(&out, dns_rdata_name(op, tsig_algorithm(key->kind)));
    put_number(&out, (uint64_t)t->time, 6);
    put_number(&out, t->fudge, 2);
    put_number(&out, t->mac.length, 2);
    put_bytes(&out, t->mac);
    put_number(&out, t->original_id, 2);
    put_number(&out, t->error, 2);
    put_number(&out, t->other.length, 2);
    put_bytes(&out, t->other);
    return made(&out);
}

struct bytes tsig_sign(struct dns_writer *w, const struct tsig_key *key, int64_t now)
{
    struct text digested = text_begin(w->op->arena);
    struct tsig t = { .time = now, .fudge = FUDGE };
    bool was_full = w->full;

    t.original_id = (uint16_t)(w->at[0] << 8 | w->at[1]);
    text_put(&digested, w->at, w->length);
    put_variables(w->op, &digested, key, &t);
    t.mac = hmac(w->op, key->kind, key->secret, made(&digested));
    w->full = false;
    dns_put_rr(w, 3, key->name, DNS_TSIG, DNS_CLASS_ANY, 0, rdata(w->op, key, &t));
    if (w->full)
        op_fail(w->op, ERR_INTERNAL, "the DNS message has no room for its signature");
    w->full |= was_full;
    return op_ok(w->op) ? t.mac : (struct bytes){ NULL, 0 };
}

static bool take_tsig(struct op *op, struct bytes packet, const struct dns_rr *rr, struct tsig *t)
{
    struct dns_reader r = dns_read_rdata(op, packet, rr);

    t->algorithm = dns_take_name(&r);
    t->time = (int64_t)dns_take_u16(&r) << 32;
    t->time |= dns_take_u32(&r);
    t->fudge = dns_take_u16(&r);
    t->mac = dns_take_bytes(&r, dns_take_u16(&r));
    t->original_id = dns_take_u16(&r);
    t->error = dns_take_u16(&r);
    t->other = dns_take_bytes(&r, dns_take_u16(&r));
    return dns_read_whole(&r);
}

/* The TSIG record, which must be the last one and the only one (RFC 8945 section 5.1); else NULL. */
static const struct dns_rr *find_tsig(const struct dns_message *m)
{
    const struct dns_rr *last = m->additional.count ? &m->additional.at[m->additional.count - 1] : NULL;

    for (size_t i = 0; i + 1 < m->additional.count; i++)
        if (m->additional.at[i].type == DNS_TSIG)
            return NULL;
    return last && last->type == DNS_TSIG && last->klass == DNS_CLASS_ANY && last->ttl == 0 ? last : NULL;
}

/*
 * What a server signs (RFC 8945 sections 5.3 and 5.4.1): the MAC of the request, the answer as it was before
 * the TSIG record came to it, the variables.
 */
static struct bytes answer_mac(struct op *op, struct bytes packet, size_t tsig_offset,
                               const struct tsig_key *key, const struct tsig *t, struct bytes request_mac)
{
    struct text out = text_begin(op->arena);
    unsigned additional = (unsigned)(packet.at[10] << 8 | packet.at[11]);

    put_number(&out, request_mac.length, 2);
    put_bytes(&out, request_mac);
    put_number(&out, t->original_id, 2);
    text_put(&out, packet.at + 2, 8);
    put_number(&out, additional - 1, 2);
    text_put(&out, packet.at + DNS_HEADER, tsig_offset - DNS_HEADER);
    put_variables(op, &out, key, t);
    return hmac(op, key->kind, key->secret, made(&out));
}

/* Errors that a server cannot sign, for it and we do not share the key (RFC 8945 section 5.2). */
static bool check_shared(struct op *op, const struct tsig_key *key, const struct tsig *t)
{
    if (t->error == TSIG_BADKEY) {
        op_fail(op, ERR_PROVIDER, "the server does not know the TSIG key \"%s\" (BADKEY)", key->name);
        return op_hint(op, "compare the key's name and its algorithm (%s) with the server's",
                       tsig_algorithm(key->kind));
    }
    if (t->error == TSIG_BADSIG || t->error == TSIG_BADTRUNC) {
        op_fail(op, ERR_PROVIDER, "the server refuses our signature with the TSIG key \"%s\" (%s)", key->name,
                t->error == TSIG_BADSIG ? "BADSIG" : "BADTRUNC");
        return op_hint(op, "the key's secret is not the server's");
    }
    return true;
}

static bool check_mac(struct op *op, struct bytes is, struct bytes wanted)
{
    if (op_ok(op) && !bytes_same(is, wanted)) {
        op_fail(op, ERR_PROVIDER, "the answer's TSIG signature is wrong");
        return op_hint(op, "the answer was changed on its way, or the server has another secret");
    }
    return op_ok(op);
}

/* With BADTIME the server's clock comes as the other data, 48 bits (RFC 8945 section 5.2.3). */
static int64_t other_time(const struct tsig *t)
{
    int64_t time = 0;

    for (size_t i = 0; i < t->other.length && t->other.length == 6; i++)
        time = time << 8 | t->other.at[i];
    return time;
}

static bool check_time(struct op *op, const struct tsig *t)
{
    int64_t now = op_now(op), apart = now > t->time ? now - t->time : t->time - now;

    if (t->error != TSIG_BADTIME && apart <= t->fudge)
        return true;
    if (t->error == TSIG_BADTIME)
        op_fail(op, ERR_PROVIDER, "the server says that our clock is wrong (BADTIME): it has %s, we have %s",
                when_print(op, other_time(t)), when_print(op, now));
    else
        op_fail(op, ERR_PROVIDER, "the answer's TSIG signature is of %s, but now is %s",
                when_print(op, t->time), when_print(op, now));
    return op_hint(op, "set the clocks of both machines right (NTP)");
}

static bool check_other_errors(struct op *op, const struct tsig *t)
{
    return t->error == 0 ||
           op_fail(op, ERR_PROVIDER, "the server's TSIG error is %s", dns_rcode_name(t->error));
}

bool tsig_verify(struct op *op, struct bytes packet, const struct tsig_key *key, struct bytes request_mac)
{
    struct dns_message m;
    const struct dns_rr *rr;
    struct tsig t;

    TRY(op_ok(op));
    if (!dns_decode(op, packet, &m))
        return op_fail(op, ERR_PROVIDER, "the server's answer is not a DNS message");
    rr = find_tsig(&m);
    if (!rr)
        return op_fail(op, ERR_PROVIDER, "the server's answer (%s) is not signed", dns_rcode_name(m.rcode));
    if (!take_tsig(op, packet, rr, &t))
        return op_fail(op, ERR_PROVIDER, "the answer's TSIG record is malformed");
    if (!text_same(rr->name, key->name) || !text_same(t.algorithm, tsig_algorithm(key->kind)))
        return op_fail(op, ERR_PROVIDER, "the answer is signed with another TSIG key: \"%s\" (%s)", rr->name,
                       t.algorithm);
    return check_shared(op, key, &t) &&
           check_mac(op, t.mac, answer_mac(op, packet, rr->offset, key, &t, request_mac)) &&
           check_time(op, &t) && check_other_errors(op, &t);
}
