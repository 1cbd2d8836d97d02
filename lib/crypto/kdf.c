#include "crypto/kdf.h"

#include "base/op.h"
#include "crypto/der.h"
#include "crypto/psa.h"

#include <string.h>

#define BLOCK 64u /* what SHA-256 takes at once */

static bool import_password(struct op *op, struct bytes password, psa_key_id_t *id)
{
    static const uint8_t zero; /* the empty key of HMAC, see hash.c */
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

    if (!password.length)
        password = (struct bytes){ &zero, 1 };
    psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
    psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
    return crypto_did(op, psa_import_key(&attributes, password.at, password.length, id), "taking a password");
}

/* U_1 ^ U_2 ^ ... in `sum`; U_1 is that of the salt and the number of the block. */
static psa_status_t stretch(psa_key_id_t id, struct bytes first, unsigned rounds, uint8_t *sum)
{
    const psa_algorithm_t mac = PSA_ALG_HMAC(PSA_ALG_SHA_256);
    uint8_t u[2][KDF_BYTES]; /* by turns: PSA does not promise to work in place */
    size_t length;
    psa_status_t status = psa_mac_compute(id, mac, first.at, first.length, u[0], KDF_BYTES, &length);

    memcpy(sum, u[0], KDF_BYTES);
    for (unsigned i = 1; status == PSA_SUCCESS && i < rounds; i++) {
        status = psa_mac_compute(id, mac, u[(i + 1) % 2], KDF_BYTES, u[i % 2], KDF_BYTES, &length);
        for (size_t k = 0; k < KDF_BYTES; k++)
            sum[k] ^= u[i % 2][k];
    }
    return status;
}

struct bytes kdf_pbkdf2(struct op *op, struct bytes password, struct bytes salt, unsigned rounds,
                        size_t length)
{
    static const uint8_t first_block[] = { 0, 0, 0, 1 };
    psa_status_t status;
    psa_key_id_t id;
    uint8_t *sum;

    if (length > KDF_BYTES)
        op_fail(op, ERR_INTERNAL, "a derived key of more than one block");
    if (!crypto_ready(op) || !import_password(op, password, &id))
        return (struct bytes){ 0 };
    sum = op_array(op, KDF_BYTES, uint8_t);
    status = stretch(id, der_join(op, salt, (struct bytes){ first_block, sizeof first_block }), rounds, sum);
    psa_destroy_key(id);
    return crypto_did(op, status, "deriving a key") ? (struct bytes){ sum, length } : (struct bytes){ 0 };
}

/* Repeated up to a whole number of blocks; nothing for nothing. */
static struct bytes filled(struct op *op, struct bytes part)
{
    size_t length = (part.length + BLOCK - 1) / BLOCK * BLOCK;
    uint8_t *out = op_array(op, length ? length : 1, uint8_t);

    for (size_t i = 0; i < length; i++)
        out[i] = part.at[i % part.length];
    return (struct bytes){ out, length };
}

struct bytes kdf_pkcs12(struct op *op, enum kdf_purpose purpose, struct bytes password, struct bytes salt,
                        unsigned rounds)
{
    uint8_t diversifier[BLOCK], digest[2][KDF_BYTES];
    struct bytes all;
    size_t length;

    if (!crypto_ready(op))
        return (struct bytes){ 0 };
    memset(diversifier, (int)purpose, sizeof diversifier);
    all = der_join(op, (struct bytes){ diversifier, sizeof diversifier }, filled(op, salt),
                   filled(op, password));
    /* One hash is as long as what is wanted, so the appendix' step 6 B and C never comes. */
    for (unsigned i = 0; i < rounds; i++) {
        psa_status_t status =
            psa_hash_compute(PSA_ALG_SHA_256, all.at, all.length, digest[i % 2], KDF_BYTES, &length);

        if (!crypto_did(op, status, "deriving a key"))
            return (struct bytes){ 0 };
        all = (struct bytes){ digest[i % 2], KDF_BYTES };
    }
    return der_join(op, all);
}
