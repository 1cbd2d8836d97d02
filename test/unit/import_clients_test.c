/* What lego, dehydrated and uacme leave on a disk, and what is none of a client's. */
#include "import_kit.h"

#include <sys/stat.h>

/* ---- lego ---- */

TEST(import_lego)
{
    struct import_scene s = import_scene();
    const struct import_cert *cert;

    import_put(
        &s, "accounts/acme-v02.api.letsencrypt.org/me@a.example/account.json",
        "{\"email\": \"me@a.example\", \"registration\": {\"body\": {}, \"uri\": \"https://le/acct/7\"}}");
    import_put(&s, "accounts/acme-v02.api.letsencrypt.org/me@a.example/keys/me@a.example.key", s.key);
    import_put(&s, "accounts/localhost_14000/me@a.example/account.json", "{\"email\": \"me@a.example\"}");
    import_put(&s, "accounts/localhost_14000/me@a.example/keys/me@a.example.key", s.key);
    import_put_pair(&s, "certificates/_.a.example.crt", "certificates/_.a.example.key");
    import_put(&s, "certificates/_.a.example.issuer.crt", s.chain);
    import_put(
        &s, "certificates/_.a.example.json",
        "{\"domain\": \"*.a.example\", \"certUrl\": \"https://acme-v02.api.letsencrypt.org/acme/cert/1\"}");
    CHECK(import_of(&s, "lego"));
    cert = s.import.certs;
    CHECK(cert && !cert->next);
    CHECK_STR(cert->title, "a.example");
    CHECK_STR(cert->server, IMPORT_LE);
    CHECK_STR(cert->account, "https://le/acct/7");
    CHECK(import_has(cert, "# dns = PROVIDER"));
    CHECK_STR(s.import.accounts->server, IMPORT_LE);
    CHECK(!s.import.accounts->next);
    CHECK(kit_has(kit_logged(), "what the directory of localhost_14000 is"));
}

TEST(import_lego_five)
{
    struct import_scene s = import_scene();

    import_put(&s, "accounts/ca.example_14000/main/account.json",
               "{\"id\": \"main\", \"server\": \"https://ca.example:14000/dir\","
               " \"registration\": {\"accountURL\": \"https://ca.example:14000/acct/7\"}}");
    import_put(&s, "accounts/ca.example_14000/main/main.key", s.key);
    import_put(&s, "certificates/a.example.crt", s.chain);
    import_put(&s, "certificates/a.example.json", "{\"certUrl\": \"https://ca.example:14000/cert/1\"}");
    CHECK(import_of(&s, "lego"));
    CHECK_STR(s.import.accounts->server, "https://ca.example:14000/dir");
    CHECK_STR(s.import.certs->account, "https://ca.example:14000/acct/7");
    CHECK_STR(s.import.certs->key, NULL); /* by the user's own request */
}

/* The user's words for what lego does not keep, and a way that makes its own uninteresting. */
TEST(import_lego_with_words)
{
    struct import_scene s = import_scene();

    settings_add(s.op, &s.import.wanted, OPT_SERVER, "https://localhost:14000/dir");
    settings_add(s.op, &s.import.wanted, OPT_DNS, "cloudflare");
    import_put(&s, "accounts/localhost_14000/x/account.json", "{}");
    import_put(&s, "accounts/localhost_14000/x/x.key", s.key);
    import_put_pair(&s, "certificates/a.example.crt", "certificates/a.example.key");
    CHECK(import_of(&s, "lego"));
    CHECK_STR(s.import.accounts->server, "https://localhost:14000/dir");
    CHECK_STR(s.import.certs->server, "https://localhost:14000/dir");
    CHECK_STR(import_wanted(s.import.certs, OPT_DNS), "cloudflare");
    CHECK_INT(s.import.certs->lines.count, 0);
}

/* ---- dehydrated ---- */

#define LE_FOLDER "accounts/aHR0cHM6Ly9hY21lLXYwMi5hcGkubGV0c2VuY3J5cHQub3JnL2RpcmVjdG9yeQo"

static void put_dehydrated(struct import_scene *s, const char *config, const char *domains)
{
    import_put(s, "config", config);
    import_put(s, "domains.txt", domains);
    import_put(s, LE_FOLDER "/account_key.pem", s->key);
    import_put(s, LE_FOLDER "/account_id.json", "{\"url\":\"https://le/acct/7\"}\n");
    import_put(s, LE_FOLDER "/registration_info.json", "{\"contact\": [\"mailto:me@a.example\"]}");
    import_put_pair(s, "certs/star/fullchain.pem", "certs/star/privkey.pem");
}

