#include "net/dnsd_parts.h"

#include <poll.h>
#include <sys/socket.h>

#define UDP_BURST    64 /* datagrams in a row before the streams have their turn */
#define CONTROL_ROOM 64 /* for one IP_PKTINFO or IPV6_PKTINFO */

/* The places in the array that is polled. */
enum { WAKE, UDP, TCP, STREAMS };

/* One datagram in, one out; false when none is waiting. */
static bool serve_datagram(struct dnsd *server)
{
    _Alignas(max_align_t) uint8_t control[CONTROL_ROOM];
    uint8_t buffer[DNSD_MOST_QUERY];
    struct sockaddr_storage peer;
    struct iovec data = { buffer, sizeof buffer };
    struct msghdr message = { .msg_name = &peer,
                              .msg_namelen = sizeof peer,
                              .msg_iov = &data,
                              .msg_iovlen = 1,
                              .msg_control = control,
                              .msg_controllen = sizeof control };
    ssize_t got = recvmsg(server->udp, &message, 0);
    struct op *op;
    struct bytes reply;

    if (got < 0)
        return false;
    op = op_begin(&server->world);
    reply = dnsd_reply(server, op, (struct bytes){ buffer, (size_t)got }, true);
    if (reply.at && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
        /* what the kernel said about our address goes back as it came, and makes it the sender */
        message.msg_iov = &(struct iovec){ arena_copy(op->arena, reply.at, reply.length), reply.length };
        sendmsg(server->udp, &message, 0);
    }
    op_end(op);
    return true;
}

static void serve_datagrams(struct dnsd *server)
{
    for (int i = 0; i < UDP_BURST && serve_datagram(server); i++)
        ;
}

/* What to poll for; returns for how long: until the first stream's end, or for ever (-1). */
static int arrange(struct dnsd *server, struct pollfd *fds)
{
    int64_t now = dnsd_now(server), wait = -1;

    fds[WAKE] = (struct pollfd){ .fd = server->wake[0] };
    fds[UDP] = (struct pollfd){ .fd = server->udp, .events = POLLIN };
    fds[TCP] = (struct pollfd){ .fd = server->tcp, .events = POLLIN };
    for (size_t i = 0; i < DNSD_STREAMS; i++) {
        const struct dnsd_stream *stream = &server->streams[i];
        int64_t left = stream->end > now ? stream->end - now : 0;

        fds[STREAMS + i] =
            (struct pollfd){ .fd = stream->fd, .events = stream->out.length ? POLLOUT : POLLIN };
        if (stream->fd >= 0 && (wait < 0 || left < wait))
            wait = left;
    }
    return (int)wait;
}

static void serve_streams(struct dnsd *server, const struct pollfd *fds)
{
    int64_t now = dnsd_now(server);

    for (size_t i = 0; i < DNSD_STREAMS; i++) {
        struct dnsd_stream *stream = &server->streams[i];

        if (stream->fd >= 0 && fds[i].revents)
            dnsd_stream_step(server, stream);
        if (stream->fd >= 0 && stream->end <= now)
            dnsd_stream_close(stream);
    }
}

void *dnsd_serve(void *context)
{
    struct dnsd *server = context;
    struct pollfd fds[STREAMS + DNSD_STREAMS];

    do {
        if (poll(fds, STREAMS + DNSD_STREAMS, arrange(server, fds)) < 0)
            continue;
        serve_streams(server, fds + STREAMS);
        if (fds[UDP].revents)
            serve_datagrams(server);
        if (fds[TCP].revents)
            dnsd_stream_accept(server);
    } while (!fds[WAKE].revents);
    for (size_t i = 0; i < DNSD_STREAMS; i++)
        dnsd_stream_close(&server->streams[i]);
    return NULL;
}
