#include "net/tlsd.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "kit.h"
#include "net/crowd.h"
#include "tls_hello.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME  "a.example"
#define PROOF "token.thumbprint"
#define ACME  "acme-tls/1"

/* A listener that knows one name and ends with the operation. `host` is where. */
static struct tlsd *serve_at(struct op *op, const char *host, unsigned *port)
{
    struct tlsd *server = NULL;

    for (int i = 0; i < 10 && !server; i++) {
        op_recover(op);
        server = tlsd_start(op, op_text(op, "%s:%u", host, *port = tls_free_port()));
    }
    if (!CHECK(server))
        return NULL;
    arena_defer(op->arena, tlsd_stop, server);
    CHECK(tlsd_put(op, server, NAME, PROOF));
    return server;
}

static struct tlsd *serve(struct op *op, unsigned *port)
{
    return serve_at(op, "127.0.0.1", port);
}

static struct tls_heard ask(struct op *op, unsigned port, const char *name, const char *protocols)
{
    return tls_ask(op, port, &(struct tls_hello){ .name = name, .protocols = protocols });
}

/* Whether one certificate was shown, by our protocol, that holds this proof. */
static bool proves(struct op *op, struct tls_heard heard, const char *proof)
{
    struct bytes digest = hash(op, HASH_SHA256, bytes_of(proof));

    return !heard.alert && heard.certificates == 1 && text_same(heard.protocol, ACME) &&
           memmem(heard.certificate.at, heard.certificate.length, digest.at, digest.length);
}

TEST(tlsd_shows_the_certificate)
{
    struct op *op = kit_op();
    unsigned port;

    serve(op, &port);
    CHECK(proves(op, ask(op, port, NAME, ACME), PROOF));
    CHECK(proves(op, ask(op, port, "A.Example", ACME), PROOF)); /* RFC 6066: whatever the case */
    CHECK(proves(op, ask(op, port, NAME, "h2 http/1.1 " ACME), PROOF));
    CHECK(proves(op, tls_ask(op, port, &(struct tls_hello){ NAME, ACME, .name_last = true }), PROOF));
}

TEST(tlsd_shows_each_name_its_own)
{
    struct op *op = kit_op();
    unsigned port;
    struct tlsd *server = serve(op, &port);

    CHECK(tlsd_put(op, server, "192.0.2.1", "v4") && tlsd_put(op, server, "2001:db8::1", "v6"));
    CHECK(tlsd_put(op, server, "b.example", "b"));
    CHECK(proves(op, ask(op, port, "1.2.0.192.in-addr.arpa", ACME), "v4"));
    CHECK(proves(
        op, ask(op, port, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", ACME),
        "v6"));
    CHECK(proves(op, ask(op, port, "b.example", ACME), "b"));
    CHECK(proves(op, ask(op, port, NAME, ACME), PROOF));
    CHECK_INT(ask(op, port, "192.0.2.1", ACME).alert, TLS_ALERT_UNRECOGNIZED_NAME);
}

TEST(tlsd_sees_changes)
{
    struct op *op = kit_op();
    unsigned port;
    struct tlsd *server = serve(op, &port);

    CHECK(tlsd_put(op, server, NAME, "other"));
    CHECK(proves(op, ask(op, port, NAME, ACME), "other"));
    CHECK(!proves(op, ask(op, port, NAME, ACME), PROOF));
}

/* Nothing is shown to who is not a CA that looks at this challenge. */
TEST(tlsd_refuses_by_an_alert)
{
    static const struct {
        struct tls_hello hello;
        int alert;
    } cases[] = {
        { { .name = "b.example", .protocols = ACME }, TLS_ALERT_UNRECOGNIZED_NAME },
        { { .name = "a.example.", .protocols = ACME }, TLS_ALERT_UNRECOGNIZED_NAME },
        { { .name = "", .protocols = ACME }, 0 },
        { { .protocols = ACME }, 0 },
        { { .name = NAME }, TLS_ALERT_NO_PROTOCOL },
        { { .name = NAME, .name_last = true }, TLS_ALERT_NO_PROTOCOL },
        { { .name = NAME, .protocols = "h2 http/1.1" }, TLS_ALERT_NO_PROTOCOL },
        { { .name = NAME, .protocols = "h2", .name_last = true }, TLS_ALERT_NO_PROTOCOL },
        { { .name = NAME, .protocols = "acme-tls/2 acme-tls/1.1 ACME-TLS/1" }, TLS_ALERT_NO_PROTOCOL },
        { { .name = NAME, .protocols = ACME, .version = 0x0302 }, TLS_ALERT_PROTOCOL_VERSION },
        { { .name = NAME, .protocols = ACME, .version = 0x0300 }, TLS_ALERT_PROTOCOL_VERSION },
        { { 0 }, 0 },
    };
    struct op *op = kit_op();
    unsigned port;

    serve(op, &port);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tls_heard heard = tls_ask(op, port, &cases[i].hello);

        kit_check(heard.alert && (!cases[i].alert || heard.alert == cases[i].alert) && heard.closed &&
                      !heard.certificates,
                  __FILE__, __LINE__, "case %zu: alert %d, %zu certificates", i, heard.alert,
                  heard.certificates);
    }
    CHECK(proves(op, ask(op, port, NAME, ACME), PROOF));
}

