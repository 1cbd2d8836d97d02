/*
 * listen: sockets for the small servers of ours.
 *
 *     static const struct listen_kind http = { "HTTP requests", "a web server", 80 };
 *     struct listen_place place;
 *
 *     listen_parse(op, &http, ":80", &place) && (fd = listen_open(op, &http, &place, SOCK_STREAM)) >= 0
 *
 * Sockets never block and are closed over exec. One for all addresses serves IPv6 and IPv4 alike.
 */
#ifndef MCACME_NET_LISTEN_H
#define MCACME_NET_LISTEN_H

#include "base/op.h"

#include <sys/socket.h>

struct listen_kind {
    const char *what;   /* "DNS queries" */
    const char *rivals; /* who else is often at that port */
    unsigned port;      /* where none is written */
};

struct listen_place {
    const char *text; /* as the user wrote it */
    struct sockaddr_storage address;
    unsigned length;
};

/*
 * "ADDR[:PORT]", "[V6]:PORT", or ":PORT" for all addresses of the machine. Fails with CONFIG for what is none
 * of these.
 */
bool listen_parse(struct op *op, const struct listen_kind *kind, const char *text,
                  struct listen_place *place);

/* `type` is SOCK_STREAM or SOCK_DGRAM. Fails with PROVIDER and the remedy; -1 then. */
int listen_open(struct op *op, const struct listen_kind *kind, const struct listen_place *place, int type);

#endif
