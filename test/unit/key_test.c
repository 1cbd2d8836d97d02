#include "crypto/der.h"
#include "crypto/key.h"
#include "material.h"

static struct bytes from_pem(struct op *op, const char *pem)
{
    const char *label;
    struct bytes der = { 0 };

    pem_next(op, &pem, &label, &der);
    return der;
}

TEST(key_kinds_have_names)
{
    enum key_kind kind;

    for (enum key_kind k = 0; k < KEY_KIND_COUNT; k++) {
        CHECK(key_kind_parse(key_kind_name(k), &kind));
        CHECK_INT(kind, k);
    }
    CHECK(!key_kind_parse("ec521", &kind));
    CHECK(!key_kind_parse("", &kind));
}

TEST(key_generates_and_comes_back_from_its_pem)
{
    static const enum key_kind kinds[] = { KEY_EC256, KEY_EC384, KEY_RSA2048 }; /* larger RSA takes seconds */

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct op *op = kit_op();
        struct key *made = key_generate(op, kinds[i]);
        struct key *read = key_from_pem(op, key_pem(op, made), "a key");

        if (!CHECK(made && read))
            continue;
        CHECK_INT(key_kind(read), kinds[i]);
        CHECK(bytes_same(key_public(op, made), key_public(op, read)));
        CHECK_STR(key_pem(op, made), key_pem(op, read));
    }
}

TEST(key_reads_what_openssl_wrote)
{
    static const struct {
        const char *private, *public;
        enum key_kind kind;
    } files[] = {
        { "ec256.pem", "ec256.pub", KEY_EC256 },
        { "ec256-sec1.pem", "ec256.pub", KEY_EC256 },
        { "ec384.pem", "ec384.pub", KEY_EC384 },
        { "rsa2048.pem", "rsa2048.pub", KEY_RSA2048 },
        { "rsa2048-pkcs1.pem", "rsa2048.pub", KEY_RSA2048 },
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct op *op = kit_op();
        struct key *key = fixture_key(op, files[i].private);

        if (!CHECK(key != NULL))
            continue;
        CHECK_INT(key_kind(key), files[i].kind);
        CHECK(bytes_same(key_public(op, key), from_pem(op, fixture(op, files[i].public))));
        CHECK(op_ok(op));
    }
}

TEST(key_writes_pkcs8_as_openssl_does)
{
    static const char *const files[] = { "ec256.pem", "ec384.pem", "rsa2048.pem", "rfc7517-rsa.pem" };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        CHECK_STR(key_pem(op, fixture_key(op, files[i])), fixture(op, files[i]));
}

TEST(key_takes_rsa_of_odd_sizes)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "rsa2056.pem");

    if (CHECK(key != NULL))
        CHECK_INT(key_kind(key), KEY_RSA2048);
}

TEST(key_refuses_files_that_are_no_fit_key)
{
    static const struct {
        const char *file, *words;
    } files[] = {
        { "encrypted.pem", "encrypted" },          { "encrypted-sec1.pem", "encrypted" },
        { "ec521.pem", "neither P-256 nor" },      { "ed25519.pem", "neither RSA nor" },
        { "rsa1024.pem", "RSA key of 1024 bits" }, { "ec256.pub", "no private key" },
        { "chain.pem", "no private key" },
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct op *op = kit_op();

        CHECK(!fixture_key(op, files[i].file));
        CHECK_FAILED(op, ERR_CONFIG, files[i].words);
        CHECK_FAILED(op, ERR_CONFIG, files[i].file);
    }
}

TEST(key_says_how_to_decrypt)
{
    struct op *op = kit_op();

    CHECK(!fixture_key(op, "encrypted.pem"));
    CHECK(op->err.hint && strstr(op->err.hint, "openssl pkey"));
}

TEST(key_refuses_damaged_text)
{
    static const char *const wrong[] = {
        "",
        "nothing",
        "-----BEGIN PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----\n",
        "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nMAYCAQEEAQE=\n-----END EC PRIVATE KEY-----\n", /* no curve */
        "-----BEGIN OPENSSH PRIVATE KEY-----\nMAA=\n-----END OPENSSH PRIVATE KEY-----\n",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct op *op = kit_op();

        CHECK(!key_from_pem(op, wrong[i], "the account key"));
        CHECK_FAILED(op, ERR_CONFIG, "reading the account key");
    }
}

TEST(key_refuses_every_truncation)
{
    static const struct {
        const char *file, *label;
    } files[] = {
        { "ec256.pem", "PRIVATE KEY" },
        { "ec256-sec1.pem", "EC PRIVATE KEY" },
        { "rsa2048-pkcs1.pem", "RSA PRIVATE KEY" },
    };
    struct op *op = kit_op();

    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        const char *begin = op_text(op, "-----BEGIN %s-----", files[f].label);
        struct bytes der = from_pem(op, strstr(fixture(op, files[f].file), begin));

        CHECK(der.length > 100);
        for (size_t length = 0; length < der.length; length++) {
            struct op *cut = op_begin(kit_world());
            struct bytes shorter = at_the_edge(cut, (struct bytes){ der.at, length });

            CHECK(!key_from_pem(cut, pem_encode(cut, files[f].label, shorter), "x"));
            CHECK(cut->err.code == ERR_CONFIG);
            op_end(cut);
        }
    }
}

