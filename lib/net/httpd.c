#include "net/httpd.h"

#include "base/clock.h"
#include "base/text.h"
#include "net/listen.h"
#include "net/service.h"
#include "net/streams.h"

#include <string.h>

/* What is shown at a path. */
struct page {
    struct page *next;
    const char *path, *content;
};

struct httpd {
    struct world world; /* the thread's: nothing but a clock */
    struct op *op;      /* holds this struct, and under `lock` the pages */
    pthread_mutex_t lock;
    struct page *pages; /* under `lock` */
    struct service service;
    struct streams streams;
};

enum { WAKE, STREAMS };

/* ---- one request ---- */

/* A request of ours ends with its headers (RFC 9112 section 2.1): a body is none of GET's business. */
static size_t whole(const uint8_t *in, size_t got)
{
    const uint8_t *end = memmem(in, got, "\r\n\r\n", 4);

    if (end)
        return (size_t)(end - in) + 4;
    return got < STREAMS_ROOM ? STREAMS_ROOM : STREAMS_ROOM + 1;
}

static struct page *find(struct httpd *server, const char *path)
{
    struct page *page = server->pages;

    while (page && strcmp(page->path, path) != 0)
        page = page->next;
    return page;
}

/* A copy, for the page may change while the reply is on its way. */
static const char *content_at(struct httpd *server, struct op *op, const char *path)
{
    const struct page *page;
    const char *content;

    pthread_mutex_lock(&server->lock);
    page = find(server, path);
    content = page ? text_dup(op, page->content) : NULL;
    pthread_mutex_unlock(&server->lock);
    return content;
}

static const char *answer(struct op *op, const char *status, const char *content, bool head)
{
    /* The type that RFC 8555 section 8.3 asks for. */
    return op_text(op,
                   "HTTP/1.1 %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %zu\r\n"
                   "Connection: close\r\n\r\n%s",
                   status, strlen(content), head ? "" : content);
}

/* The path of "/path" and of "http://host/path" (RFC 9112 section 3.2). */
static const char *path_of(const char *target)
{
    const char *slash = text_starts(target, "http://") ? strchr(target + 7, '/') : target;

    return slash ? slash : "/";
}

static const char *answer_to(struct httpd *server, struct op *op, const char *request)
{
    struct strings words = text_split(op, text_cut(op, request, strcspn(request, "\r\n")), " ");
    const char *content;
    bool head;

    if (words.count != 3 || !text_starts(words.at[2], "HTTP/1."))
        return answer(op, "400 Bad Request", "no request\n", false);
    head = text_same(words.at[0], "HEAD");
    if (!head && !text_same(words.at[0], "GET"))
        return answer(op, "405 Method Not Allowed", "GET and HEAD only\n", false);
    content = content_at(server, op, path_of(words.at[1]));
    return answer(op, content ? "200 OK" : "404 Not Found", content ? content : "nothing here\n", head);
}

static struct bytes reply(void *context, struct op *op, struct bytes request)
{
    return bytes_of(answer_to(context, op, text_cut(op, (const char *)request.at, request.length)));
}

static const struct streams_kind kind = { .whole = whole, .reply = reply, .once = true };

/* ---- the thread ---- */

static int64_t ticks(struct httpd *server)
{
    return server->world.clock->ticks(server->world.clock);
}

static void *serve(void *context)
{
    struct httpd *server = context;
    struct pollfd fds[STREAMS + CROWD_POLLED];

    server->streams.crowd.wake = server->service.wake[0];
    do {
        fds[WAKE] = (struct pollfd){ .fd = server->service.wake[0] };
        if (poll(fds, STREAMS + CROWD_POLLED,
                 crowd_arrange(&server->streams.crowd, fds + STREAMS, ticks(server))) >= 0)
            crowd_serve(&server->streams.crowd, fds + STREAMS, ticks(server));
    } while (!fds[WAKE].revents);
    return NULL;
}

/* ---- from outside ---- */

static struct httpd *server_new(void)
{
    struct world world = { .clock = clock_system() };
    struct op *op = op_begin(&world);
    struct httpd *server = op_new(op, struct httpd);

    server->world = world;
    op->world = &server->world;
    server->op = op;
    streams_begin(&server->streams, &kind, server, &server->world);
    pthread_mutex_init(&server->lock, NULL);
    return server;
}

static void server_free(struct httpd *server)
{
    crowd_end(&server->streams.crowd);
    pthread_mutex_destroy(&server->lock);
    op_end(server->op);
}

static const struct listen_kind http = { "HTTP requests", "another web server (nginx, apache2?)", 80 };

bool httpd_address_ok(struct op *op, const char *listen)
{
    struct listen_place place;

    return listen_parse(op, &http, listen, &place);
}

static bool open_port(struct op *op, struct httpd *server, const char *listen)
{
    struct listen_place place;

    TRY(listen_parse(op, &http, listen, &place));
    server->streams.crowd.listener = listen_open(op, &http, &place, SOCK_STREAM);
    return server->streams.crowd.listener >= 0;
}

struct httpd *httpd_start(struct op *op, const char *listen)
{
    struct httpd *server;

    if (!op_ok(op))
        return NULL;
    server = server_new();
    if (open_port(op, server, listen) && service_start(op, &server->service, "the web server", serve, server))
        return server;
    server_free(server);
    return NULL;
}

void httpd_stop(void *context)
{
    struct httpd *server = context;

    service_stop(&server->service);
    server_free(server);
}

void httpd_put(struct httpd *server, const char *path, const char *content)
{
    struct page *page;

    pthread_mutex_lock(&server->lock);
    page = find(server, path);
    if (!page) {
        page = op_new(server->op, struct page);
        page->path = arena_strdup(server->op->arena, path);
        page->next = server->pages;
        server->pages = page;
    }
    page->content = text_dup(server->op, content);
    pthread_mutex_unlock(&server->lock);
}