/* SNI is a string of bytes: one that goes on behind a NUL is not the name before it. */
TEST(tlsd_compares_whole_names)
{
    struct op *op = kit_op();
    struct text name = text_begin(op->arena);
    struct bytes hello;
    uint8_t *dot;
    unsigned port;
    int fd;

    serve(op, &port);
    hello = tls_hello(op, &(struct tls_hello){ NAME "!evil.example", ACME, false, 0 });
    dot = memchr((uint8_t *)hello.at, '!', hello.length);
    *dot = '\0';
    fd = tls_dial(port);
    CHECK(send(fd, hello.at, hello.length, MSG_NOSIGNAL) > 0);
    CHECK_INT(tls_hear(op, fd).alert, TLS_ALERT_UNRECOGNIZED_NAME);
    close(fd);
    for (int i = 0; i < 5000; i++)
        text_char(&name, 'a');
    CHECK_INT(ask(op, port, name.data, ACME).alert, TLS_ALERT_UNRECOGNIZED_NAME);
}

TEST(tlsd_reads_in_pieces)
{
    struct op *op = kit_op();
    struct bytes hello = tls_hello(op, &(struct tls_hello){ .name = NAME, .protocols = ACME });
    unsigned port;
    int fd;

    serve(op, &port);
    fd = tls_dial(port);
    for (size_t i = 0; i < hello.length; i++)
        CHECK(send(fd, hello.at + i, 1, MSG_NOSIGNAL) == 1);
    CHECK(proves(op, tls_hear(op, fd), PROOF));
    close(fd);
}

/* The connection is closed, by a reset where something of ours was not read. */
static bool ends(int fd)
{
    char byte[64];
    ssize_t got;

    do
        got = recv(fd, byte, sizeof byte, 0);
    while (got > 0);
    return got == 0 || errno == ECONNRESET;
}

static bool thrown_out(unsigned port, struct bytes said)
{
    int fd = tls_dial(port);
    bool ended;

    CHECK(send(fd, said.at, said.length, MSG_NOSIGNAL) >= 0);
    ended = ends(fd);
    close(fd);
    return ended;
}

TEST(tlsd_closes_what_is_no_handshake)
{
    struct op *op = kit_op();
    struct bytes hello = tls_hello(op, &(struct tls_hello){ .name = NAME, .protocols = ACME });
    unsigned port;

    serve(op, &port);
    CHECK(thrown_out(port, bytes_of("GET /.well-known/acme-challenge/x HTTP/1.1\r\nHost: a\r\n\r\n")));
    CHECK(thrown_out(port, bytes_of("\x80\x2e\x01\x03\x01 SSL 2 was long ago")));
    CHECK(thrown_out(port, (struct bytes){ (const uint8_t *)"\x16\x03\x01\xff\xff", 5 }));
    CHECK(thrown_out(port, (struct bytes){ (const uint8_t *)"\x15\x03\x01\x00\x02\x02\x00", 7 }));
    CHECK(thrown_out(port, (struct bytes){ hello.at + 1, hello.length - 1 }));
    CHECK(proves(op, ask(op, port, NAME, ACME), PROOF));
}

