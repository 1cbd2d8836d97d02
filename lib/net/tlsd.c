#include "net/tlsd.h"

#include "base/clock.h"
#include "base/text.h"
#include "crypto/challenge_cert.h"
#include "net/listen.h"
#include "net/service.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define TALK_MS     5000
#define FULL_NAP_MS 50 /* when the process has no descriptor left: poll would call again at once */

/* Who is shown when this name is asked for. */
struct face {
    struct face *next;
    const char *name;
    struct tls_identity identity;
};

/* One connection. */
struct talk {
    int fd;        /* -1: free */
    int64_t end;   /* ticks at which it is closed, whatever happens */
    struct op *op; /* holds the peer */
    struct tls_peer *peer;
    enum tls_state state;
};

struct tlsd {
    struct world world; /* the thread's: nothing but a clock */
    struct op *op;      /* holds this struct, and under `lock` the faces */
    pthread_mutex_t lock;
    struct face *faces; /* under `lock` */
    struct tls_terms terms;
    struct tls_server *tls;
    struct service service;
    int listener; /* -1: none */
    struct talk talks[TLSD_MOST];
};

enum { WAKE, LISTENER, TALKS };

/* ---- who is asked for ---- */

static struct face *face_of(struct tlsd *server, const char *name)
{
    struct face *face = server->faces;

    while (face && !text_same_nocase(face->name, name))
        face = face->next;
    return face;
}

/* A copy, for the face may change while the handshake is on its way. */
static bool find(void *context, struct op *op, const char *name, struct tls_identity *identity)
{
    struct tlsd *server = context;
    const struct face *face;

    pthread_mutex_lock(&server->lock);
    face = face_of(server, name);
    if (face)
        *identity = tls_identity_copy(op, &face->identity);
    pthread_mutex_unlock(&server->lock);
    return face != NULL;
}

/* ---- connections ---- */

static void hang_up(struct talk *talk)
{
    if (talk->fd < 0)
        return;
    op_end(talk->op);
    close(talk->fd);
    talk->fd = -1;
}

/* A free one, else the oldest: who holds connections open must not shut out the CA. */
static struct talk *slot(struct tlsd *server)
{
    struct talk *oldest = &server->talks[0];

    for (size_t i = 0; i < TLSD_MOST; i++) {
        if (server->talks[i].fd < 0)
            return &server->talks[i];
        if (server->talks[i].end < oldest->end)
            oldest = &server->talks[i];
    }
    hang_up(oldest);
    return oldest;
}

/* Once all is said, the other side hangs up; if we did, what it has not read yet might be lost. */
static void go_on(struct talk *talk)
{
    if (talk->state != TLS_READS && talk->state != TLS_WRITES) {
        hang_up(talk);
        return;
    }
    talk->state = tls_handshake(talk->peer);
    if (talk->state == TLS_FAILED)
        hang_up(talk);
}

static void accept_one(struct tlsd *server, int64_t now)
{
    int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct talk *talk;

    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            poll(&(struct pollfd){ .fd = server->service.wake[0] }, 1, FULL_NAP_MS);
        return;
    }
    talk = slot(server);
    talk->fd = fd;
    talk->end = now + TALK_MS;
    talk->op = op_begin(&server->world);
    talk->peer = tls_server_accept(talk->op, server->tls, fd);
    talk->state = talk->peer ? TLS_READS : TLS_FAILED;
    go_on(talk);
}

/* ---- the thread ---- */

static int64_t ticks(struct tlsd *server)
{
    return server->world.clock->ticks(server->world.clock);
}

/* What to poll for; gives for how long (-1: for ever). */
static int arrange(struct tlsd *server, struct pollfd *fds, int64_t now)
{
    int64_t wait = -1;

    fds[WAKE] = (struct pollfd){ .fd = server->service.wake[0] };
    fds[LISTENER] = (struct pollfd){ .fd = server->listener, .events = POLLIN };
    for (size_t i = 0; i < TLSD_MOST; i++) {
        const struct talk *talk = &server->talks[i];
        int64_t left = talk->end > now ? talk->end - now : 0;

        fds[TALKS + i] =
            (struct pollfd){ .fd = talk->fd, .events = talk->state == TLS_WRITES ? POLLOUT : POLLIN };
        if (talk->fd >= 0 && (wait < 0 || left < wait))
            wait = left;
    }
    return (int)wait;
}

