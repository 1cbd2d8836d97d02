#include "net/dnsd_parts.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FULL_NAP_MS 50 /* when the process has no descriptor left: poll would call again at once */

static void end_turn(struct dnsd_stream *stream)
{
    if (stream->turn)
        op_end(stream->turn);
    stream->turn = NULL;
    stream->out = (struct bytes){ NULL, 0 };
    stream->got = 0;
}

void dnsd_stream_close(struct dnsd_stream *stream)
{
    if (stream->fd < 0)
        return;
    end_turn(stream);
    close(stream->fd);
    stream->fd = -1;
}

/* A free one, else the oldest: who holds connections open must not shut out the others. */
static struct dnsd_stream *slot(struct dnsd *server)
{
    struct dnsd_stream *oldest = &server->streams[0];

    for (size_t i = 0; i < DNSD_STREAMS; i++) {
        if (server->streams[i].fd < 0)
            return &server->streams[i];
        if (server->streams[i].end < oldest->end)
            oldest = &server->streams[i];
    }
    dnsd_stream_close(oldest);
    return oldest;
}

void dnsd_stream_accept(struct dnsd *server)
{
    int fd = accept4(server->tcp, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct dnsd_stream *stream;

    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            poll(&(struct pollfd){ .fd = server->wake[0] }, 1, FULL_NAP_MS);
        return;
    }
    stream = slot(server);
    stream->fd = fd;
    stream->end = dnsd_now(server) + DNSD_STREAM_MS;
}

/* The reply behind its length (RFC 1035 section 4.2.2); false when there is none. */
static bool begin_reply(struct dnsd *server, struct dnsd_stream *stream)
{
    struct bytes reply;
    uint8_t *framed;

    stream->turn = op_begin(&server->world);
    reply = dnsd_reply(server, stream->turn, (struct bytes){ stream->in + 2, stream->got - 2 }, false);
    if (!reply.at)
        return false;
    framed = op_alloc(stream->turn, 2 + reply.length);
    framed[0] = (uint8_t)(reply.length >> 8);
    framed[1] = (uint8_t)reply.length;
    memcpy(framed + 2, reply.at, reply.length);
    stream->out = (struct bytes){ framed, 2 + reply.length };
    return true;
}

/* How many bytes the query under way has in all, its length included. */
static size_t wanted(const struct dnsd_stream *stream)
{
    return stream->got < 2 ? 2 : 2 + (size_t)(stream->in[0] << 8 | stream->in[1]);
}

/* Reads on; true when a query is whole. Closes the stream at its end and for a query that is too long. */
static bool read_query(struct dnsd_stream *stream)
{
    size_t whole;

    while ((whole = wanted(stream)) <= sizeof stream->in) {
        ssize_t got;

        if (stream->got == whole)
            return true;
        got = recv(stream->fd, stream->in + stream->got, whole - stream->got, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        if (got <= 0)
            break;
        stream->got += (size_t)got;
    }
    dnsd_stream_close(stream);
    return false;
}

static void send_reply(struct dnsd_stream *stream)
{
    ssize_t sent = send(stream->fd, stream->out.at, stream->out.length, MSG_NOSIGNAL);

    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        dnsd_stream_close(stream);
        return;
    }
    if (sent <= 0)
        return;
    stream->out.at += sent;
    stream->out.length -= (size_t)sent;
    if (!stream->out.length)
        end_turn(stream);
}

void dnsd_stream_step(struct dnsd *server, struct dnsd_stream *stream)
{
    if (!stream->out.length) {
        if (!read_query(stream))
            return;
        if (!begin_reply(server, stream)) {
            dnsd_stream_close(stream);
            return;
        }
    }
    send_reply(stream);
}
