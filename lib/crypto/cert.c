/* The fields of a certificate (RFC 5280 section 4.1) and the PEM text of a chain. */
#include "crypto/cert.h"

#include "base/op.h"
#include "base/when.h"
#include "crypto/cert_parts.h"

#include <string.h>

#define OID_COMMON_NAME  "2.5.4.3"
#define OID_ORGANISATION "2.5.4.10"
#define ATTRIBUTE_MOST   200u
#define SERIAL_MOST_BYTES                                                                                    \
    64u /* RFC 5280 section 4.1.2.2 says 20; it goes into URLs, so it must end somewhere */
#define PEM_LABEL "CERTIFICATE"

bool cert_malformed(struct op *op, const char *part)
{
    return op_fail(op, ERR_UNTRUSTED, "malformed %s", part);
}

static int two_digits(const uint8_t *at)
{
    return at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9' ? -10000
                                                                    : (at[0] - '0') * 10 + at[1] - '0';
}

/* UTCTime YYMMDDHHMMSSZ or GeneralizedTime YYYYMMDDHHMMSSZ, nothing else (RFC 5280 section 4.1.2.5). */
static bool read_time(struct der *from, int64_t *when)
{
    struct bytes text;
    const uint8_t *at;
    int year;

    if (der_next(from, DER_UTC_TIME, &text, NULL)) {
        TRY(text.length == 13);
        year = two_digits(text.at);
        year += year < 50 ? 2000 : 1900;
        at = text.at + 2;
    } else {
        TRY(der_next(from, DER_GENERALIZED_TIME, &text, NULL) && text.length == 15);
        year = two_digits(text.at) * 100 + two_digits(text.at + 2);
        at = text.at + 4;
    }
    return at[10] == 'Z' && when_civil(year, two_digits(at), two_digits(at + 2), two_digits(at + 4),
                                       two_digits(at + 6), two_digits(at + 8), when);
}

/* The first attribute of a kind in a Name, fit to print; "" where there is none. */
static const char *attribute(struct op *op, struct bytes name, const char *kind)
{
    struct der whole = der_read(name), list, set, pair;
    struct bytes oid, value;

    if (!der_enter(&whole, DER_SEQUENCE, &list))
        return "";
    while (der_enter(&list, DER_SET, &set)) {
        if (der_enter(&set, DER_SEQUENCE, &pair) && der_next(&pair, DER_OID, &oid, NULL) &&
            der_is_oid(op, oid, kind) && der_next(&pair, der_peek(&pair), &value, NULL))
            return text_printable(op, text_cut(op, (const char *)value.at, value.length), ATTRIBUTE_MOST);
    }
    return "";
}

static bool version_3(struct der *tbs)
{
    struct der explicit_tag;
    struct bytes version;

    return der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0), &explicit_tag) &&
           der_next_unsigned(&explicit_tag, &version) && version.length == 1 && version.at[0] == 2;
}

static bool read_serial(struct op *op, struct der *tbs, struct bytes *serial, struct cert *cert)
{
    if (!der_next(tbs, DER_INTEGER, serial, NULL) || !serial->length || serial->length > SERIAL_MOST_BYTES)
        return cert_malformed(op, "serial number");
    cert->serial = hex(op, *serial);
    return true;
}

/* The algorithm stands in the certificate twice, and only the inner one is signed: they must agree. */
static bool same_algorithm(struct der *tbs, const struct cert *cert)
{
    struct bytes inner;

    return der_next(tbs, DER_SEQUENCE, NULL, &inner) && bytes_same(inner, cert->algorithm);
}

static bool read_names_and_dates(struct op *op, struct der *tbs, struct cert *cert)
{
    struct der validity;

    if (!der_next(tbs, DER_SEQUENCE, NULL, &cert->issuer))
        return cert_malformed(op, "issuer name");
    if (!der_enter(tbs, DER_SEQUENCE, &validity) || !read_time(&validity, &cert->not_before) ||
        !read_time(&validity, &cert->not_after) || der_peek(&validity) != -1)
        return cert_malformed(op, "validity dates");
    if (!der_next(tbs, DER_SEQUENCE, NULL, &cert->subject))
        return cert_malformed(op, "subject name");
    cert->issuer_cn = attribute(op, cert->issuer, OID_COMMON_NAME);
    cert->issuer_org = attribute(op, cert->issuer, OID_ORGANISATION);
    cert->subject_cn = attribute(op, cert->subject, OID_COMMON_NAME);
    return true;
}

