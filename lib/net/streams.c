#include "net/streams.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define STREAM_MS   5000
#define FULL_NAP_MS 50 /* when the process has no descriptor left: poll would call again at once */

void streams_begin(struct streams *streams, const struct streams_kind *kind, void *context,
                   struct world *world)
{
    streams->kind = kind;
    streams->context = context;
    streams->world = world;
    streams->listener = streams->wake = -1;
    for (size_t i = 0; i < STREAMS_MOST; i++)
        streams->at[i].fd = -1;
}

static void end_turn(struct stream *stream)
{
    if (stream->turn)
        op_end(stream->turn);
    stream->turn = NULL;
    stream->out = (struct bytes){ NULL, 0 };
    stream->got = 0;
}

static void close_stream(struct stream *stream)
{
    if (stream->fd < 0)
        return;
    end_turn(stream);
    close(stream->fd);
    stream->fd = -1;
}

void streams_end(struct streams *streams)
{
    for (size_t i = 0; i < STREAMS_MOST; i++)
        close_stream(&streams->at[i]);
    if (streams->listener >= 0)
        close(streams->listener);
    streams->listener = -1;
}

/* A free one, else the oldest: who holds connections open must not shut out the others. */
static struct stream *slot(struct streams *streams)
{
    struct stream *oldest = &streams->at[0];

    for (size_t i = 0; i < STREAMS_MOST; i++) {
        if (streams->at[i].fd < 0)
            return &streams->at[i];
        if (streams->at[i].end < oldest->end)
            oldest = &streams->at[i];
    }
    close_stream(oldest);
    return oldest;
}

static void accept_one(struct streams *streams, int64_t now)
{
    int fd = accept4(streams->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct stream *stream;

    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            poll(&(struct pollfd){ .fd = streams->wake }, 1, FULL_NAP_MS);
        return;
    }
    stream = slot(streams);
    stream->fd = fd;
    stream->end = now + STREAM_MS;
}

/* Reads on; true when a request is whole. Closes the stream at its end and for what is no request. */
static bool read_request(const struct streams_kind *kind, struct stream *stream, size_t *whole)
{
    while ((*whole = kind->whole(stream->in, stream->got)) <= sizeof stream->in) {
        ssize_t got;

        if (stream->got >= *whole)
            return true;
        got = recv(stream->fd, stream->in + stream->got, *whole - stream->got, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        if (got <= 0)
            break;
        stream->got += (size_t)got;
    }
    close_stream(stream);
    return false;
}

static bool begin_reply(struct streams *streams, struct stream *stream, size_t whole)
{
    stream->turn = op_begin(streams->world);
    stream->out = streams->kind->reply(streams->context, stream->turn, (struct bytes){ stream->in, whole });
    return stream->out.length > 0;
}

static void send_reply(const struct streams *streams, struct stream *stream)
{
    ssize_t sent = send(stream->fd, stream->out.at, stream->out.length, MSG_NOSIGNAL);

    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        close_stream(stream);
        return;
    }
    if (sent <= 0)
        return;
    stream->out.at += sent;
    stream->out.length -= (size_t)sent;
    if (stream->out.length)
        return;
    end_turn(stream);
    if (streams->kind->once)
        close_stream(stream);
}

/* All that can be read, or written, without waiting. */
static void step(struct streams *streams, struct stream *stream)
{
    size_t whole;

    if (!stream->out.length) {
        if (!read_request(streams->kind, stream, &whole))
            return;
        if (!begin_reply(streams, stream, whole)) {
            close_stream(stream);
            return;
        }
    }
    send_reply(streams, stream);
}

int streams_arrange(const struct streams *streams, struct pollfd *fds, int64_t now)
{
    int64_t wait = -1;

    fds[0] = (struct pollfd){ .fd = streams->listener, .events = POLLIN };
    for (size_t i = 0; i < STREAMS_MOST; i++) {
        const struct stream *stream = &streams->at[i];
        int64_t left = stream->end > now ? stream->end - now : 0;

        fds[1 + i] = (struct pollfd){ .fd = stream->fd, .events = stream->out.length ? POLLOUT : POLLIN };
        if (stream->fd >= 0 && (wait < 0 || left < wait))
            wait = left;
    }
    return (int)wait;
}

void streams_serve(struct streams *streams, const struct pollfd *fds, int64_t now)
{
    for (size_t i = 0; i < STREAMS_MOST; i++) {
        struct stream *stream = &streams->at[i];

        if (stream->fd >= 0 && fds[1 + i].revents)
            step(streams, stream);
        if (stream->fd >= 0 && stream->end <= now)
            close_stream(stream);
    }
    if (fds[0].revents)
        accept_one(streams, now);
}
