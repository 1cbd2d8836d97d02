/* DNS over TCP: messages behind their length (RFC 1035 section 4.2.2). */
#include "net/dnsd_parts.h"

#include <string.h>

static size_t whole(const uint8_t *in, size_t got)
{
    return got < 2 ? 2 : 2 + (size_t)(in[0] << 8 | in[1]);
}

static struct bytes reply(void *context, struct op *op, struct bytes request)
{
    struct bytes message =
        dnsd_reply(context, op, (struct bytes){ request.at + 2, request.length - 2 }, false);
    uint8_t *framed;

    if (!message.at)
        return (struct bytes){ NULL, 0 };
    framed = op_alloc(op, 2 + message.length);
    framed[0] = (uint8_t)(message.length >> 8);
    framed[1] = (uint8_t)message.length;
    memcpy(framed + 2, message.at, message.length);
    return (struct bytes){ framed, 2 + message.length };
}

const struct streams_kind dnsd_stream = { .whole = whole, .reply = reply };
