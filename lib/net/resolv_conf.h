/* resolv_conf: the system's own name servers, from resolv.conf(5). */
#ifndef MCACME_NET_RESOLV_CONF_H
#define MCACME_NET_RESOLV_CONF_H

#include "base/text.h"

/*
 * The first three addresses that the file names, 127.0.0.1 when there is no file or nothing in it, as libc
 * does. Lines that cannot be understood are passed over.
 */
struct strings resolv_conf(struct op *op, const char *path);

#endif
