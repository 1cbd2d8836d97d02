/* The checks before a chain is installed. */
#include "base/when.h"
#include "crypto/cert.h"
#include "crypto/der.h"
#include "family.h"

#define NAMES "a.example,*.b.example,192.0.2.1,2001:db8::1" /* of the leaf in chain.pem */

static int64_t at(const char *text)
{
    int64_t when = 0;

    CHECK(when_rfc3339(text, &when));
    return when;
}

static struct op *verdict_of_file(const char *file, const char *key, const char *names)
{
    struct op *op = kit_op();
    struct chain_wants wants = wants_of(op, fixture_key(op, key), names);

    return verdict(fixture(op, file), &wants);
}

TEST(cert_good_chains_pass)
{
    CHECK(op_ok(verdict_of_file("chain.pem", "ec256.pem", NAMES)));
    CHECK(op_ok(verdict_of_file("chain384.pem", "ec256.pem", NAMES)));
    CHECK(op_ok(verdict_of_file("chain512.pem", "ec256.pem", NAMES)));
}

TEST(cert_names_are_a_set_and_addresses_are_values)
{
    CHECK(op_ok(
        verdict_of_file("chain.pem", "ec256.pem", "192.0.2.1,*.B.example,A.EXAMPLE,2001:DB8:0:0::0001")));
    CHECK(op_ok(verdict_of_file("chain.pem", "ec256.pem", NAMES ",a.example")));
}

TEST(cert_a_leaf_alone_passes)
{
    struct op *op = kit_op();
    struct family f = family(op);

    CHECK(op_ok(verdict(forge_pem(op, &f.leaf), &f.wants)));
    CHECK(op_ok(family_verdict(op, &f)));
}

TEST(cert_refuses_another_key)
{
    CHECK_FAILED(verdict_of_file("chain.pem", "ec384.pem", NAMES), ERR_UNTRUSTED, "another key");
}

TEST(cert_refuses_other_names_and_says_both_sides)
{
    CHECK_FAILED(verdict_of_file("chain.pem", "ec256.pem", NAMES ",c.example"), ERR_UNTRUSTED,
                 "the certificate is for other names: it lacks c.example");
    CHECK_FAILED(verdict_of_file("chain.pem", "ec256.pem", "a.example,192.0.2.1,2001:db8::1"), ERR_UNTRUSTED,
                 "other names: it has *.b.example, which was not asked for");
    CHECK_FAILED(verdict_of_file("chain.pem", "ec256.pem", "a.example,*.b.example,192.0.2.2,2001:db8::1"),
                 ERR_UNTRUSTED, "it lacks 192.0.2.2, it has 192.0.2.1, which was not asked for");
}

TEST(cert_shortens_long_lists_of_names)
{
    struct op *op = kit_op(), *bad;
    struct family f = family(op);

    for (int i = 0; i < 500; i++)
        f.leaf.names = der_join(op, f.leaf.names, san_dns(op, op_text(op, "h%d.example", i)));
    bad = family_verdict(op, &f);
    CHECK_FAILED(bad, ERR_UNTRUSTED, "h9.example and 490 more, which was not asked for");
}

TEST(cert_refuses_a_leaf_without_names)
{
    struct op *op = kit_op();
    struct family f = family(op);

    f.leaf.names = (struct bytes){ 0 };
    f.leaf.subject = "a.example"; /* a common name is no name of a host (RFC 9525 section 2) */
    CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED, "it lacks a.example");
}

TEST(cert_refuses_names_in_disguise)
{
    static const uint8_t with_nul[] = "a.example\0.evil.example";
    struct op *op = kit_op();
    struct bytes odd[] = {
        der_wrap(op, DER_CONTEXT(2), (struct bytes){ with_nul, sizeof with_nul - 1 }),
        der_wrap(op, DER_CONTEXT(2), bytes_of("a.example ")),
        der_wrap(op, DER_CONTEXT(2), bytes_of("")),
        der_wrap(op, DER_CONTEXT(1), bytes_of("a.example")),         /* an e-mail address */
        der_wrap(op, DER_CONTEXT(6), bytes_of("a.example")),         /* a URI */
        der_wrap(op, DER_CONTEXT_CONSTRUCTED(0), unhex(op, "0500")), /* otherName */
        der_wrap(op, DER_CONTEXT(7), unhex(op, "c0000201ffffff00")), /* an address with a mask */
        der_wrap(op, DER_CONTEXT(2), bytes_of("192.0.2.1")),         /* an address as a host name */
        der_wrap(op, DER_CONTEXT(2), bytes_of("2001:db8::1")),
    };
    struct family f = family(op);

    f.wants = wants_of(op, f.leaf.key, "a.example,192.0.2.1,2001:db8::1");
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        f.leaf.names = odd[i];
        CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED,
                     "it lacks a.example, 192.0.2.1, 2001:db8::1, it has (other)");
    }
}

