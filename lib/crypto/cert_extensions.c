/* The extensions of a certificate that concern us (RFC 5280 section 4.2.1). */
#include "base/op.h"
#include "crypto/cert_parts.h"

#include <arpa/inet.h>

#define IP4_BYTES sizeof(struct in_addr)
#define IP6_BYTES sizeof(struct in6_addr)

/*
 * A host name, or CERT_OTHER_NAME for what only looks like one: a NUL or blank inside would let another name
 * pass for the one that was asked for, and so would an IP address in the clothes of a host name.
 */
static const char *host_name(struct op *op, struct bytes name)
{
    const char *text = text_lower(op, text_cut(op, (const char *)name.at, name.length));
    uint8_t ip[IP6_BYTES];

    for (size_t i = 0; i < name.length; i++)
        if (name.at[i] <= ' ' || name.at[i] >= 0x7f)
            return CERT_OTHER_NAME;
    if (!name.length || inet_pton(AF_INET, text, ip) == 1 || inet_pton(AF_INET6, text, ip) == 1)
        return CERT_OTHER_NAME;
    return text;
}

static const char *ip_address(struct op *op, struct bytes ip)
{
    char text[INET6_ADDRSTRLEN];

    if (ip.length != IP4_BYTES && ip.length != IP6_BYTES)
        return CERT_OTHER_NAME;
    return text_dup(op, inet_ntop(ip.length == IP4_BYTES ? AF_INET : AF_INET6, ip.at, text, sizeof text));
}

static bool read_names(struct op *op, struct der value, struct bytes serial, struct cert *cert)
{
    struct der list;
    struct bytes name;

    (void)serial;
    if (!der_enter(&value, DER_SEQUENCE, &list) || der_peek(&value) != -1)
        return cert_malformed(op, "subject alternative names");
    while (der_peek(&list) != -1) {
        if (der_next(&list, DER_CONTEXT(2), &name, NULL))
            strings_add(op, &cert->names, host_name(op, name));
        else if (der_next(&list, DER_CONTEXT(7), &name, NULL))
            strings_add(op, &cert->names, ip_address(op, name));
        else if (der_skip(&list))
            strings_add(op, &cert->names, CERT_OTHER_NAME);
        else
            return cert_malformed(op, "subject alternative names");
    }
    return true;
}

/* keyIdentifier [0] may be missing, and then there is no ARI identifier (RFC 9773 section 4.1). */
static bool read_authority(struct op *op, struct der value, struct bytes serial, struct cert *cert)
{
    struct der fields;
    struct bytes id;

    if (!der_enter(&value, DER_SEQUENCE, &fields) || der_peek(&value) != -1)
        return cert_malformed(op, "authority key identifier");
    if (der_next(&fields, DER_CONTEXT(0), &id, NULL) && id.length)
        cert->ari_id = op_text(op, "%s.%s", base64url(op, id), base64url(op, serial));
    return true;
}

static bool read_constraints(struct op *op, struct der value, struct bytes serial, struct cert *cert)
{
    struct der fields;
    struct bytes ca;

    (void)serial;
    if (!der_enter(&value, DER_SEQUENCE, &fields) || der_peek(&value) != -1)
        return cert_malformed(op, "basic constraints");
    if (!der_next(&fields, DER_BOOLEAN, &ca, NULL))
        return true; /* the default is FALSE */
    if (ca.length != 1 || (ca.at[0] != 0 && ca.at[0] != 0xff))
        return cert_malformed(op, "basic constraints");
    cert->is_ca = ca.at[0] == 0xff;
    return true;
}

static const struct reader {
    const char *oid;
    bool (*read)(struct op *op, struct der value, struct bytes serial, struct cert *cert);
} readers[] = {
    { "2.5.29.17", read_names },
    { "2.5.29.19", read_constraints },
    { "2.5.29.35", read_authority },
};

/* Twice the same extension (RFC 5280 section 4.2 forbids it) would let two readers see two certificates. */
static bool dispatch(struct op *op, struct bytes oid, struct bytes value, unsigned *seen, struct bytes serial,
                     struct cert *cert)
{
    for (unsigned i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (!der_is_oid(op, oid, readers[i].oid))
            continue;
        if (*seen & 1u << i)
            return cert_malformed(op, "extensions: one stands there twice");
        *seen |= 1u << i;
        return readers[i].read(op, der_read(value), serial, cert);
    }
    return true;
}

bool cert_read_extensions(struct op *op, struct der extensions, struct bytes serial, struct cert *cert)
{
    struct bytes oid, value;
    struct der extension;
    unsigned seen = 0;

    while (der_peek(&extensions) != -1) {
        if (!der_enter(&extensions, DER_SEQUENCE, &extension) || !der_next(&extension, DER_OID, &oid, NULL))
            return cert_malformed(op, "extensions");
        der_next(&extension, DER_BOOLEAN, NULL, NULL); /* critical, DEFAULT FALSE */
        if (!der_next(&extension, DER_OCTET_STRING, &value, NULL) || der_peek(&extension) != -1)
            return cert_malformed(op, "extensions");
        TRY(dispatch(op, oid, value, &seen, serial, cert));
    }
    return true;
}
