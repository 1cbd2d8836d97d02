/* Reading certificates. */
#include "crypto/cert.h"

#include "base/when.h"
#include "crypto/der.h"
#include "family.h"

#define NAMES "a.example,*.b.example,192.0.2.1,2001:db8::1" /* of the leaf in chain.pem */

TEST(cert_reads_what_openssl_wrote)
{
    struct op *op = kit_op();
    struct chain chain = chain_parse(op, fixture(op, "chain.pem"));
    const struct cert *leaf = &chain.certs[0];

    if (!CHECK_INT(chain.count, 3))
        return;
    CHECK_STR(strings_join(op, &leaf->names, ","), NAMES);
    CHECK_STR(when_print(op, leaf->not_before), "2026-01-01T00:00:00Z");
    CHECK_STR(when_print(op, leaf->not_after), "2126-01-01T00:00:00Z"); /* a GeneralizedTime */
    CHECK_STR(leaf->serial, "00f1e2d3c4b5a697");
    CHECK_STR(leaf->subject_cn, "");
    CHECK_STR(leaf->issuer_cn, "Test Intermediate");
    CHECK(bytes_same(leaf->issuer, chain.certs[1].subject));
    CHECK(bytes_same(leaf->spki, key_public(op, fixture_key(op, "ec256.pem"))));
    CHECK(!leaf->is_ca && chain.certs[1].is_ca && chain.certs[2].is_ca);
    CHECK_STR(chain.certs[2].subject_cn, "Test Root");
    CHECK(op_ok(op));
}

/* The example of RFC 9773 section 4.1. */
TEST(cert_ari_identifier)
{
    struct op *op = kit_op();
    struct bytes id = unhex(op, "69885B6B87464041E1B37B847BA0AE2CDE01C8D4");
    struct bytes aki = der_wrap(op, DER_SEQUENCE, der_wrap(op, DER_CONTEXT(0), id));
    struct forged wish = { .key = key_generate(op, KEY_EC256), .subject = "", .issuer = "" };
    struct chain chain;

    wish.serial = unhex(op, "87654321");
    wish.extensions = extension(op, "2.5.29.35", aki);
    chain = chain_parse(op, forge_pem(op, &wish));
    CHECK_STR(chain.certs[0].ari_id, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE");
    CHECK_STR(chain.certs[0].serial, "0087654321");
    wish.extensions = (struct bytes){ 0 };
    chain = chain_parse(op, forge_pem(op, &wish));
    CHECK_STR(chain.certs[0].ari_id, NULL);
    CHECK(op_ok(op));
}

/* Malformed or endless, since it goes into a URL. */
TEST(cert_bounds_the_serial_number)
{
    struct op *op = kit_op();
    struct forged wish = { .key = key_generate(op, KEY_EC256), .subject = "", .issuer = "" };
    uint8_t ones[65];

    memset(ones, 1, sizeof ones);
    wish.serial = (struct bytes){ ones, 64 };
    CHECK_INT(chain_parse(op, forge_pem(op, &wish)).count, 1);
    wish.serial.length = 65;
    CHECK_INT(chain_parse(op, forge_pem(op, &wish)).count, 0);
    CHECK_FAILED(op, ERR_UNTRUSTED, "malformed serial number");
}

TEST(cert_reads_only_sound_dates)
{
    static const char *const wrong[] = { "260101000000",
                                         "260101000000+",
                                         "261301000000Z",
                                         "260230000000Z",
                                         "2601010000aaZ",
                                         "-60101000000Z",
                                         "20260101000000",
                                         "20260101000000z",
                                         "20260101240000Z",
                                         "2026010100000000Z",
                                         "" };
    struct op *op = kit_op();
    struct family f = family(op);

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        f.leaf.from = wrong[i];
        CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED, "certificate 1: malformed validity dates");
    }
    f.leaf.from = "991231235959Z"; /* 1999 */
    CHECK(op_ok(family_verdict(op, &f)));
}

TEST(cert_refuses_every_truncation)
{
    struct op *op = kit_op();
    struct chain chain = chain_parse(op, fixture(op, "chain.pem"));

    for (size_t i = 0; i < chain.count; i++) {
        for (size_t length = 0; length < chain.certs[i].der.length; length++) {
            struct op *cut = op_begin(kit_world());
            struct bytes der = at_the_edge(cut, (struct bytes){ chain.certs[i].der.at, length });

            CHECK_INT(chain_parse(cut, pem_encode(cut, "CERTIFICATE", der)).count, 0);
            CHECK_FAILED(cut, ERR_UNTRUSTED, "certificate 1: malformed");
            op_end(cut);
        }
    }
}

/* Truncated, but with the outer lengths made to fit: the damage is one level further in each time. */
TEST(cert_refuses_every_truncation_inside)
{
    struct op *op = kit_op();
    struct chain chain = chain_parse(op, fixture(op, "chain.pem"));
    struct der whole = der_read(chain.certs[0].tbs);
    struct bytes fields;

    if (!CHECK(der_next(&whole, DER_SEQUENCE, &fields, NULL)))
        return;
    for (size_t length = 0; length < fields.length; length++) {
        struct op *cut = op_begin(kit_world());
        struct bytes tbs = der_wrap(cut, DER_SEQUENCE, (struct bytes){ fields.at, length });
        struct bytes der =
            der_join(cut, tbs, chain.certs[0].algorithm, der_bits(cut, chain.certs[0].signature));
        struct chain parsed =
            chain_parse(cut, pem_encode(cut, "CERTIFICATE", der_wrap(cut, DER_SEQUENCE, der)));

        /* without its extensions it is whole again, and stands there without names */
        CHECK(parsed.count == 0 ? cut->err.code == ERR_UNTRUSTED : parsed.certs[0].names.count == 0);
        op_end(cut);
    }
}

