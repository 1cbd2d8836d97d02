/*
 * The first run on an installation that has certificates already, and whose certificate it is that it serves.
 */
#include "mailcow/adopt.h"

#include "certify.h"
#include "mailcow_kit.h"

#include <sys/stat.h>
#include <unistd.h>

#define LE      "https://acme-v02.api.letsencrypt.org/directory"
#define STAGING "https://acme-staging-v02.api.letsencrypt.org/directory"
#define IMAP    "imap.example.org"

struct scene {
    struct op *op;
    struct run run;
    struct cow cow;
    struct settings settings;
    struct lineage lineage;
};

static struct scene begin(const char *cert, const char *names)
{
    struct scene s = { .op = kit_op(), .lineage = { .name = cert } };

    s.run =
        (struct run){ .op = s.op, .store = disk_store(s.op), .conf = conf_parse(s.op, "", "/etc/x.conf") };
    s.cow = cow_new(s.op, "cow");
    settings_add(s.op, &s.settings, OPT_MAILCOW, s.cow.dir);
    settings_add(s.op, &s.settings, OPT_DOMAIN, names);
    settings_add(s.op, &s.settings, OPT_SERVER, "letsencrypt");
    settings_add(s.op, &s.settings, OPT_REUSE_KEY, NULL);
    return s;
}

static struct cow_pair made(struct scene *s, const char *key, const char *organisation, const char *names)
{
    const struct cow_wish wish = {
        .key = key, .organisation = organisation, .issuer = "R11", .names = names
    };

    return cow_pair(s->op, &wish);
}

/* Adopting changes nothing in mailcow's folder. */
static bool adopt(struct scene *s)
{
    const char *before = cow_tree(s->op, &s->cow);
    bool good = mailcow_adopt(&s->run, s->op, &s->settings, &s->lineage);

    CHECK(good == op_ok(s->op));
    CHECK_STR(cow_tree(s->op, &s->cow), before);
    return good;
}

static const char *stored(struct scene *s, const char *file)
{
    return generation_read(s->op, s->run.store, s->lineage.name, file);
}

static bool holds_key(struct scene *s, const char *fixture_name)
{
    const char *pem = stored(s, "key.pem");

    return pem && bytes_same(key_public(s->op, key_from_pem(s->op, pem, "held")),
                             key_public(s->op, fixture_key(s->op, fixture_name)));
}

static const char *meta(struct scene *s, const char *member)
{
    const char *path = store_path(s->op, s->run.store, "certs/%s/current/meta.json", s->lineage.name);

    return json_opt(s->op, store_json(s->op, path, ""), member);
}

static bool is_saved(struct scene *s, struct lineage *lineage)
{
    return lineage_load(s->op, s->run.store, s->lineage.name, lineage);
}

/* ---- certificates ---- */

TEST(adopt_a_certificate_with_its_key)
{
    struct scene s = begin(COW_HOST, COW_HOST);
    struct cow_pair pair = made(&s, "rsa2048.pem", "Let's Encrypt", COW_HOST);
    struct lineage saved;
    struct cert held;

    cow_put(s.op, &s.cow, "", &pair, NULL);
    cow_put(s.op, &s.cow, COW_HOST, &pair, COW_HOST);
    CHECK(adopt(&s));
    CHECK(holds_key(&s, "rsa2048.pem"));
    CHECK(certificate_held(s.op, s.run.store, COW_HOST, &held));
    CHECK_STR(held.issuer_org, "Let's Encrypt");
    CHECK_STR(stored(&s, "fullchain.pem"), pair.cert);
    CHECK_STR(meta(&s, "server"), LE);
    CHECK_STR(meta(&s, "key-type"), "rsa2048");
    CHECK_STR(meta(&s, "serial"), held.serial);
    CHECK(is_saved(&s, &saved));
    CHECK_STR(setting(&saved.wanted, OPT_MAILCOW), s.cow.dir);
    CHECK_STR(setting(&saved.wanted, OPT_DOMAIN), COW_HOST);
    CHECK_STR(setting(&saved.wanted, OPT_KEY_TYPE), "rsa2048");
    CHECK_STR(setting(&s.settings, OPT_KEY_TYPE), "rsa2048");
    CHECK(!saved.deploy_owed && !s.lineage.deploy_owed); /* all is in its place */
    CHECK(saved.held && s.lineage.held);
}

