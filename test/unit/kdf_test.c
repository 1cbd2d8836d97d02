#include "crypto/kdf.h"

#include "material.h"

/* RFC 7914 section 11 has the first two; the others are those of Python's hashlib. */
TEST(kdf_pbkdf2_vectors)
{
    struct op *op = kit_op();
    uint8_t password[100], salt[160];

    CHECK_STR(hex(op, kdf_pbkdf2(op, bytes_of("passwd"), bytes_of("salt"), 1, 32)),
              "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
    CHECK_STR(hex(op, kdf_pbkdf2(op, bytes_of("Password"), bytes_of("NaCl"), 80000, 32)),
              "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
    CHECK_STR(hex(op, kdf_pbkdf2(op, bytes_of(""), bytes_of("NaCl"), 2, 16)),
              "12a84686669eca20a6cbe3d764451fa8");
    memset(password, 'x', sizeof password);
    for (size_t i = 0; i < sizeof salt; i++)
        salt[i] = (uint8_t) "NaCl"[i % 4];
    CHECK_STR(hex(op, kdf_pbkdf2(op, (struct bytes){ password, sizeof password },
                                 (struct bytes){ salt, sizeof salt }, 3, 32)),
              "40e20683a72736ae09dcee2b5204fc628e86292b630d4202953b957ae622e5fa");
    CHECK(op_ok(op));
}

TEST(kdf_pbkdf2_has_one_block_only)
{
    struct op *op = kit_op();

    CHECK(!kdf_pbkdf2(op, bytes_of("a"), bytes_of("b"), 1, 33).at);
    CHECK_FAILED(op, ERR_INTERNAL, "more than one block");
}

/* By `openssl kdf ... PKCS12KDF`, version 3.0. */
TEST(kdf_pkcs12_vectors)
{
    static const struct {
        enum kdf_purpose purpose;
        unsigned rounds;
        const char *password, *salt, *derived;
    } known[] = {
        { KDF_MAC, 1, "0073006d006500670000", "0a58cf64530d823f",
          "b26d0cad11e901ad0ba0ce08b18df8fc49d2eb271bf02a0cee1669e01251b18d" },
        { KDF_KEY, 1000, "007100750065006500670000", "05dec959acff72f7",
          "74903b2a07c2fc6bff672a1a8c30583ddc4f7c1a68930ac40917dcfe6baa5ae3" },
        { KDF_IV, 1000, "0000", "05dec959acff72f7",
          "af56a8ffd7baed91b6d0c17e0cd19d230aea6f43345e933925f2229b746e2e40" },
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        CHECK_STR(hex(op, kdf_pkcs12(op, known[i].purpose, unhex(op, known[i].password),
                                     unhex(op, known[i].salt), known[i].rounds)),
                  known[i].derived);
    CHECK(op_ok(op));
}

/* Both longer than a block of the hash, and no multiple of it. */
TEST(kdf_pkcs12_takes_long_words)
{
    static const char words[] = "a password of more than thirty-two characters";
    struct op *op = kit_op();
    uint8_t password[2 * sizeof words] = { 0 }, salt[70];

    for (size_t i = 0; i < sizeof words; i++)
        password[2 * i + 1] = (uint8_t)words[i];
    for (size_t i = 0; i < sizeof salt; i++)
        salt[i] = (uint8_t)i;
    CHECK_STR(hex(op, kdf_pkcs12(op, KDF_MAC, (struct bytes){ password, sizeof password },
                                 (struct bytes){ salt, sizeof salt }, 3)),
              "418a1e584aad921d165fa919adc6992d752349ed2efd3d95775b375b54e70da6");
}
