#include "net/dnsd.h"

#include "base/clock.h"
#include "net/dnsd_parts.h"

#include <unistd.h>

static struct dnsd *server_new(void)
{
    struct world world = { .clock = clock_system() };
    struct op *op = op_begin(&world);
    struct dnsd *server = op_new(op, struct dnsd);

    server->world = world;
    op->world = &server->world;
    server->op = op;
    server->authority.op = op;
    server->udp = -1;
    streams_begin(&server->tcp, &dnsd_stream, server, &server->world);
    pthread_mutex_init(&server->lock, NULL);
    return server;
}

static void server_free(struct dnsd *server)
{
    if (server->udp >= 0)
        close(server->udp);
    crowd_end(&server->tcp.crowd);
    pthread_mutex_destroy(&server->lock);
    op_end(server->op);
}

struct dnsd *dnsd_start(struct op *op, const char *listen, const char *host)
{
    struct dnsd *server;

    if (!op_ok(op))
        return NULL;
    server = server_new();
    server->authority.host = text_dup(server->op, host);
    server->authority.serial = (uint32_t)op_now(op);
    if (dnsd_listen(op, server, listen) &&
        service_start(op, &server->service, "the name server", dnsd_serve, server))
        return server;
    server_free(server);
    return NULL;
}

void dnsd_stop(void *context)
{
    struct dnsd *server = context;

    service_stop(&server->service);
    server_free(server);
}

void dnsd_add(struct dnsd *server, const char *name, const char *value)
{
    pthread_mutex_lock(&server->lock);
    authority_add(&server->authority, name, value);
    pthread_mutex_unlock(&server->lock);
}

void dnsd_remove(struct dnsd *server, const char *name, const char *value)
{
    pthread_mutex_lock(&server->lock);
    authority_remove(&server->authority, name, value);
    pthread_mutex_unlock(&server->lock);
}

struct bytes dnsd_reply(struct dnsd *server, struct op *op, struct bytes query, bool udp)
{
    struct bytes reply;

    pthread_mutex_lock(&server->lock);
    reply = authority_answer(&server->authority, op, query, udp);
    pthread_mutex_unlock(&server->lock);
    return reply;
}

int64_t dnsd_now(struct dnsd *server)
{
    return server->world.clock->ticks(server->world.clock);
}
