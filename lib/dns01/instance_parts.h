/* instance_parts: what the files of instance share, and nobody else needs. */
#ifndef MCACME_DNS01_INSTANCE_PARTS_H
#define MCACME_DNS01_INSTANCE_PARTS_H

#include "dns01/instance.h"

/* What op was before it went to a provider. */
struct visit {
    struct instance *instance;
    const struct frame *frames;
};

struct visit instance_enter(struct op *op, struct instance *instance);

/* Makes the error, if there is one, the provider's: its code, without secrets. Returns whether op is ok. */
bool instance_leave(struct op *op, struct visit visit);

/* A hint for a name that no provider has. */
void instance_suggest(struct op *op, const char *name);

/* Fields read, logged in. */
bool instance_ready(struct op *op, struct instance *instance);

/* The fields into the session, which this begins. */
bool instance_read_fields(struct op *op, struct instance *instance);

#endif
