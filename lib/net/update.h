/*
 * update: a client of dynamic update (RFC 2136), signed with TSIG.
 *
 *     struct update_server server = { .host = "ns1.example", .key = &key };
 *     server.addresses = host_addresses(op, server.host, 53);
 *     zone = update_zone(op, &server, "_acme-challenge.www.example.com");
 *     update_add(op, &server, zone, records, n);
 *
 * Values are added beside those that are there, and deleted one by one; both are content when it is so
 * already. Up to 64 records go in one message, which the server carries out whole or not at all.
 *
 * A server ignores, and says NOERROR to, a TXT record added where a CNAME is (RFC 2136 section 3.4.2.2). So
 * each name comes with the prerequisite that it has none: no second query, and true for that very moment.
 */
#ifndef MCACME_NET_UPDATE_H
#define MCACME_NET_UPDATE_H

#include "base/text.h"
#include "net/tsig.h"

struct update_server {
    const char *host;           /* for people */
    struct strings addresses;   /* "ADDR:PORT"; the first that answers is taken */
    const struct tsig_key *key; /* NULL: not signed */
    bool tcp;                   /* always; else messages over 512 bytes only */
};

struct update_record {
    const char *name, *value; /* a TXT record */
    uint32_t ttl;
};

/*
 * The zone of a name as this server has it, asked with the key, for the key may choose the view. Fails with
 * PROVIDER when the server has none.
 */
const char *update_zone(struct op *op, const struct update_server *server, const char *name);

/* Fail with PROVIDER in words. */
bool update_add(struct op *op, const struct update_server *server, const char *zone,
                const struct update_record *records, size_t n);
bool update_delete(struct op *op, const struct update_server *server, const char *zone,
                   const struct update_record *records, size_t n);

#endif
