#include "net/own.h"

#include "base/op.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

/* What no one routes from outside (RFC 6890): a machine with nothing else is behind somebody. */
static bool private_v4(const struct in_addr *in)
{
    static const struct {
        uint32_t net, mask;
    } nets[] = {
        { 0x00000000, 0xff000000 }, { 0x0a000000, 0xff000000 }, { 0x64400000, 0xffc00000 },
        { 0x7f000000, 0xff000000 }, { 0xa9fe0000, 0xffff0000 }, { 0xac100000, 0xfff00000 },
        { 0xc0a80000, 0xffff0000 },
    };
    uint32_t address = ntohl(in->s_addr);

    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
        if ((address & nets[i].mask) == nets[i].net)
            return true;
    return false;
}

/* Global unicast is 2000::/3 (RFC 4291 section 2.4). */
static bool public_v6(const struct in6_addr *in)
{
    return (in->s6_addr[0] & 0xe0) == 0x20;
}

void own_add(struct op *op, struct own *own, const char *address)
{
    struct in6_addr v6;
    struct in_addr v4;

    if (inet_pton(AF_INET, address, &v4) == 1)
        own->public_v4 = own->public_v4 || !private_v4(&v4);
    else if (inet_pton(AF_INET6, address, &v6) == 1)
        own->public_v6 = own->public_v6 || public_v6(&v6);
    else
        return;
    if (!strings_have(&own->addresses, address))
        strings_add(op, &own->addresses, arena_strdup(op->arena, address));
}

static void add_interface(struct op *op, struct own *own, const struct sockaddr *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    struct sockaddr_in6 v6;
    struct sockaddr_in v4;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    }
    own_add(op, own, text);
}

bool own_addresses(struct op *op, struct own *own)
{
    struct ifaddrs *all;

    TRY(op_ok(op));
    if (getifaddrs(&all) != 0)
        return op_fail_errno(op, ERR_INTERNAL, "asking for the addresses of this machine");
    for (const struct ifaddrs *i = all; i; i = i->ifa_next)
        if (i->ifa_addr)
            add_interface(op, own, i->ifa_addr);
    freeifaddrs(all);
    return true;
}

bool own_can_tell(const struct own *own, const char *address)
{
    return strchr(address, ':') ? own->public_v6 : own->public_v4;
}
