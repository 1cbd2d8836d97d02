/* dns: the places of TXT records, for the two files of lib/check that look at them. */
#ifndef MCACME_CHECK_DNS_H
#define MCACME_CHECK_DNS_H

#include "check/check_parts.h"
#include "check/nameservers.h"
#include "dns01/zone.h"

/* A place that a TXT record goes to. */
struct spot {
    const char *base; /* a name that it proves, without "*." */
    struct place place;
    const struct nameservers *servers; /* of its zone; NULL: no zone was found */
    const char *value;                 /* of the test record there */
};

/*
 * A test record in each place: put up as an issue would, looked for, taken away, and looked for again.
 * Whatever happens, all of them are taken away at the end.
 */
void check_round_trip(struct check *check, struct spot *spots, size_t n);

#endif
