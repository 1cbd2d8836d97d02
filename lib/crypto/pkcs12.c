#include "crypto/pkcs12.h"

#include "base/op.h"
#include "crypto/der.h"
#include "crypto/kdf.h"
#include "crypto/psa.h"

#include <string.h>

#define ROUNDS     100000u /* of both derivations: an attacker takes the cheaper one */
#define SALT_BYTES 16u
#define IV_BYTES   16u /* a block of AES */
#define KEY_BITS   256u

#define OID_DATA           "1.2.840.113549.1.7.1"
#define OID_ENCRYPTED_DATA "1.2.840.113549.1.7.6"
#define OID_KEY_BAG        "1.2.840.113549.1.12.10.1.2" /* pkcs8ShroudedKeyBag */
#define OID_CERT_BAG       "1.2.840.113549.1.12.10.1.3"
#define OID_X509           "1.2.840.113549.1.9.22.1"
#define OID_FRIENDLY_NAME  "1.2.840.113549.1.9.20"
#define OID_LOCAL_KEY_ID   "1.2.840.113549.1.9.21"
#define OID_PBES2          "1.2.840.113549.1.5.13"
#define OID_PBKDF2         "1.2.840.113549.1.5.12"
#define OID_HMAC_SHA256    "1.2.840.113549.2.9"
#define OID_AES256_CBC     "2.16.840.1.101.3.4.1.42"
#define OID_SHA256         "2.16.840.1.101.3.4.2.1"

#define DER_BMP_STRING 0x1e

/* ---- text ---- */

/* The next character of UTF-8 in its shortest form (RFC 3629 section 4), no surrogate; false for anything
 * else. */
static bool next_character(const char **text, uint32_t *c)
{
    static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
    const unsigned char *at = (const unsigned char *)*text;
    unsigned more = *at < 0x80 ? 0 : *at >> 5 == 6 ? 1 : *at >> 4 == 14 ? 2 : *at >> 3 == 30 ? 3 : 4;

    if (more > 3)
        return false;
    *c = more ? *at & (0x3fu >> more) : *at;
    for (unsigned i = 1; i <= more; i++) {
        if (at[i] >> 6 != 2)
            return false;
        *c = *c << 6 | (at[i] & 0x3fu);
    }
    *text += more + 1;
    return *c >= least[more] && *c <= 0x10ffff && !(*c >= 0xd800 && *c <= 0xdfff);
}

static uint8_t *put_unit(uint8_t *out, uint32_t unit)
{
    *out++ = (uint8_t)(unit >> 8);
    *out++ = (uint8_t)unit;
    return out;
}

/*
 * UTF-16, big-endian. A BMPString has no surrogates; who uses characters beyond gets what OpenSSL and Java
 * make of them. With `zero` two zero bytes stand at the end.
 */
static struct bytes wide(struct op *op, const char *text, bool zero, const char *what)
{
    uint8_t *out = op_array(op, 2 * strlen(text) + 2, uint8_t), *to = out;
    uint32_t c;

    while (*text) {
        if (!next_character(&text, &c)) {
            op_fail(op, ERR_CONFIG, "%s is not UTF-8", what);
            return (struct bytes){ 0 };
        }
        if (c > 0xffff)
            to = put_unit(to, 0xd800 + ((c - 0x10000) >> 10));
        to = put_unit(to, c > 0xffff ? 0xdc00 + ((c - 0x10000) & 0x3ff) : c);
    }
    if (zero)
        to = put_unit(to, 0);
    return (struct bytes){ out, (size_t)(to - out) };
}

static struct bytes wide_password(struct op *op, const char *password)
{
    return wide(op, password, true, "the password of the PKCS#12 file");
}

bool pkcs12_password_ok(struct op *op, const char *password)
{
    return wide_password(op, password).at != NULL;
}

/* ---- pieces ---- */

