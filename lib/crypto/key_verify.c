/* Signatures of others, by public keys as certificates hold them. */
#include "base/op.h"
#include "crypto/der.h"
#include "crypto/key_parts.h"
#include "crypto/psa.h"

struct public_key {
    struct bytes material;     /* as PSA wants it: a point, or RSAPublicKey */
    const struct curve *curve; /* NULL for RSA */
};

/* SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7) of a named curve (RFC 5480) or of RSA. */
static bool read_spki(struct op *op, struct bytes spki, struct public_key *key)
{
    struct der whole = der_read(spki), info, algorithm;
    struct bytes oid, parameters;

    if (!der_enter(&whole, DER_SEQUENCE, &info) || der_peek(&whole) != -1 ||
        !der_enter(&info, DER_SEQUENCE, &algorithm) || !der_next(&algorithm, DER_OID, &oid, NULL) ||
        !der_next_bits(&info, &key->material) || der_peek(&info) != -1)
        return false;
    key->curve = NULL;
    if (der_is_oid(op, oid, OID_RSA))
        return true;
    if (!der_is_oid(op, oid, OID_EC) || !der_next(&algorithm, DER_OID, &parameters, NULL))
        return false;
    key->curve = curve_of(op, parameters);
    return key->curve != NULL;
}

/* The algorithms of RFC 5758 and RFC 4055 that CAs use; 0 for any other. PSA checks that it fits the key. */
static psa_algorithm_t read_algorithm(struct op *op, struct bytes identifier)
{
    static const struct {
        const char *oid;
        psa_algorithm_t algorithm;
    } known[] = {
        { "1.2.840.10045.4.3.2", PSA_ALG_ECDSA(PSA_ALG_SHA_256) },
        { "1.2.840.10045.4.3.3", PSA_ALG_ECDSA(PSA_ALG_SHA_384) },
        { "1.2.840.10045.4.3.4", PSA_ALG_ECDSA(PSA_ALG_SHA_512) },
        { "1.2.840.113549.1.1.11", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256) },
        { "1.2.840.113549.1.1.12", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_384) },
        { "1.2.840.113549.1.1.13", PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_512) },
    };
    struct der whole = der_read(identifier), inside;
    struct bytes oid;

    if (!der_enter(&whole, DER_SEQUENCE, &inside) || !der_next(&inside, DER_OID, &oid, NULL))
        return 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (der_is_oid(op, oid, known[i].oid))
            return known[i].algorithm;
    return 0;
}

static bool verify(const struct public_key *key, psa_algorithm_t algorithm, struct bytes message,
                   struct bytes signature)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t status;
    psa_key_id_t id;

    psa_set_key_type(&attributes, key->curve ? PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1)
                                             : PSA_KEY_TYPE_RSA_PUBLIC_KEY);
    psa_set_key_bits(&attributes, key->curve ? key->curve->bits : 0);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_MESSAGE);
    if (psa_import_key(&attributes, key->material.at, key->material.length, &id) != PSA_SUCCESS)
        return false;
    status = psa_verify_message(id, algorithm, message.at, message.length, signature.at, signature.length);
    psa_destroy_key(id);
    return status == PSA_SUCCESS;
}

bool key_verify(struct op *op, struct bytes spki, struct bytes algorithm, struct bytes message,
                struct bytes signature)
{
    struct public_key key;
    psa_algorithm_t psa_algorithm;

    if (!crypto_ready(op) || !read_spki(op, spki, &key))
        return false;
    psa_algorithm = read_algorithm(op, algorithm);
    if (!psa_algorithm)
        return false;
    if (key.curve) {
        size_t size = curve_size(key.curve);
        uint8_t *raw = op_array(op, 2 * size, uint8_t);

        TRY(ecdsa_from_der(signature, raw, size));
        signature = (struct bytes){ raw, 2 * size };
    }
    return verify(&key, psa_algorithm, message, signature);
}
