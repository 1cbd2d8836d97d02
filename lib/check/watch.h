/*
 * watch: how long a change of a TXT record takes to be seen, at each name server on its own.
 *
 *     struct watch watch = { .fqdn = "_acme-challenge.example.com", .value = value, .servers = &ns, .began =
 * op_ticks(op) };
 *
 *     watch_record(op, &watch, true, patience) ... watch.sights[i].seconds
 *
 * Only servers that are good are asked (see nameservers.h); without any it is the resolver.
 */
#ifndef MCACME_CHECK_WATCH_H
#define MCACME_CHECK_WATCH_H

#include "check/nameservers.h"

struct sight {
    const char *title;   /* of the server */
    struct strings ask;  /* its address; none: the resolver */
    bool done;           /* seen, or seen to be gone */
    int64_t millis;      /* then: since the change */
    const char *failure; /* else: of its last answer; NULL: it has answered */
};

struct watch {
    const char *fqdn, *value;
    const struct nameservers *servers; /* NULL: the resolver alone */
    int64_t began;                     /* op_ticks when the change was made */
    struct sight *sights;
    size_t count;
    bool done; /* at all of them */
};

/*
 * Until the record is there (or gone) everywhere, or patience (milliseconds) is over; *watch tells which.
 * False only when the operation failed.
 */
bool watch_record(struct op *op, struct watch *watch, bool there, int64_t patience);

/* "ns1.example.com (192.0.2.1) after 0.3 s, ..." of those where it is done. */
const char *watch_done(struct op *op, const struct watch *watch);

/* "ns2.example.com (192.0.2.2): no answer, ..." of the others. */
const char *watch_missing(struct op *op, const struct watch *watch, const char *otherwise);

#endif
