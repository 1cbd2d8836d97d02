/* Private keys as files: PKCS#8 out; PKCS#8, SEC1 and PKCS#1 in. */
#include "base/op.h"
#include "base/text.h"
#include "crypto/der.h"
#include "crypto/key_parts.h"

#include <string.h>

static struct key *malformed(struct op *op, const char *format)
{
    op_fail(op, ERR_CONFIG, "malformed %s", format);
    return NULL;
}

static struct key *from_number(struct op *op, struct bytes curve_oid, struct bytes number)
{
    const struct curve *curve = curve_of(op, curve_oid);
    enum key_kind kind = curve == &curves[CURVE_P384] ? KEY_EC384 : KEY_EC256;
    uint8_t *secret;

    if (!curve || curve != scheme_of(kind)->curve) {
        op_fail(op, ERR_CONFIG, "an elliptic curve key that is neither P-256 nor P-384");
        return NULL;
    }
    secret = op_array(op, curve_size(curve), uint8_t);
    if (!number_fit(number, secret, curve_size(curve)))
        return malformed(op, "EC private key");
    return key_import(op, kind, (struct bytes){ secret, curve_size(curve) });
}

/* ECPrivateKey (RFC 5915). PKCS#8 names the curve outside, a bare SEC1 file names it inside. */
static struct key *from_sec1(struct op *op, struct bytes der, struct bytes curve_oid)
{
    struct der whole = der_read(der), fields, parameters;
    struct bytes version, number;

    if (!der_enter(&whole, DER_SEQUENCE, &fields) || der_peek(&whole) != -1 ||
        !der_next(&fields, DER_INTEGER, &version, NULL) ||
        !der_next(&fields, DER_OCTET_STRING, &number, NULL))
        return malformed(op, "EC private key");
    if (!curve_oid.at && (!der_enter(&fields, DER_CONTEXT_CONSTRUCTED(0), &parameters) ||
                          !der_next(&parameters, DER_OID, &curve_oid, NULL)))
        return malformed(op, "EC private key: it does not name its curve");
    return from_number(op, curve_oid, number);
}

/* PrivateKeyInfo, with or without the attributes and public key of RFC 5958. */
static struct key *from_pkcs8(struct op *op, struct bytes der)
{
    struct der whole = der_read(der), fields, algorithm;
    struct bytes version, oid, curve_oid, inner;

    if (!der_enter(&whole, DER_SEQUENCE, &fields) || der_peek(&whole) != -1 ||
        !der_next(&fields, DER_INTEGER, &version, NULL) || !der_enter(&fields, DER_SEQUENCE, &algorithm) ||
        !der_next(&algorithm, DER_OID, &oid, NULL) || !der_next(&fields, DER_OCTET_STRING, &inner, NULL))
        return malformed(op, "PKCS#8 private key");
    if (der_is_oid(op, oid, OID_RSA))
        return key_import(op, KEY_RSA2048, inner);
    if (der_is_oid(op, oid, OID_EC) && der_next(&algorithm, DER_OID, &curve_oid, NULL))
        return from_sec1(op, inner, curve_oid);
    op_fail(op, ERR_CONFIG, "a private key that is neither RSA nor on a named elliptic curve");
    return NULL;
}

static struct key *from_block(struct op *op, const char *label, struct bytes der)
{
    if (text_same(label, "PRIVATE KEY"))
        return from_pkcs8(op, der);
    if (text_same(label, "EC PRIVATE KEY"))
        return from_sec1(op, der, (struct bytes){ 0 });
    if (text_same(label, "RSA PRIVATE KEY"))
        return key_import(op, KEY_RSA2048, der);
    op_fail(op, ERR_CONFIG, "a PEM block \"%s\", which is no supported form of a private key", label);
    return NULL;
}

/* Both forms: PKCS#8's own label, and the header lines that OpenSSL's older formats carry (RFC 1421). */
static bool encrypted(const char *pem)
{
    return strstr(pem, "-----BEGIN ENCRYPTED PRIVATE KEY-----") || strstr(pem, "\nProc-Type: 4,ENCRYPTED");
}

static struct key *first_key(struct op *op, const char *pem)
{
    const char *label;
    struct bytes der;

    if (encrypted(pem)) {
        op_fail(op, ERR_CONFIG, "the private key is encrypted with a passphrase");
        op_hint(op, "decrypt it with: openssl pkey -in FILE -out NEWFILE");
        return NULL;
    }
    while (pem_next(op, &pem, &label, &der))
        if (text_ends(label, "PRIVATE KEY")) /* certificates and "EC PARAMETERS" may stand before it */
            return from_block(op, label, der);
    op_fail(op, ERR_CONFIG, "there is no private key in PEM form");
    return NULL;
}

struct key *key_from_pem(struct op *op, const char *pem, const char *what)
{
    struct key *key;

    if (!op_ok(op))
        return NULL;
    op_enter(op, "reading %s", what);
    key = first_key(op, pem);
    op_leave(op);
    if (op->err.code == ERR_UNTRUSTED) /* pem_next blames the CA, but this text is the user's */
        op->err.code = ERR_CONFIG;
    return key;
}

static struct bytes sec1(struct op *op, const struct key *key)
{
    struct bytes number = der_wrap(op, DER_OCTET_STRING, key_export(op, key));
    struct bytes point = der_wrap(op, DER_CONTEXT_CONSTRUCTED(1), der_bits(op, key->point));

    return der_wrap(op, DER_SEQUENCE, der_join(op, der_small(op, 1), number, point));
}

const char *key_pem(struct op *op, const struct key *key)
{
    struct bytes inner, fields;

    if (!op_ok(op))
        return NULL;
    inner = scheme_of(key->kind)->curve ? sec1(op, key) : key_export(op, key);
    fields =
        der_join(op, der_small(op, 0), key_algorithm(op, key->kind), der_wrap(op, DER_OCTET_STRING, inner));
    return pem_encode(op, "PRIVATE KEY", der_wrap(op, DER_SEQUENCE, fields));
}
