/*
 * dnsd: a small authoritative name server for TXT values, in a thread of its own, on UDP and TCP.
 *
 * What it says is authority.h's business; here are the sockets. It serves until it is stopped. A stranger
 * cannot make it block, grow or wait: everything is non-blocking, and there are at most 256 TCP connections,
 * each for at most five seconds (a newcomer pushes out the oldest).
 *
 * The thread has memory of its own (no operation is shared with it) and blocks all signals, so they reach the
 * main thread as before.
 *
 *     struct dnsd *server = dnsd_start(op, ":53", "ns.example.net");
 *     arena_defer(arena, dnsd_stop, server);
 *     dnsd_add(server, "_acme-challenge.example.com", value);
 */
#ifndef MCACME_NET_DNSD_H
#define MCACME_NET_DNSD_H

#include "base/op.h"

struct dnsd;

/*
 * `listen` is "ADDR[:PORT]", "[V6]:PORT", or ":PORT" for all addresses of the machine, both IPv4 and IPv6.
 * `host` is our name in NS and SOA records, or NULL. Fails with CONFIG for an address that cannot be read,
 * with PROVIDER when it cannot be listened on.
 */
struct dnsd *dnsd_start(struct op *op, const char *listen, const char *host);

/* Names in lower case without a final dot. The next query sees it. */
void dnsd_add(struct dnsd *server, const char *name, const char *value);
void dnsd_remove(struct dnsd *server, const char *name, const char *value);

/* Ends the thread and frees everything; takes a struct dnsd *, as arena_defer wants it. */
void dnsd_stop(void *server);

#endif
