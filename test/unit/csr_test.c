#include "crypto/csr.h"

#include "crypto/der.h"
#include "material.h"

static struct strings list(struct op *op, const char *names)
{
    return text_split(op, names, ",");
}

/* The parts of a CertificationRequest; the signature is checked on the way. */
static struct der request_info(struct op *op, const struct key *key, struct bytes csr)
{
    struct der whole = der_read(csr), request, info;
    struct bytes tbs = { 0 }, algorithm = { 0 }, signature = { 0 };

    CHECK(der_enter(&whole, DER_SEQUENCE, &request) && der_peek(&whole) == -1);
    CHECK(der_next(&request, DER_SEQUENCE, NULL, &tbs) && der_next(&request, DER_SEQUENCE, NULL, &algorithm));
    CHECK(der_next_bits(&request, &signature) && der_peek(&request) == -1);
    CHECK(bytes_same(algorithm, key_signature_algorithm(op, key)));
    CHECK(key_verify(op, key_public(op, key), algorithm, tbs, signature));
    whole = der_read(tbs);
    CHECK(der_enter(&whole, DER_SEQUENCE, &info));
    return info;
}

TEST(csr_holds_key_and_names_and_nothing_else)
{
    static const char *const files[] = { "ec256.pem", "ec384.pem", "rsa2048.pem" };
    struct op *op = kit_op();
    struct strings names = list(op, "a.example,*.b.example,192.0.2.1,2001:db8::1");

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct key *key = fixture_key(op, files[i]);
        struct der info = request_info(op, key, csr_make(op, key, &names));
        struct bytes value = { 0 }, spki = { 0 };

        CHECK(der_next_unsigned(&info, &value) && value.length == 1 && value.at[0] == 0);
        CHECK(der_next(&info, DER_SEQUENCE, &value, NULL) && value.length == 0); /* the subject */
        CHECK(der_next(&info, DER_SEQUENCE, NULL, &spki) && bytes_same(spki, key_public(op, key)));
        CHECK(der_next(&info, DER_CONTEXT_CONSTRUCTED(0), &value, NULL));
        CHECK_STR(hex(op, value), /* as openssl req writes it: extensionRequest with subjectAltName */
                  "304a"
                  "06092a864886f70d01090e" /* extensionRequest */
                  "313d303b3039"
                  "0603551d11" /* subjectAltName */
                  "04323030"
                  "8209612e6578616d706c65"                 /* a.example */
                  "820b2a2e622e6578616d706c65"             /* *.b.example */
                  "8704c0000201"                           /* 192.0.2.1 */
                  "871020010db8000000000000000000000001"); /* 2001:db8::1 */
        CHECK_INT(der_peek(&info), -1);
    }
}

TEST(csr_takes_many_names)
{
    struct op *op = kit_op();
    struct key *key = fixture_key(op, "ec256.pem");
    struct strings names = { 0 };

    for (int i = 0; i < 100; i++)
        strings_add(op, &names, op_text(op, "host-%d.long-name.example", i));
    CHECK(csr_make(op, key, &names).length > 100 * strlen("host-0.long-name.example"));
    request_info(op, key, csr_make(op, key, &names));
    CHECK(op_ok(op));
}

TEST(csr_refuses_names_that_no_certificate_can_hold)
{
    static const char *const wrong[] = { "caf\xc3\xa9.example", "a b.example", "a\n.example", "" };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct op *op = kit_op();
        struct strings names = { 0 };

        strings_add(op, &names, "a.example");
        strings_add(op, &names, wrong[i]);
        CHECK(!csr_make(op, fixture_key(op, "ec256.pem"), &names).at);
        CHECK_FAILED(op, ERR_INTERNAL, "cannot stand in a certificate");
    }
}

TEST(csr_needs_a_name)
{
    struct op *op = kit_op();
    struct strings none = { 0 };

    CHECK(!csr_make(op, fixture_key(op, "ec256.pem"), &none).at);
    CHECK_FAILED(op, ERR_INTERNAL, "without names");
}

TEST(csr_does_nothing_after_a_failure)
{
    struct op *op = kit_op();
    struct strings names = list(op, "a.example");

    op_fail(op, ERR_NETWORK, "earlier");
    CHECK(!csr_make(op, NULL, &names).at);
    CHECK_FAILED(op, ERR_NETWORK, "earlier");
}
