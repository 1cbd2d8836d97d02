#include "crypto/challenge_cert.h"

#include "crypto/der.h"
#include "material.h"

#define TOKEN "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
#define PRINT "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
#define PROOF TOKEN "." PRINT

/* The certificate for a name as the CA reads it. */
static struct cert certificate(struct op *op, const char *name)
{
    struct tls_identity identity = { 0 };
    struct chain chain;

    if (!CHECK(challenge_cert(op, name, PROOF, &identity)))
        return (struct cert){ 0 };
    chain = chain_parse(op, pem_encode(op, "CERTIFICATE", identity.certificate));
    return CHECK_INT(chain.count, 1) ? chain.certs[0] : (struct cert){ 0 };
}

TEST(challenge_cert_has_one_name)
{
    static const char *const names[] = { "a.example", "xn--bcher-kva.example", "192.0.2.1", "2001:db8::1" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct op *op = kit_op();
        struct cert cert = certificate(op, names[i]);

        CHECK_INT(cert.names.count, 1);
        CHECK(cert.names.count == 1 && text_same(cert.names.at[0], names[i]));
    }
}

/* Each extension: its object identifier, whether it is critical, its value. */
static const char *extensions(struct op *op, struct cert *cert)
{
    struct der whole = der_read(cert->tbs), fields, wrapped, list, one;
    struct text out = text_begin(op->arena);
    struct bytes oid, critical, value;

    if (!der_enter(&whole, DER_SEQUENCE, &fields))
        return NULL;
    for (int i = 0; i < 7; i++)
        CHECK(der_skip(&fields));
    CHECK(der_enter(&fields, DER_CONTEXT_CONSTRUCTED(3), &wrapped) && der_peek(&fields) == -1);
    CHECK(der_enter(&wrapped, DER_SEQUENCE, &list));
    while (der_enter(&list, DER_SEQUENCE, &one) && der_next(&one, DER_OID, &oid, NULL)) {
        bool is_critical = der_next(&one, DER_BOOLEAN, &critical, NULL);

        CHECK(!is_critical || (critical.length == 1 && critical.at[0] == 0xff));
        CHECK(der_next(&one, DER_OCTET_STRING, &value, NULL) && der_peek(&one) == -1);
        text_add(&out, "%s%s %s\n", hex(op, oid), is_critical ? " critical" : "", hex(op, value));
    }
    return out.data;
}

/* By openssl: printf %s TOKEN.PRINT | openssl dgst -sha256 */
#define DIGEST "94233b719c905dc5472b69e75b78e3021353dc5be6d7c50dfa45996649caa183"

TEST(challenge_cert_has_the_proof)
{
    struct op *op = kit_op();
    struct cert cert = certificate(op, "a.example");

    CHECK_STR(extensions(op, &cert), "551d11 300b8209612e6578616d706c65\n"
                                     "2b0601050507011f critical 0420" DIGEST "\n");
    cert = certificate(op, "192.0.2.1");
    CHECK_STR(extensions(op, &cert), "551d11 30068704c0000201\n"
                                     "2b0601050507011f critical 0420" DIGEST "\n");
}

TEST(challenge_cert_is_self_signed_and_valid_today)
{
    struct op *op = kit_op();
    struct cert cert = certificate(op, "a.example"), other = certificate(op, "a.example");

    CHECK(key_verify(op, cert.spki, cert.algorithm, cert.tbs, cert.signature));
    CHECK(bytes_same(cert.issuer, cert.subject));
    CHECK_STR(cert.subject_cn, "ACME challenge");
    CHECK_INT(op_now(op) - cert.not_before, 86400);
    CHECK_INT(cert.not_after - op_now(op), 7 * 86400);
    CHECK(!cert.is_ca);
    CHECK(!bytes_same(cert.spki, other.spki)); /* a key a challenge */
    CHECK(!text_same(cert.serial, other.serial));
}

/* UTCTime ends there (RFC 5280 section 4.1.2.5.1). */
TEST(challenge_cert_beyond_2049)
{
    struct op *op = kit_op();
    int64_t far = 2524780800; /* 2050-01-03 */
    struct cert cert;

    kit_advance((far - op_now(op)) * 1000);
    cert = certificate(op, "a.example");
    CHECK_INT(cert.not_before, far - 86400);
    CHECK_INT(cert.not_after, far + 7 * 86400);
}

TEST(challenge_cert_key_belongs_to_it)
{
    struct op *op = kit_op();
    struct tls_identity identity = { 0 };
    struct chain chain;
    struct key *key;

    CHECK(challenge_cert(op, "a.example", PROOF, &identity));
    chain = chain_parse(op, pem_encode(op, "CERTIFICATE", identity.certificate));
    key = key_from_pem(op, identity.key, "the key");
    CHECK(key && key_kind(key) == KEY_EC256 && bytes_same(key_public(op, key), chain.certs[0].spki));
}

TEST(challenge_cert_keeps_no_key_slots)
{
    struct op *op = kit_op();
    struct tls_identity identity = { 0 };

    for (int i = 0; i < 100; i++)
        CHECK(challenge_cert(op, op_text(op, "n%d.example", i), PROOF, &identity));
}

TEST(challenge_cert_refuses_what_is_no_name)
{
    struct op *op = kit_op();
    struct tls_identity identity = { 0 };

    CHECK(!challenge_cert(op, "a b", PROOF, &identity));
    CHECK_FAILED(op, ERR_INTERNAL, "cannot stand in a certificate");
    op = kit_op();
    op_fail(op, ERR_NETWORK, "earlier");
    CHECK(!challenge_cert(op, "a.example", PROOF, &identity));
    CHECK_FAILED(op, ERR_NETWORK, "earlier");
}

/* RFC 8738 section 6, RFC 3596 section 2.5. */
TEST(challenge_server_names)
{
    struct op *op = kit_op();

    CHECK_STR(challenge_server_name(op, "a.example"), "a.example");
    CHECK_STR(challenge_server_name(op, "192.0.2.10"), "10.2.0.192.in-addr.arpa");
    CHECK_STR(challenge_server_name(op, "2001:db8::567:89ab"),
              "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}
