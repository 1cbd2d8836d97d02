/*
 * zone: where a TXT record has to go: CNAMEs followed, the zone found by its SOA.
 *
 * A recursive server is asked for the SOA of the name: the answer holds the CNAMEs on the way, and the SOA of
 * the zone in its answer or authority section (RFC 2308 section 3). An answer decides only where our own
 * value is put: the names it may lead to are those that the name asked for points at.
 */
#ifndef MCACME_DNS01_ZONE_H
#define MCACME_DNS01_ZONE_H

#include "base/op.h"

#define ZONE_MOST_CNAMES 8u

struct place {
    const char *asked;   /* "_acme-challenge.example.com" */
    const char *fqdn;    /* found: where its CNAMEs lead */
    const char *zone;    /* found: NULL when no server could say */
    const char *failure; /* then: why */
};

/*
 * All names at once. Fails with PROVIDER for a loop of CNAMEs; that a zone is not found is no failure yet,
 * because not every provider needs one.
 */
bool places_find(struct op *op, struct place *places, size_t n);

#endif
