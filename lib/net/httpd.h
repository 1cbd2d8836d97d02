/*
 * httpd: a small web server for a few texts, in a thread of its own, for HTTP-01 where there is no other.
 *
 *     struct httpd *server = httpd_start(op, ":80");
 *     arena_defer(arena, httpd_stop, server);
 *     httpd_put(server, "/.well-known/acme-challenge/TOKEN", "TOKEN.thumbprint");
 *
 * It answers GET and HEAD for the paths that it knows, whatever the host name, and 404 for all others; one
 * request a connection. What strangers can do to it is bounded as in streams.h.
 */
#ifndef MCACME_NET_HTTPD_H
#define MCACME_NET_HTTPD_H

#include "base/op.h"

struct httpd;

/*
 * `listen` is "ADDR[:PORT]", "[V6]:PORT", or ":PORT" for all addresses of the machine. Fails with CONFIG for
 * an address that cannot be read, with PROVIDER when it cannot be listened on.
 */
struct httpd *httpd_start(struct op *op, const char *listen);

/* Whether it can be read at all. Fails with CONFIG. */
bool httpd_address_ok(struct op *op, const char *listen);

/* The next request sees it. */
void httpd_put(struct httpd *server, const char *path, const char *content);

/* Ends the thread and frees everything; takes a struct httpd *, as arena_defer wants it. */
void httpd_stop(void *server);

#endif