TEST(import_dehydrated)
{
    struct import_scene s = import_scene();
    const struct import_cert *cert;

    put_dehydrated(&s,
                   "# words\nCHALLENGETYPE=\"dns-01\"\nHOOK=\"${BASEDIR}/hook.sh\"\nCERTDIR=$BASEDIR/certs\n"
                   "PRIVATE_KEY_RENEW=no\nDOMAINS_TXT=\"$(pwd)/x\"\n",
                   "# all\nnever.example\n*.a.example a.example > star # it\n");
    CHECK(import_of(&s, "dehydrated"));
    cert = s.import.certs;
    CHECK(cert && !cert->next);
    CHECK_STR(cert->title, "star");
    CHECK_STR(strings_join(s.op, &cert->wanted.at[OPT_DOMAIN], " "), "*.a.example a.example");
    CHECK_STR(cert->server, "letsencrypt");
    CHECK_STR(cert->account, "https://le/acct/7");
    CHECK(setting_on(&cert->wanted, OPT_REUSE_KEY));
    CHECK(import_has(cert, op_text(s.op, "dehydrated's hook was %s/hook.sh", s.dir)));
    CHECK(import_has(cert, "# dns = PROVIDER"));
    CHECK_STR(s.import.accounts->server, IMPORT_LE);
    CHECK_STR(s.import.accounts->contact, "mailto:me@a.example");
    CHECK(kit_has(kit_logged(), "DOMAINS_TXT is \"$(pwd)/x\", which only a shell can read"));
}

TEST(import_dehydrated_webroot)
{
    struct import_scene s = import_scene();

    put_dehydrated(&s, "CA=letsencrypt-test\nWELLKNOWN=/var/www/.well-known/acme-challenge\n",
                   "a.example > star\n");
    import_put(&s, "certs/star/config", "PRIVATE_KEY_RENEW=yes\n");
    CHECK(import_of(&s, "dehydrated"));
    CHECK_STR(s.import.certs->server, "letsencrypt-staging");
    CHECK_STR(s.import.certs->account, NULL);
    CHECK_STR(import_wanted(s.import.certs, OPT_WEBROOT), "/var/www");
    CHECK(!setting_on(&s.import.certs->wanted, OPT_REUSE_KEY));
}

/* As Debian has it: the state is elsewhere, and there is a folder for more configuration. */
TEST(import_dehydrated_of_debian)
{
    struct import_scene s = import_scene();
    const struct import_cert *cert;

    import_put(&s, "config",
               op_text(s.op,
                       "CONFIG_D=%s/conf.d\nBASEDIR=%s/lib\nWELLKNOWN=\"${BASEDIR}/acme-challenges\"\n"
                       "DOMAINS_TXT=\"%s/domains.txt\"\nDOMAINS_D=%s/domains.d\nCA=letsencrypt-test\n",
                       s.dir, s.dir, s.dir, s.dir));
    import_put(&s, "conf.d/ca.sh", "CA=letsencrypt\n");
    import_put(&s, "conf.d/README", "CA=zerossl\n");
    import_put(&s, "domains.d/a.example", "PRIVATE_KEY_RENEW=no\n");
    import_put(&s, "domains.txt", "a.example b.example\n");
    import_put(&s, "lib/" LE_FOLDER "/account_key.pem", s.key);
    import_put(&s, "lib/" LE_FOLDER "/account_id.json", "{\"url\":\"https://le/acct/7\"}\n");
    import_put_pair(&s, "lib/certs/a.example/fullchain.pem", "lib/certs/a.example/privkey.pem");
    CHECK(import_of(&s, "dehydrated"));
    cert = s.import.certs;
    CHECK_STR(cert->server, "letsencrypt");
    CHECK_STR(cert->account, "https://le/acct/7");
    CHECK_STR(cert->chain, import_below(&s, "lib/certs/a.example/fullchain.pem"));
    CHECK(setting_on(&cert->wanted, OPT_REUSE_KEY));
    CHECK(import_has(cert, op_text(s.op, "wrote into %s/lib/acme-challenges", s.dir)));
}

TEST(import_dehydrated_odd_folder)
{
    struct import_scene s = import_scene();

    put_dehydrated(&s, "", "a.example > star\n");
    CHECK(import_of(&s, "dehydrated"));
    CHECK(import_has(s.import.certs, "wrote into /var/www/dehydrated"));
}

/* ---- uacme ---- */

TEST(import_uacme)
{
    struct import_scene s = import_scene();

    import_put_uacme(&s);
    CHECK(import_of(&s, "uacme"));
    CHECK_STR(s.import.certs->title, "a.example");
    CHECK_STR(s.import.certs->server, "letsencrypt");
    CHECK_STR(s.import.certs->key, import_below(&s, "private/a.example/key.pem"));
    CHECK(setting_on(&s.import.certs->wanted, OPT_REUSE_KEY));
    CHECK(!s.import.certs->next && !s.import.accounts->kid);
}

TEST(import_of_nothing)
{
    struct import_scene s = import_scene();

    mkdir(s.dir, 0700);
    CHECK(!import_of(&s, "certbot"));
    CHECK_FAILED(s.op, ERR_CONFIG, "neither a certificate nor an account");
    CHECK(kit_has(s.op->err.hint, "/etc/letsencrypt"));
}

TEST(import_of_nobody)
{
    struct op *op = kit_op();

    CHECK(!import_client(op, "certbto"));
    CHECK_FAILED(op, ERR_USAGE, "is no client");
    CHECK_STR(op->err.hint, "did you mean certbot");
}