/* Each byte of a ClientHello damaged in turn: an alert, a certificate, a closed connection, and no crash. */
TEST(tlsd_survives_damaged_hellos)
{
    struct op *op = kit_op();
    struct bytes hello = tls_hello(op, &(struct tls_hello){ .name = NAME, .protocols = ACME });
    unsigned port;

    serve(op, &port);
    for (size_t i = 0; i < hello.length; i++) {
        uint8_t *damaged = arena_copy(op->arena, hello.at, hello.length);
        int fd = tls_dial(port);

        damaged[i] ^= (uint8_t)(1u << i % 8);
        CHECK(send(fd, damaged, hello.length, MSG_NOSIGNAL) > 0);
        shutdown(fd, SHUT_WR); /* the other side may have closed it already */
        CHECK(ends(fd));
        close(fd);
    }
    CHECK(proves(op, ask(op, port, NAME, ACME), PROOF));
}

/* Records that lead nowhere, without end: there is a limit to what is read. */
TEST(tlsd_reads_so_much_and_no_more)
{
    struct op *op = kit_op();
    struct bytes hello = tls_hello(op, &(struct tls_hello){ .name = NAME, .protocols = ACME });
    static const uint8_t warning[] = { 0x15, 0x03, 0x03, 0x00, 0x02, 0x01, 0x5a }; /* user_canceled */
    unsigned port;
    size_t sent = 0;
    int fd;

    serve(op, &port);
    fd = tls_dial(port);
    CHECK(send(fd, hello.at, hello.length, MSG_NOSIGNAL) > 0);
    while (sent < 64 * 1024 * 1024 && send(fd, warning, sizeof warning, MSG_NOSIGNAL) > 0)
        sent += sizeof warning;
    CHECK(sent < 64 * 1024 * 1024); /* it has hung up */
    close(fd);
    CHECK(proves(op, ask(op, port, NAME, ACME), PROOF));
}

TEST(tlsd_newcomers_push_out_the_idle)
{
    struct op *op = kit_op();
    unsigned port;
    int idle[CROWD_MOST + 4];

    serve(op, &port);
    for (size_t i = 0; i < CROWD_MOST + 4; i++)
        idle[i] = tls_dial(port);
    CHECK(proves(op, ask(op, port, NAME, ACME), PROOF));
    CHECK(ends(idle[0]));
    for (size_t i = 0; i < CROWD_MOST + 4; i++)
        close(idle[i]);
}

/* Somebody who holds a whole handshake open does not hinder the end. */
TEST(tlsd_stops_amid_handshakes)
{
    struct op *op = kit_op(), *child = op_child(op);
    struct bytes hello = tls_hello(op, &(struct tls_hello){ .name = NAME, .protocols = ACME });
    unsigned port;
    int fd;

    serve(child, &port);
    fd = tls_dial(port);
    CHECK(send(fd, hello.at, hello.length, MSG_NOSIGNAL) > 0 && tls_hear(op, fd).certificates == 1);
    op_end(child);
    CHECK(ends(fd));
    close(fd);
    CHECK(!ask(op, port, NAME, ACME).there);
}

TEST(tlsd_on_all_addresses)
{
    struct op *op = kit_op();
    unsigned port;

    serve_at(op, "", &port);
    CHECK(proves(op, ask(op, port, NAME, ACME), PROOF));
}

TEST(tlsd_port_in_use)
{
    struct op *op = kit_op(), *other = kit_op();
    unsigned port;

    serve(op, &port);
    CHECK(!tlsd_start(other, op_text(other, "127.0.0.1:%u", port)));
    CHECK_FAILED(other, ERR_PROVIDER, "listening for TLS connections on 127.0.0.1:");
    CHECK(kit_has(other->err.hint, "a web server (nginx, apache2?) is there") &&
          kit_has(other->err.hint, "port 443 is forwarded"));
}

TEST(tlsd_bad_addresses)
{
    static const char *const bad[] = {
        "", "localhost", "127.0.0.1:", "127.0.0.1:99999", ":x", "[::1", "443"
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();

        CHECK(!tlsd_address_ok(op, bad[i]));
        CHECK_FAILED(op, ERR_CONFIG, "is not an address to listen on");
        CHECK(!tlsd_start(op, bad[i]));
    }
    CHECK(tlsd_address_ok(kit_op(), "127.0.0.1") && tlsd_address_ok(kit_op(), "[::1]:5001"));
    CHECK(tlsd_address_ok(kit_op(), ":443") && tlsd_address_ok(kit_op(), "::1"));
}
