/*
 * spread: waits until TXT records can be seen where the CA will look.
 *
 * AUTHORITATIVE asks every authoritative server of the zone directly, all at once, until each of those that
 * answer has every value. A server that stays silent or lame is named in a warning and not waited for for
 * ever, but one that answers without the record is. When no name server can be found (a private resolver in
 * front of it all), the resolver's own view decides.
 */
#ifndef MCACME_DNS01_SPREAD_H
#define MCACME_DNS01_SPREAD_H

#include "base/op.h"

enum spread_mode { SPREAD_AUTHORITATIVE, SPREAD_RESOLVER, SPREAD_NONE, SPREAD_SECONDS };

struct spread_options {
    enum spread_mode mode;
    int64_t seconds;       /* of SPREAD_SECONDS */
    bool private_resolver; /* the user named it: its view is good enough where no name server is reachable */
    int64_t patience;      /* milliseconds */
};

struct spread_record {
    const char *fqdn, *zone, *value; /* zone: NULL when it is not known */
};

/* "authoritative", "resolver", "none" or seconds; NULL is the default. Fails with USAGE. */
bool spread_parse(struct op *op, const char *text, struct spread_options *options);

/* Fails with PROVIDER, naming the servers that lack a record, when the patience is over. */
bool spread_wait(struct op *op, const struct spread_options *options, const struct spread_record *records,
                 size_t n);

/*
 * Whether every name server of the zone answers and none has the record. Fails where the zone is not found.
 */
bool spread_gone(struct op *op, const struct spread_record *record);

#endif
