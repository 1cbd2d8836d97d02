#include "net/dnsd_parts.h"
#include "net/listen.h"

bool dnsd_listen(struct op *op, struct dnsd *server, const char *address)
{
    static const struct listen_kind kind = { "DNS queries",
                                             "another name server (systemd-resolved, dnsmasq, named?)", 53 };
    struct listen_place place;

    TRY(listen_parse(op, &kind, address, &place));
    server->udp = listen_open(op, &kind, &place, SOCK_DGRAM);
    TRY(server->udp >= 0);
    server->tcp.crowd.listener = listen_open(op, &kind, &place, SOCK_STREAM);
    return server->tcp.crowd.listener >= 0;
}
