#include "net/dnsd.h"

#include "base/clock.h"
#include "net/dnsd_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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
    server->wake[0] = server->wake[1] = server->udp = server->tcp = -1;
    for (size_t i = 0; i < DNSD_STREAMS; i++)
        server->streams[i].fd = -1;
    pthread_mutex_init(&server->lock, NULL);
    return server;
}

static void server_free(struct dnsd *server)
{
    const int fds[] = { server->wake[0], server->wake[1], server->udp, server->tcp };

    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    pthread_mutex_destroy(&server->lock);
    op_end(server->op);
}

/* The thread inherits a mask that blocks everything: signals are the main thread's. */
static bool start_thread(struct op *op, struct dnsd *server)
{
    sigset_t all, before;

    if (pipe2(server->wake, O_CLOEXEC) != 0)
        return op_fail_errno(op, ERR_INTERNAL, "starting the name server");
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    errno = pthread_create(&server->thread, NULL, dnsd_serve, server);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return errno == 0 || op_fail_errno(op, ERR_INTERNAL, "starting the name server");
}

struct dnsd *dnsd_start(struct op *op, const char *listen, const char *host)
{
    struct dnsd *server;

    if (!op_ok(op))
        return NULL;
    server = server_new();
    server->authority.host = text_dup(server->op, host);
    server->authority.serial = (uint32_t)op_now(op);
    if (dnsd_listen(op, server, listen) && start_thread(op, server))
        return server;
    server_free(server);
    return NULL;
}

void dnsd_stop(void *context)
{
    struct dnsd *server = context;

    close(server->wake[1]);
    server->wake[1] = -1;
    pthread_join(server->thread, NULL);
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
