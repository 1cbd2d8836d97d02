#include "net/update.h"

#include "net/resolver.h"

#define MOST_RECORDS 64u  /* in one message: at the worst, with the longest names, 37 KiB */
#define MOST_UDP     512u /* RFC 1035 section 4.2.1 */
#define YXRRSET      7    /* a set exists that should not (RFC 2136 section 2.2) */

static const struct bytes nothing = { NULL, 0 };

/* ---- one message and its answer ---- */

static struct dns_writer message(struct op *op, int opcode, const char *name, int type)
{
    uint16_t id = (uint16_t)random_below(op, 65536);
    struct dns_writer w = dns_write(op, DNS_MOST_MESSAGE, id, 0, opcode, DNS_NOERROR);

    dns_put_question(&w, name, type, DNS_IN);
    return w;
}

/* Over UDP, and again over TCP where the answer does not fit. */
static bool exchange_at(struct op *op, const char *address, struct bytes packet, bool tcp,
                        struct bytes *answer)
{
    TRY(dns_exchange(op, address, packet, tcp, answer));
    if (!tcp && (answer->at[2] & (DNS_FLAG_TC >> 8)))
        return dns_exchange(op, address, packet, true, answer);
    return true;
}

/* With the first of the server's addresses that answers: "localhost" may be ::1, where nobody listens. */
static bool exchange(struct op *op, const struct update_server *server, struct bytes packet,
                     struct bytes *answer)
{
    bool tcp = server->tcp || packet.length > MOST_UDP;
    bool done = false;

    for (size_t i = 0; i < server->addresses.count && !done; i++) {
        struct op *attempt = op_child(op);
        struct bytes got = nothing;

        done = op_alive(op) && exchange_at(attempt, server->addresses.at[i], packet, tcp, &got);
        if (done)
            *answer = (struct bytes){ arena_copy(op->arena, got.at, got.length), got.length };
        else if (i + 1 == server->addresses.count)
            op_adopt(op, attempt);
        op_end(attempt);
    }
    return done;
}

static bool is_signed(const struct dns_message *m)
{
    return m->additional.count && m->additional.at[m->additional.count - 1].type == DNS_TSIG;
}

/*
 * Signs where there is a key. An unsigned refusal is believed: servers refuse before they look at signatures,
 * and it can do no more harm than a lost packet.
 */
static bool converse(struct op *op, const struct update_server *server, struct dns_writer *w,
                     struct dns_message *m)
{
    struct bytes mac = nothing, answer;
    bool good;

    if (server->key)
        mac = tsig_sign(w, server->key, op_now(op));
    TRY(op_ok(op) && exchange(op, server, (struct bytes){ w->at, w->length }, &answer));
    if (!dns_decode(op, answer, m))
        return op_fail(op, ERR_PROVIDER, "%s answers what is no DNS message", server->host);
    if (!server->key || (!is_signed(m) && m->rcode != DNS_NOERROR))
        return true;
    op_enter(op, "%s", server->host);
    good = tsig_verify(op, answer, server->key, mac);
    op_leave(op);
    return good;
}

static bool query(struct op *op, const struct update_server *server, const char *name, int type,
                  struct dns_message *m)
{
    struct dns_writer w = message(op, DNS_QUERY, name, type);

    return converse(op, server, &w, m);
}

/* ---- the zone ---- */

static const struct dns_rr *find(const struct dns_section *section, int type)
{
    for (size_t i = 0; i < section->count; i++)
        if (section->at[i].type == type)
            return &section->at[i];
    return NULL;
}

/* The SOA record of the answer, or of the proof that there is none at this name: either names the zone. */
static const char *zone_in(const struct dns_message *m, const char *name)
{
    const struct dns_rr *soa = find(&m->answer, DNS_SOA);

    if (!soa)
        soa = find(&m->authority, DNS_SOA);
    return m->aa && soa && dns_in_zone(name, soa->name) ? soa->name : NULL;
}

static bool no_zone(struct op *op, const struct update_server *server, const char *name,
                    const struct dns_message *m)
{
    const struct dns_rr *ns = find(&m->authority, DNS_NS);

    if (m->rcode == DNS_NOERROR && ns)
        op_fail(op, ERR_PROVIDER, "%s delegates %s to other servers (%s)", server->host, ns->name, ns->text);
    else
        op_fail(op, ERR_PROVIDER, "%s has no zone for %s (it answers %s)", server->host, name,
                dns_rcode_name(m->rcode));
    return op_hint(op, "name the primary server of the zone, or the zone");
}

