#include "policy.h"

#include "crypto/secrets.h"
#include "disk.h"
#include "material.h"

#include <stdlib.h>

struct setup {
    struct op *op;
    struct settings settings;
    struct conf *conf;
    struct policy policy;
};

static struct setup begin(void)
{
    struct setup s = { .op = kit_op() };

    settings_add(s.op, &s.settings, OPT_DOMAIN, "a.example");
    return s;
}

static void with(struct setup *s, enum option_id id, const char *value)
{
    settings_add(s->op, &s->settings, id, value);
}

static bool read_it(struct setup *s)
{
    s->policy = (struct policy){ 0 };
    return policy_read(s->op, &s->settings, s->conf, &s->policy);
}

static void check_refused(enum option_id id, const char *value, enum err_code code, const char *words)
{
    struct setup s = begin();

    with(&s, id, value);
    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, code, words);
}

TEST(policy_by_default)
{
    struct setup s = begin();

    CHECK(read_it(&s));
    CHECK_STR(s.policy.directory, "https://acme-v02.api.letsencrypt.org/directory");
    CHECK_INT(s.policy.key_kind, KEY_EC256);
    CHECK(!s.policy.reuse_key && !s.policy.email && !s.policy.profile && !s.policy.eab_kid);
    CHECK(!s.policy.ca_bundle && !s.policy.preferred_chain && !s.policy.challenge_alias);
    CHECK_INT(s.policy.spread.mode, SPREAD_AUTHORITATIVE);
    CHECK(!s.policy.spread.private_resolver);
    CHECK_STR(strings_join(s.op, &s.policy.names, " "), "a.example");
}

static const char *directory(const char *server, const char *staging, const char *key_type)
{
    struct setup s = begin();

    with(&s, OPT_SERVER, server);
    if (staging)
        with(&s, OPT_STAGING, staging);
    if (key_type)
        with(&s, OPT_KEY_TYPE, key_type);
    return read_it(&s) ? s.policy.directory : NULL;
}

TEST(policy_knows_cas)
{
    CHECK_STR(directory("letsencrypt", NULL, NULL), "https://acme-v02.api.letsencrypt.org/directory");
    CHECK_STR(directory("letsencrypt-staging", NULL, NULL),
              "https://acme-staging-v02.api.letsencrypt.org/directory");
    CHECK_STR(directory("letsencrypt", "yes", NULL),
              "https://acme-staging-v02.api.letsencrypt.org/directory");
    CHECK_STR(directory("letsencrypt", "no", NULL), "https://acme-v02.api.letsencrypt.org/directory");
    CHECK_STR(directory("letsencrypt-staging", "yes", NULL),
              "https://acme-staging-v02.api.letsencrypt.org/directory");
    CHECK_STR(directory("zerossl", NULL, NULL), "https://acme.zerossl.com/v2/DV90");
    CHECK_STR(directory("google", "yes", NULL), "https://dv.acme-v02.test-api.pki.goog/directory");
    CHECK_STR(directory("sslcom", NULL, NULL), "https://acme.ssl.com/sslcom-dv-ecc");
    CHECK_STR(directory("sslcom", NULL, "ec384"), "https://acme.ssl.com/sslcom-dv-ecc");
    CHECK_STR(directory("sslcom", NULL, "rsa2048"), "https://acme.ssl.com/sslcom-dv-rsa");
    CHECK_STR(directory("https://ca.example:8443/dir", NULL, NULL), "https://ca.example:8443/dir");
    CHECK(!directory("zerossl", "yes", NULL));
    for (size_t i = 0; ca_preset_names[i]; i++)
        CHECK(directory(ca_preset_names[i], NULL, NULL) != NULL);
}

TEST(policy_refuses_cas)
{
    struct setup s = begin();

    with(&s, OPT_SERVER, "letsencript");
    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, ERR_USAGE, "unknown CA \"letsencript\"");
    CHECK_STR(s.op->err.hint, "did you mean \"letsencrypt\"?");
    check_refused(OPT_SERVER, "", ERR_USAGE, "unknown CA");
    check_refused(OPT_SERVER, "http://ca.example/dir", ERR_CONFIG, "--server");
    check_refused(OPT_SERVER, "https://user:pw@ca.example/dir", ERR_CONFIG, "--server");
    check_refused(OPT_SERVER, "ftp://ca.example/", ERR_CONFIG, "--server");
    s = begin();
    with(&s, OPT_SERVER, "https://ca.example/dir");
    with(&s, OPT_STAGING, "yes");
    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, ERR_USAGE, "--staging goes with the name of a CA");
}

