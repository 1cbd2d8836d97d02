#include "crypto/hash.h"

#include "base/op.h"
#include "crypto/psa.h"

psa_algorithm_t hash_algorithm(enum hash_kind kind)
{
    static const psa_algorithm_t algorithms[] = {
        [HASH_MD5] = PSA_ALG_MD5,        [HASH_SHA1] = PSA_ALG_SHA_1,     [HASH_SHA256] = PSA_ALG_SHA_256,
        [HASH_SHA384] = PSA_ALG_SHA_384, [HASH_SHA512] = PSA_ALG_SHA_512,
    };
    return algorithms[kind];
}

static size_t hash_length(enum hash_kind kind)
{
    return PSA_HASH_LENGTH(hash_algorithm(kind));
}

struct bytes hash(struct op *op, enum hash_kind kind, struct bytes data)
{
    size_t length = hash_length(kind);
    uint8_t *out;

    if (!crypto_ready(op))
        return (struct bytes){ 0 };
    out = op_array(op, length, uint8_t);
    if (!crypto_did(op, psa_hash_compute(hash_algorithm(kind), data.at, data.length, out, length, &length),
                    "hashing"))
        return (struct bytes){ 0 };
    return (struct bytes){ out, length };
}

static bool import_secret(struct op *op, psa_algorithm_t mac, struct bytes secret, psa_key_id_t *id)
{
    /* HMAC fills keys up with zeros (RFC 2104 section 2), so one zero byte is the empty key, which PSA
     * refuses. */
    static const uint8_t zero;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    if (!secret.length)
        secret = (struct bytes){ &zero, 1 };
    psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
    psa_set_key_algorithm(&attributes, mac);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
    return crypto_did(op, psa_import_key(&attributes, secret.at, secret.length, id), "taking an HMAC key");
}

struct bytes hmac(struct op *op, enum hash_kind kind, struct bytes key, struct bytes data)
{
    psa_algorithm_t mac = PSA_ALG_HMAC(hash_algorithm(kind));
    size_t length = hash_length(kind);
    psa_status_t status;
    psa_key_id_t id;
    uint8_t *out;

    if (!crypto_ready(op) || !import_secret(op, mac, key, &id))
        return (struct bytes){ 0 };
    out = op_array(op, length, uint8_t);
    status = psa_mac_compute(id, mac, data.at, data.length, out, length, &length);
    psa_destroy_key(id);
    return crypto_did(op, status, "computing an HMAC") ? (struct bytes){ out, length } : (struct bytes){ 0 };
}

struct bytes random_bytes(struct op *op, size_t length)
{
    uint8_t *out;

    if (!crypto_ready(op))
        return (struct bytes){ 0 };
    out = op_array(op, length, uint8_t);
    if (!crypto_did(op, psa_generate_random(out, length), "drawing random bytes"))
        return (struct bytes){ 0 };
    return (struct bytes){ out, length };
}

/*
 * Draws above the last whole multiple of `below` are thrown away: the remainder would favour small numbers.
 */
uint64_t random_below(struct op *op, uint64_t below)
{
    uint64_t draw = 0;

    if (below < 2)
        return 0;
    do {
        if (!crypto_ready(op) ||
            !crypto_did(op, psa_generate_random((uint8_t *)&draw, sizeof draw), "drawing a random number"))
            return 0;
    } while (draw >= UINT64_MAX - UINT64_MAX % below);
    return draw % below;
}
