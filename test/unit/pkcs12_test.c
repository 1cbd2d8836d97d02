#include "crypto/pkcs12.h"

#include "crypto/der.h"
#include "crypto/kdf.h"
#include "crypto/psa.h"
#include "material.h"

/* The password has characters of one to four bytes. */
#define NAME     "mail.example.com"
#define PASSWORD "gehe\xc3\xafm \xe2\x82\xac \xf0\x9f\x94\x91"
#define WIDE     "006700650068006500ef006d002020ac0020d83ddd110000"

/* A file of that password, and what is in it. */
struct scene {
    struct op *op;
    struct bytes key, certs[2], file;
    struct bytes safe, mac; /* AuthenticatedSafe; the content of MacData */
};

static struct bytes key_bytes(struct op *op)
{
    const char *pem = fixture(op, "ec256.pem"), *label;
    struct bytes der = { 0 };

    CHECK(pem_next(op, &pem, &label, &der));
    return der;
}

static struct bytes make(struct scene *s, const char *password)
{
    const struct pkcs12 content = { NAME, password, s->key, s->certs, 2 };

    return pkcs12_make(s->op, &content);
}

/* The content of one value behind the other: SEQUENCEs, [0] and OCTET STRINGs around what is wanted. */
static struct bytes unwrap(struct bytes at, const int *tags, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct der from = der_read(at);

        if (!CHECK(der_next(&from, tags[i], &at, NULL)))
            return (struct bytes){ 0 };
    }
    return at;
}
#define UNWRAP(at, ...)                                                                                      \
    unwrap((at), (const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

/* The content of ContentInfo behind its type. */
static struct bytes content_of(struct op *op, struct der *from, const char *type)
{
    struct der info;
    struct bytes oid = { 0 }, content = { 0 };

    CHECK(der_enter(from, DER_SEQUENCE, &info) && der_next(&info, DER_OID, &oid, NULL));
    CHECK(der_is_oid(op, oid, type));
    CHECK(der_next(&info, DER_CONTEXT_CONSTRUCTED(0), &content, NULL) && der_peek(&info) == -1);
    return content;
}

static struct scene scene(const char *password)
{
    struct scene s = { .op = kit_op() };
    struct chain chain = chain_parse(s.op, fixture(s.op, "chain.pem"));
    struct der whole, pfx;
    struct bytes version;

    s.key = key_bytes(s.op);
    s.certs[0] = chain.certs[0].der;
    s.certs[1] = chain.certs[1].der;
    s.file = make(&s, password);
    whole = der_read(s.file);
    CHECK(der_enter(&whole, DER_SEQUENCE, &pfx) && der_peek(&whole) == -1);
    CHECK(der_next(&pfx, DER_INTEGER, &version, NULL) && version.length == 1 && version.at[0] == 3);
    s.safe = UNWRAP(content_of(s.op, &pfx, "1.2.840.113549.1.7.1"), DER_OCTET_STRING);
    CHECK(der_next(&pfx, DER_SEQUENCE, &s.mac, NULL) && der_peek(&pfx) == -1);
    return s;
}

static unsigned number_at(struct der *from)
{
    struct bytes digits = { 0 };
    unsigned value = 0;

    CHECK(der_next_unsigned(from, &digits) && digits.length <= 4);
    for (size_t i = 0; i < digits.length; i++)
        value = value << 8 | digits.at[i];
    return value;
}

/* ---- the MAC ---- */

static void check_mac(struct scene *s, const char *wide)
{
    struct der mac = der_read(s->mac), digest;
    struct bytes algorithm, wanted = { 0 }, salt = { 0 }, key;
    unsigned rounds;

    CHECK(der_enter(&mac, DER_SEQUENCE, &digest) && der_next(&digest, DER_SEQUENCE, &algorithm, NULL) &&
          der_next(&digest, DER_OCTET_STRING, &wanted, NULL) &&
          der_next(&mac, DER_OCTET_STRING, &salt, NULL));
    rounds = number_at(&mac);
    CHECK(rounds >= 10000);
    key = kdf_pkcs12(s->op, KDF_MAC, unhex(s->op, wide), salt, rounds);
    CHECK(bytes_same(hmac(s->op, HASH_SHA256, key, s->safe), wanted));
}

TEST(pkcs12_mac_is_over_the_safe)
{
    struct scene s = scene(PASSWORD);

    check_mac(&s, WIDE);
}

TEST(pkcs12_mac_of_an_empty_password)
{
    struct scene s = scene("");

    check_mac(&s, "0000");
}

/* ---- what is inside ---- */

/* Undoes PBES2 with PBKDF2 and AES-256-CBC; `from` stands on the AlgorithmIdentifier. */
static struct bytes decrypt(struct op *op, struct der *from, int tag, const char *password)
{
    struct der algorithm, parameters, derivation, pbkdf2, cipher;
    struct bytes salt = { 0 }, iv = { 0 }, sealed = { 0 }, key, all;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t id = 0;
    uint8_t *plain;
    size_t length = 0;

    CHECK(der_enter(from, DER_SEQUENCE, &algorithm) && der_skip(&algorithm) &&
          der_enter(&algorithm, DER_SEQUENCE, &parameters) &&
          der_enter(&parameters, DER_SEQUENCE, &derivation) && der_skip(&derivation) &&
          der_enter(&derivation, DER_SEQUENCE, &pbkdf2) && der_next(&pbkdf2, DER_OCTET_STRING, &salt, NULL));
    key = kdf_pbkdf2(op, bytes_of(password), salt, number_at(&pbkdf2), 32);
    CHECK(der_enter(&parameters, DER_SEQUENCE, &cipher) && der_skip(&cipher) &&
          der_next(&cipher, DER_OCTET_STRING, &iv, NULL) && der_next(from, tag, &sealed, NULL));
    all = der_join(op, iv, sealed);
    psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
    psa_set_key_algorithm(&attributes, PSA_ALG_CBC_PKCS7);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_DECRYPT);
    CHECK_INT(psa_import_key(&attributes, key.at, key.length, &id), PSA_SUCCESS);
    plain = op_array(op, all.length, uint8_t);
    CHECK_INT(psa_cipher_decrypt(id, PSA_ALG_CBC_PKCS7, all.at, all.length, plain, all.length, &length),
              PSA_SUCCESS);
    psa_destroy_key(id);
    return (struct bytes){ plain, length };
}

/* Whether a value's bytes are in there. */
static bool within(struct bytes all, struct bytes part)
{
    for (size_t i = 0; i + part.length <= all.length; i++)
        if (memcmp(all.at + i, part.at, part.length) == 0)
            return true;
    return false;
}

static struct bytes wide_name(struct op *op)
{
    uint8_t *out = op_array(op, 2 * strlen(NAME), uint8_t);

    for (size_t i = 0; i < strlen(NAME); i++)
        out[2 * i + 1] = (uint8_t)NAME[i];
    return (struct bytes){ out, 2 * strlen(NAME) };
}

TEST(pkcs12_holds_the_certificates)
{
    struct scene s = scene(PASSWORD);
    struct der safe = der_read(s.safe), infos, data, info, bags;
    struct bytes plain;

    CHECK(der_enter(&safe, DER_SEQUENCE, &infos));
    data = der_read(UNWRAP(content_of(s.op, &infos, "1.2.840.113549.1.7.6"), DER_SEQUENCE));
    CHECK(der_skip(&data) && der_enter(&data, DER_SEQUENCE, &info) && der_skip(&info));
    plain = decrypt(s.op, &info, DER_CONTEXT(0), PASSWORD);
    bags = der_read(UNWRAP(plain, DER_SEQUENCE));
    for (size_t i = 0; i < 2; i++) {
        struct bytes bag = { 0 };

        CHECK(der_next(&bags, DER_SEQUENCE, &bag, NULL) && within(bag, s.certs[i]));
        CHECK_INT(within(bag, wide_name(s.op)), i == 0); /* the name is the leaf's */
        CHECK_INT(within(bag, hash(s.op, HASH_SHA256, s.certs[0])), i == 0);
    }
    CHECK_INT(der_peek(&bags), -1);
}

TEST(pkcs12_holds_the_key)
{
    struct scene s = scene(PASSWORD);
    struct der safe = der_read(s.safe), infos, bags, bag, value, key;
    struct bytes oid, attributes = { 0 };

    CHECK(der_enter(&safe, DER_SEQUENCE, &infos) && der_skip(&infos));
    bags = der_read(UNWRAP(content_of(s.op, &infos, "1.2.840.113549.1.7.1"), DER_OCTET_STRING, DER_SEQUENCE));
    CHECK_INT(der_peek(&infos), -1);
    CHECK(der_enter(&bags, DER_SEQUENCE, &bag) && der_next(&bag, DER_OID, &oid, NULL) &&
          der_is_oid(s.op, oid, "1.2.840.113549.1.12.10.1.2") &&
          der_enter(&bag, DER_CONTEXT_CONSTRUCTED(0), &value) && der_enter(&value, DER_SEQUENCE, &key));
    CHECK(bytes_same(decrypt(s.op, &key, DER_OCTET_STRING, PASSWORD), s.key));
    CHECK(der_next(&bag, DER_SET, &attributes, NULL) && within(attributes, wide_name(s.op)));
    CHECK(within(attributes, hash(s.op, HASH_SHA256, s.certs[0]))); /* by which it belongs to the leaf */
}

TEST(pkcs12_shows_nothing_in_the_clear)
{
    struct scene s = scene("");
    struct bytes end_of_key = { s.key.at + s.key.length - 32, 32 };

    CHECK(within(s.key, end_of_key));
    CHECK(!within(s.file, end_of_key));
    CHECK(!within(s.file, (struct bytes){ s.certs[0].at + 20, 64 }));
    CHECK(!bytes_same(make(&s, ""), s.file)); /* other salts, another file */
}

/* ---- refused ---- */

TEST(pkcs12_password_is_utf8)
{
    static const char *const bad[] = {
        "\xff",
        "a\xc3",
        "\xc3(",
        "\x80",
        "\xc0\xaf", /* too long a form of '/' */
        "\xed\xa0\x80",
        "\xe2\x82", /* half a surrogate pair; cut off */
        "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80\x80", /* beyond Unicode; five bytes */
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();

        if (!CHECK(!pkcs12_password_ok(op, bad[i])))
            kit_check(false, __FILE__, __LINE__, "number %zu", i);
        CHECK_FAILED(op, ERR_CONFIG, "the password of the PKCS#12 file is not UTF-8");
    }
    CHECK(pkcs12_password_ok(kit_op(), PASSWORD) && pkcs12_password_ok(kit_op(), ""));
}

TEST(pkcs12_needs_a_certificate)
{
    struct op *op = kit_op();

    CHECK(!pkcs12_make(op, &(struct pkcs12){ .name = "a", .password = "" }).at);
    CHECK_FAILED(op, ERR_INTERNAL, "without a certificate");
}