static bool read_tbs(struct op *op, struct cert *cert)
{
    struct der whole = der_read(cert->tbs), tbs, explicit_tag, extensions;
    struct bytes serial;

    if (!der_enter(&whole, DER_SEQUENCE, &tbs) || !version_3(&tbs))
        return cert_malformed(op, "certificate, or one of an older version than 3");
    TRY(read_serial(op, &tbs, &serial, cert));
    if (!same_algorithm(&tbs, cert))
        return cert_malformed(op, "signature algorithm");
    TRY(read_names_and_dates(op, &tbs, cert));
    if (!der_next(&tbs, DER_SEQUENCE, NULL, &cert->spki))
        return cert_malformed(op, "public key");
    der_next(&tbs, DER_CONTEXT(1), NULL, NULL); /* the unique identifiers of old: there or not */
    der_next(&tbs, DER_CONTEXT(2), NULL, NULL);
    if (der_peek(&tbs) == -1)
        return true;
    if (!der_enter(&tbs, DER_CONTEXT_CONSTRUCTED(3), &explicit_tag) || der_peek(&tbs) != -1 ||
        !der_enter(&explicit_tag, DER_SEQUENCE, &extensions) || der_peek(&explicit_tag) != -1)
        return cert_malformed(op, "extensions");
    return cert_read_extensions(op, extensions, serial, cert);
}

static bool read_certificate(struct op *op, struct bytes der, struct cert *cert)
{
    struct der top = der_read(der), whole;

    cert->der = der;
    if (!der_enter(&top, DER_SEQUENCE, &whole) || der_peek(&top) != -1 ||
        !der_next(&whole, DER_SEQUENCE, NULL, &cert->tbs) ||
        !der_next(&whole, DER_SEQUENCE, NULL, &cert->algorithm) || !der_next_bits(&whole, &cert->signature) ||
        der_peek(&whole) != -1)
        return cert_malformed(op, "certificate");
    return read_tbs(op, cert);
}

static bool add_block(struct op *op, struct chain *chain, const char *label, struct bytes der)
{
    if (!text_same(label, PEM_LABEL))
        return op_fail(op, ERR_UNTRUSTED, "a PEM block \"%s\" where only certificates may stand", label);
    if (chain->count == CHAIN_MOST_CERTS)
        return op_fail(op, ERR_UNTRUSTED, "more than %u certificates", CHAIN_MOST_CERTS);
    op_enter(op, "certificate %zu", chain->count + 1);
    TRY(read_certificate(op, der, &chain->certs[chain->count]));
    op_leave(op);
    chain->count++;
    return true;
}

/* Text outside the blocks is passed over: RFC 8555 section 9.1 forbids it, but nothing of it is ever used. */
static bool read_blocks(struct op *op, struct chain *chain, const char *pem)
{
    const char *label;
    struct bytes der;

    if (strnlen(pem, (size_t)CHAIN_MOST_BYTES + 1) > CHAIN_MOST_BYTES)
        return op_fail(op, ERR_UNTRUSTED, "longer than %u KiB", CHAIN_MOST_BYTES / 1024);
    while (pem_next(op, &pem, &label, &der))
        TRY(add_block(op, chain, label, der));
    return op_ok(op) && (chain->count || op_fail(op, ERR_UNTRUSTED, "no certificate in it"));
}

struct chain chain_parse(struct op *op, const char *pem)
{
    struct chain chain = { 0 };

    if (!op_ok(op))
        return chain;
    op_enter(op, "reading the certificate chain");
    chain.certs = op_array(op, CHAIN_MOST_CERTS, struct cert);
    if (!read_blocks(op, &chain, pem))
        return (struct chain){ 0 };
    op_leave(op);
    return chain;
}

const char *chain_pem(struct op *op, const struct chain *chain, size_t first, size_t count)
{
    struct text out = text_begin(op->arena);

    if (first > chain->count || count > chain->count - first)
        op_fail(op, ERR_INTERNAL, "certificates %zu to %zu of a chain of %zu", first + 1, first + count,
                chain->count);
    for (size_t i = first; op_ok(op) && i < first + count; i++)
        text_add(&out, "%s", pem_encode(op, PEM_LABEL, chain->certs[i].der));
    return op_ok(op) ? out.data : NULL;
}
