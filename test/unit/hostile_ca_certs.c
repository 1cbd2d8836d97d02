/* Attacks by certificates. */
#include "crypto/der.h"
#include "hostile_ca.h"

static void other_key(struct fake_ca *fake, struct family *f)
{
    (void)fake;
    f->leaf.key = f->root.key;
}

static void extra_name(struct fake_ca *fake, struct family *f)
{
    f->leaf.names = der_join(fake->op, f->leaf.names, san_dns(fake->op, "evil.example"));
}

static void fewer_names(struct fake_ca *fake, struct family *f)
{
    f->leaf.names = san_dns(fake->op, "a.example");
}

static void expired(struct fake_ca *fake, struct family *f)
{
    (void)fake;
    f->leaf.until = "261124235959Z";
}

static void not_yet(struct fake_ca *fake, struct family *f)
{
    (void)fake;
    f->leaf.from = "261125013000Z";
}

static void expired_issuer(struct fake_ca *fake, struct family *f)
{
    (void)fake;
    f->middle.until = "261124235959Z";
}

static void swapped(struct fake_ca *fake, struct family *f)
{
    struct forged swap = f->middle;

    (void)fake;
    f->middle = f->root;
    f->root = swap;
}

static void leaf_last(struct fake_ca *fake, struct family *f)
{
    struct forged swap = f->leaf;

    (void)fake;
    f->leaf = f->root;
    f->root = swap;
}

static void wrong_signature(struct fake_ca *fake, struct family *f)
{
    (void)fake;
    f->leaf.signer = f->root.key;
}

static void issuer_without_right(struct fake_ca *fake, struct family *f)
{
    (void)fake;
    f->middle.ca = false;
}

static void leaf_with_right(struct fake_ca *fake, struct family *f)
{
    (void)fake;
    f->leaf.ca = true;
}

static void many_certificates(struct fake_ca *fake, struct fake_lie *lie)
{
    lie->to = op_text(fake->op, "%s-----BEGIN CERTIFICATE-----", fixture(fake->op, "chain.pem"));
}

static void giant_chain(struct fake_ca *fake, struct fake_lie *lie)
{
    lie->to = attack_repeat(fake->op, "# nothing but comments\n", 20000);
}

static struct attack attacks[] = {
    /* certificates */
    { "finalize_html", AT(FINALIZE, .to = "<html>", .header = "Content-Type: text/html"),
      ENDS(UNTRUSTED, "no order") },
    { "finalize_redirect", AT(FINALIZE, .status = 303, .header = "Location: https://evil.test/"),
      ENDS(REFUSED, "303") },
    { "cert_for_another_key", .forge = other_key, ENDS(UNTRUSTED, "another key") },
    { "cert_with_one_name_more", .forge = extra_name,
      ENDS(UNTRUSTED, "it has evil.example, which was not asked for") },
    { "cert_with_one_name_less", .forge = fewer_names, ENDS(UNTRUSTED, "it lacks *.a.example") },
    { "cert_expired", .forge = expired, ENDS(UNTRUSTED, "expired at 2026-11-24T23:59:59Z") },
    { "cert_not_yet_valid", .forge = not_yet, ENDS(UNTRUSTED, "valid only from 2026-11-25T01:30:00Z on") },
    { "cert_of_an_expired_issuer", .forge = expired_issuer, ENDS(UNTRUSTED, "certificate 2: expired") },
    { "cert_chain_out_of_order", .forge = swapped,
      ENDS(UNTRUSTED, "its issuer is \"M\", but the next certificate is that of \"R\"") },
    { "cert_leaf_last", .forge = leaf_last, ENDS(UNTRUSTED, "another key") },
    { "cert_signed_by_somebody_else", .forge = wrong_signature,
      ENDS(UNTRUSTED, "does not verify by the key of \"M\"") },
    { "cert_issuer_is_no_ca", .forge = issuer_without_right, ENDS(UNTRUSTED, "is not a CA") },
    { "cert_is_a_ca", .forge = leaf_with_right, ENDS(UNTRUSTED, "one of a CA") },
    { "cert_empty", BODY(CERT, ""), ENDS(UNTRUSTED, "no certificate in it") },
    { "cert_html", BODY(CERT, "<html>here you are</html>"), ENDS(UNTRUSTED, "no certificate in it") },
    { "cert_json", AT(CERT, .to = "{\"certificate\":\"x\"}", .header = "Content-Type: application/json"),
      ENDS(UNTRUSTED, "no certificate in it") },
    { "cert_damaged", SAYS(CERT, "MI", "M!"), ENDS(UNTRUSTED, NULL) },
    { "cert_with_a_key",
      SAYS(CERT, "-----BEGIN CERTIFICATE-----",
           "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----"),
      ENDS(UNTRUSTED, "a PEM block \"PRIVATE KEY\"") },
    { "cert_chain_of_twelve", SAYS(CERT, "-----BEGIN CERTIFICATE-----", ""), .prepare = many_certificates,
      ENDS(UNTRUSTED, "more than 10 certificates") },
    { "cert_giant", BODY(CERT, ""), .prepare = giant_chain, ENDS(UNTRUSTED, "longer than 256 KiB") },
    { "cert_gone", AT(CERT, .status = 404),
      ENDS(REFUSED, "downloading the certificate: the CA answers 404") },
    { "cert_redirect", AT(CERT, .status = 302, .header = "Location: https://evil.test/"),
      ENDS(REFUSED, "302") },
    { "cert_lost", AT(CERT, .lost = true), ENDS(NETWORK, "downloading the certificate: the line is cut") },
};

__attribute__((constructor)) static void register_certs(void)
{
    attacks_register(attacks, sizeof attacks / sizeof *attacks);
}
