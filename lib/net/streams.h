/*
 * streams: the TCP side of a small server: a request comes in, its reply goes out.
 *
 * A stranger cannot make it block, grow or wait: everything is non-blocking, and there are at most
 * STREAMS_MOST connections, each for at most five seconds (a newcomer pushes out the oldest). All of it
 * happens in one thread, which polls:
 *
 *     wait = streams_arrange(&streams, fds, now);     // what to poll for, and for how long (-1: for ever)
 *     poll(fds, STREAMS_POLLED, wait);
 *     streams_serve(&streams, fds, now);
 */
#ifndef MCACME_NET_STREAMS_H
#define MCACME_NET_STREAMS_H

#include "base/op.h"
#include "crypto/encode.h"

#include <poll.h>

#define STREAMS_MOST   16u
#define STREAMS_POLLED (1 + STREAMS_MOST) /* the listening socket comes first */
#define STREAMS_ROOM   4098u              /* no request for us is longer */

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
    int fd;      /* -1: free */
    int64_t end; /* ticks at which it is closed, whatever happens */
    uint8_t in[STREAMS_ROOM];
    size_t got;
    struct op *turn;  /* holds the reply while it is under way, else NULL */
    struct bytes out; /* of it, what is still to be sent */
};

struct streams {
    const struct streams_kind *kind;
    void *context;
    struct world *world; /* of the thread */
    int listener;        /* owned; -1: none */
    int wake;            /* readable when the thread is to end */
    struct stream at[STREAMS_MOST];
};

/* Nothing is open then. */
void streams_begin(struct streams *streams, const struct streams_kind *kind, void *context,
                   struct world *world);

int streams_arrange(const struct streams *streams, struct pollfd *fds, int64_t now);
void streams_serve(struct streams *streams, const struct pollfd *fds, int64_t now);

/* Closes all, the listening socket too. */
void streams_end(struct streams *streams);

#endif
