#include "net/streams.h"

#include <errno.h>
#include <sys/socket.h>

static void end_turn(struct stream *stream)
{
    if (stream->turn)
        op_end(stream->turn);
    stream->turn = NULL;
    stream->out = (struct bytes){ NULL, 0 };
    stream->got = 0;
}

static void leave(struct crowd *crowd, size_t i)
{
    struct streams *streams = crowd->owner;

    end_turn(&streams->at[i]);
}

/* Reads on; true when a request is whole. Ends the connection at its end and for what is no request. */
static bool read_request(struct streams *streams, size_t i, size_t *whole)
{
    struct stream *stream = &streams->at[i];

    while ((*whole = streams->kind->whole(stream->in, stream->got)) <= sizeof stream->in) {
        ssize_t got;

        if (stream->got >= *whole)
            return true;
        got = recv(streams->crowd.at[i].fd, stream->in + stream->got, *whole - stream->got, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        if (got <= 0)
            break;
        stream->got += (size_t)got;
    }
    crowd_leave(&streams->crowd, i);
    return false;
}

static bool begin_reply(struct streams *streams, struct stream *stream, size_t whole)
{
    stream->turn = op_begin(streams->world);
    stream->out = streams->kind->reply(streams->context, stream->turn, (struct bytes){ stream->in, whole });
    return stream->out.length > 0;
}

static void send_reply(struct streams *streams, size_t i)
{
    struct stream *stream = &streams->at[i];
    ssize_t sent = send(streams->crowd.at[i].fd, stream->out.at, stream->out.length, MSG_NOSIGNAL);

    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        crowd_leave(&streams->crowd, i);
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
        crowd_leave(&streams->crowd, i);
}

/* All that can be read, or written, without waiting. */
static void step(struct crowd *crowd, size_t i)
{
    struct streams *streams = crowd->owner;
    size_t whole;

    if (!streams->at[i].out.length) {
        if (!read_request(streams, i, &whole))
            return;
        if (!begin_reply(streams, &streams->at[i], whole)) {
            crowd_leave(crowd, i);
            return;
        }
    }
    send_reply(streams, i);
}

static bool writes(const struct crowd *crowd, size_t i)
{
    const struct streams *streams = crowd->owner;

    return streams->at[i].out.length > 0;
}

static const struct crowd_kind requests = { .step = step, .leave = leave, .writes = writes };

void streams_begin(struct streams *streams, const struct streams_kind *kind, void *context,
                   struct world *world)
{
    streams->kind = kind;
    streams->context = context;
    streams->world = world;
    crowd_begin(&streams->crowd, &requests, streams);
}
