/* dnsd_parts: what the files of dnsd share, and nobody else needs. */
#ifndef MCACME_NET_DNSD_PARTS_H
#define MCACME_NET_DNSD_PARTS_H

#include "net/authority.h"
#include "net/service.h"
#include "net/streams.h"

#define DNSD_MOST_QUERY 4096u /* no query for us is as long */

struct dnsd {
    struct world world; /* the thread's: nothing but a clock */
    struct op *op;      /* holds this struct, and under `lock` what is known */
    pthread_mutex_t lock;
    struct authority authority; /* under `lock` */
    struct service service;
    int udp;
    struct streams tcp;
};

/* Opens server->udp and the listener of server->tcp. Fails as dnsd_start does. */
bool dnsd_listen(struct op *op, struct dnsd *server, const char *address);

/* The thread: serves until the service is stopped. */
void *dnsd_serve(void *server);

/* Queries over TCP. */
extern const struct streams_kind dnsd_stream;

/* authority_answer under the lock, in an operation of the thread. */
struct bytes dnsd_reply(struct dnsd *server, struct op *op, struct bytes query, bool udp);

int64_t dnsd_now(struct dnsd *server);

#endif