TEST(policy_key_types)
{
    static const struct {
        const char *word;
        enum key_kind kind;
    } kinds[] = { { "ec256", KEY_EC256 },
                  { "ec384", KEY_EC384 },
                  { "rsa2048", KEY_RSA2048 },
                  { "rsa3072", KEY_RSA3072 },
                  { "rsa4096", KEY_RSA4096 } };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct setup s = begin();

        with(&s, OPT_KEY_TYPE, kinds[i].word);
        CHECK(read_it(&s));
        CHECK_INT(s.policy.key_kind, kinds[i].kind);
    }
    check_refused(OPT_KEY_TYPE, "rsa1024", ERR_USAGE, "--key-type rsa1024 is none of ec256");
    check_refused(OPT_KEY_TYPE, "", ERR_USAGE, "--key-type");
}

TEST(policy_keeps_the_key_or_makes_a_new_one)
{
    struct setup s = begin();

    CHECK(read_it(&s) && !s.policy.reuse_key);
    with(&s, OPT_REUSE_KEY, NULL);
    CHECK(read_it(&s) && s.policy.reuse_key);
    with(&s, OPT_NEW_KEY, NULL);
    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, ERR_USAGE, "either --reuse-key or --new-key");
}

TEST(policy_email)
{
    static const char *const bad[] = { "a",     "a b@c.example", "a@b.example,c@d.example", "<a@b.example>",
                                       "a@b;c", "a@b.example\t" };
    struct setup s = begin();

    with(&s, OPT_EMAIL, "a@b.example");
    CHECK(read_it(&s));
    CHECK_STR(s.policy.email, "a@b.example");
    with(&s, OPT_EMAIL, ""); /* no contact */
    CHECK(read_it(&s) && !s.policy.email);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_refused(OPT_EMAIL, bad[i], ERR_USAGE, "is no plain e-mail address");
}

TEST(policy_aliases)
{
    struct setup s = begin();

    with(&s, OPT_CHALLENGE_ALIAS, "Alias.Example.");
    CHECK(read_it(&s));
    CHECK_STR(s.policy.challenge_alias, "alias.example");
    with(&s, OPT_DOMAIN_ALIAS, "other.example");
    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, ERR_USAGE, "either --challenge-alias or --domain-alias");
}

TEST(policy_spread)
{
    struct setup s = begin();

    with(&s, OPT_PROPAGATION, "90");
    with(&s, OPT_RESOLVER, "127.0.0.1:53");
    CHECK(read_it(&s));
    CHECK_INT(s.policy.spread.mode, SPREAD_SECONDS);
    CHECK_INT(s.policy.spread.seconds, 90);
    CHECK(s.policy.spread.private_resolver);
    check_refused(OPT_PROPAGATION, "soon", ERR_USAGE, NULL);
}

TEST(policy_ca_bundle_must_be_there)
{
    struct setup s = begin();

    disk_put(here(s.op, "ca.pem"), fixture(s.op, "chain.pem"), 0644);
    with(&s, OPT_CA_BUNDLE, here(s.op, "ca.pem"));
    CHECK(read_it(&s));
    CHECK_STR(s.policy.ca_bundle, here(s.op, "ca.pem"));
    check_refused(OPT_CA_BUNDLE, "/nonexistent/ca.pem", ERR_CONFIG, "/nonexistent/ca.pem");
    disk_put(here(s.op, "ca.pem"), "no PEM at all", 0644);
    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, ERR_CONFIG, "ca.pem holds no certificate");
}

/* ---- external account binding ---- */

TEST(policy_eab)
{
    struct setup s = begin();

    s.op->world->secrets = secrets_new(s.op);
    with(&s, OPT_EAB_KID, "kid-1");
    with(&s, OPT_EAB_HMAC_KEY, "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W");
    CHECK(read_it(&s));
    CHECK_STR(s.policy.eab_kid, "kid-1");
    CHECK_INT(s.policy.eab_key.length, 48);
    CHECK(secrets_in(s.op, "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"));
}

