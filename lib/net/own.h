/*
 * own: the addresses of this machine, as its interfaces have them.
 *
 * Behind a NAT the address by which the world knows it is not among them: a name that leads elsewhere may
 * lead here all the same. own_can_tell says when that is not so.
 */
#ifndef MCACME_NET_OWN_H
#define MCACME_NET_OWN_H

#include "base/text.h"

struct own {
    struct strings addresses;  /* in the form of inet_ntop */
    bool public_v4, public_v6; /* there is one that the world can reach */
};

/* Fails with INTERNAL. */
bool own_addresses(struct op *op, struct own *own);

/* Adds one address, as own_addresses does. */
void own_add(struct op *op, struct own *own, const char *address);

/* Whether an address that is none of ours certainly leads to another machine. */
bool own_can_tell(const struct own *own, const char *address);

#endif