TEST(adopt_once)
{
    struct scene s = begin(COW_HOST, COW_HOST);
    struct cow_pair pair = made(&s, "ec256.pem", "Let's Encrypt", COW_HOST);
    size_t before;

    cow_put(s.op, &s.cow, "", &pair, NULL);
    cow_put(s.op, &s.cow, COW_HOST, &pair, COW_HOST);
    CHECK(adopt(&s));
    before = s.op->world->effects;
    pair = made(&s, "ec384.pem", "Let's Encrypt", COW_HOST);
    cow_put(s.op, &s.cow, "", &pair, NULL);
    CHECK(adopt(&s));
    CHECK_INT(s.op->world->effects, before);
    CHECK(holds_key(&s, "ec256.pem"));
}

/* What mailcow has at the top only, or with a star, is put into its place by the deploy step. */
TEST(adopt_what_is_not_in_its_place)
{
    static const struct {
        const char *folder, *domains;
    } cases[] = { { "", NULL }, { "*.mail.example.com", "*.mail.example.com" }, { COW_HOST, NULL } };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = kit_op();
        struct scene s = { .op = op, .lineage = { .name = COW_HOST } };
        struct cow_pair pair;

        s.run = (struct run){ .op = op, .store = store_open(op, here(op, op_text(op, "state%zu", i))) };
        s.run.conf = conf_parse(op, "", "/etc/x.conf");
        s.cow = cow_new(op, op_text(op, "cow%zu", i));
        settings_add(op, &s.settings, OPT_MAILCOW, s.cow.dir);
        settings_add(op, &s.settings, OPT_DOMAIN, COW_HOST);
        pair = made(&s, "ec256.pem", "Let's Encrypt", COW_HOST);
        cow_put(op, &s.cow, cases[i].folder, &pair, cases[i].domains);
        CHECK(adopt(&s));
        CHECK_STR(stored(&s, "fullchain.pem"), pair.cert);
        kit_check(s.lineage.deploy_owed, __FILE__, __LINE__, "\"%s\" counts as placed", cases[i].folder);
    }
}

/* A CA of one's own, known by DIRECTORY_URL. */
TEST(adopt_from_an_own_directory)
{
    struct scene s = begin(COW_HOST, COW_HOST);
    struct cow_pair pair = made(&s, "ec256.pem", "Some Company", COW_HOST);

    cow_put(s.op, &s.cow, "", &pair, NULL);
    cow_put(s.op, &s.cow, COW_HOST, &pair, COW_HOST);
    settings_set(s.op, &s.settings, OPT_SERVER, "https://ca.example/dir");
    CHECK(adopt(&s));
    CHECK_STR(stored(&s, "fullchain.pem"), pair.cert);
    CHECK_STR(meta(&s, "server"), "https://ca.example/dir");
}

TEST(adopt_from_another_ca_than_is_wanted)
{
    struct scene s = begin(COW_HOST, COW_HOST);
    struct cow_pair pair = made(&s, "ec256.pem", "(STAGING) Let's Encrypt", COW_HOST);

    cow_put(s.op, &s.cow, "", &pair, NULL);
    CHECK(adopt(&s));
    CHECK_STR(meta(&s, "server"), STAGING); /* so it is renewed at once */
}

/* The certificate of a mail domain is never the server's. */
TEST(adopt_for_a_mail_domain)
{
    struct scene s = begin(IMAP, IMAP);
    struct cow_pair server = made(&s, "rsa2048.pem", "Let's Encrypt", COW_HOST);
    struct cow_pair own = made(&s, "ec256.pem", "Let's Encrypt", IMAP);

    cow_put(s.op, &s.cow, "", &server, NULL);
    cow_put(s.op, &s.cow, IMAP, &own, IMAP);
    CHECK(adopt(&s));
    CHECK_STR(stored(&s, "fullchain.pem"), own.cert);
    CHECK(!s.lineage.deploy_owed);
}

/* ---- what is ours already ---- */

/* As after a run: in the store, and in its places. */
static struct scene placed(struct cow_pair *pair)
{
    struct scene s = begin(COW_HOST, COW_HOST);

