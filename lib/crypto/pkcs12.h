/*
 * pkcs12: a private key and its certificates in one file, as Windows, Java and others like it (RFC 7292).
 *
 *     struct pkcs12 content = { "mail.example.com", password, key_der, certs, count };
 *     struct bytes file = pkcs12_make(op, &content);
 *
 * Key and certificates are encrypted with AES-256-CBC by a key of PBKDF2 with HMAC-SHA-256 (PBES2, RFC 8018),
 * the whole is protected by an HMAC-SHA-256 with PKCS#12's own key derivation: what OpenSSL 3 and Java 17
 * write by default, and OpenSSL 1.1, Windows 10 and Java 8u301 can read. Nothing older is offered.
 *
 * Salts and IVs are random: two files of the same content differ. Fails with CONFIG when name or password are
 * no UTF-8. The password lives in the operation's arena, so give it one of its own.
 */
#ifndef MCACME_CRYPTO_PKCS12_H
#define MCACME_CRYPTO_PKCS12_H

#include "crypto/encode.h"

struct pkcs12 {
    const char *name;          /* friendlyName of key and leaf, UTF-8 */
    const char *password;      /* UTF-8; "": an empty one */
    struct bytes key;          /* PrivateKeyInfo (PKCS#8), DER */
    const struct bytes *certs; /* DER, leaf first */
    size_t count;
};

struct bytes pkcs12_make(struct op *op, const struct pkcs12 *content);

/* Whether a password can be one: UTF-8. Fails with CONFIG, without saying what it is. */
bool pkcs12_password_ok(struct op *op, const char *password);

#endif