static struct bytes curve_key(struct op *op, struct bytes number)
{
    struct bytes parameters = der_wrap(op, DER_CONTEXT_CONSTRUCTED(0), der_oid(op, "1.2.840.10045.3.1.7"));

    return der_wrap(op, DER_SEQUENCE,
                    der_join(op, der_small(op, 1), der_wrap(op, DER_OCTET_STRING, number), parameters));
}

static struct key *read_curve_key(struct op *op, const char *number)
{
    return key_from_pem(op, pem_encode(op, "EC PRIVATE KEY", curve_key(op, unhex(op, number))), "x");
}

TEST(key_takes_numbers_without_their_leading_zeros_only_within_the_curve)
{
    struct op *op = kit_op();

    CHECK(read_curve_key(op, "01") && op_ok(op));
    CHECK(bytes_same(key_public(op, read_curve_key(op, "01")), key_public(op, read_curve_key(op, "0001"))));
    CHECK(!read_curve_key(
        op, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")); /* the order */
    CHECK_FAILED(op, ERR_CONFIG, "not a sound P-256");
    CHECK(!read_curve_key(kit_op(), "00"));
    CHECK(!read_curve_key(kit_op(), ""));
    CHECK(!read_curve_key(kit_op(), "01ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"));
}

TEST(key_signs_what_others_can_verify)
{
    static const char *const files[] = { "ec256.pem", "ec384.pem", "rsa2048.pem", "rsa2056.pem" };
    struct op *op = kit_op();
    struct bytes message = bytes_of("the message");

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct key *key = fixture_key(op, files[i]), *other = key_generate(op, key_kind(key));
        struct bytes algorithm = key_signature_algorithm(op, key), signature = key_sign_der(op, key, message);
        struct bytes spki = key_public(op, key);

        CHECK(key_verify(op, spki, algorithm, message, signature));
        CHECK(!key_verify(op, spki, algorithm, bytes_of("the massage"), signature));
        CHECK(!key_verify(op, key_public(op, other), algorithm, message, signature));
        CHECK(op_ok(op));
    }
}

TEST(key_verifies_no_signature_with_a_flipped_bit)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "ec256.pem");
    struct bytes message = bytes_of("m"), signature = key_sign_der(op, key, message);

    for (size_t i = 0; i < 8 * signature.length; i++) {
        uint8_t *bad = arena_copy(op->arena, signature.at, signature.length);

        bad[i / 8] ^= (uint8_t)(1u << i % 8);
        CHECK(!key_verify(op, key_public(op, key), key_signature_algorithm(op, key), message,
                          at_the_edge(op, (struct bytes){ bad, signature.length })));
    }
    CHECK(op_ok(op));
}

/* What is around r and s must be as strict as they are: one signature has one form. */
TEST(key_verifies_only_strict_der)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "ec256.pem");
    struct bytes message = bytes_of("m"), raw = key_sign(op, key, message), spki = key_public(op, key);
    struct bytes r = der_unsigned(op, (struct bytes){ raw.at, 32 });
    struct bytes s = der_unsigned(op, (struct bytes){ raw.at + 32, 32 });
    struct bytes algorithm = key_signature_algorithm(op, key), wide, zero = unhex(op, "020100");

    CHECK_INT(raw.length, 64);
    CHECK(key_verify(op, spki, algorithm, message, der_wrap(op, DER_SEQUENCE, der_join(op, r, s))));
    CHECK(!key_verify(op, spki, algorithm, message, raw));
    CHECK(!key_verify(op, spki, algorithm, message, (struct bytes){ 0 }));
    CHECK(!key_verify(op, spki, algorithm, message, der_wrap(op, DER_SEQUENCE, r)));
    CHECK(!key_verify(op, spki, algorithm, message, der_wrap(op, DER_SEQUENCE, der_join(op, r, s, zero))));
    CHECK(!key_verify(op, spki, algorithm, message, der_wrap(op, DER_SEQUENCE, der_join(op, zero, zero))));
    CHECK(!key_verify(op, spki, algorithm, message,
                      der_join(op, der_wrap(op, DER_SEQUENCE, der_join(op, r, s)), zero)));
    wide = der_wrap(op, DER_INTEGER, der_join(op, unhex(op, "0100"), (struct bytes){ raw.at, 32 }));
    CHECK(!key_verify(op, spki, algorithm, message, der_wrap(op, DER_SEQUENCE, der_join(op, wide, s))));
    wide = der_wrap(op, DER_INTEGER, der_join(op, unhex(op, "0000"), (struct bytes){ raw.at, 32 }));
    CHECK(!key_verify(op, spki, algorithm, message, der_wrap(op, DER_SEQUENCE, der_join(op, wide, s))));
    CHECK(op_ok(op));
}

