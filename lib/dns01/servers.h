/* servers: the authoritative servers of a zone and their addresses, as the resolver knows them. */
#ifndef MCACME_DNS01_SERVERS_H
#define MCACME_DNS01_SERVERS_H

#include "base/op.h"
#include "base/text.h"

struct zone_servers {
    const char *zone;
    struct strings hosts;     /* the NS names */
    struct strings addresses; /* all addresses of all hosts */
};

/* All zones at once. A zone without reachable servers has no addresses; that is no failure. */
bool zone_servers_find(struct op *op, struct zone_servers *zones, size_t n);

#endif
