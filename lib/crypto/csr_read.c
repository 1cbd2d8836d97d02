/* Certificate signing requests of others (RFC 2986 section 4). */
#include "base/op.h"
#include "crypto/cert_parts.h"
#include "crypto/csr.h"

#include <string.h>

#define OID_EXTENSION_REQUEST "1.2.840.113549.1.9.14" /* RFC 2985 section 5.4.2 */
#define CSR_MOST              (64u * 1024)

static bool damaged(struct op *op, const char *part)
{
    return op_fail(op, ERR_CONFIG, "this is no certificate request: malformed %s", part);
}

/* The bytes of the first block of a PEM text, or the file itself. */
static bool find_der(struct op *op, struct bytes file, struct bytes *der)
{
    const char *at = (const char *)file.at, *label;

    *der = file;
    if (file.length > CSR_MOST)
        return op_fail(op, ERR_CONFIG, "this is too long for a certificate request");
    if (!file.length || file.at[0] == DER_SEQUENCE)
        return true;
    if (pem_next(op, &at, &label, der) &&
        (text_same(label, "CERTIFICATE REQUEST") || text_same(label, "NEW CERTIFICATE REQUEST")))
        return true;
    op_recover(op);
    op_fail(op, ERR_CONFIG, "this is no certificate request in PEM or DER");
    return op_hint(op, "openssl req -new -key KEY -subj / -addext subjectAltName=DNS:NAME makes one");
}

static bool read_attributes(struct op *op, struct der attributes, struct cert *found)
{
    struct der attribute, set, extensions;
    struct bytes oid;

    while (der_peek(&attributes) != -1) {
        if (!der_enter(&attributes, DER_SEQUENCE, &attribute) || !der_next(&attribute, DER_OID, &oid, NULL) ||
            !der_enter(&attribute, DER_SET, &set))
            return damaged(op, "attributes");
        if (!der_is_oid(op, oid, OID_EXTENSION_REQUEST))
            continue;
        if (!der_enter(&set, DER_SEQUENCE, &extensions))
            return damaged(op, "extensions");
        TRY(cert_read_extensions(op, extensions, (struct bytes){ 0 }, found));
    }
    return true;
}

static bool read_info(struct op *op, struct bytes info, struct csr *csr)
{
    struct der whole = der_read(info), fields, attributes;
    struct cert found = { .is_ca = false };
    struct bytes version;

    if (!der_enter(&whole, DER_SEQUENCE, &fields) || !der_next_unsigned(&fields, &version) ||
        !der_next(&fields, DER_SEQUENCE, NULL, NULL) || !der_next(&fields, DER_SEQUENCE, NULL, &csr->spki))
        return damaged(op, "subject or public key");
    if (der_enter(&fields, DER_CONTEXT_CONSTRUCTED(0), &attributes))
        TRY(read_attributes(op, attributes, &found));
    csr->names = found.names;
    if (!csr->names.count) {
        op_fail(op, ERR_CONFIG, "the certificate request has no subject alternative names");
        return op_hint(op, "put all names there; CAs do not look at the common name");
    }
    if (strings_have(&csr->names, CERT_OTHER_NAME))
        return op_fail(op, ERR_CONFIG,
                       "the certificate request asks for something else than host names and IP addresses");
    return true;
}

bool csr_read(struct op *op, struct bytes file, struct csr *csr)
{
    struct der whole, fields;
    struct bytes info, algorithm, signature;

    TRY(find_der(op, file, &csr->der));
    whole = der_read(csr->der);
    if (!der_enter(&whole, DER_SEQUENCE, &fields) || der_peek(&whole) != -1 ||
        !der_next(&fields, DER_SEQUENCE, NULL, &info) || !der_next(&fields, DER_SEQUENCE, NULL, &algorithm) ||
        !der_next_bits(&fields, &signature) || der_peek(&fields) != -1)
        return damaged(op, "outer part");
    if (!read_info(op, info, csr)) {
        op->err.code = ERR_CONFIG;
        return false;
    }
    return key_verify(op, csr->spki, algorithm, info, signature) ||
           op_fail(op, ERR_CONFIG, "the signature of the certificate request is not by its own key");
}
