/*
 * tlsd: a listener for TLS-ALPN-01, in a thread of its own: it shows each challenge's certificate to who asks
 * for its name, and does nothing else.
 *
 *     struct tlsd *server = tlsd_start(op, ":443");
 *     arena_defer(arena, tlsd_stop, server);
 *     tlsd_put(op, server, "a.example", challenge->key_authorization);
 *
 * Strangers cannot make it block, grow or wait: see crowd.h; each connection takes as many bytes as
 * crypto/tls_server.h allows.
 */
#ifndef MCACME_NET_TLSD_H
#define MCACME_NET_TLSD_H

#include "base/op.h"

struct tlsd;

/*
 * `listen` is written as for httpd_start, and fails in the same ways: with CONFIG for an address that cannot
 * be read (or where Mbed TLS has no locks), with PROVIDER when it cannot be listened on.
 */
struct tlsd *tlsd_start(struct op *op, const char *listen);

/* Whether it can be read at all. Fails with CONFIG. */
bool tlsd_address_ok(struct op *op, const char *listen);

/*
 * Makes the certificate for a name, an IP address too; the next ClientHello sees it. What was there for the
 * name is forgotten. Fails with INTERNAL.
 */
bool tlsd_put(struct op *op, struct tlsd *server, const char *name, const char *key_authorization);

/* Ends the thread and frees everything; takes a struct tlsd *, as arena_defer wants it. */
void tlsd_stop(void *server);

#endif
