#include "net/listen.h"

#include "base/text.h"
#include "net/resolver.h"

#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#define BACKLOG 64

static bool remedy(struct op *op, const struct listen_kind *kind, const struct listen_place *place,
                   int reason)
{
    if (reason == EADDRINUSE)
        return op_hint(
            op,
            "%s is there, \"ss -lnptu\" shows which: stop it, or listen on one address of this machine "
            "that it leaves free, or on another port to which port %u is forwarded",
            kind->rivals, kind->port);
    if (reason == EACCES)
        return op_hint(op, "a port below 1024 needs root or CAP_NET_BIND_SERVICE (in a systemd unit: "
                           "AmbientCapabilities=CAP_NET_BIND_SERVICE)");
    if (reason == EADDRNOTAVAIL)
        return op_hint(op, "%s is no address of this machine", place->text);
    return false;
}

static int refused(struct op *op, const struct listen_kind *kind, const struct listen_place *place, int type)
{
    int reason = errno;

    op_fail_errno(op, ERR_PROVIDER, "listening for %s on %s (%s)", kind->what, place->text,
                  type == SOCK_DGRAM ? "UDP" : "TCP");
    remedy(op, kind, place, reason);
    return -1;
}

/* A reply has to come from the address that was asked, also where the machine has several. */
static void note_destination(int fd, int family)
{
    int on = 1;

    if (family == AF_INET)
        setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    else
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
}

/* A listening socket; -1 with errno. */
static int bound(const struct listen_place *place, int type)
{
    int family = place->address.ss_family, on = 1, off = 0;
    int fd = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int reason;

    if (fd < 0)
        return -1;
    if (family == AF_INET6) /* [::] shall be IPv4, too, whatever the machine's default */
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (type == SOCK_STREAM) /* only past connections; two servers cannot share the port */
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    else
        note_destination(fd, family);
    if (bind(fd, (const struct sockaddr *)&place->address, place->length) == 0 &&
        (type == SOCK_DGRAM || listen(fd, BACKLOG) == 0))
        return fd;
    reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

int listen_open(struct op *op, const struct listen_kind *kind, const struct listen_place *place, int type)
{
    int fd = op_ok(op) ? bound(place, type) : -1;

    return fd >= 0 || !op_ok(op) ? fd : refused(op, kind, place, type);
}

static bool have_ipv6(void)
{
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in6 loopback = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    bool have = fd >= 0 && bind(fd, (const struct sockaddr *)&loopback, sizeof loopback) == 0;

    if (fd >= 0)
        close(fd);
    return have;
}

bool listen_parse(struct op *op, const struct listen_kind *kind, const char *text, struct listen_place *place)
{
    const char *all = have_ipv6() ? "[::]" : "0.0.0.0";
    bool port_alone = *text == ':' && text[1] != ':'; /* "::1" is an address */
    const char *address = port_alone ? op_text(op, "%s%s", all, text) : text;

    place->text = text;
    if (dns_address(address, kind->port, &place->address, &place->length))
        return true;
    op_fail(op, ERR_CONFIG, "\"%s\" is not an address to listen on", text);
    return op_hint(op, "write ADDR:PORT, [V6]:PORT, or :PORT for all addresses");
}
