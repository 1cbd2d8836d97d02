/* registry: the table of providers that the build writes. */
#ifndef MCACME_DNS01_REGISTRY_H
#define MCACME_DNS01_REGISTRY_H

#include "dns01/provider.h"

struct provider_entry {
    const char *name;
    const struct provider *provider;
};

/* Sorted by name; ends with a row without a name. Defined by the generated provider_table.c. */
extern const struct provider_entry provider_table[];

/* By name or by one of acme.sh's plugin names; NULL when there is none. */
const struct provider_entry *provider_find(const char *name);

/* All names and aliases, for suggestions. */
struct strings provider_names(struct op *op);

#endif
