/*
 * key_parts: what the key_*.c files share: the table of kinds, the curves, and ECDSA's two forms of
 * signatures. For the files of lib/crypto only.
 */
#ifndef MCACME_CRYPTO_KEY_PARTS_H
#define MCACME_CRYPTO_KEY_PARTS_H

#include "crypto/key.h"

#include <psa/crypto.h>

#define OID_RSA "1.2.840.113549.1.1.1"
#define OID_EC  "1.2.840.10045.2.1"

/* P-521 is for verifying only: the CAs that sign with it do not accept it from us. */
enum curve_id { CURVE_P256, CURVE_P384, CURVE_P521, CURVE_COUNT };

struct curve {
    const char *oid, *name; /* RFC 5480 section 2.1.1.1, RFC 7518 section 6.2.1.1 */
    size_t bits;
};
extern const struct curve curves[CURVE_COUNT];

/* NULL for others. `oid` is the content of an OBJECT IDENTIFIER. */
const struct curve *curve_of(struct op *op, struct bytes oid);
size_t curve_size(const struct curve *curve); /* bytes of a coordinate or a private key */

struct scheme {
    const char *name; /* on the command line */
    const char *jws;  /* RFC 7518 section 3.1 */
    const char *oid;  /* of the signature algorithm in X.509 */
    psa_algorithm_t algorithm;
    psa_key_type_t type;
    size_t bits;
    const struct curve *curve; /* NULL for RSA */
};
const struct scheme *scheme_of(enum key_kind kind);

struct key {
    psa_key_id_t id;
    enum key_kind kind;
    struct bytes point; /* as PSA gives it: 04 x y of a curve, RSAPublicKey of RSA */
    struct bytes spki;
};

/*
 * A key from PSA's own form: the bare number of a curve, RSAPrivateKey of RSA (any KEY_RSA* will do as
 * `kind`). Fails with CONFIG.
 */
struct key *key_import(struct op *op, enum key_kind kind, struct bytes secret);
struct bytes key_export(struct op *op, const struct key *key);

/* AlgorithmIdentifier of the key itself, in SubjectPublicKeyInfo and PKCS#8. */
struct bytes key_algorithm(struct op *op, enum key_kind kind);

/* A big-endian number in exactly `size` bytes; false when it has more. */
bool number_fit(struct bytes number, uint8_t *out, size_t size);

/* r and s of one size side by side, and the same as ECDSA-Sig-Value (RFC 3279 section 2.2.3). */
struct bytes ecdsa_to_der(struct op *op, struct bytes raw);
bool ecdsa_from_der(struct bytes der, uint8_t *raw, size_t size);

#endif