TEST(cert_checks_dates)
{
    struct op *op = kit_op(), *bad;
    struct chain chain = chain_parse(op, fixture(op, "chain.pem"));
    struct chain_wants wants = wants_of(op, fixture_key(op, "ec256.pem"), NAMES);

    wants.now = at("2026-01-01T00:00:00Z") - CHAIN_CLOCK_SKEW;
    CHECK(chain_check(op, &chain, &wants));
    wants.now = at("2125-12-31T23:59:59Z");
    CHECK(chain_check(op, &chain, &wants));
    wants.now++;
    bad = verdict(fixture(op, "chain.pem"), &wants);
    CHECK_FAILED(bad, ERR_UNTRUSTED, "expired at 2126-01-01T00:00:00Z, and now it is 2126-01-01T00:00:00Z");
    wants.now = at("2026-01-01T00:00:00Z") - CHAIN_CLOCK_SKEW - 1;
    bad = verdict(fixture(op, "chain.pem"), &wants);
    CHECK_FAILED(bad, ERR_UNTRUSTED,
                 "valid only from 2026-01-01T00:00:00Z on, and now it is 2025-12-31T22:59:59Z");
    CHECK(bad->err.hint && strstr(bad->err.hint, "clock"));
}

TEST(cert_checks_dates_of_the_issuers_too)
{
    struct op *op = kit_op();
    struct family f = family(op);

    f.middle.until = "261124235959Z";
    CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED, "certificate 2: expired");
    f = family(op);
    f.root.from = "20270101000000Z";
    f.root.until = "20280101000000Z";
    CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED, "certificate 3: valid only from 2027");
    f = family(op);
    f.leaf.until = f.leaf.from = "260101000000Z";
    CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED, "never");
}

TEST(cert_refuses_the_wrong_order)
{
    struct op *op = kit_op(), *bad;
    struct family f = family(op);
    const char *leaf = forge_pem(op, &f.leaf), *middle = forge_pem(op, &f.middle),
               *root = forge_pem(op, &f.root);

    bad = verdict(op_text(op, "%s%s%s", leaf, root, middle), &f.wants);
    CHECK_FAILED(bad, ERR_UNTRUSTED,
                 "certificate 1: its issuer is \"M\", but the next certificate is that of \"R\"");
    bad = verdict(op_text(op, "%s%s%s", middle, leaf, root), &f.wants);
    CHECK_FAILED(bad, ERR_UNTRUSTED, "another key");
    bad = verdict(op_text(op, "%s%s", leaf, leaf), &f.wants);
    CHECK_FAILED(bad, ERR_UNTRUSTED, "its issuer is");
}

TEST(cert_refuses_issuers_that_are_no_ca)
{
    struct op *op = kit_op();
    struct family f = family(op);

    f.middle.ca = false;
    CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED, "certificate 1: its issuer \"M\" is not a CA");
}

TEST(cert_refuses_a_leaf_that_is_a_ca)
{
    struct op *op = kit_op();
    struct family f = family(op);

    f.leaf.ca = true;
    CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED, "one of a CA");
}

TEST(cert_refuses_signatures_of_others)
{
    struct op *op = kit_op();
    struct family f = family(op);

    f.leaf.signer = f.root.key;
    CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED, "certificate 1: the signature does not verify");
    f = family(op);
    f.middle.signer = f.middle.key;
    CHECK_FAILED(family_verdict(op, &f), ERR_UNTRUSTED, "certificate 2: the signature does not verify");
}

/* The chain with one bit of the leaf's DER turned; whatever it hits, the chain is refused. */
static bool survives(const struct chain *chain, const struct chain_wants *wants, size_t bit)
{
    struct op *op = op_begin(kit_world());
    const struct cert *leaf = &chain->certs[0];
    uint8_t *der = arena_copy(op->arena, leaf->der.at, leaf->der.length);
    struct chain spoilt;
    bool good;

    der[bit / 8] ^= (uint8_t)(1u << bit % 8);
    spoilt = chain_parse(op, op_text(op, "%s%s",
                                     pem_encode(op, "CERTIFICATE", (struct bytes){ der, leaf->der.length }),
                                     chain_pem(op, chain, 1, 1)));
    good = chain_check(op, &spoilt, wants);
    CHECK(good || op->err.code == ERR_UNTRUSTED);
    op_end(op);
    return good;
}

TEST(cert_refuses_every_flipped_bit)
{
    struct op *op = kit_op();
    struct family f = family(op);
    struct chain chain = chain_parse(op, family_pem(op, &f));

    if (!CHECK_INT(chain.count, 3))
        return;
    for (size_t bit = 0; bit < 8 * chain.certs[0].der.length; bit++)
        if (!CHECK(!survives(&chain, &f.wants, bit)))
            break;
}

TEST(cert_check_of_nothing_fails)
{
    struct op *op = kit_op();
    struct chain none = { 0 };
    struct chain_wants wants = wants_of(op, fixture_key(op, "ec256.pem"), NAMES);

    CHECK(!chain_check(op, &none, &wants));
    CHECK_FAILED(op, ERR_UNTRUSTED, "empty");
}
