#include "install.h"

#include "crypto/secrets.h"
#include "disk.h"
#include "material.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

/* ---- PATH[:OWNER:GROUP:MODE] ---- */

static struct install_target target(struct op *op, const char *text)
{
    struct install_target result = { 0 };

    CHECK(install_target_parse(op, text, 0600, &result));
    return result;
}

TEST(target_is_a_path)
{
    struct op *op = kit_op();
    struct install_target t = target(op, "/etc/ssl/a.pem");

    CHECK_STR(t.path, "/etc/ssl/a.pem");
    CHECK_INT(t.owner.mode, 0600);
    CHECK(!t.owner.change);
    t = target(op, "/a:::");
    CHECK_STR(t.path, "/a");
    CHECK(!t.owner.change);
    CHECK_INT(target(op, "/a:::0640").owner.mode, 0640);
    CHECK_INT(target(op, "/a:::440").owner.mode, 0440);
}

TEST(target_owners_are_looked_up)
{
    struct op *op = kit_op();
    const struct passwd *user = getpwnam("daemon");
    const struct group *group;
    struct install_target t;

    if (user) {
        uid_t uid = user->pw_uid;

        t = target(op, "/a:daemon");
        CHECK(t.owner.change);
        CHECK_INT(t.owner.uid, uid);
        CHECK_INT(t.owner.gid, (gid_t)-1); /* stays what it is */
    }
    group = getgrnam("daemon");
    if (group) {
        gid_t gid = group->gr_gid;

        t = target(op, "/a::daemon:0640");
        CHECK_INT(t.owner.uid, (uid_t)-1);
        CHECK_INT(t.owner.gid, gid);
    }
    t = target(op, "/a:4711:4712:0640"); /* numbers need no entry */
    CHECK_INT(t.owner.uid, 4711);
    CHECK_INT(t.owner.gid, 4712);
}

TEST(target_refused)
{
    static const struct {
        const char *text, *words;
    } bad[] = {
        { "", "absolute path" },
        { "relative/a.pem", "absolute path" },
        { ":root", "absolute path" },
        { "/a:b:c:0600:e", "PATH[:OWNER:GROUP:MODE]" },
        { "/a:no-such-user-here", "there is no user \"no-such-user-here\"" },
        { "/a:-1", "there is no user" },
        { "/a:4294967295", "there is no user" }, /* means: leave it */
        { "/a::no-such-group-here", "there is no group \"no-such-group-here\"" },
        { "/a::4294967295", "there is no group" },
        { "/a:::64", "is no mode" },
        { "/a:::06400", "is no mode" },
        { "/a:::0680", "is no mode" },
        { "/a:::rw-", "is no mode" },
        { "/a:::0666", "may write" },
        { "/a:::0602", "may write" },
    };
    struct op *op = kit_op();
    struct install_target result;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *child = op_child(op);

        kit_check(!install_target_parse(child, bad[i].text, 0600, &result), __FILE__, __LINE__,
                  "%s is accepted", bad[i].text);
        CHECK_FAILED(child, ERR_USAGE, bad[i].words);
        op_end(child);
    }
}

TEST(target_errors_name_their_option)
{
    struct op *op = kit_op();
    struct settings s = { 0 };

    CHECK(install_places_ok(op, &s));
    settings_add(op, &s, OPT_INSTALL_CERT, "/a");
    settings_add(op, &s, OPT_INSTALL_KEY, "/a:no-such-user-here");
    CHECK(!install_places_ok(op, &s));
    CHECK_FAILED(op, ERR_USAGE, "--install-key: there is no user");
}

/* ---- what needs a key, or a password ---- */

TEST(install_of_the_users_own_request_has_no_key)
{
    static const enum option_id with_key[] = { OPT_INSTALL_KEY, OPT_INSTALL_BUNDLE, OPT_INSTALL_PKCS12 };
    static const enum option_id without[] = { OPT_INSTALL_CERT, OPT_INSTALL_FULLCHAIN, OPT_INSTALL_DER };

    for (size_t i = 0; i < 3; i++) {
        struct op *op = kit_op();
        struct settings s = { 0 };

        settings_add(op, &s, OPT_CSR, "/own.csr");
        settings_add(op, &s, without[i], "/a");
        CHECK(install_places_ok(op, &s));
        settings_add(op, &s, with_key[i], "/b");
        CHECK(!install_places_ok(op, &s));
        CHECK_FAILED(op, ERR_USAGE,
                     op_text(op, "--%s: a certificate of your own request", option_table[with_key[i]].name));
    }
}

