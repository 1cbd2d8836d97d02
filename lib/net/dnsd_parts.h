/* dnsd_parts: what the files of dnsd share, and nobody else needs. */
#ifndef MCACME_NET_DNSD_PARTS_H
#define MCACME_NET_DNSD_PARTS_H

#include "net/authority.h"

#include <pthread.h>

#define DNSD_STREAMS    256u
#define DNSD_STREAM_MS  5000
#define DNSD_MOST_QUERY 4096u /* no query for us is as long */

/* One TCP connection: a query comes in, its reply goes out, then the next one. */
struct dnsd_stream {
    int fd;      /* -1: free */
    int64_t end; /* ticks at which it is closed, whatever happens */
    uint8_t in[2 + DNSD_MOST_QUERY];
    size_t got;
    struct op *turn;  /* holds the reply while it is under way, else NULL */
    struct bytes out; /* of it, what is still to be sent */
};

struct dnsd {
    struct world world; /* the thread's: nothing but a clock */
    struct op *op;      /* holds this struct, and under `lock` what is known */
    pthread_mutex_t lock;
    struct authority authority; /* under `lock` */
    pthread_t thread;
    int wake[2]; /* a pipe; closing its second end stops the thread */
    int udp, tcp;
    struct dnsd_stream streams[DNSD_STREAMS];
};

/* Opens server->udp and server->tcp. Fails as dnsd_start does. */
bool dnsd_listen(struct op *op, struct dnsd *server, const char *address);

/* The thread: serves until server->wake is closed. */
void *dnsd_serve(void *server);

/* authority_answer under the lock, in an operation of the thread. */
struct bytes dnsd_reply(struct dnsd *server, struct op *op, struct bytes query, bool udp);

int64_t dnsd_now(struct dnsd *server);

/* All that can be read, or written, without waiting; closes the stream at its end. */
void dnsd_stream_step(struct dnsd *server, struct dnsd_stream *stream);
void dnsd_stream_accept(struct dnsd *server);
void dnsd_stream_close(struct dnsd_stream *stream);

#endif
