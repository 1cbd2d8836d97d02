#include "base/text.h"
#include "kit.h"
#include "net/dnsd.h"
#include "net/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME    "_acme-challenge.example.com"
#define PATIENT 3000 /* milliseconds; nothing that goes well takes a noticeable part of it */

static struct sockaddr_in loopback(unsigned port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* A port that was free a moment ago, for both protocols. */
static unsigned free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* A server with one value; stopped by the kit with the operation. */
static struct dnsd *serve(struct op *op, unsigned *port)
{
    struct dnsd *server = NULL;

    for (int i = 0; i < 10 && !server; i++) {
        op_recover(op);
        *port = free_port();
        server = dnsd_start(op, op_text(op, "127.0.0.1:%u", *port), NULL);
    }
    if (!CHECK(server))
        return NULL;
    arena_defer(op->arena, dnsd_stop, server);
    dnsd_add(server, NAME, "one");
    return server;
}

static int dial(unsigned port, int type)
{
    struct sockaddr_in address = loopback(port);
    struct timeval patience = { .tv_sec = PATIENT / 1000 };
    int fd = socket(AF_INET, type, 0);

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

static struct bytes query(struct op *op, uint16_t id)
{
    struct dns_writer w = dns_write(op, DNS_MOST_MESSAGE, id, 0, DNS_QUERY, 0);

    dns_put_question(&w, NAME, DNS_TXT, DNS_IN);
    return (struct bytes){ w.at, w.length };
}

/* Behind its length, as TCP wants it. */
static struct bytes framed(struct op *op, struct bytes packet)
{
    struct text out = text_begin(op->arena);

    text_char(&out, (char)(packet.length >> 8));
    text_char(&out, (char)packet.length);
    text_put(&out, packet.at, packet.length);
    return (struct bytes){ (const uint8_t *)out.data, out.length };
}

static struct dns_message ask_udp(struct op *op, unsigned port)
{
    struct bytes packet = query(op, 77);
    struct dns_message m = { 0 };
    uint8_t buffer[4096];
    int fd = dial(port, SOCK_DGRAM);
    ssize_t got;

    CHECK(send(fd, packet.at, packet.length, 0) == (ssize_t)packet.length);
    got = recv(fd, buffer, sizeof buffer, 0);
    close(fd);
    if (CHECK(got > 0))
        CHECK(dns_decode(op, (struct bytes){ arena_copy(op->arena, buffer, (size_t)got), (size_t)got }, &m));
    return m;
}

static struct dns_message receive_tcp(struct op *op, int fd)
{
    struct dns_message m = { 0 };
    uint8_t size[2] = { 0 }, *packet = op_alloc(op, DNS_MOST_MESSAGE);
    size_t length;

    CHECK(recv(fd, size, 2, MSG_WAITALL) == 2);
    length = (size_t)(size[0] << 8 | size[1]);
    if (CHECK(length > 0) && CHECK(recv(fd, packet, length, MSG_WAITALL) == (ssize_t)length))
        CHECK(dns_decode(op, (struct bytes){ packet, length }, &m));
    return m;
}

/* Whether the server answers as it should, with so many values. */
static bool answers_udp(struct op *op, unsigned port, size_t values)
{
    return ask_udp(op, port).answer.count == values;
}

static bool receives_tcp(struct op *op, int fd, uint16_t id)
{
    return receive_tcp(op, fd).id == id;
}

static bool closed_by_peer(int fd)
{
    uint8_t byte;

    ssize_t got = recv(fd, &byte, 1, 0);

    return got == 0 || (got < 0 && errno == ECONNRESET);
}

TEST(dnsd_answers_udp_and_sees_changes)
{
    struct op *op = kit_op();
    unsigned port;
    struct dnsd *server = serve(op, &port);
    struct dns_message m = ask_udp(op, port);

    CHECK_INT(m.answer.count, 1);
    CHECK_STR(m.answer.count ? m.answer.at[0].text : NULL, "one");
    dnsd_add(server, NAME, "two");
    CHECK(answers_udp(op, port, 2));
    dnsd_remove(server, NAME, "one");
    m = ask_udp(op, port);
    CHECK_INT(m.answer.count, 1);
    CHECK_STR(m.answer.count ? m.answer.at[0].text : NULL, "two");
}

TEST(dnsd_answers_tcp_in_pieces_and_in_a_row)
{
    struct op *op = kit_op();
    unsigned port;
    struct bytes first = framed(op, query(op, 1)), second = framed(op, query(op, 2));
    int fd;

    serve(op, &port);
    fd = dial(port, SOCK_STREAM);
    for (size_t i = 0; i < first.length; i++)
        CHECK(send(fd, first.at + i, 1, 0) == 1);
    CHECK(send(fd, second.at, second.length, 0) == (ssize_t)second.length);
    CHECK(receives_tcp(op, fd, 1));
    CHECK(receives_tcp(op, fd, 2));
    close(fd);
}

/* 200 answers of 60 KiB are more than the socket's buffers hold, so the server has to send in pieces. */
TEST(dnsd_tcp_sends_long_answers)
{
    struct op *op = kit_op();
    unsigned port;
    struct dnsd *server = serve(op, &port);
    struct bytes packet = framed(op, query(op, 5));
    int fd;

    for (unsigned i = 0; i < 800; i++)
        dnsd_add(server, NAME, op_text(op, "value-%u-of-forty-three-characters-and-more", i));
    CHECK(ask_udp(op, port).tc);
    fd = dial(port, SOCK_STREAM);
    for (int i = 0; i < 200; i++)
        CHECK(send(fd, packet.at, packet.length, 0) == (ssize_t)packet.length);
    for (int i = 0; i < 200; i++)
        if (!CHECK(receive_tcp(op, fd).answer.count > 700))
            break;
    close(fd);
}

TEST(dnsd_closes_bad_streams)
{
    struct op *op = kit_op();
    unsigned port;
    static const char *const bad[] = { "\0\0",
                                       "\xff\xff"
                                       "xxxx",
                                       "\0\1x",
                                       "\0\14"
                                       "xx\x80xxxxxxxxx" };
    static const size_t lengths[] = { 2, 6, 3, 14 };

    serve(op, &port);
    for (size_t i = 0; i < 4; i++) {
        int fd = dial(port, SOCK_STREAM);

        CHECK(send(fd, bad[i], lengths[i], 0) == (ssize_t)lengths[i]);
        CHECK(closed_by_peer(fd));
        close(fd);
    }
    CHECK(answers_udp(op, port, 1));
}

TEST(dnsd_newcomers_push_out_the_idle)
{
    struct op *op = kit_op();
    unsigned port;
    struct bytes packet = framed(op, query(op, 9));
    int idle[257], fd;

    serve(op, &port);
    for (int i = 0; i < 257; i++)
        idle[i] = dial(port, SOCK_STREAM);
    fd = dial(port, SOCK_STREAM);
    CHECK(send(fd, packet.at, packet.length, 0) == (ssize_t)packet.length);
    CHECK(receives_tcp(op, fd, 9));
    CHECK(closed_by_peer(idle[0]));
    close(fd);
    for (int i = 0; i < 257; i++)
        close(idle[i]);
}

TEST(dnsd_ignores_noise)
{
    struct op *op = kit_op();
    unsigned port;
    uint8_t noise[5000] = { 0 };
    int fd;

    serve(op, &port);
    fd = dial(port, SOCK_DGRAM);
    CHECK(send(fd, "", 0, 0) == 0);
    CHECK(send(fd, "abc", 3, 0) == 3);
    CHECK(send(fd, noise, sizeof noise, 0) == sizeof noise);
    close(fd);
    CHECK(answers_udp(op, port, 1));
}

TEST(dnsd_thread_leaves_signals_alone)
{
    struct op *op = kit_op();
    unsigned port;
    sigset_t set, before, pending;

    serve(op, &port);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    CHECK(!sigismember(&before, SIGTERM)); /* ours is as it was */
    kill(getpid(), SIGUSR1);               /* would end the process if the thread took it */
    CHECK(answers_udp(op, port, 1));
    sigpending(&pending);
    CHECK(sigismember(&pending, SIGUSR1));
    signal(SIGUSR1, SIG_IGN);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    signal(SIGUSR1, SIG_DFL);
}

TEST(dnsd_port_in_use)
{
    struct op *op = kit_op(), *other = kit_op();
    unsigned port;

    serve(op, &port);
    CHECK(!dnsd_start(other, op_text(op, "127.0.0.1:%u", port), NULL));
    CHECK_FAILED(other, ERR_PROVIDER, "Address already in use");
    CHECK(strstr(other->err.text, "UDP") && strstr(other->err.hint, "another name server"));
}

TEST(dnsd_tcp_port_in_use)
{
    struct op *op = kit_op();
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
    CHECK(!dnsd_start(op, op_text(op, "127.0.0.1:%u", ntohs(address.sin_port)), NULL));
    CHECK_FAILED(op, ERR_PROVIDER, "Address already in use");
    close(fd);
}

TEST(dnsd_bad_addresses)
{
    static const char *const bad[] = { "", "localhost:53", "127.0.0.1:x", "127.0.0.1:70000", "::1]:53" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();

        CHECK(!dnsd_start(op, bad[i], NULL));
        CHECK_FAILED(op, ERR_CONFIG, "not an address to listen on");
    }
}

TEST(dnsd_foreign_address)
{
    struct op *op = kit_op();

    CHECK(!dnsd_start(op, "192.0.2.1:5353", NULL));
    CHECK_FAILED(op, ERR_PROVIDER, "192.0.2.1:5353");
    CHECK(strstr(op->err.hint, "no address of this machine"));
}

/* Without an address IPv4 and IPv6 share one socket; the answer comes from the address that was asked. */
TEST(dnsd_all_addresses)
{
    struct op *op = kit_op();
    unsigned port = free_port();
    struct dnsd *server = dnsd_start(op, op_text(op, ":%u", port), NULL);

    if (!CHECK(server))
        return;
    arena_defer(op->arena, dnsd_stop, server);
    dnsd_add(server, NAME, "one");
    CHECK(answers_udp(op, port, 1));
}