TEST(policy_eab_key_of_a_file)
{
    struct setup s = begin();

    s.op->world->secrets = secrets_new(s.op);
    disk_put(here(s.op, "key"), "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W\n", 0600);
    with(&s, OPT_EAB_KID, "kid-1");
    with(&s, OPT_EAB_HMAC_KEY_FILE, here(s.op, "key"));
    CHECK(read_it(&s));
    CHECK_INT(s.policy.eab_key.length, 48);
    disk_put(here(s.op, "key"), "x", 0666);
    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, ERR_CONFIG, "can be changed by other users");
}

TEST(policy_eab_halves)
{
    struct setup s = begin();

    s.op->world->secrets = secrets_new(s.op);
    with(&s, OPT_EAB_KID, "kid-1");
    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, ERR_CONFIG, "needs both a key id and a key");
    CHECK(kit_has(s.op->err.hint, "--eab-kid ID and --eab-hmac-key-file FILE"));
    s = begin();
    with(&s, OPT_EAB_HMAC_KEY, "zWNDZM6eQGHWpSRTPal5eA");
    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, ERR_CONFIG, "needs both");
    CHECK(!kit_has(s.op->err.text, "zWND"));
    s = begin();
    s.op->world->secrets = secrets_new(s.op);
    with(&s, OPT_EAB_KID, "kid-1");
    with(&s, OPT_EAB_HMAC_KEY, "no base64url!");
    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, ERR_CONFIG, NULL);
    CHECK(!kit_has(s.op->err.text, "no base64url!"));
}

/* ---- [ca NAME] ---- */

#define CONF                                                                                                 \
    "[ca corp]\nserver = https://ca.corp.example/dir\nprofile = tls\nkey-type = rsa2048\n"                   \
    "email = corp@corp.example\npreferred-chain = Corp Root\n[ca letsencrypt]\nprofile = shortlived\n"

TEST(policy_sections_of_cas)
{
    struct setup s = begin();

    s.conf = conf_parse(s.op, CONF, "mcacme.conf");
    with(&s, OPT_SERVER, "corp");
    with(&s, OPT_EMAIL, "own@a.example");
    CHECK(read_it(&s));
    CHECK_STR(s.policy.directory, "https://ca.corp.example/dir");
    CHECK_STR(s.policy.profile, "tls");
    CHECK_STR(s.policy.preferred_chain, "Corp Root");
    CHECK_INT(s.policy.key_kind, KEY_RSA2048);
    CHECK_STR(s.policy.email, "own@a.example"); /* the certificate's own setting is stronger */
    with(&s, OPT_SERVER, "letsencrypt");        /* a section for a CA that we know */
    CHECK(read_it(&s));
    CHECK_STR(s.policy.directory, "https://acme-v02.api.letsencrypt.org/directory");
    CHECK_STR(s.policy.profile, "shortlived");
    with(&s, OPT_SERVER, "crop");
    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, ERR_USAGE, "unknown CA \"crop\"");
}

static const char *shape(struct setup *s)
{
    CHECK(read_it(s));
    return s->policy.shape;
}

/* An order is resumed only for the same shape: whatever makes another order must show in it. */
TEST(policy_shape_tells_orders_apart)
{
    static const struct {
        enum option_id id;
        const char *value;
    } changes[] = { { OPT_DOMAIN, "b.example" },
                    { OPT_SERVER, "zerossl" },
                    { OPT_PROFILE, "tls" },
                    { OPT_KEY_TYPE, "ec384" },
                    { OPT_REUSE_KEY, "yes" } };
    struct setup s = begin();
    const char *before = shape(&s);

    CHECK_STR(shape(&s), before);
    with(&s, OPT_DEPLOY_HOOK, "true");
    CHECK_STR(shape(&s), before);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        with(&s, changes[i].id, changes[i].value);
        CHECK(!text_same(shape(&s), before));
        before = shape(&s);
    }
}

TEST(policy_names_are_checked_first)
{
    struct setup s = { .op = kit_op() };

    CHECK(!read_it(&s));
    CHECK_FAILED(s.op, ERR_USAGE, "no name is given");
}
