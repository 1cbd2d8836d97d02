#include "crypto/csr.h"

#include "material.h"

/* A request as openssl req makes it: with a subject, a challengePassword beside the names, an EKU among them.
 */
static const char by_openssl[] = "-----BEGIN CERTIFICATE REQUEST-----\n"
                                 "MIIBajCCARACAQAwJjESMBAGA1UEAwwJYS5leGFtcGxlMRAwDgYDVQQKDAdFeGFt\n"
                                 "cGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELmhkszaPlFNpTpd6dWPPtLiO\n"
                                 "mXeVQLrQ30FpGov9I91yhjTgClgnmgVacVKO8NyduCtUQIbaJH6AxMC3W9IQ4KCB\n"
                                 "hzAXBgkqhkiG9w0BCQcxCgwIbm9uZTEyMzQwbAYJKoZIhvcNAQkOMV8wXTALBgNV\n"
                                 "HQ8EBAMCB4AwEwYDVR0lBAwwCgYIKwYBBQUHAwEwOQYDVR0RBDIwMIIJQS5leGFt\n"
                                 "cGxlggsqLmIuZXhhbXBsZYcEwAACAYcQIAENuAAAAAAAAAAAAAAAATAKBggqhkjO\n"
                                 "PQQDAgNIADBFAiBTm6MF3CAjTdNW+UZc9x5FWdTXClZW8aQXVO1oys3wzAIhAMTZ\n"
                                 "pZr303aemwG0LNCe5aWmN96wcGRQjxjPv7HcUds0\n"
                                 "-----END CERTIFICATE REQUEST-----\n";

/* The same without an extension. */
static const char without_names[] = "-----BEGIN CERTIFICATE REQUEST-----\n"
                                    "MIH6MIGhAgEAMCYxEjAQBgNVBAMMCWEuZXhhbXBsZTEQMA4GA1UECgwHRXhhbXBs\n"
                                    "ZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABC5oZLM2j5RTaU6XenVjz7S4jpl3\n"
                                    "lUC60N9BaRqL/SPdcoY04ApYJ5oFWnFSjvDcnbgrVECG2iR+gMTAt1vSEOCgGTAX\n"
                                    "BgkqhkiG9w0BCQcxCgwIbm9uZTEyMzQwCgYIKoZIzj0EAwIDSAAwRQIhAJ/1o549\n"
                                    "eW1M7wEcxiAwMFm2TPy0kkeFr29G2XbcCdzDAiBqyI8+p+s4iGh+PQPTTfDI8nuN\n"
                                    "H8Xa7t+uMd2ukfuRLQ==\n"
                                    "-----END CERTIFICATE REQUEST-----\n";

TEST(csr_read_one_of_openssl)
{
    struct op *op = kit_op();
    struct csr csr = { 0 };

    CHECK(csr_read(op, bytes_of(by_openssl), &csr));
    CHECK_STR(strings_join(op, &csr.names, " "), "a.example *.b.example 192.0.2.1 2001:db8::1");
    CHECK(csr.spki.length > 80 && csr.der.length > csr.spki.length);
    CHECK(csr_read(op, csr.der, &(struct csr){ 0 })); /* in DER as well */
}

TEST(csr_read_one_of_ours)
{
    static const char *const files[] = { "ec256.pem", "ec384.pem", "rsa2048.pem" };
    struct op *op = kit_op();
    struct strings names = text_split(op, "a.example b.example", " ");

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct key *key = fixture_key(op, files[i]);
        struct csr csr = { 0 };

        CHECK(csr_read(op, csr_make(op, key, &names), &csr));
        CHECK(bytes_same(csr.spki, key_public(op, key)));
        CHECK_STR(strings_join(op, &csr.names, " "), "a.example b.example");
    }
}

static void check_refused(struct bytes file, const char *words)
{
    struct op *op = kit_op();

    CHECK(!csr_read(op, file, &(struct csr){ 0 }));
    CHECK_FAILED(op, ERR_CONFIG, words);
}

TEST(csr_read_refuses)
{
    struct op *op = kit_op();
    char *endless = op_alloc(op, 70000);

    memset(endless, 'x', 69999);
    check_refused(bytes_of(""), "malformed outer part");
    check_refused(bytes_of("hello"), "no certificate request in PEM or DER");
    check_refused(bytes_of(endless), "too long");
    check_refused(bytes_of(pem_encode(op, "CERTIFICATE", bytes_of("x"))), "no certificate request");
    check_refused(bytes_of(pem_encode(op, "CERTIFICATE REQUEST", bytes_of("x"))), "malformed outer part");
    check_refused(bytes_of(without_names), "no subject alternative names");
}

/* Whichever byte is damaged: refused, with or without words on what is wrong, and never a crash. */
TEST(csr_read_damaged_anywhere)
{
    struct op *op = kit_op();
    struct csr csr = { 0 };

    CHECK(csr_read(op, bytes_of(by_openssl), &csr));
    for (size_t i = 0; i < csr.der.length; i++) {
        uint8_t *damaged = arena_copy(op->arena, csr.der.at, csr.der.length);
        struct op *child = op_child(op);

        damaged[i] ^= 1;
        CHECK(!csr_read(child, (struct bytes){ damaged, csr.der.length }, &(struct csr){ 0 }));
        CHECK(child->err.code == ERR_CONFIG);
        op_end(child);
        child = op_child(op);
        CHECK(!csr_read(child, (struct bytes){ csr.der.at, i }, &(struct csr){ 0 }));
        op_end(child);
    }
}
