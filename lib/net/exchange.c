#include "base/text.h"
#include "net/dns_socket.h"
#include "net/resolver.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define UDP_ATTEMPTS 3
#define UDP_WAIT     2000 /* milliseconds; doubled for each attempt */
#define TCP_WAIT     15000
#define SLICE_MS     250 /* how long a signal may go unnoticed */

/* One socket's life: a packet that answers ours, or nothing. */
struct exchange {
    const char *server;
    struct bytes packet;
    struct dns_socket socket;
    int64_t end;
};

/* The same id and opcode, and QR. An answer to an UPDATE may come without its zone (RFC 2136 section 3.8). */
static bool answers_us(struct bytes asked, struct bytes answer)
{
    return answer.length >= DNS_HEADER && memcmp(answer.at, asked.at, 2) == 0 &&
           (answer.at[2] & 0xf8) == ((asked.at[2] & 0x78) | 0x80);
}

static bool no_answer(struct op *op, const struct exchange *x, const char *why)
{
    return op_fail(op, ERR_PROVIDER, "no answer from the name server %s: %s", x->server, why);
}

static void step(struct op *op, struct exchange *x, struct bytes *answer)
{
    struct bytes got;

    switch (dns_socket_step(op, &x->socket, &got)) {
    case DNS_IO_WAIT:
        return;
    case DNS_IO_ERROR:
        no_answer(op, x, strerror(errno));
        return;
    case DNS_IO_PACKET:
        if (answers_us(x->packet, got))
            *answer = (struct bytes){ arena_copy(op->arena, got.at, got.length), got.length };
        else if (x->socket.tcp)
            no_answer(op, x, "it answered another question");
    }
}

static void listen_for(struct op *op, struct exchange *x, struct bytes *answer)
{
    int64_t left;

    while (!answer->at && op_alive(op) && (left = x->end - dns_socket_clock()) > 0) {
        struct pollfd fd = { .fd = x->socket.fd, .events = dns_socket_events(&x->socket) };

        if (poll(&fd, 1, (int)(left < SLICE_MS ? left : SLICE_MS)) > 0)
            step(op, x, answer);
    }
}

static void attempt(struct op *op, struct exchange *x, bool tcp, int64_t wait, struct bytes *answer)
{
    x->end = dns_socket_clock() + wait;
    if (dns_socket_open(op, &x->socket, x->server, x->packet, tcp))
        listen_for(op, x, answer);
    else if (errno == EDESTADDRREQ)
        op_fail(op, ERR_PROVIDER, "the name server \"%s\" is not an address", x->server);
    else
        no_answer(op, x, strerror(errno));
    dns_socket_close(&x->socket);
}

bool dns_exchange(struct op *op, const char *server, struct bytes packet, bool tcp, struct bytes *answer)
{
    struct exchange x = { .server = server, .packet = packet };
    int attempts = tcp ? 1 : UDP_ATTEMPTS;

    *answer = (struct bytes){ NULL, 0 };
    TRY(op_effect(op, "DNS message"));
    for (int i = 0; i < attempts && !answer->at && op_ok(op); i++)
        attempt(op, &x, tcp, tcp ? TCP_WAIT : UDP_WAIT << i, answer);
    if (op_ok(op) && !answer->at)
        return no_answer(op, &x, "it is silent");
    return op_ok(op);
}
