#include "crypto/csr.h"

#include "base/op.h"
#include "crypto/der.h"

#include <arpa/inet.h>

#define OID_EXTENSION_REQUEST "1.2.840.113549.1.9.14" /* RFC 2985 section 5.4.2 */
#define OID_SUBJECT_ALT_NAME  "2.5.29.17"

/* IA5String has no room for anything else; internationalized names come as A-labels. */
static bool printable_ascii(const char *name)
{
    for (const char *c = name; *c; c++)
        if (*c <= ' ' || *c >= 0x7f)
            return false;
    return *name != '\0';
}

/* dNSName is [2], iPAddress is [7]. */
struct bytes csr_general_name(struct op *op, const char *name)
{
    uint8_t ip[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, name, ip) == 1)
        return der_wrap(op, DER_CONTEXT(7), (struct bytes){ ip, sizeof(struct in_addr) });
    if (inet_pton(AF_INET6, name, ip) == 1)
        return der_wrap(op, DER_CONTEXT(7), (struct bytes){ ip, sizeof(struct in6_addr) });
    if (!printable_ascii(name))
        op_fail(op, ERR_INTERNAL, "the name \"%s\" cannot stand in a certificate", name);
    return der_wrap(op, DER_CONTEXT(2), bytes_of(name));
}

static struct bytes general_names(struct op *op, const struct strings *names)
{
    struct text list = text_begin(op->arena);

    for (size_t i = 0; i < names->count; i++) {
        struct bytes name = csr_general_name(op, names->at[i]);

        text_put(&list, name.at, name.length);
    }
    return (struct bytes){ (const uint8_t *)list.data, list.length };
}

static struct bytes sequence(struct op *op, struct bytes content)
{
    return der_wrap(op, DER_SEQUENCE, content);
}

/* The attribute that asks for extensions, with the one extension that holds the names. */
static struct bytes attributes(struct op *op, const struct strings *names)
{
    struct bytes extension = der_join(op, der_oid(op, OID_SUBJECT_ALT_NAME),
                                      der_wrap(op, DER_OCTET_STRING, sequence(op, general_names(op, names))));
    struct bytes request;

    request = der_join(op, der_oid(op, OID_EXTENSION_REQUEST),
                       der_wrap(op, DER_SET, sequence(op, sequence(op, extension))));
    return der_wrap(op, DER_CONTEXT_CONSTRUCTED(0), sequence(op, request));
}

struct bytes csr_make(struct op *op, const struct key *key, const struct strings *names)
{
    struct bytes nobody = sequence(op, (struct bytes){ 0 }), info, signature;

    if (!names->count)
        op_fail(op, ERR_INTERNAL, "a certificate request without names");
    info = sequence(op, der_join(op, der_small(op, 0), nobody, key_public(op, key), attributes(op, names)));
    signature = der_bits(op, key_sign_der(op, key, info));
    return sequence(op, der_join(op, info, key_signature_algorithm(op, key), signature));
}