    *pair = made(&s, "ec256.pem", "Let's Encrypt", COW_HOST);
    cow_put(s.op, &s.cow, "", pair, NULL);
    cow_put(s.op, &s.cow, COW_HOST, pair, COW_HOST);
    CHECK(adopt(&s) && !s.lineage.deploy_owed);
    return s;
}

TEST(adopt_owes_again_what_is_gone)
{
    static const char *const files[] = { "cert.pem", "key.pem", COW_HOST "/cert.pem", COW_HOST "/key.pem",
                                         COW_HOST "/domains" };
    struct cow_pair pair;
    struct scene s = placed(&pair);
    struct lineage saved;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        CHECK_INT(unlink(op_text(s.op, "%s/%s", s.cow.ssl, files[i])), 0);
        CHECK(adopt(&s));
        kit_check(s.lineage.deploy_owed && is_saved(&s, &saved) && saved.deploy_owed, __FILE__, __LINE__,
                  "%s is not missed", files[i]);
        s.lineage.deploy_owed = saved.deploy_owed = false;
        CHECK(lineage_save(s.op, s.run.store, &saved));
        cow_put(s.op, &s.cow, "", &pair, NULL);
        cow_put(s.op, &s.cow, COW_HOST, &pair, COW_HOST);
        CHECK(adopt(&s) && !s.lineage.deploy_owed);
    }
}

TEST(adopt_owes_again_what_snake_oil_has_replaced)
{
    struct cow_pair pair, oil;
    struct scene s = placed(&pair);
    struct lineage saved;

    oil = made(&s, "ec256.pem", "mailcow", COW_HOST);
    cow_put(s.op, &s.cow, "", &oil, NULL);
    CHECK(adopt(&s) && s.lineage.deploy_owed);
    CHECK(is_saved(&s, &saved));
    saved.deploy_owed = s.lineage.deploy_owed = false;
    saved.off = true; /* revoked, and not wanted any more */
    CHECK(lineage_save(s.op, s.run.store, &saved));
    CHECK(adopt(&s) && !s.lineage.deploy_owed);
}

/* ---- keys ---- */

static void keeps_key_alone(struct scene *s, const char *key, const char *kind)
{
    struct lineage saved;

    CHECK(adopt(s));
    CHECK(holds_key(s, key));
    CHECK(!stored(s, "cert.pem"));
    CHECK_STR(meta(s, "key-type"), kind);
    CHECK_STR(setting(&s->settings, OPT_KEY_TYPE), kind);
    CHECK(!is_saved(s, &saved)); /* nothing is known of it before its first order */
    CHECK(!s->lineage.deploy_owed);
}

TEST(adopt_the_key_of_snake_oil)
{
    struct scene s = begin(COW_HOST, COW_HOST);
    struct cow_pair pair = made(&s, "rsa2048.pem", "mailcow", COW_HOST);
    struct cow_pair shared = { NULL, fixture(s.op, "ec256.pem") };

    cow_put(s.op, &s.cow, "", &pair, NULL);
    cow_put(s.op, &s.cow, "acme", &shared, NULL);
    keeps_key_alone(&s, "rsa2048.pem", "rsa2048");
}

TEST(adopt_the_shared_key)
{
    struct scene s = begin(IMAP, IMAP);
    struct cow_pair top = made(&s, "ec256.pem", "mailcow", COW_HOST);
    struct cow_pair shared = { NULL, fixture(s.op, "rsa2048-pkcs1.pem") };

    cow_put(s.op, &s.cow, "", &top, NULL);
    cow_put(s.op, &s.cow, "acme", &shared, NULL);
    keeps_key_alone(&s, "rsa2048.pem", "rsa2048");
}

TEST(adopt_the_servers_key_for_a_mail_domain_where_there_is_no_other)
{
    struct scene s = begin(IMAP, IMAP);
    struct cow_pair top = made(&s, "ec384.pem", "Let's Encrypt", COW_HOST);

    cow_put(s.op, &s.cow, "", &top, NULL);
    keeps_key_alone(&s, "ec384.pem", "ec384");
}

