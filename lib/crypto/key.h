/*
 * key: private keys of accounts and certificates. P-256, P-384 and RSA 2048 to 4096 bits, in PSA only.
 *
 * A key lives in PSA's store (32 slots by default) and is destroyed when its operation ends; the PEM text is
 * wiped with the arena. Never hold keys of many certificates in one operation.
 *
 *     struct key *key = key_generate(op, KEY_EC256);
 *     const char *pem = key_pem(op, key);   // PKCS#8
 */
#ifndef MCACME_CRYPTO_KEY_H
#define MCACME_CRYPTO_KEY_H

#include "crypto/encode.h"
#include "crypto/hash.h"

enum key_kind { KEY_EC256, KEY_EC384, KEY_RSA2048, KEY_RSA3072, KEY_RSA4096, KEY_KIND_COUNT };

struct key;

/* "ec256", "ec384", "rsa2048", "rsa3072", "rsa4096", as on the command line. */
const char *key_kind_name(enum key_kind kind);
bool key_kind_parse(const char *name, enum key_kind *kind);

struct key *key_generate(struct op *op, enum key_kind kind);

/*
 * The first private key in a PEM text: PKCS#8 (RFC 5958, unencrypted), SEC1 (RFC 5915) or PKCS#1. RSA of any
 * size from 2048 to 4096 bits is accepted. Fails with CONFIG; `what` names the key in the error.
 */
struct key *key_from_pem(struct op *op, const char *pem, const char *what);

const char *key_pem(struct op *op, const struct key *key); /* PKCS#8 */
enum key_kind key_kind(const struct key *key);             /* the nearest kind for RSA of other sizes */

/* SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), DER. Two keys are the same when these are. */
struct bytes key_public(struct op *op, const struct key *key);

/*
 * Signs with ECDSA and the curve's hash (SHA-256, SHA-384) or RSA PKCS#1 v1.5 with SHA-256. ECDSA signatures
 * are r and s side by side, as JWS wants them (RFC 7518 section 3.4).
 */
struct bytes key_sign(struct op *op, const struct key *key, struct bytes message);
struct bytes key_sign_der(struct op *op, const struct key *key, struct bytes message); /* as X.509 wants it */

/* RSA PKCS#1 v1.5 with a hash of the caller's choice, for vendors that want another than key_sign's. */
struct bytes key_sign_rsa(struct op *op, const struct key *key, enum hash_kind kind, struct bytes message);

/* AlgorithmIdentifier of key_sign_der, DER (RFC 5758, RFC 4055). */
struct bytes key_signature_algorithm(struct op *op, const struct key *key);

/* Verification against a public key in SPKI form; false (op stays ok) when it does not verify. */
bool key_verify(struct op *op, struct bytes spki, struct bytes algorithm, struct bytes message,
                struct bytes signature);

/*
 * A private key as JOSE writes it (RFC 7518 section 6): EC on P-256 and P-384, RSA with all its numbers. The
 * public part must be that of the private one. Fails with CONFIG.
 */
struct json;
struct key *key_from_jwk(struct op *op, const struct json *jwk, const char *what);

/* Of a file that the user named, PEM or JWK: the first thing in it tells. */
struct key *key_from_file(struct op *op, const char *path);

/* RFC 7517 public JWK, members in the order of RFC 7638; "ES256", "ES384", "RS256". */
const char *key_jwk(struct op *op, const struct key *key);
const char *key_jws_algorithm(const struct key *key);
const char *key_thumbprint(struct op *op, const struct key *key); /* RFC 7638, base64url(SHA-256) */

#endif
