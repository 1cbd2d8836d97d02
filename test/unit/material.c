#include "material.h"

#include "crypto/der.h"

#include <stdio.h>
#include <stdlib.h>

const char *fixture(struct op *op, const char *name)
{
    const char *path = op_text(op, "%s/%s", TEST_DATA, name);
    struct text out = text_begin(op->arena);
    FILE *file = fopen(path, "r");
    char part[512];
    size_t got;

    if (!file) {
        perror(path);
        exit(1);
    }
    while ((got = fread(part, 1, sizeof part, file)) > 0)
        text_put(&out, part, got);
    fclose(file);
    return out.data;
}

struct key *fixture_key(struct op *op, const char *name)
{
    return key_from_pem(op, fixture(op, name), name);
}

struct bytes unhex(struct op *op, const char *digits)
{
    size_t length = strlen(digits) / 2;
    uint8_t *out = op_array(op, length, uint8_t);
    char pair[3] = { 0 };

    for (size_t i = 0; i < length; i++) {
        memcpy(pair, digits + 2 * i, 2);
        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return (struct bytes){ out, length };
}

struct bytes at_the_edge(struct op *op, struct bytes data)
{
    size_t room = 1u << 16; /* more than an arena packs into one chunk with other things */
    uint8_t *block = op_alloc(op, room), *copy = block + room - data.length;

    memcpy(copy, data.at, data.length);
    return (struct bytes){ copy, data.length };
}

static struct bytes sequence(struct op *op, struct bytes content)
{
    return der_wrap(op, DER_SEQUENCE, content);
}

static struct bytes attribute(struct op *op, const char *kind, const char *text)
{
    struct bytes value = der_wrap(op, DER_UTF8_STRING, bytes_of(text));

    return der_wrap(op, DER_SET, sequence(op, der_join(op, der_oid(op, kind), value)));
}

static struct bytes name(struct op *op, const char *organisation, const char *common_name)
{
    struct bytes first = { 0 };

    if (organisation)
        first = attribute(op, "2.5.4.10", organisation);
    return sequence(op, der_join(op, first, attribute(op, "2.5.4.3", common_name)));
}

static struct bytes date(struct op *op, const char *text)
{
    return der_wrap(op, strlen(text) == 13 ? DER_UTC_TIME : DER_GENERALIZED_TIME, bytes_of(text));
}

struct bytes san_dns(struct op *op, const char *dns)
{
    return der_wrap(op, DER_CONTEXT(2), bytes_of(dns));
}

struct bytes extension(struct op *op, const char *oid, struct bytes value)
{
    return sequence(op, der_join(op, der_oid(op, oid), der_wrap(op, DER_OCTET_STRING, value)));
}

static struct bytes extensions(struct op *op, const struct forged *wish)
{
    static const uint8_t yes = 0xff;
    struct bytes truth = der_wrap(op, DER_BOOLEAN, (struct bytes){ &yes, wish->ca });
    struct bytes list = wish->extensions;

    if (wish->ca)
        list = der_join(op, list, extension(op, "2.5.29.19", sequence(op, truth)));
    if (wish->names.at)
        list = der_join(op, list, extension(op, "2.5.29.17", sequence(op, wish->names)));
    return der_wrap(op, DER_CONTEXT_CONSTRUCTED(3), sequence(op, list));
}

struct bytes forge(struct op *op, const struct forged *wish)
{
    const struct key *signer = wish->signer ? wish->signer : wish->key;
    struct bytes version = der_wrap(op, DER_CONTEXT_CONSTRUCTED(0), der_small(op, 2));
    struct bytes serial = wish->serial.at ? der_unsigned(op, wish->serial) : der_small(op, 77);
    struct bytes algorithm = key_signature_algorithm(op, signer);
    struct bytes validity = sequence(op, der_join(op, date(op, wish->from ? wish->from : "260101000000Z"),
                                                  date(op, wish->until ? wish->until : "270101000000Z")));
    struct bytes tbs = sequence(
        op, der_join(op, version, serial, algorithm, name(op, wish->organisation, wish->issuer), validity,
                     name(op, NULL, wish->subject), key_public(op, wish->key), extensions(op, wish)));

    return sequence(op, der_join(op, tbs, algorithm, der_bits(op, key_sign_der(op, signer, tbs))));
}

const char *forge_pem(struct op *op, const struct forged *wish)
{
    return pem_encode(op, "CERTIFICATE", forge(op, wish));
}
