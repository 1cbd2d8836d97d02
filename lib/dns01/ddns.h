/*
 * ddns: what the providers of dynamic update (rfc2136, knot) share: their settings and records to net/update.
 */
#ifndef MCACME_DNS01_DDNS_H
#define MCACME_DNS01_DDNS_H

#include "dns01/provider.h"

struct ddns {
    const char *servers;  /* HOST[:PORT], separated by commas: each of them is updated */
    const char *port;     /* where a server has none of its own; NULL: 53 */
    const char *zones;    /* the user's, separated by commas; else the first server is asked; may be NULL */
    const char *key;      /* a file's path or a key's text; NULL: not signed */
    const char *key_name; /* the setting, for errors */
    bool tcp;
};

/* As the functions of struct provider. */
const char *ddns_zone(struct op *op, const struct ddns *d, const char *fqdn);
bool ddns_add(struct op *op, const struct ddns *d, const struct record *records, size_t n);
bool ddns_remove(struct op *op, const struct ddns *d, const struct record *records, size_t n);

#endif