static void attend(struct tlsd *server, const struct pollfd *fds, int64_t now)
{
    for (size_t i = 0; i < TLSD_MOST; i++) {
        struct talk *talk = &server->talks[i];

        if (talk->fd >= 0 && fds[TALKS + i].revents)
            go_on(talk);
        if (talk->fd >= 0 && talk->end <= now)
            hang_up(talk);
    }
    if (fds[LISTENER].revents)
        accept_one(server, now);
}

static void *serve(void *context)
{
    struct tlsd *server = context;
    struct pollfd fds[TALKS + TLSD_MOST];

    do {
        if (poll(fds, TALKS + TLSD_MOST, arrange(server, fds, ticks(server))) >= 0)
            attend(server, fds, ticks(server));
    } while (!fds[WAKE].revents);
    return NULL;
}

/* ---- from outside ---- */

static struct tlsd *server_new(void)
{
    struct world world = { .clock = clock_system() };
    struct op *op = op_begin(&world);
    struct tlsd *server = op_new(op, struct tlsd);

    server->world = world;
    op->world = &server->world;
    server->op = op;
    server->terms = (struct tls_terms){ CHALLENGE_PROTOCOL, find, server };
    server->listener = -1;
    for (size_t i = 0; i < TLSD_MOST; i++)
        server->talks[i].fd = -1;
    pthread_mutex_init(&server->lock, NULL);
    return server;
}

static void server_free(struct tlsd *server)
{
    for (size_t i = 0; i < TLSD_MOST; i++)
        hang_up(&server->talks[i]);
    if (server->listener >= 0)
        close(server->listener);
    pthread_mutex_destroy(&server->lock);
    op_end(server->op);
}

static const struct listen_kind https = { "TLS connections", "a web server (nginx, apache2?)", 443 };

bool tlsd_address_ok(struct op *op, const char *listen)
{
    struct listen_place place;

    return listen_parse(op, &https, listen, &place);
}

static bool open_port(struct op *op, struct tlsd *server, const char *listen)
{
    struct listen_place place;

    TRY(listen_parse(op, &https, listen, &place));
    server->listener = listen_open(op, &https, &place, SOCK_STREAM);
    return server->listener >= 0;
}

static bool start(struct op *op, struct tlsd *server, const char *listen)
{
    server->tls = tls_server_new(server->op, &server->terms);
    TRY(op_adopt(op, server->op) && open_port(op, server, listen));
    return service_start(op, &server->service, "the TLS listener", serve, server);
}

struct tlsd *tlsd_start(struct op *op, const char *listen)
{
    struct tlsd *server;

    if (!op_ok(op))
        return NULL;
    server = server_new();
    if (start(op, server, listen))
        return server;
    server_free(server);
    return NULL;
}

void tlsd_stop(void *context)
{
    struct tlsd *server = context;

    service_stop(&server->service);
    server_free(server);
}

static void set(struct tlsd *server, const char *name, const struct tls_identity *identity)
{
    struct face *face;

    pthread_mutex_lock(&server->lock);
    face = face_of(server, name);
    if (!face) {
        face = op_new(server->op, struct face);
        face->name = text_dup(server->op, name);
        face->next = server->faces;
        server->faces = face;
    }
    face->identity = tls_identity_copy(server->op, identity);
    pthread_mutex_unlock(&server->lock);
}

bool tlsd_put(struct op *op, struct tlsd *server, const char *name, const char *key_authorization)
{
    struct tls_identity identity = { 0 };

    TRY(challenge_cert(op, name, key_authorization, &identity));
    set(server, challenge_server_name(op, name), &identity);
    return true;
}
