/*
 * resolver: asks DNS servers, many at once, chosen ones, by UDP and then TCP.
 *
 * An array of questions runs in one poll loop: UDP with EDNS, repeated on loss, TCP on truncation, the next
 * of the given servers when one is silent, refuses or fails (SERVFAIL). Answers are matched by address, id
 * and question; ids and source ports are random. One question's failure is no failure of the operation. A
 * question takes at most ten seconds. The answers live in the operation: who asks again and again (waiting
 * for a record) does so in a child operation.
 *
 *     struct dns_query q = { .name = "_acme-challenge.example.com", .type = DNS_TXT };
 *     resolver_run(op, &q, 1);
 *     for (i < q.answer.answer.count) ...
 *
 * The door is a struct of one function, so tests can put in zones in memory.
 */
#ifndef MCACME_NET_RESOLVER_H
#define MCACME_NET_RESOLVER_H

#include "base/text.h"
#include "net/wire.h"

struct dns_query {
    /* asked */
    const char *name;
    int type;
    const struct strings *servers; /* "ADDR", "ADDR:PORT", "[V6]:PORT"; NULL: the resolver's own, RD set */
    bool recursive;                /* RD with chosen servers */
    bool tcp_only;
    bool unchecked; /* CD: a resolver that validates shall not refuse what fails to validate (RFC 4035 3.2.2)
                     */
    /* answered */
    bool answered;       /* by NOERROR or NXDOMAIN */
    const char *failure; /* else what each server did: "no answer from 192.0.2.1; SERVFAIL from 192.0.2.2" */
    const char *server;  /* who answered */
    struct dns_message answer;
};

struct resolver {
    bool (*run)(struct resolver *resolver, struct op *op, struct dns_query *queries, size_t n);
};

/* False only when the operation failed (stopped, out of time). */
bool resolver_run(struct op *op, struct dns_query *queries, size_t n);

/*
 * The real thing. `servers` as in struct dns_query; empty or NULL: the nameservers of /etc/resolv.conf (at
 * most three, 127.0.0.1 where the file has none). Fails with CONFIG for an address that cannot be read.
 */
struct resolver *resolver_system(struct op *op, const struct strings *servers);

/*
 * One message to one server over TCP or UDP, for UPDATE: the raw answer packet, matched by address, id and
 * opcode. Over UDP it is repeated when it seems lost, which is harmless for an UPDATE that adds or deletes
 * records. Fails with PROVIDER.
 */
bool dns_exchange(struct op *op, const char *server, struct bytes packet, bool tcp, struct bytes *answer);

/* "ADDR[:PORT]", "V6%SCOPE", "[V6]:PORT" to a socket address. For listeners too. */
struct sockaddr_storage;
bool dns_address(const char *text, unsigned default_port, struct sockaddr_storage *address, unsigned *length);

#endif
