#include "net/dns_socket.h"

#include "net/resolver.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define UDP_ROOM   4096u /* some servers send more than we announce */
#define TCP_PREFIX 2u

int64_t dns_socket_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Over TCP the message goes out in one piece with its length (RFC 7766 section 8). */
static struct bytes prefixed(struct op *op, struct bytes packet)
{
    uint8_t *out = op_alloc(op, TCP_PREFIX + packet.length);

    out[0] = (uint8_t)(packet.length >> 8);
    out[1] = (uint8_t)packet.length;
    memcpy(out + TCP_PREFIX, packet.at, packet.length);
    return (struct bytes){ out, TCP_PREFIX + packet.length };
}

static bool again(void)
{
    return errno == EAGAIN || errno == EINTR || errno == EINPROGRESS;
}

static enum dns_io send_rest(struct dns_socket *s)
{
    ssize_t sent = send(s->fd, s->out.at, s->out.length, MSG_NOSIGNAL);

    if (sent < 0)
        return again() ? DNS_IO_WAIT : DNS_IO_ERROR;
    s->out.at += sent;
    s->out.length -= (size_t)sent;
    return DNS_IO_WAIT;
}

bool dns_socket_open(struct op *op, struct dns_socket *s, const char *server, struct bytes packet, bool tcp)
{
    struct sockaddr_storage address;
    unsigned length;

    *s = (struct dns_socket){ .fd = -1, .tcp = tcp, .out = tcp ? prefixed(op, packet) : packet };
    if (!dns_address(server, 53, &address, &length)) {
        errno = EDESTADDRREQ;
        return false;
    }
    s->room = tcp ? TCP_PREFIX : UDP_ROOM;
    s->fd = socket(address.ss_family, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0)
        return false;
    if (connect(s->fd, (const struct sockaddr *)&address, length) != 0 && !again())
        return false;
    return tcp || send_rest(s) != DNS_IO_ERROR;
}

void dns_socket_close(struct dns_socket *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

short dns_socket_events(const struct dns_socket *s)
{
    return s->out.length ? POLLOUT : POLLIN;
}

/* A datagram longer than our room is cut by the kernel, and so it is malformed for who decodes it. */
static enum dns_io step_udp(struct dns_socket *s, struct bytes *packet)
{
    ssize_t got = recv(s->fd, s->in, s->room, 0);

    if (got < 0)
        return again() ? DNS_IO_WAIT : DNS_IO_ERROR;
    *packet = (struct bytes){ s->in, (size_t)got };
    return DNS_IO_PACKET;
}

/* The length has come: room for the message. */
static enum dns_io take_length(struct op *op, struct dns_socket *s)
{
    s->room = (size_t)(s->in[0] << 8 | s->in[1]);
    s->in = op_alloc(op, s->room);
    s->got = 0;
    s->sized = true;
    errno = EBADMSG;
    return s->room ? DNS_IO_WAIT : DNS_IO_ERROR;
}

static enum dns_io step_tcp(struct op *op, struct dns_socket *s, struct bytes *packet)
{
    ssize_t got = recv(s->fd, s->in + s->got, s->room - s->got, 0);

    if (got < 0)
        return again() ? DNS_IO_WAIT : DNS_IO_ERROR;
    if (got == 0) {
        errno = ECONNRESET;
        return DNS_IO_ERROR;
    }
    s->got += (size_t)got;
    if (s->got < s->room)
        return DNS_IO_WAIT;
    if (!s->sized)
        return take_length(op, s);
    *packet = (struct bytes){ s->in, s->got };
    return DNS_IO_PACKET;
}

enum dns_io dns_socket_step(struct op *op, struct dns_socket *s, struct bytes *packet)
{
    if (s->out.length)
        return send_rest(s);
    if (!s->in)
        s->in = op_alloc(op, s->room);
    return s->tcp ? step_tcp(op, s, packet) : step_udp(s, packet);
}
