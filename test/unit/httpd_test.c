#include "net/httpd.h"

#include "base/text.h"
#include "kit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATH    "/.well-known/acme-challenge/token"
#define SAID    "token.thumbprint"
#define PATIENT 3000 /* milliseconds; nothing that goes well takes a noticeable part of it */

static struct sockaddr_in loopback(unsigned port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* A socket at a port that was free a moment ago. */
static int taken_port(unsigned *port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
    *port = ntohs(address.sin_port);
    return fd;
}

/* A server with one page, which ends with the operation. `format` is where it listens. */
static struct httpd *serve_at(struct op *op, const char *host, unsigned *port)
{
    struct httpd *server = NULL;

    for (int i = 0; i < 10 && !server; i++) {
        op_recover(op);
        close(taken_port(port));
        server = httpd_start(op, op_text(op, "%s:%u", host, *port));
    }
    if (!CHECK(server))
        return NULL;
    arena_defer(op->arena, httpd_stop, server);
    httpd_put(server, PATH, SAID);
    return server;
}

static struct httpd *serve(struct op *op, unsigned *port)
{
    return serve_at(op, "127.0.0.1", port);
}

static int dial(unsigned port)
{
    struct sockaddr_in address = loopback(port);
    struct timeval patience = { .tv_sec = PATIENT / 1000 };
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

/* What comes until the other side closes; "late" when it does not. */
static const char *hear(struct op *op, int fd)
{
    struct text out = text_begin(op->arena);
    char part[512];
    ssize_t got;

    while ((got = recv(fd, part, sizeof part, 0)) > 0)
        text_put(&out, part, (size_t)got);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? "late" : out.data;
}

static void tell(int fd, const char *words)
{
    CHECK(send(fd, words, strlen(words), MSG_NOSIGNAL) == (ssize_t)strlen(words));
}

static const char *ask(struct op *op, unsigned port, const char *request)
{
    int fd = dial(port);
    const char *heard;

    tell(fd, request);
    heard = hear(op, fd);
    close(fd);
    return heard;
}

#define GET     "GET " PATH " HTTP/1.1\r\nHost: a.example\r\nUser-Agent: CA\r\nConnection: close\r\n\r\n"
#define HEADERS "\r\nContent-Type: application/octet-stream\r\n"

TEST(httpd_shows_a_page)
{
    struct op *op = kit_op();
    unsigned port;

    serve(op, &port);
    CHECK_STR(ask(op, port, GET),
              "HTTP/1.1 200 OK" HEADERS "Content-Length: 16\r\nConnection: close\r\n\r\n" SAID);
}

TEST(httpd_sees_changes)
{
    struct op *op = kit_op();
    unsigned port;
    struct httpd *server = serve(op, &port);

    httpd_put(server, PATH, "other");
    httpd_put(server, "/more", "two");
    CHECK(text_ends(ask(op, port, GET), "\r\n\r\nother"));
    CHECK(text_ends(ask(op, port, "GET /more HTTP/1.0\r\n\r\n"), "\r\n\r\ntwo"));
    httpd_put(server, PATH, "again");
    CHECK(text_ends(ask(op, port, GET), "\r\n\r\nagain"));
}

TEST(httpd_answers_requests_of_all_kinds)
{
    static const struct {
        const char *request, *status, *body;
    } cases[] = {
        { "GET http://a.example" PATH " HTTP/1.1\r\nHost: a.example\r\n\r\n", "200", SAID },
        { "HEAD " PATH " HTTP/1.1\r\n\r\n", "200", "" },
        { "GET / HTTP/1.1\r\n\r\n", "404", "nothing here\n" },
        { "GET http://a.example HTTP/1.1\r\n\r\n", "404", "nothing here\n" },
        { "GET " PATH "/ HTTP/1.1\r\n\r\n", "404", "nothing here\n" },
        { "GET " PATH "?x HTTP/1.1\r\n\r\n", "404", "nothing here\n" },
        { "GET /../../etc/passwd HTTP/1.1\r\n\r\n", "404", "nothing here\n" },
        { "GET  HTTP/1.1\r\n\r\n", "400", "no request\n" },
        { "GET " PATH "\r\n\r\n", "400", "no request\n" },
        { "GET " PATH " HTTP/2\r\n\r\n", "400", "no request\n" },
        { "GET " PATH " HTTP/1.1 x\r\n\r\n", "400", "no request\n" },
        { "\r\n\r\n", "400", "no request\n" },
        { "POST " PATH " HTTP/1.1\r\nContent-Length: 2\r\n\r\n", "405", "GET and HEAD only\n" },
        { "get " PATH " HTTP/1.1\r\n\r\n", "405", "GET and HEAD only\n" },
        { "%s%n%s \x01\xff HTTP/1.1\r\n\r\n", "405", "GET and HEAD only\n" },
    };
    struct op *op = kit_op();
    unsigned port;

    serve(op, &port);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *heard = ask(op, port, cases[i].request);

        kit_check(text_starts(heard, op_text(op, "HTTP/1.1 %s ", cases[i].status)) &&
                      text_ends(heard, op_text(op, "\r\n\r\n%s", cases[i].body)),
                  __FILE__, __LINE__, "\"%s\" gives \"%s\"", cases[i].request, heard);
    }
}

TEST(httpd_reads_requests_in_pieces)
{
    struct op *op = kit_op();
    unsigned port;
    int fd;

    serve(op, &port);
    fd = dial(port);
    for (const char *at = GET; *at; at++)
        CHECK(send(fd, at, 1, MSG_NOSIGNAL) == 1);
    CHECK(text_ends(hear(op, fd), SAID));
    close(fd);
}

TEST(httpd_closes_what_is_no_request)
{
    struct op *op = kit_op();
    unsigned port;
    char *much = op_alloc(op, 8192);
    int fd;

    serve(op, &port);
    memset(much, 'a', 8191);
    fd = dial(port);
    tell(fd, much);
    CHECK_STR(hear(op, fd), ""); /* longer than any request of a CA's */
    close(fd);
    fd = dial(port);
    CHECK(shutdown(fd, SHUT_WR) == 0);
    CHECK_STR(hear(op, fd), "");
    close(fd);
    CHECK(text_ends(ask(op, port, GET), SAID));
}

TEST(httpd_newcomers_push_out_the_idle)
{
    struct op *op = kit_op();
    unsigned port;
    int idle[20];

    serve(op, &port);
    for (int i = 0; i < 20; i++)
        idle[i] = dial(port);
    CHECK(text_ends(ask(op, port, GET), SAID));
    CHECK_STR(hear(op, idle[0]), "");
    for (int i = 0; i < 20; i++)
        close(idle[i]);
}

TEST(httpd_on_all_addresses)
{
    struct op *op = kit_op();
    unsigned port;

    serve_at(op, "", &port);
    CHECK(text_ends(ask(op, port, GET), SAID));
}

TEST(httpd_port_in_use)
{
    struct op *op = kit_op();
    unsigned port;
    int fd = taken_port(&port);

    CHECK(!httpd_start(op, op_text(op, "127.0.0.1:%u", port)));
    CHECK_FAILED(op, ERR_PROVIDER, "listening for HTTP requests on 127.0.0.1:");
    CHECK(strstr(op->err.hint, "another web server") && strstr(op->err.hint, "port 80 is forwarded"));
    close(fd);
}

TEST(httpd_bad_addresses)
{
    static const char *const bad[] = { "", "localhost", "127.0.0.1:", "127.0.0.1:99999", ":x", "[::1", "80" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();

        CHECK(!httpd_address_ok(op, bad[i]));
        CHECK_FAILED(op, ERR_CONFIG, "is not an address to listen on");
        CHECK(!httpd_start(op, bad[i]));
    }
    CHECK(httpd_address_ok(kit_op(), "127.0.0.1") && httpd_address_ok(kit_op(), "[::1]:5002"));
    CHECK(httpd_address_ok(kit_op(), ":80") && httpd_address_ok(kit_op(), "::1"));
}

/* A client that reads nothing and one that is gone do not harm it. */
TEST(httpd_survives_bad_manners)
{
    struct op *op = kit_op();
    struct linger rude = { .l_onoff = 1 };
    unsigned port;
    int fd;

    serve(op, &port);
    fd = dial(port);
    tell(fd, GET);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &rude, sizeof rude);
    close(fd); /* with a reset */
    CHECK(text_ends(ask(op, port, GET), SAID));
}
