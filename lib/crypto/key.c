/* The life of a key in PSA's store, and signing. */
#include "crypto/key.h"

#include "base/op.h"
#include "base/text.h"
#include "crypto/der.h"
#include "crypto/key_parts.h"
#include "crypto/psa.h"

#define RSA_LEAST_BITS 2048u
#define RSA_MOST_BITS  4096u

const struct curve curves[CURVE_COUNT] = {
    [CURVE_P256] = { "1.2.840.10045.3.1.7", "P-256", 256 },
    [CURVE_P384] = { "1.3.132.0.34", "P-384", 384 },
    [CURVE_P521] = { "1.3.132.0.35", "P-521", 521 },
};

#define EC_TYPE       PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)
#define RSA_ALGORITHM PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256)
#define RSA_SIGNATURE "1.2.840.113549.1.1.11" /* sha256WithRSAEncryption */

static const struct scheme schemes[KEY_KIND_COUNT] = {
    [KEY_EC256] = { "ec256", "ES256", "1.2.840.10045.4.3.2", PSA_ALG_ECDSA(PSA_ALG_SHA_256), EC_TYPE, 256,
                    &curves[CURVE_P256] },
    [KEY_EC384] = { "ec384", "ES384", "1.2.840.10045.4.3.3", PSA_ALG_ECDSA(PSA_ALG_SHA_384), EC_TYPE, 384,
                    &curves[CURVE_P384] },
    [KEY_RSA2048] = { "rsa2048", "RS256", RSA_SIGNATURE, RSA_ALGORITHM, PSA_KEY_TYPE_RSA_KEY_PAIR, 2048,
                      NULL },
    [KEY_RSA3072] = { "rsa3072", "RS256", RSA_SIGNATURE, RSA_ALGORITHM, PSA_KEY_TYPE_RSA_KEY_PAIR, 3072,
                      NULL },
    [KEY_RSA4096] = { "rsa4096", "RS256", RSA_SIGNATURE, RSA_ALGORITHM, PSA_KEY_TYPE_RSA_KEY_PAIR, 4096,
                      NULL },
};

const struct scheme *scheme_of(enum key_kind kind)
{
    return &schemes[kind];
}

const char *key_kind_name(enum key_kind kind)
{
    return schemes[kind].name;
}

bool key_kind_parse(const char *name, enum key_kind *kind)
{
    for (enum key_kind k = 0; k < KEY_KIND_COUNT; k++) {
        if (text_same(schemes[k].name, name)) {
            *kind = k;
            return true;
        }
    }
    return false;
}

const struct curve *curve_of(struct op *op, struct bytes oid)
{
    for (size_t i = 0; i < CURVE_COUNT; i++)
        if (der_is_oid(op, oid, curves[i].oid))
            return &curves[i];
    return NULL;
}

size_t curve_size(const struct curve *curve)
{
    return (curve->bits + 7) / 8;
}

struct bytes key_algorithm(struct op *op, enum key_kind kind)
{
    const struct curve *curve = schemes[kind].curve;
    struct bytes oid = der_oid(op, curve ? OID_EC : OID_RSA);
    struct bytes parameters = curve ? der_oid(op, curve->oid) : der_wrap(op, DER_NULL, (struct bytes){ 0 });

    return der_wrap(op, DER_SEQUENCE, der_join(op, oid, parameters));
}

/* RSA keys may sign with any hash: key_sign always takes the one of the scheme, key_sign_rsa another. */
static void set_attributes(psa_key_attributes_t *attributes, enum key_kind kind)
{
    psa_set_key_type(attributes, schemes[kind].type);
    psa_set_key_algorithm(attributes, schemes[kind].curve ? schemes[kind].algorithm
                                                          : PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_ANY_HASH));
    psa_set_key_usage_flags(attributes, PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_EXPORT);
}

static void destroy(void *what)
{
    const struct key *key = what;

    psa_destroy_key(key->id);
}

static bool read_public(struct op *op, struct key *key)
{
    size_t length, size = PSA_EXPORT_PUBLIC_KEY_MAX_SIZE;
    uint8_t *out = op_array(op, size, uint8_t);

    TRY(crypto_did(op, psa_export_public_key(key->id, out, size, &length), "reading a public key"));
    key->point = (struct bytes){ out, length };
    key->spki =
        der_wrap(op, DER_SEQUENCE, der_join(op, key_algorithm(op, key->kind), der_bits(op, key->point)));
    return op_ok(op);
}

/* From here on the arena destroys the key. */
static struct key *take_over(struct op *op, psa_key_id_t id, enum key_kind kind)
{
    struct key *key = op_new(op, struct key);

