#include "base/text.h"
#include "net/resolver.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#define HOST_ROOM (INET6_ADDRSTRLEN + 1 + IF_NAMESIZE)

/* The two halves of "ADDR:PORT" and its relatives. */
struct split {
    char host[HOST_ROOM];
    const char *port; /* NULL: none was written */
    bool v6;
};

static bool take_host(struct split *s, const char *text, size_t length)
{
    if (!length || length >= sizeof s->host)
        return false;
    memcpy(s->host, text, length);
    s->host[length] = '\0';
    return true;
}

/* A lone colon ends an IPv4 address; several are an IPv6 address, which needs brackets before a port. */
static bool split(struct split *s, const char *text)
{
    const char *colon = strchr(text, ':'), *bracket = strchr(text, ']');

    s->port = NULL;
    s->v6 = true;
    if (*text == '[') {
        if (!bracket || (bracket[1] != ':' && bracket[1] != '\0'))
            return false;
        s->port = bracket[1] ? bracket + 2 : NULL;
        return take_host(s, text + 1, (size_t)(bracket - text) - 1);
    }
    if (colon && strchr(colon + 1, ':'))
        return take_host(s, text, strlen(text));
    s->v6 = false;
    s->port = colon ? colon + 1 : NULL;
    return take_host(s, text, colon ? (size_t)(colon - text) : strlen(text));
}

/* "%eth0" or "%2" behind a link-local address (RFC 4007 section 11); cut off from the host. */
static bool take_scope(struct split *s, uint32_t *scope)
{
    char *percent = strchr(s->host, '%');
    int64_t number;

    *scope = 0;
    if (!percent)
        return true;
    *percent = '\0';
    if (text_number(percent + 1, 1, UINT32_MAX, &number))
        *scope = (uint32_t)number;
    else
        *scope = if_nametoindex(percent + 1);
    return *scope != 0;
}

static bool v4(const struct split *s, uint16_t port, struct sockaddr_storage *address, unsigned *length)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };

    if (inet_pton(AF_INET, s->host, &in.sin_addr) != 1)
        return false;
    memcpy(address, &in, sizeof in);
    *length = sizeof in;
    return true;
}

static bool v6(struct split *s, uint16_t port, struct sockaddr_storage *address, unsigned *length)
{
    struct sockaddr_in6 in = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

    if (!take_scope(s, &in.sin6_scope_id) || inet_pton(AF_INET6, s->host, &in.sin6_addr) != 1)
        return false;
    memcpy(address, &in, sizeof in);
    *length = sizeof in;
    return true;
}

/* inet_pton, not getaddrinfo: "1" and "0x7f.1" are no addresses to us, and nothing is looked up. */
bool dns_address(const char *text, unsigned default_port, struct sockaddr_storage *address, unsigned *length)
{
    int64_t port = default_port;
    struct split s;

    memset(address, 0, sizeof *address);
    if (!split(&s, text) || (s.port && !text_number(s.port, 1, 65535, &port)))
        return false;
    return s.v6 ? v6(&s, (uint16_t)port, address, length) : v4(&s, (uint16_t)port, address, length);
}