/* Only the inner one of the two is signed. */
TEST(cert_refuses_two_signature_algorithms)
{
    struct op *op = kit_op();
    struct chain chain = chain_parse(op, fixture(op, "chain384.pem"));
    struct bytes other = key_signature_algorithm(op, fixture_key(op, "rsa2048.pem")), der;

    der = der_wrap(op, DER_SEQUENCE,
                   der_join(op, chain.certs[0].tbs, other, der_bits(op, chain.certs[0].signature)));
    CHECK_INT(chain_parse(op, pem_encode(op, "CERTIFICATE", der)).count, 0);
    CHECK_FAILED(op, ERR_UNTRUSTED, "malformed signature algorithm");
}

TEST(cert_refuses_trailing_bytes)
{
    struct op *op = kit_op(), *bad;
    struct family f = family(op);
    struct bytes der = der_join(op, forge(op, &f.leaf), unhex(op, "0500"));

    bad = verdict(pem_encode(op, "CERTIFICATE", der), &f.wants);
    CHECK_FAILED(bad, ERR_UNTRUSTED, "certificate 1: malformed");
    bad = verdict(op_text(op, "%s-----BEGIN CERT", family_pem(op, &f)), &f.wants);
    CHECK_FAILED(bad, ERR_UNTRUSTED, "PEM block");
}

TEST(cert_refuses_the_same_extension_twice)
{
    struct op *op = kit_op();
    struct family f = family(op);

    f.leaf.extensions = extension(op, "2.5.29.17", der_wrap(op, DER_SEQUENCE, san_dns(op, "a.example")));
    CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED, "twice");
}

TEST(cert_refuses_malformed_extensions)
{
    static const struct {
        const char *oid, *value;
    } wrong[] = {
        { "2.5.29.17", "" },         { "2.5.29.17", "0500" },     { "2.5.29.17", "30028205" },
        { "2.5.29.17", "30000500" }, { "2.5.29.19", "" },         { "2.5.29.19", "3003010101" },
        { "2.5.29.19", "30020100" }, { "2.5.29.19", "30000500" }, { "2.5.29.35", "0500" },
        { "2.5.29.35", "30000500" },
    };
    struct op *op = kit_op();
    struct family f = family(op);

    f.leaf.names = (struct bytes){ 0 };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        f.leaf.extensions = extension(op, wrong[i].oid, unhex(op, wrong[i].value));
        CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED, "malformed");
    }
}

TEST(cert_refuses_other_blocks)
{
    struct op *op = kit_op(), *bad;
    struct family f = family(op);

    bad = verdict(op_text(op, "%s%s", family_pem(op, &f), key_pem(op, f.leaf.key)), &f.wants);
    CHECK_FAILED(bad, ERR_UNTRUSTED, "\"PRIVATE KEY\" where only certificates may stand");
    bad = verdict("no certificate at all", &f.wants);
    CHECK_FAILED(bad, ERR_UNTRUSTED, "no certificate in it");
}

TEST(cert_refuses_too_many_certificates)
{
    struct op *op = kit_op(), *bad;
    struct family f = family(op);
    struct text pem = text_begin(op->arena);

    for (unsigned i = 0; i < CHAIN_MOST_CERTS; i++)
        text_add(&pem, "%s", forge_pem(op, &f.root));
    CHECK_INT(chain_parse(op, pem.data).count, CHAIN_MOST_CERTS);
    text_add(&pem, "%s", forge_pem(op, &f.root));
    bad = verdict(pem.data, &f.wants);
    CHECK_FAILED(bad, ERR_UNTRUSTED, "more than 10 certificates");
}

TEST(cert_refuses_too_many_bytes)
{
    struct op *op = kit_op(), *bad;
    struct family f = family(op);
    char *pem = op_alloc(op, CHAIN_MOST_BYTES + 2);

    memset(pem, '\n', CHAIN_MOST_BYTES + 1);
    bad = verdict(pem, &f.wants);
    CHECK_FAILED(bad, ERR_UNTRUSTED, "longer than 256 KiB");
}

TEST(cert_pem_is_written_anew)
{
    struct op *op = kit_op();
    const char *file = fixture(op, "chain.pem");
    struct chain chain = chain_parse(op, op_text(op, "some words\r\n%s\n\n", file));

    CHECK_STR(chain_pem(op, &chain, 0, 3), file);
    CHECK_STR(op_text(op, "%s%s", chain_pem(op, &chain, 0, 1), chain_pem(op, &chain, 1, 2)), file);
    CHECK_STR(chain_pem(op, &chain, 3, 0), "");
    CHECK(!chain_pem(op, &chain, 1, 3));
    CHECK_FAILED(op, ERR_INTERNAL, "of a chain of 3");
}

TEST(cert_common_names_are_made_printable)
{
    struct op *op = kit_op();
    struct family f = family(op);
    struct chain chain;

    f.root.subject = "a\033[2Jb";
    chain = chain_parse(op, forge_pem(op, &f.root));
    CHECK_STR(chain.certs[0].subject_cn, "a\\x1b[2Jb");
}

TEST(cert_functions_do_nothing_after_a_failure)
{
    struct op *op = kit_op();
    struct chain none = { 0 };

    op_fail(op, ERR_NETWORK, "earlier");
    CHECK_INT(chain_parse(op, NULL).count, 0);
    CHECK(!chain_check(op, &none, NULL));
    CHECK(!chain_pem(op, &none, 0, 0));
    CHECK_FAILED(op, ERR_NETWORK, "earlier");
}
