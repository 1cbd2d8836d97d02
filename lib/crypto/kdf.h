/*
 * kdf: keys made of passwords: PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2) and PKCS#12's own way, with
 * SHA-256 (RFC 7292 appendix B.2).
 *
 *     struct bytes key = kdf_pbkdf2(op, bytes_of(password), salt, 100000, 32);
 *
 * Both fail with INTERNAL only. An empty password is one, too.
 */
#ifndef MCACME_CRYPTO_KDF_H
#define MCACME_CRYPTO_KDF_H

#include "crypto/hash.h"

#define KDF_BYTES 32u /* what one round gives: the length of SHA-256 */

/* At most KDF_BYTES. */
struct bytes kdf_pbkdf2(struct op *op, struct bytes password, struct bytes salt, unsigned rounds,
                        size_t length);

/* What the bytes are for, a number that goes into the hash (RFC 7292 appendix B.3). */
enum kdf_purpose { KDF_KEY = 1, KDF_IV = 2, KDF_MAC = 3 };

/* KDF_BYTES bytes. The password is a BMPString with its two zero bytes at the end. */
struct bytes kdf_pkcs12(struct op *op, enum kdf_purpose purpose, struct bytes password, struct bytes salt,
                        unsigned rounds);

#endif