static struct bytes sequence(struct op *op, struct bytes content)
{
    return der_wrap(op, DER_SEQUENCE, content);
}

static struct bytes octets(struct op *op, struct bytes content)
{
    return der_wrap(op, DER_OCTET_STRING, content);
}

static struct bytes explicit_0(struct op *op, struct bytes content)
{
    return der_wrap(op, DER_CONTEXT_CONSTRUCTED(0), content);
}

static struct bytes number(struct op *op, uint32_t value)
{
    const uint8_t bytes[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                              (uint8_t)value };

    return der_unsigned(op, (struct bytes){ bytes, sizeof bytes });
}

/* AlgorithmIdentifier with a NULL for parameters. */
static struct bytes algorithm(struct op *op, const char *oid)
{
    return sequence(op, der_join(op, der_oid(op, oid), der_wrap(op, DER_NULL, (struct bytes){ 0 })));
}

/* ContentInfo of the type data (RFC 5652 section 4). */
static struct bytes data(struct op *op, struct bytes content)
{
    return sequence(op, der_join(op, der_oid(op, OID_DATA), explicit_0(op, octets(op, content))));
}

/* ---- encryption ---- */

struct sealed {
    struct bytes algorithm, content; /* AlgorithmIdentifier of PBES2, and what it hides */
};

/* PBES2-params (RFC 8018 appendix A.4). */
static struct bytes pbes2(struct op *op, struct bytes salt, struct bytes iv)
{
    struct bytes derivation =
        sequence(op, der_join(op, der_oid(op, OID_PBKDF2),
                              sequence(op, der_join(op, octets(op, salt), number(op, ROUNDS),
                                                    algorithm(op, OID_HMAC_SHA256)))));
    struct bytes cipher = sequence(op, der_join(op, der_oid(op, OID_AES256_CBC), octets(op, iv)));

    return sequence(op, der_join(op, der_oid(op, OID_PBES2), sequence(op, der_join(op, derivation, cipher))));
}

/* The IV, which PSA draws, and behind it the padded and encrypted bytes. */
static struct bytes encrypt(struct op *op, struct bytes key, struct bytes plain)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    size_t room = plain.length + 2 * IV_BYTES, length = 0;
    psa_status_t status;
    psa_key_id_t id;
    uint8_t *out;

    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_bits(&attributes, KEY_BITS);
    psa_set_key_algorithm(&attributes, PSA_ALG_CBC_PKCS7);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT);
    if (!crypto_ready(op) ||
        !crypto_did(op, psa_import_key(&attributes, key.at, key.length, &id), "taking an AES key"))
        return (struct bytes){ 0 };
    out = op_array(op, room, uint8_t);
    status = psa_cipher_encrypt(id, PSA_ALG_CBC_PKCS7, plain.at, plain.length, out, room, &length);
    psa_destroy_key(id);
    if (!crypto_did(op, status, "encrypting"))
        return (struct bytes){ 0 };
    return (struct bytes){ out, length };
}

static bool seal(struct op *op, const char *password, struct bytes plain, struct sealed *sealed)
{
    struct bytes salt = random_bytes(op, SALT_BYTES);
    struct bytes key = kdf_pbkdf2(op, bytes_of(password), salt, ROUNDS, KEY_BITS / 8);
    struct bytes all = encrypt(op, key, plain);

    TRY(op_ok(op));
    sealed->algorithm = pbes2(op, salt, (struct bytes){ all.at, IV_BYTES });
    sealed->content = (struct bytes){ all.at + IV_BYTES, all.length - IV_BYTES };
    return op_ok(op);
}

/* ContentInfo of the type encrypted-data (RFC 5652 section 8). */
static struct bytes encrypted_data(struct op *op, const char *password, struct bytes plain)
{
    struct sealed sealed = { 0 };
    struct bytes info;