TEST(key_verify_takes_nothing_unknown)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "ec256.pem"), *rsa = fixture_key(op, "rsa2048.pem");
    struct bytes message = bytes_of("m"), signature = key_sign_der(op, key, message),
                 spki = key_public(op, key);
    struct bytes unknown = der_wrap(op, DER_SEQUENCE, der_oid(op, "1.3.101.112"));
    struct bytes bad_spki = { spki.at, spki.length - 1 };

    CHECK(!key_verify(op, spki, unknown, message, signature));
    CHECK(!key_verify(op, spki, key_signature_algorithm(op, rsa), message, signature));
    CHECK(!key_verify(op, key_public(op, rsa), key_signature_algorithm(op, key), message,
                      key_sign_der(op, rsa, message)));
    CHECK(!key_verify(op, spki, bytes_of(""), message, signature));
    CHECK(!key_verify(op, bad_spki, key_signature_algorithm(op, key), message, signature));
    CHECK(!key_verify(op, bytes_of(""), key_signature_algorithm(op, key), message, signature));
    CHECK(op_ok(op));
}

TEST(key_verify_refuses_points_off_the_curve)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "ec256.pem");
    struct bytes message = bytes_of("m"), signature = key_sign_der(op, key, message),
                 spki = key_public(op, key);
    uint8_t *moved = arena_copy(op->arena, spki.at, spki.length);

    moved[spki.length - 1] ^= 1;
    CHECK(!key_verify(op, (struct bytes){ moved, spki.length }, key_signature_algorithm(op, key), message,
                      signature));
    CHECK(op_ok(op));
}

TEST(key_verify_refuses_every_truncation)
{
    static const char *const files[] = { "ec256.pem", "rsa2048.pem" };
    struct op *op = kit_op();
    struct bytes message = bytes_of("m");

    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        struct key *key = fixture_key(op, files[f]);
        struct bytes spki = key_public(op, key), algorithm = key_signature_algorithm(op, key);
        struct bytes signature = key_sign_der(op, key, message);

        for (size_t length = 0; length < spki.length; length++) {
            struct op *cut = op_begin(kit_world());
            struct bytes shorter = at_the_edge(cut, (struct bytes){ spki.at, length });

            CHECK(!key_verify(cut, shorter, algorithm, message, signature));
            op_end(cut);
        }
        for (size_t length = 0; length < signature.length; length++) {
            struct op *cut = op_begin(kit_world());
            struct bytes shorter = at_the_edge(cut, (struct bytes){ signature.at, length });

            CHECK(!key_verify(cut, spki, algorithm, message, shorter));
            op_end(cut);
        }
    }
}

/* RFC 7515 appendix A.3.1 */
TEST(key_jwk_of_a_curve)
{
    struct op *op = kit_op();
    struct bytes d = base64url_decode(op, "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI", "d");
    struct key *key = key_from_pem(op, pem_encode(op, "EC PRIVATE KEY", curve_key(op, d)), "x");

    CHECK_STR(key_jwk(op, key),
              "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
              "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}");
    CHECK_STR(key_thumbprint(op, key), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
    CHECK_STR(key_jws_algorithm(key), "ES256");
}

/* RFC 7638 section 3.1 */
TEST(key_thumbprint_of_rsa)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "rfc7517-rsa.pem");

    CHECK_STR(key_thumbprint(op, key), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    CHECK(text_starts(key_jwk(op, key), "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQ"));
    CHECK_STR(key_jws_algorithm(key), "RS256");
}

TEST(key_jws_algorithm_of_p384)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "ec384.pem");

    CHECK_STR(key_jws_algorithm(key), "ES384");
    CHECK_INT(key_sign(op, key, bytes_of("m")).length, 96);
    CHECK(strstr(key_jwk(op, key), "\"crv\":\"P-384\""));
}

TEST(key_slots_come_back_with_the_operation)
{
    for (int i = 0; i < 100; i++) { /* Mbed TLS 2.28 has 32 slots */
        struct op *op = op_begin(kit_world());

        CHECK(key_generate(op, KEY_EC256) && op_ok(op));
        op_end(op);
    }
}

TEST(key_functions_do_nothing_after_a_failure)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "ec256.pem");

    op_fail(op, ERR_NETWORK, "earlier");
    CHECK(!key_generate(op, KEY_EC256));
    CHECK(!key_from_pem(op, NULL, "x"));
    CHECK(!key_pem(op, key));
    CHECK(!key_public(op, key).at);
    CHECK(!key_sign(op, key, bytes_of("m")).at);
    CHECK(!key_sign_der(op, NULL, bytes_of("m")).at);
    CHECK(!key_signature_algorithm(op, NULL).at);
    CHECK(!key_jwk(op, NULL));
    CHECK(!key_thumbprint(op, NULL));
    CHECK(!key_verify(op, bytes_of(""), bytes_of(""), bytes_of(""), bytes_of("")));
    CHECK_FAILED(op, ERR_NETWORK, "earlier");
}