TEST(install_without_a_csr_may_have_an_empty_one)
{
    struct op *op = kit_op();
    struct settings s = { 0 };

    settings_add(op, &s, OPT_CSR, "");
    settings_add(op, &s, OPT_INSTALL_KEY, "/a");
    settings_add(op, &s, OPT_INSTALL_BUNDLE, ""); /* switched off */
    CHECK(install_places_ok(op, &s));
}

static struct settings with_password(struct op *op, const char *content)
{
    struct settings s = { 0 };

    disk_put(here(op, "password"), content, 0600);
    settings_add(op, &s, OPT_INSTALL_PKCS12, here(op, "a.p12"));
    settings_add(op, &s, OPT_PKCS12_PASSWORD_FILE, here(op, "password"));
    return s;
}

TEST(install_looks_at_the_password_first)
{
    struct op *op = kit_op();
    struct settings s = with_password(op, "not-UTF-8-\xff\n");

    CHECK(!install_places_ok(op, &s));
    CHECK_FAILED(op, ERR_CONFIG, "--install-pkcs12: the password of the PKCS#12 file is not UTF-8");
    op_recover(op);
    CHECK(file_remove(op, here(op, "password")));
    CHECK(!install_places_ok(op, &s));
    CHECK_FAILED(op, ERR_CONFIG, "No such file");
    op_recover(op);
    settings_add(op, &s, OPT_INSTALL_PKCS12, ""); /* who installs none needs no password */
    CHECK(install_places_ok(op, &s));
}

TEST(install_password_is_a_secret)
{
    struct op *op = kit_op();
    struct settings s;

    op->world->secrets = secrets_new(op);
    s = with_password(op, "  geheim-wort \r\nthe second line\n");
    CHECK(install_places_ok(op, &s));
    CHECK_STR(secrets_hide(op, "it is geheim-wort"), "it is [hidden]");
    CHECK_STR(secrets_hide(op, "the second line"), "the second line");
    op->world->secrets = NULL;
}

/* ---- copies in other forms ---- */

/* A certificate with a chain, its key in an old form, as of an installation that was taken over. */
static struct store *installed(struct op *op, const char *key)
{
    const char *chain = fixture(op, "chain.pem");
    struct chain parsed = chain_parse(op, chain);
    const struct generation gen = { fixture(op, key), chain_pem(op, &parsed, 0, 1),
                                    chain_pem(op, &parsed, 1, 1), chain_pem(op, &parsed, 0, 2),
                                    "{\"version\":1}" };
    struct store *store = disk_store(op);

    CHECK(generation_install(op, store, "a", &gen));
    return store;
}

TEST(install_der_is_the_leaf)
{
    struct op *op = kit_op();
    struct store *store = installed(op, "ec256.pem");
    struct chain chain = chain_parse(op, fixture(op, "chain.pem"));
    struct settings s = { 0 };

    settings_add(op, &s, OPT_INSTALL_DER, here(op, "a.der"));
    CHECK(install_all(op, store, &s, "a"));
    CHECK(bytes_same(file_read_bytes(op, here(op, "a.der")), chain.certs[0].der));
    CHECK_INT(disk_mode(here(op, "a.der")), 0644);
}

static bool starts_as_pfx(struct bytes file)
{
    static const uint8_t version_3[] = { 0x02, 0x01, 0x03 };

    return file.length > 500 && file.at[0] == 0x30 && memcmp(file.at + 4, version_3, sizeof version_3) == 0;
}

TEST(install_pkcs12_of_any_key)
{
    static const char *const keys[] = { "ec256.pem", "ec256-sec1.pem", "rsa2048-pkcs1.pem" };

    for (size_t i = 0; i < 3; i++) {
        struct op *op = kit_op();
        struct store *store = installed(op, keys[i]);
        struct settings s = with_password(op, "geheim-wort\n");

        CHECK(install_all(op, store, &s, "a"));
        CHECK(starts_as_pfx(file_read_bytes(op, here(op, "a.p12"))));
        CHECK_INT(disk_mode(here(op, "a.p12")), 0600);
    }
}

TEST(install_pkcs12_without_a_key)
{
    struct op *op = kit_op();
    const char *pem = fixture(op, "chain.pem");
    const struct generation gen = { NULL, pem, "", pem, "{\"version\":1}" };
    struct store *store = disk_store(op);
    struct settings s = with_password(op, "x");

    CHECK(generation_install(op, store, "a", &gen));
    CHECK(!install_all(op, store, &s, "a"));
    CHECK_FAILED(op, ERR_STORE, "a.p12: there is no key.pem");
    CHECK(!file_there(here(op, "a.p12")));
}