    if (!seal(op, password, plain, &sealed))
        return (struct bytes){ 0 };
    info = sequence(op, der_join(op, der_oid(op, OID_DATA), sealed.algorithm,
                                 der_wrap(op, DER_CONTEXT(0), sealed.content)));
    return sequence(op, der_join(op, der_oid(op, OID_ENCRYPTED_DATA),
                                 explicit_0(op, sequence(op, der_join(op, der_small(op, 0), info)))));
}

/* ---- bags ---- */

static struct bytes attribute(struct op *op, const char *oid, struct bytes value)
{
    return sequence(op, der_join(op, der_oid(op, oid), der_wrap(op, DER_SET, value)));
}

/* What ties the key to its certificate, and names both. A SET OF is sorted by its bytes (X.690 section 11.6).
 */
static struct bytes attributes(struct op *op, const struct pkcs12 *content)
{
    struct bytes name = attribute(op, OID_FRIENDLY_NAME,
                                  der_wrap(op, DER_BMP_STRING, wide(op, content->name, false, "the name")));
    struct bytes id = attribute(op, OID_LOCAL_KEY_ID, octets(op, hash(op, HASH_SHA256, content->certs[0])));
    size_t length = name.length < id.length ? name.length : id.length;

    if (!op_ok(op))
        return (struct bytes){ 0 };
    return der_wrap(op, DER_SET,
                    memcmp(name.at, id.at, length) < 0 ? der_join(op, name, id) : der_join(op, id, name));
}

static struct bytes bag(struct op *op, const char *oid, struct bytes value, struct bytes attrs)
{
    return sequence(op, der_join(op, der_oid(op, oid), explicit_0(op, value), attrs));
}

static struct bytes cert_bags(struct op *op, const struct pkcs12 *content)
{
    struct bytes *bags = op_array(op, content->count, struct bytes);

    for (size_t i = 0; i < content->count; i++) {
        struct bytes cert =
            sequence(op, der_join(op, der_oid(op, OID_X509), explicit_0(op, octets(op, content->certs[i]))));

        bags[i] = bag(op, OID_CERT_BAG, cert, i == 0 ? attributes(op, content) : (struct bytes){ 0 });
    }
    return sequence(op, der_concat(op, bags, content->count));
}

static struct bytes key_bags(struct op *op, const struct pkcs12 *content)
{
    struct sealed sealed = { 0 };
    struct bytes key;

    if (!seal(op, content->password, content->key, &sealed))
        return (struct bytes){ 0 };
    key = sequence(op, der_join(op, sealed.algorithm, octets(op, sealed.content)));
    return sequence(op, bag(op, OID_KEY_BAG, key, attributes(op, content)));
}

/* ---- the whole ---- */

/* MacData (RFC 7292 section 4). */
static struct bytes mac_data(struct op *op, const char *password, struct bytes safe)
{
    struct bytes salt = random_bytes(op, SALT_BYTES);
    struct bytes key = kdf_pkcs12(op, KDF_MAC, wide_password(op, password), salt, ROUNDS);
    struct bytes mac = hmac(op, HASH_SHA256, key, safe);
    struct bytes digest = sequence(op, der_join(op, algorithm(op, OID_SHA256), octets(op, mac)));

    return sequence(op, der_join(op, digest, octets(op, salt), number(op, ROUNDS)));
}

struct bytes pkcs12_make(struct op *op, const struct pkcs12 *content)
{
    struct bytes certs, keys, safe;

    if (!content->count)
        op_fail(op, ERR_INTERNAL, "a PKCS#12 file without a certificate");
    if (!op_ok(op) || !pkcs12_password_ok(op, content->password))
        return (struct bytes){ 0 };
    certs = encrypted_data(op, content->password, cert_bags(op, content));
    keys = data(op, key_bags(op, content));
    safe = sequence(op, der_join(op, certs, keys));
    return sequence(op,
                    der_join(op, der_small(op, 3), data(op, safe), mac_data(op, content->password, safe)));
}
