/*
 * nameservers: the servers of a zone one by one, as the world finds them, and whether each is of use: does it
 * answer, does it know the zone, does it take TCP.
 *
 *     struct nameservers ns = { .zone = "example.com" };
 *
 *     if (nameservers_look(op, &ns))
 *         for (i < ns.count) ... ns.at[i].state
 *
 * Limits: NAMESERVERS_MOST hosts, and ADDRESSES_MOST addresses of each.
 */
#ifndef MCACME_CHECK_NAMESERVERS_H
#define MCACME_CHECK_NAMESERVERS_H

#include "base/text.h"

struct op;

#define NAMESERVERS_MOST 13u
#define ADDRESSES_MOST   8u

enum nameserver_state {
    NAMESERVER_GOOD,
    NAMESERVER_UNKNOWN, /* its name has no address */
    NAMESERVER_LAME,    /* it answers, but not for this zone */
    NAMESERVER_SILENT,
    NAMESERVER_NO_ROUTE /* we cannot send to it at all */
};

struct nameserver {
    const char *host, *address; /* address NULL: UNKNOWN */
    enum nameserver_state state;
    const char *failure;     /* why it is not good */
    const char *tcp_failure; /* of a good one, over TCP; NULL: none */
};

struct nameservers {
    const char *zone;
    struct nameserver *at; /* a host with two addresses stands there twice */
    size_t count, good;
    /* SERVFAIL, which goes away when the resolver does not validate (RFC 4035 section 4.7) */
    bool dnssec_broken;
    const char
        *resolver_failure; /* why the resolver tells no name servers; NULL: it tells them, or none is there */
};

/* False only when the operation failed. Strings live as long as that. */
bool nameservers_look(struct op *op, struct nameservers *servers);

/* "ns1.example.com (192.0.2.1)" */
const char *nameserver_title(struct op *op, const struct nameserver *server);

#endif
