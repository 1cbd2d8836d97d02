#include "net/host.h"

#include "base/op.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static void release(void *what)
{
    freeaddrinfo(what);
}

/* "HOST:PORT" cut in two; a bare IPv6 address has several colons and no port. */
static bool split(struct op *op, const char *text, const char **host, int64_t *port)
{
    const char *bracket = *text == '[' ? strchr(text, ']') : NULL;
    const char *colon = bracket ? bracket + 1 : strchr(text, ':');

    *host = text;
    if (bracket)
        *host = text_cut(op, text + 1, (size_t)(bracket - text) - 1);
    else if (colon && strchr(colon + 1, ':'))
        colon = NULL;
    else if (colon)
        *host = text_cut(op, text, (size_t)(colon - text));
    if (**host && (!colon || !*colon || (*colon == ':' && text_number(colon + 1, 1, 65535, port))))
        return true;
    return op_fail(op, ERR_CONFIG, "\"%s\" is not HOST or HOST:PORT", text_printable(op, text, 100));
}

static const char *numeric(struct op *op, const struct addrinfo *info, unsigned port)
{
    char address[NI_MAXHOST];

    if (getnameinfo(info->ai_addr, info->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST) != 0)
        return NULL;
    if (info->ai_family == AF_INET6)
        return op_text(op, "[%s]:%u", address, port);
    return op_text(op, "%s:%u", address, port);
}

static struct addrinfo *look_up(struct op *op, const char *host)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
    struct addrinfo *found = NULL;
    int failure = getaddrinfo(host, NULL, &hints, &found);

    if (failure == 0)
        arena_defer(op->arena, release, found);
    else
        op_fail(op, failure == EAI_AGAIN ? ERR_NETWORK : ERR_PROVIDER, "the address of %s: %s",
                text_printable(op, host, 100), gai_strerror(failure));
    return failure == 0 ? found : NULL;
}

struct strings host_addresses(struct op *op, const char *text, unsigned default_port)
{
    struct strings addresses = { 0 };
    int64_t port = default_port;
    const char *host;

    if (!op_ok(op) || !split(op, text, &host, &port))
        return addresses;
    for (const struct addrinfo *i = look_up(op, host); i; i = i->ai_next) {
        const char *address = numeric(op, i, (unsigned)port);

        if (address && !strings_have(&addresses, address))
            strings_add(op, &addresses, address);
    }
    return addresses;
}
