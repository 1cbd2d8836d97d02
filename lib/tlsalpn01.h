/*
 * tlsalpn01: TLS-ALPN-01 as a solver (RFC 8737, for IP addresses RFC 8738): a listener of our own shows the
 * CA a certificate a name.
 *
 *     struct tlsalpn01 tlsalpn01 = { .listen = ":443" };
 *     struct solver *solver = tlsalpn01_solver(&tlsalpn01);
 *
 * Each challenge has a key of its own, which is never written anywhere. The port is free again when the
 * solver withdraws.
 */
#ifndef MCACME_TLSALPN01_H
#define MCACME_TLSALPN01_H

#include "acme/solver.h"
#include "base/op.h"

struct tlsd;

struct tlsalpn01 {
    struct solver solver; /* set by tlsalpn01_solver */
    const char *listen;   /* as in tlsd.h */
    struct tlsd **server; /* while it runs */
};

struct solver *tlsalpn01_solver(struct tlsalpn01 *tlsalpn01);

#endif
