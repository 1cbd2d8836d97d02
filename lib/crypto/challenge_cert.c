#include "crypto/challenge_cert.h"

#include "base/op.h"
#include "base/when.h"
#include "crypto/csr.h"
#include "crypto/der.h"

#include <arpa/inet.h>

#define OID_SUBJECT_ALT_NAME "2.5.29.17"
#define OID_ACME_IDENTIFIER  "1.3.6.1.5.5.7.1.31" /* RFC 8737 section 6.1 */
#define OID_COMMON_NAME      "2.5.4.3"

#define VERSION_3    2u /* counted from 0 */
#define SERIAL_BYTES 16u
#define DAY          86400
#define DAYS_BEFORE  1 /* our clock may be ahead of the CA's */
#define DAYS_AFTER   7

static struct bytes sequence(struct op *op, struct bytes content)
{
    return der_wrap(op, DER_SEQUENCE, content);
}

/* Extension (RFC 5280 section 4.1). `critical` is a BOOLEAN or nothing at all. */
static struct bytes extension(struct op *op, const char *oid, struct bytes critical, struct bytes value)
{
    return sequence(op, der_join(op, der_oid(op, oid), critical, der_wrap(op, DER_OCTET_STRING, value)));
}

static struct bytes extensions(struct op *op, const char *name, const char *key_authorization)
{
    static const uint8_t yes = 0xff;
    struct bytes critical = der_wrap(op, DER_BOOLEAN, (struct bytes){ &yes, 1 });
    struct bytes digest = der_wrap(op, DER_OCTET_STRING, hash(op, HASH_SHA256, bytes_of(key_authorization)));
    struct bytes names =
        extension(op, OID_SUBJECT_ALT_NAME, (struct bytes){ 0 }, sequence(op, csr_general_name(op, name)));
    struct bytes proof = extension(op, OID_ACME_IDENTIFIER, critical, digest);

    return der_wrap(op, DER_CONTEXT_CONSTRUCTED(3), sequence(op, der_join(op, names, proof)));
}

/* The same for issuer and subject; no host name, for that stands in subjectAltName alone. */
static struct bytes nobody(struct op *op)
{
    struct bytes words = der_wrap(op, DER_UTF8_STRING, bytes_of("ACME challenge"));
    struct bytes pair = sequence(op, der_join(op, der_oid(op, OID_COMMON_NAME), words));

    return sequence(op, der_wrap(op, DER_SET, pair));
}

/* UTCTime has two digits for the year and ends with 2049 (RFC 5280 section 4.1.2.5). */
static struct bytes point_in_time(struct op *op, int64_t when)
{
    const char *printed = when_print(op, when);
    struct text digits = text_begin(op->arena);

    for (const char *c = printed; *c; c++)
        if ((*c >= '0' && *c <= '9') || *c == 'Z')
            text_char(&digits, *c);
    if (text_starts(digits.data, "20") && digits.data[2] < '5')
        return der_wrap(op, DER_UTC_TIME, bytes_of(digits.data + 2));
    return der_wrap(op, DER_GENERALIZED_TIME, bytes_of(digits.data));
}

static struct bytes validity(struct op *op)
{
    int64_t now = op_now(op);

    return sequence(op, der_join(op, point_in_time(op, now - DAYS_BEFORE * DAY),
                                 point_in_time(op, now + DAYS_AFTER * DAY)));
}

/* TBSCertificate. */
static struct bytes to_be_signed(struct op *op, const struct key *key, const char *name,
                                 const char *key_authorization)
{
    struct bytes version = der_wrap(op, DER_CONTEXT_CONSTRUCTED(0), der_small(op, VERSION_3));
    struct bytes serial = der_unsigned(op, random_bytes(op, SERIAL_BYTES));

    return sequence(op,
                    der_join(op, version, serial, key_signature_algorithm(op, key), nobody(op), validity(op),
                             nobody(op), key_public(op, key), extensions(op, name, key_authorization)));
}

static struct bytes self_signed(struct op *op, const struct key *key, const char *name,
                                const char *key_authorization)
{
    struct bytes tbs = to_be_signed(op, key, name, key_authorization);
    struct bytes signature = der_bits(op, key_sign_der(op, key, tbs));

    return sequence(op, der_join(op, tbs, key_signature_algorithm(op, key), signature));
}

/* PSA has room for few keys at once: this one leaves it with the child, and goes on as text. */
bool challenge_cert(struct op *op, const char *name, const char *key_authorization,
                    struct tls_identity *identity)
{
    struct op *child;
    struct key *key;
    bool good;

    TRY(op_ok(op));
    child = op_child(op);
    key = key_generate(child, KEY_EC256);
    if (key) {
        identity->certificate = self_signed(child, key, name, key_authorization);
        identity->key = key_pem(child, key);
    }
    good = op_adopt(op, child);
    if (good)
        *identity = tls_identity_copy(op, identity);
    op_end(child);
    return good;
}

const char *challenge_server_name(struct op *op, const char *name)
{
    uint8_t ip[sizeof(struct in6_addr)];
    struct text out = text_begin(op->arena);

    if (inet_pton(AF_INET, name, ip) == 1)
        return op_text(op, "%u.%u.%u.%u.in-addr.arpa", ip[3], ip[2], ip[1], ip[0]);
    if (inet_pton(AF_INET6, name, ip) != 1)
        return name;
    for (size_t i = sizeof ip; i-- > 0;)
        text_add(&out, "%x.%x.", ip[i] & 0xfu, ip[i] >> 4);
    text_add(&out, "ip6.arpa");
    return out.data;
}
