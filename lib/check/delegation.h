/*
 * delegation: what the parent of a zone says of the zone's name servers. Resolvers start from that, and a
 * CA's do; the zone's own word counts later, so that the two had better be one (RFC 1034 section 4.2.2).
 *
 *     struct delegation d = { .zone = "example.com" };
 *
 *     if (delegation_look(op, &d) && d.state == DELEGATION_KNOWN)
 *         compare(&d.hosts, own);
 *
 * The servers of the parent are asked directly. What cannot be found out, because nobody may send to them
 * from here, say, is DELEGATION_UNKNOWN and no failure.
 */
#ifndef MCACME_CHECK_DELEGATION_H
#define MCACME_CHECK_DELEGATION_H

#include "base/text.h"

struct op;

enum delegation_state {
    DELEGATION_UNKNOWN,
    DELEGATION_KNOWN,
    DELEGATION_NONE /* the parent knows of no such zone */
};

struct delegation {
    const char *zone;
    const char *parent; /* NULL: unknown */
    enum delegation_state state;
    struct strings hosts; /* that the parent names */
};

/* False only when the operation failed. */
bool delegation_look(struct op *op, struct delegation *delegation);

#endif
