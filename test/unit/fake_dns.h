/*
 * fake_dns: zones in memory behind struct resolver: one view of the resolver itself, and others of single
 * servers, with records that can be seen only after a while.
 *
 *     static const struct fake_rr rrs[] = {
 *         { .name = "example.com", .type = DNS_SOA },
 *         { .name = "example.com", .type = DNS_NS, .text = "ns1.example.net" },
 *         { .name = "ns1.example.net", .type = DNS_A, .text = "192.0.2.1" },
 *         { .name = "_acme-challenge.example.com", .type = DNS_TXT, .text = "v", .server = "192.0.2.1",
 * .after = 3000 },
 *     };
 *     struct fake_dns *dns = fake_dns(op, rrs, 4);
 */
#ifndef MCACME_TEST_FAKE_DNS_H
#define MCACME_TEST_FAKE_DNS_H

#include "net/resolver.h"

enum fake_manner {
    FAKE_GOOD,
    FAKE_SILENT,
    FAKE_LAME,   /* answers, empty and without authority */
    FAKE_NO_SOA, /* NOTIMP for SOA and NS */
    FAKE_EVIL    /* every answer also has the records of FAKE_EVERYWHERE */
};
#define FAKE_EVERYWHERE "*"

struct fake_rr {
    const char *name;
    int type;
    const char *text;
    const char *server; /* seen only there; NULL: seen by the resolver itself and at every server */
    int64_t after;      /* milliseconds, from the beginning of the test */
};

struct fake_server {
    const char *address; /* NULL: the resolver itself */
    enum fake_manner manner;
};

struct fake_dns {
    struct resolver resolver;
    const struct fake_rr *rrs;
    size_t count;
    const struct fake_server *servers; /* those that are not good; ends with FAKE_GOOD; may be NULL */
    const char *cut; /* "a.b@192.0.2.1": that server refers to the servers of a.b; or NULL */
    bool one_hop;    /* CNAMEs are not followed: the asker has to do so */
    bool vendor;     /* TXT records are those that fake_vendor holds, besides */
    int64_t began;
    unsigned rounds, questions;
    char asked[4096]; /* "SOA _acme-challenge.example.com;" or "TXT name@192.0.2.1;" */
};

/* The resolver, which is from then on the DNS door of the world. */
struct fake_dns *fake_dns(struct op *op, const struct fake_rr *rrs, size_t count);

#endif
