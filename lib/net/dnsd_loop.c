#include "net/dnsd_parts.h"

#include <poll.h>
#include <sys/socket.h>

#define UDP_BURST    64 /* datagrams in a row before the streams have their turn */
#define CONTROL_ROOM 64 /* for one IP_PKTINFO or IPV6_PKTINFO */

/* The places in the array that is polled. */
enum { WAKE, UDP, TCP };

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
    fds[WAKE] = (struct pollfd){ .fd = server->service.wake[0] };
    fds[UDP] = (struct pollfd){ .fd = server->udp, .events = POLLIN };
    return crowd_arrange(&server->tcp.crowd, fds + TCP, dnsd_now(server));
}

void *dnsd_serve(void *context)
{
    struct dnsd *server = context;
    struct pollfd fds[TCP + CROWD_POLLED];

    server->tcp.crowd.wake = server->service.wake[0];
    do {
        if (poll(fds, TCP + CROWD_POLLED, arrange(server, fds)) < 0)
            continue;
        crowd_serve(&server->tcp.crowd, fds + TCP, dnsd_now(server));
        if (fds[UDP].revents)
            serve_datagrams(server);
    } while (!fds[WAKE].revents);
    return NULL;
}