    key->id = id;
    key->kind = kind;
    arena_defer(op->arena, destroy, key);
    return read_public(op, key) ? key : NULL;
}

struct key *key_generate(struct op *op, enum key_kind kind)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t id;

    set_attributes(&attributes, kind);
    psa_set_key_bits(&attributes, schemes[kind].bits);
    if (!crypto_ready(op) || !crypto_did(op, psa_generate_key(&attributes, &id), "making a key"))
        return NULL;
    return take_over(op, id, kind);
}

static size_t key_bits(psa_key_id_t id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    size_t bits = 0;

    if (psa_get_key_attributes(id, &attributes) == PSA_SUCCESS)
        bits = psa_get_key_bits(&attributes);
    psa_reset_key_attributes(&attributes);
    return bits;
}

static struct key *take_over_rsa(struct op *op, psa_key_id_t id)
{
    size_t bits = key_bits(id);
    struct key *key = take_over(op, id, bits < 2560 ? KEY_RSA2048 : bits < 3584 ? KEY_RSA3072 : KEY_RSA4096);

    if (bits >= RSA_LEAST_BITS && bits <= RSA_MOST_BITS)
        return key;
    op_fail(op, ERR_CONFIG, "an RSA key of %zu bits; %u to %u are accepted", bits, RSA_LEAST_BITS,
            RSA_MOST_BITS);
    return NULL;
}

struct key *key_import(struct op *op, enum key_kind kind, struct bytes secret)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status;
    psa_key_id_t id;

    if (!crypto_ready(op))
        return NULL;
    set_attributes(&attributes, kind);
    status = psa_import_key(&attributes, secret.at, secret.length, &id);
    if (status == PSA_ERROR_INSUFFICIENT_MEMORY)
        crypto_did(op, status, "taking a private key");
    else if (status != PSA_SUCCESS)
        op_fail(op, ERR_CONFIG, "not a sound %s private key",
                schemes[kind].curve ? schemes[kind].curve->name : "RSA");
    if (!op_ok(op))
        return NULL;
    return schemes[kind].curve ? take_over(op, id, kind) : take_over_rsa(op, id);
}

struct bytes key_export(struct op *op, const struct key *key)
{
    size_t length, size = PSA_EXPORT_KEY_PAIR_MAX_SIZE;
    uint8_t *out;

    if (!crypto_ready(op))
        return (struct bytes){ 0 };
    out = op_array(op, size, uint8_t);
    if (!crypto_did(op, psa_export_key(key->id, out, size, &length), "reading a private key"))
        return (struct bytes){ 0 };
    return (struct bytes){ out, length };
}

enum key_kind key_kind(const struct key *key)
{
    return key->kind;
}

struct bytes key_public(struct op *op, const struct key *key)
{
    return op_ok(op) ? key->spki : (struct bytes){ 0 };
}

static struct bytes sign(struct op *op, const struct key *key, psa_algorithm_t algorithm,
                         struct bytes message)
{
    size_t length, size = PSA_SIGNATURE_MAX_SIZE;
    psa_status_t status;
    uint8_t *out;

    if (!crypto_ready(op))
        return (struct bytes){ 0 };
    out = op_array(op, size, uint8_t);
    status = psa_sign_message(key->id, algorithm, message.at, message.length, out, size, &length);
    return crypto_did(op, status, "signing") ? (struct bytes){ out, length } : (struct bytes){ 0 };
}

struct bytes key_sign(struct op *op, const struct key *key, struct bytes message)
{
    return sign(op, key, op_ok(op) ? schemes[key->kind].algorithm : PSA_ALG_NONE, message);
}

struct bytes key_sign_rsa(struct op *op, const struct key *key, enum hash_kind kind, struct bytes message)
{
    return sign(op, key, PSA_ALG_RSA_PKCS1V15_SIGN(hash_algorithm(kind)), message);
}

struct bytes key_sign_der(struct op *op, const struct key *key, struct bytes message)
{
    struct bytes signature = key_sign(op, key, message);

    return op_ok(op) && schemes[key->kind].curve ? ecdsa_to_der(op, signature) : signature;
}

struct bytes key_signature_algorithm(struct op *op, const struct key *key)
{
    struct bytes parameters = { 0 };

    if (!op_ok(op))
        return parameters;
    if (!schemes[key->kind].curve) /* RSA: NULL must stand there; ECDSA: nothing may (RFC 4055, RFC 5758) */
        parameters = der_wrap(op, DER_NULL, parameters);
    return der_wrap(op, DER_SEQUENCE, der_join(op, der_oid(op, schemes[key->kind].oid), parameters));
}
