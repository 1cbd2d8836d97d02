/* Whose the certificate is that a mailcow serves: ours to replace, or the administrator's. */
#include "mailcow/origin.h"

#include "mailcow/place.h"
#include "mailcow_kit.h"

#include <unistd.h>

struct scene {
    struct op *op;
    struct store *store;
    struct cow cow;
};

static struct scene begin(void)
{
    struct scene s = { .op = kit_op(), .store = disk_store(kit_op()) };

    s.cow = cow_new(s.op, "cow");
    return s;
}

static struct cow_pair made(struct scene *s, const char *organisation, const char *issuer)
{
    const struct cow_wish wish = {
        .key = "ec256.pem", .organisation = organisation, .issuer = issuer, .names = COW_HOST
    };

    return cow_pair(s->op, &wish);
}

static enum origin_kind top(struct scene *s, const char *server)
{
    return origin_of_mailcow(s->op, s->store, s->cow.ssl, server).kind;
}

static const char *whose(struct scene *s, const char *organisation, const char *issuer, const char *server)
{
    static const char *const words[] = { "nothing", "snake-oil", "ACME", "foreign" };
    struct cow_pair pair = made(s, organisation, issuer);

    cow_put(s->op, &s->cow, "", &pair, NULL);
    return words[top(s, server)];
}

TEST(origin_by_issuer)
{
    static const struct {
        const char *organisation, *issuer, *whose;
    } cases[] = {
        { "Let's Encrypt", "R11", "ACME" },
        { "Let's Encrypt", "(STAGING) Riddling Rhubarb R12", "ACME" },
        { "(STAGING) Let's Encrypt", "(STAGING) Artificial Apricot R3", "ACME" },
        { NULL, "Fake LE Intermediate X1", "ACME" },
        { "Google Trust Services", "WR1", "ACME" },
        { "Google Trust Services LLC", "GTS CA 1P5", "ACME" },
        { "ZeroSSL", "ZeroSSL RSA Domain Secure Site CA", "ACME" },
        { "SSL Corporation", "SSL.com RSA SSL subCA", "ACME" },
        { "Actalis S.p.A.", "Actalis Domain Validation Server CA G3", "ACME" },
        { "Buypass AS-983163327", "Buypass Class 2 CA 5", "ACME" },
        { "mailcow", COW_HOST, "snake-oil" },
        { "mailcow GmbH", COW_HOST, "foreign" },
        { NULL, "mailcow", "foreign" }, /* its set-up writes the organisation */
        { "Sectigo Limited", "Sectigo RSA Domain Validation Secure Server CA", "foreign" },
        { "DigiCert Inc", "DigiCert TLS RSA SHA256 2020 CA1", "foreign" },
        { "Not Let's Encrypt", "R11", "foreign" },
        { NULL, "Let's Encrypt", "foreign" },
        { "Some Company", COW_HOST, "foreign" },
    };
    struct scene s = begin();

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *is = whose(&s, cases[i].organisation, cases[i].issuer, "letsencrypt");

        kit_check(text_same(is, cases[i].whose), __FILE__, __LINE__, "%s (%s) is %s", cases[i].organisation,
                  cases[i].issuer, is);
    }
}

TEST(origin_of_what_is_no_certificate)
{
    struct scene s = begin();
    const char *path = op_text(s.op, "%s/cert.pem", s.cow.ssl);

    CHECK_INT(top(&s, NULL), ORIGIN_NOTHING);
    disk_put(path, "", 0644);
    CHECK_INT(top(&s, NULL), ORIGIN_NOTHING);
    disk_put(path, "hello", 0644);
    CHECK_INT(top(&s, NULL), ORIGIN_FOREIGN);
    CHECK_INT(unlink(path), 0);
    CHECK_INT(symlink("/etc/ssl/own.pem", path), 0);
    CHECK_INT(top(&s, NULL), ORIGIN_FOREIGN);
    CHECK(strstr(mailcow_hands_off(s.op, s.store, s.cow.dir, NULL), "whoever has made a link of it"));
}

/* Any CA's, once our store has got it: the current one, and those before it. */
TEST(origin_of_what_is_in_the_store)
{
    struct scene s = begin();
    struct cow_pair pair = made(&s, "Some Company", "Inner CA");
    struct cow_pair next = made(&s, "Some Company", "Inner CA");
    const struct generation damaged = { .cert_pem = "-----BEGIN CERTIFICATE-----\nhello\n" };
    const struct generation gens[] = { { .key_pem = pair.key, .cert_pem = pair.cert },
                                       { .key_pem = next.key, .cert_pem = next.cert } };

    cow_put(s.op, &s.cow, "", &pair, NULL);
    CHECK_INT(top(&s, NULL), ORIGIN_FOREIGN);
    CHECK(generation_install(s.op, s.store, "a", &damaged));
    CHECK(generation_install(s.op, s.store, "b", &gens[0]));
    CHECK_INT(top(&s, NULL), ORIGIN_ACME);
    CHECK(generation_install(s.op, s.store, "b", &gens[1]));
    CHECK_INT(top(&s, NULL), ORIGIN_ACME);
    CHECK(op_ok(s.op));
}

/*
 * A CA of one's own, known by DIRECTORY_URL: what an ACME client keeps beside a list of names came from it.
 */
TEST(origin_by_an_own_directory)
{
    struct scene s = begin();
    const char *server = "https://ca.example/dir";
    struct cow_pair pair;

    CHECK_STR(whose(&s, "Some Company", "Inner CA", server), "foreign");
    pair = cow_get(s.op, &s.cow, "");
    cow_put(s.op, &s.cow, COW_HOST, &pair, NULL);
    CHECK_INT(top(&s, server), ORIGIN_FOREIGN);
    cow_put(s.op, &s.cow, COW_HOST, &pair, COW_HOST);
    CHECK_INT(top(&s, server), ORIGIN_ACME);
    CHECK_INT(top(&s, "letsencrypt"), ORIGIN_FOREIGN);
    CHECK(!mailcow_hands_off(s.op, s.store, s.cow.dir, server));
}