/* The certificate belongs to another key, or is nobody's: the key is good all the same. */
TEST(adopt_the_key_beside_a_certificate_that_is_none_of_ours)
{
    struct scene s = begin(COW_HOST, COW_HOST);
    struct cow_pair pair = made(&s, "ec384.pem", "Let's Encrypt", COW_HOST);

    pair.key = fixture(s.op, "ec256.pem");
    cow_put(s.op, &s.cow, "", &pair, NULL);
    keeps_key_alone(&s, "ec256.pem", "ec256");
}

TEST(adopt_no_key_that_cannot_be_used)
{
    struct scene s = begin(COW_HOST, COW_HOST);
    struct cow_pair weak = { NULL, fixture(s.op, "rsa1024.pem") };
    struct cow_pair shared = { NULL, fixture(s.op, "ec256.pem") };

    cow_put(s.op, &s.cow, "", &weak, NULL);
    cow_put(s.op, &s.cow, "acme", &shared, NULL);
    keeps_key_alone(&s, "ec256.pem", "ec256");
    CHECK(strstr(kit_logged(), "ssl/key.pem is not taken over"));
}

TEST(adopt_nothing)
{
    struct scene s = begin(COW_HOST, COW_HOST);

    CHECK(adopt(&s));
    CHECK(!file_there(store_path(s.op, s.run.store, "certs/" COW_HOST "/current")));
    CHECK(!setting(&s.settings, OPT_KEY_TYPE));
}

/* A key type that is asked for in words is stronger than what the installation has. */
TEST(adopt_keeps_what_is_asked_for)
{
    struct scene s = begin(COW_HOST, COW_HOST);
    struct cow_pair pair = made(&s, "rsa2048.pem", "Let's Encrypt", COW_HOST);

    cow_put(s.op, &s.cow, "", &pair, NULL);
    settings_set(s.op, &s.settings, OPT_KEY_TYPE, "ec384");
    CHECK(adopt(&s));
    CHECK_STR(setting(&s.settings, OPT_KEY_TYPE), "ec384");
    CHECK_STR(meta(&s, "key-type"), "rsa2048"); /* so it is renewed, with another key */
}

/* ---- accounts ---- */

static void put_account(struct scene *s, const char *fixture_name)
{
    const char *folder = op_text(s->op, "%s/acme", s->cow.ssl);

    CHECK_INT(mkdir(folder, 0755), 0);
    disk_put(op_text(s->op, "%s/account.pem", folder), fixture(s->op, fixture_name), 0600);
}

TEST(adopt_the_account)
{
    struct scene s = begin(COW_HOST, COW_HOST);
    struct account account;

    put_account(&s, "rsa2048-pkcs1.pem");
    settings_add(s.op, &s.settings, OPT_EMAIL, "admin@example.com");
    CHECK(adopt(&s));
    CHECK(account_load(s.op, s.run.store, LE, &account));
    CHECK(!account.kid); /* the CA finds it by its key */
    CHECK(bytes_same(key_public(s.op, key_from_pem(s.op, account.key_pem, "account")),
                     key_public(s.op, fixture_key(s.op, "rsa2048.pem"))));
}

TEST(adopt_no_account_where_there_is_one)
{
    struct scene s = begin(COW_HOST, COW_HOST);
    struct account account = { .server = LE, .key_pem = fixture(s.op, "ec256.pem"), .kid = "https://kid" };

    CHECK(account_save(s.op, s.run.store, &account));
    put_account(&s, "rsa2048.pem");
    CHECK(adopt(&s));
    CHECK(account_load(s.op, s.run.store, LE, &account));
    CHECK_STR(account.key_pem, fixture(s.op, "ec256.pem"));
    CHECK_STR(account.kid, "https://kid");
}

TEST(adopt_no_account_key_that_cannot_be_used)
{
    struct scene s = begin(COW_HOST, COW_HOST);
    struct account account;

    put_account(&s, "chain.pem");
    CHECK(adopt(&s));
    CHECK(!account_load(s.op, s.run.store, LE, &account));
    CHECK(strstr(kit_logged(), "a new account is made"));
}

TEST(adopt_fails_where_mailcow_cannot_be_read)
{
    struct scene s = begin(COW_HOST, COW_HOST);

    CHECK_INT(mkdir(op_text(s.op, "%s/key.pem", s.cow.ssl), 0755), 0);
    CHECK(!adopt(&s));
    CHECK_FAILED(s.op, ERR_STORE, "taking over what");
}