/* One query is enough, unless a CNAME at the name leads the answer astray. */
const char *update_zone(struct op *op, const struct update_server *server, const char *name)
{
    struct dns_message m = { 0 };

    for (const char *at = name; at && *at && query(op, server, at, DNS_SOA, &m); at = dns_parent(at)) {
        const char *zone = zone_in(&m, at);

        if (zone)
            return zone;
        if (!find(&m.answer, DNS_CNAME))
            break;
    }
    if (op_ok(op))
        no_zone(op, server, name, &m);
    return NULL;
}

/* ---- the update ---- */

struct change {
    const struct update_server *server;
    const char *zone;
    const struct update_record *records;
    size_t n;
    bool adding;
};

/* The path of an error may cost a few queries: which of the names has the CNAME? */
static bool cname_in_the_way(struct op *op, const struct change *c)
{
    for (size_t i = 0; i < c->n; i++) {
        struct dns_message m;
        const struct dns_rr *cname;

        TRY(query(op, c->server, c->records[i].name, DNS_CNAME, &m));
        cname = find(&m.answer, DNS_CNAME);
        if (!cname)
            continue;
        op_fail(op, ERR_PROVIDER, "%s has a CNAME record at %s (to %s), beside which no TXT record can be",
                c->server->host, cname->name, cname->text);
        return op_hint(
            op, "remove it, or make it visible to the resolver that mcacme asks, so that it is followed");
    }
    return op_fail(op, ERR_PROVIDER, "%s says that a CNAME record is in the way", c->server->host);
}

static bool judge(struct op *op, const struct change *c, int rcode)
{
    const char *host = c->server->host;

    if (rcode == DNS_NOERROR)
        return true;
    if (rcode == YXRRSET && c->adding)
        return cname_in_the_way(op, c);
    op_fail(op, ERR_PROVIDER, "%s refuses the update of the zone %s: %s", host, c->zone,
            dns_rcode_name(rcode));
    if (rcode == DNS_REFUSED)
        return op_hint(
            op,
            "the server's policy must let %s change TXT records there: update-policy or allow-update in "
            "BIND, an acl with \"action: update\" in Knot",
            c->server->key ? op_text(op, "the key \"%s\"", c->server->key->name) : "our address");
    if (rcode == DNS_NOTAUTH || rcode == DNS_NOTZONE)
        return op_hint(
            op,
            "%s is not the primary server of the zone, or %s is not the zone's name, or its policy "
            "wants another key (Knot says NOTAUTH then)",
            host, c->zone);
    if (rcode == DNS_NOTIMP)
        return op_hint(op, "%s does not know dynamic update", host);
    return op_hint(op, "the log of %s tells more", host);
}

static struct dns_writer update_message(struct op *op, const struct change *c)
{
    struct dns_writer w = message(op, DNS_UPDATE, c->zone, DNS_SOA);

    for (size_t i = 0; c->adding && i < c->n; i++) /* RFC 2136 section 2.4.3: there is no such set */
        dns_put_rr(&w, 1, c->records[i].name, DNS_CNAME, DNS_CLASS_NONE, 0, nothing);
    for (size_t i = 0; i < c->n; i++) { /* section 2.5.1 to add, 2.5.4 to delete a record from a set */
        const struct update_record *r = &c->records[i];

        dns_put_rr(&w, 2, r->name, DNS_TXT, c->adding ? DNS_IN : DNS_CLASS_NONE, c->adding ? r->ttl : 0,
                   dns_rdata_txt(op, r->value));
    }
    return w;
}

static bool apply(struct op *op, const struct change *c)
{
    struct dns_writer w;
    struct dns_message m;

    TRY(op_ok(op));
    w = update_message(op, c);
    return converse(op, c->server, &w, &m) && judge(op, c, m.rcode);
}

static bool apply_all(struct op *op, struct change change)
{
    size_t left = change.n;

    for (; left; left -= change.n, change.records += change.n) {
        change.n = left < MOST_RECORDS ? left : MOST_RECORDS;
        TRY(apply(op, &change));
    }
    return op_ok(op);
}

bool update_add(struct op *op, const struct update_server *server, const char *zone,
                const struct update_record *records, size_t n)
{
    return apply_all(op, (struct change){ server, zone, records, n, true });
}

bool update_delete(struct op *op, const struct update_server *server, const char *zone,
                   const struct update_record *records, size_t n)
{
    return apply_all(op, (struct change){ server, zone, records, n, false });
}
