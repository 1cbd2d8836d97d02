/*
 * authority: what a small authoritative name server knows, and what it answers: a pure function from packet
 * to packet. The sockets are dnsd's.
 *
 * Each name that ever got a TXT value is the top of a zone of its own: `_acme-challenge.example.com` is meant
 * to be delegated to us by an NS record. There are TXT, SOA and (where `host` is known) NS at the top,
 * nothing else and nothing below. A name whose last value was taken away stays ours and is empty, and so is
 * every other name that begins with _acme-challenge before it gets its first: REFUSED would make resolvers
 * shun us.
 *
 *     struct authority a = { .op = op, .host = "ns.example.net" };
 *     authority_add(&a, "_acme-challenge.example.com", value);
 *     reply = authority_answer(&a, op, query, true);
 *
 * Implements RFC 1034 section 4.3.2 for such zones, negative answers by RFC 2308, EDNS by RFC 6891, minimal
 * answers to ANY by RFC 8482. A question comes back with the letter case that it had (0x20). It is never
 * recursive and has no zone transfer.
 */
#ifndef MCACME_NET_AUTHORITY_H
#define MCACME_NET_AUTHORITY_H

#include "base/text.h"
#include "net/wire.h"

/* Short, for the values and their absence are news: a validator that asked too early asks again. */
#define AUTHORITY_TTL 5u

#define AUTHORITY_LABEL "_acme-challenge."

struct authority_zone {
    const char *top;
    struct strings values;
};

struct authority {
    struct op *op;    /* the zones live in its arena */
    const char *host; /* our own name, for NS and SOA records; NULL: unknown, then there is no NS record: one
                         that leads nowhere would replace the parent's in the caches of resolvers */
    uint32_t serial;  /* grows with each change */
    struct authority_zone *zones;
    size_t count, room;
};

/* Names in lower case without a final dot. Both are content when it is so already. */
void authority_add(struct authority *a, const char *name, const char *value);
void authority_remove(struct authority *a, const char *name, const char *value);

/*
 * The reply, in op's arena, cut to fit for UDP; its `at` is NULL where none is due (an answer, a fragment).
 */
struct bytes authority_answer(const struct authority *a, struct op *op, struct bytes query, bool udp);

#endif
