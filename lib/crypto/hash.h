/* hash: digests, HMAC and random bytes, by PSA. All fail with INTERNAL only. */
#ifndef MCACME_CRYPTO_HASH_H
#define MCACME_CRYPTO_HASH_H

#include "crypto/encode.h"

enum hash_kind { HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_SHA384, HASH_SHA512 };

struct bytes hash(struct op *op, enum hash_kind kind, struct bytes data);
struct bytes hmac(struct op *op, enum hash_kind kind, struct bytes key, struct bytes data);
struct bytes random_bytes(struct op *op, size_t length);

/* Uniform in 0..below-1. */
uint64_t random_below(struct op *op, uint64_t below);

#endif
