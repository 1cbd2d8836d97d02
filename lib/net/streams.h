/*
 * streams: requests and replies on the connections of a small server (crowd.h): a request comes in, its reply
 * goes out.
 *
 *     streams_begin(&streams, &kind, context, &world);
 *     streams.crowd.listener = ...;
 *
 * The thread arranges and serves `streams.crowd`.
 */
#ifndef MCACME_NET_STREAMS_H
#define MCACME_NET_STREAMS_H

#include "base/op.h"
#include "crypto/encode.h"
#include "net/crowd.h"

#define STREAMS_ROOM 4098u /* no request for us is longer */

/* What is spoken. */
struct streams_kind {
    /*
     * How many bytes the request at `in` has in all. More than `got`: that many are to be read before asking
     * again. More than STREAMS_ROOM: it is none.
     */
    size_t (*whole)(const uint8_t *in, size_t got);

    /* The reply, in the memory of `op`; at NULL: none, the connection is closed. */
    struct bytes (*reply)(void *context, struct op *op, struct bytes request);

    bool once; /* one request a connection */
};

/* One connection. */
struct stream {
    uint8_t in[STREAMS_ROOM];
    size_t got;
    struct op *turn;  /* holds the reply while it is under way, else NULL */
    struct bytes out; /* of it, what is still to be sent */
};

struct streams {
    const struct streams_kind *kind;
    void *context;
    struct world *world; /* of the thread */
    struct crowd crowd;
    struct stream at[CROWD_MOST];
};

/* Nothing is open then; crowd_end(&streams->crowd) closes all. */
void streams_begin(struct streams *streams, const struct streams_kind *kind, void *context,
                   struct world *world);

#endif
