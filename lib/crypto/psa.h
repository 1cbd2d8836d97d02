/*
 * psa: starts PSA and puts its status into words. For the files of lib/crypto only.
 *
 * PSA's functions are the same in Mbed TLS 2.28, 3.6 and 4; nothing else of Mbed TLS is called, but for TLS
 * in tls_server.c.
 */
#ifndef MCACME_CRYPTO_PSA_H
#define MCACME_CRYPTO_PSA_H

#include "crypto/hash.h"

#include <psa/crypto.h>
#include <stdbool.h>

struct op;

/* Whether the operation is ok and PSA runs; every function that calls PSA begins with it. Fails with
 * INTERNAL. */
bool crypto_ready(struct op *op);

/* Fails with INTERNAL and the words "<doing>: <what PSA says>" unless the status is success. */
bool crypto_did(struct op *op, psa_status_t status, const char *doing);

psa_algorithm_t hash_algorithm(enum hash_kind kind);

#endif
