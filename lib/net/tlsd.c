#include "net/tlsd.h"

#include "base/clock.h"
#include "base/text.h"
#include "crypto/challenge_cert.h"
#include "net/crowd.h"
#include "net/listen.h"
#include "net/service.h"

/* Who is shown when this name is asked for. */
struct face {
    struct face *next;
    const char *name;
    struct tls_identity identity;
};

/* One connection. */
struct talk {
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
    struct crowd crowd;
    struct talk talks[CROWD_MOST];
};

enum { WAKE, CROWD };

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

static void leave(struct crowd *crowd, size_t i)
{
    struct tlsd *server = crowd->owner;

    op_end(server->talks[i].op);
}

/* Once all is said, the other side hangs up; if we did, what it has not read yet might be lost. */
static void step(struct crowd *crowd, size_t i)
{
    struct tlsd *server = crowd->owner;
    struct talk *talk = &server->talks[i];

    if (talk->state != TLS_READS && talk->state != TLS_WRITES) {
        crowd_leave(crowd, i);
        return;
    }
    talk->state = tls_handshake(talk->peer);
    if (talk->state == TLS_FAILED)
        crowd_leave(crowd, i);
}

static void enter(struct crowd *crowd, size_t i)
{
    struct tlsd *server = crowd->owner;
    struct talk *talk = &server->talks[i];

    talk->op = op_begin(&server->world);
    talk->peer = tls_server_accept(talk->op, server->tls, crowd->at[i].fd);
    talk->state = talk->peer ? TLS_READS : TLS_FAILED;
    step(crowd, i);
}

static bool writes(const struct crowd *crowd, size_t i)
{
    const struct tlsd *server = crowd->owner;

    return server->talks[i].state == TLS_WRITES;
}

static const struct crowd_kind handshakes = {
    .enter = enter, .step = step, .leave = leave, .writes = writes
};

/* ---- the thread ---- */

static int64_t ticks(struct tlsd *server)
{
    return server->world.clock->ticks(server->world.clock);
}

static void *serve(void *context)
{
    struct tlsd *server = context;
    struct pollfd fds[CROWD + CROWD_POLLED];

    server->crowd.wake = server->service.wake[0];
    do {
        fds[WAKE] = (struct pollfd){ .fd = server->service.wake[0] };
        if (poll(fds, CROWD + CROWD_POLLED, crowd_arrange(&server->crowd, fds + CROWD, ticks(server))) >= 0)
            crowd_serve(&server->crowd, fds + CROWD, ticks(server));
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
    crowd_begin(&server->crowd, &handshakes, server);
    pthread_mutex_init(&server->lock, NULL);
    return server;
}

static void server_free(struct tlsd *server)
{
    crowd_end(&server->crowd);
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
    server->crowd.listener = listen_open(op, &https, &place, SOCK_STREAM);
    return server->crowd.listener >= 0;
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
