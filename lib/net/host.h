/* host: the addresses of a server that a user has named. */
#ifndef MCACME_NET_HOST_H
#define MCACME_NET_HOST_H

#include "base/text.h"

struct op;

/*
 * "HOST", "HOST:PORT", "ADDR", "[V6]:PORT" to "ADDR:PORT", all that the system's resolver knows (hosts file
 * included), in its order. Fails with CONFIG for what is no host and port, with PROVIDER for an unknown host,
 * with NETWORK when the resolver gets no answer.
 */
struct strings host_addresses(struct op *op, const char *text, unsigned default_port);

#endif
