/* What certbot and acme.sh leave on a disk. */
#include "import_kit.h"

/* ---- certbot ---- */

static void put_certbot(struct import_scene *s, const char *params)
{
    import_put(s, "renewal/a.example.conf",
               op_text(s->op,
                       "# renew_before_expiry = 30 days\nversion = 2.1.0\nprivkey = /gone/privkey.pem\n"
                       "[renewalparams]\naccount = 0123\nserver = " IMPORT_LE "\n%s",
                       params));
    import_put_pair(s, "live/a.example/fullchain.pem", "live/a.example/privkey.pem");
    import_put(s, "accounts/acme-v02.api.letsencrypt.org/directory/0123/private_key.json", "{}");
    import_put(s, "accounts/acme-v02.api.letsencrypt.org/directory/0123/regr.json",
               "{\"body\": {\"contact\": [\"mailto:me@a.example\"]}, \"uri\": \"https://le/acct/7\"}");
}

TEST(import_certbot)
{
    struct import_scene s = import_scene();
    const struct import_cert *cert;

    import_put(&s, "cf.ini", "# token\ndns_fake_api_token = very-secret\n");
    put_certbot(&s, op_text(s.op,
                            "authenticator = dns-fake\ndns_fake_credentials = %s/cf.ini\n"
                            "renew_hook = systemctl reload nginx\npre_hook = None\nreuse_key = True\n"
                            "preferred_chain = \"ISRG Root X1\"\npreferred_profile = shortlived\n",
                            s.dir));
    import_put(&s, "renewal-hooks/deploy/mail.sh", "#!/bin/sh\n");
    CHECK(import_of(&s, "certbot"));
    cert = s.import.certs;
    CHECK_STR(cert->title, "a.example");
    CHECK_STR(cert->chain, import_below(&s, "live/a.example/fullchain.pem"));
    CHECK_STR(cert->key, import_below(&s, "live/a.example/privkey.pem"));
    CHECK_STR(cert->server, IMPORT_LE);
    CHECK_STR(cert->account, "https://le/acct/7");
    CHECK_STR(import_wanted(cert, OPT_DNS), "fake");
    CHECK_STR(import_wanted(cert, OPT_PROFILE), "shortlived");
    CHECK_STR(import_wanted(cert, OPT_PREFERRED_CHAIN), "ISRG Root X1");
    CHECK(setting_on(&cert->wanted, OPT_REUSE_KEY));
    CHECK(import_has(cert, "dns_fake_api_token") && import_has(cert, "# credentials = "));
    CHECK(!import_has(cert, "very-secret"));
    CHECK(import_has(cert, "# deploy-hook = systemctl reload nginx"));
    CHECK(import_has(cert, "renewal-hooks/deploy/mail.sh"));
    CHECK(!import_has(cert, "pre-hook"));
    CHECK_STR(s.import.accounts->kid, "https://le/acct/7");
    CHECK_STR(s.import.accounts->contact, "mailto:me@a.example");
    CHECK(!s.import.accounts->next && !cert->next);
}

TEST(import_certbot_webroots)
{
    struct import_scene s = import_scene();

    put_certbot(&s, "authenticator = webroot\nwebroot_path = /var/old,\n[[webroot_map]]\n"
                    "a.example = /var/www\nb.example = /var/www\n");
    CHECK(import_of(&s, "certbot"));
    CHECK_STR(import_wanted(s.import.certs, OPT_WEBROOT), "/var/www");
    CHECK_INT(s.import.certs->lines.count, 0);
}

TEST(import_certbot_several_webroots)
{
    struct import_scene s = import_scene();

    put_certbot(&s, "authenticator = webroot\n[[webroot_map]]\na.example = /var/a\nb.example = /var/b\n");
    CHECK(import_of(&s, "certbot"));
    CHECK(import_has(s.import.certs, "several web roots"));
}

TEST(import_certbot_other_ways)
{
    static const struct {
        const char *params;
        enum option_id id;
        const char *value, *line;
    } cases[] = {
        { "authenticator = standalone\nhttp01_port = 80\n", OPT_STANDALONE, "", NULL },
        { "authenticator = standalone\nhttp01_port = 8080\n", OPT_STANDALONE, "0.0.0.0:8080", NULL },
        { "authenticator = certbot-dns-fake:dns-fake\n", OPT_DNS, "fake", NULL },
        { "authenticator = dns-google\n", OPT_DNS, NULL,
          "\"gcloud\" is not built in" }, /* into this program */
        { "authenticator = nginx\n", OPT_DNS, NULL, "certbot's way was \"nginx\"" },
        { "authenticator = manual\nmanual_auth_hook = /x/auth.sh\n", OPT_DNS, NULL, "/x/auth.sh" },
        { "", OPT_DNS, NULL, "# dns = PROVIDER" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_scene s = import_scene();

        put_certbot(&s, cases[i].params);
        CHECK(import_of(&s, "certbot"));
        CHECK_STR(import_wanted(s.import.certs, cases[i].id), cases[i].value);
        CHECK(!cases[i].line || import_has(s.import.certs, cases[i].line));
    }
}

TEST(import_certbot_account_alone)
{
    struct import_scene s = import_scene();

    import_put(&s, "accounts/acme-v02.api.letsencrypt.org/directory/77/private_key.json", s.key);
    CHECK(import_of(&s, "certbot"));
    CHECK(!s.import.certs && s.import.accounts && !s.import.accounts->kid);
}

/* ---- acme.sh ---- */

#define CONF(ways, more)                                                                                     \
    "Le_Domain='a.example'\nLe_Alt='*.a.example,b.example'\nLe_Webroot='" ways "'\nLe_API='" IMPORT_LE       \
    "'\n" more

static void put_acmesh(struct import_scene *s, const char *folder, const char *conf)
{
    import_put(s, op_text(s->op, "%s/a.example.conf", folder), conf);
    import_put_pair(s, op_text(s->op, "%s/fullchain.cer", folder),
                    op_text(s->op, "%s/a.example.key", folder));
    import_put(s, "account.conf", "ACCOUNT_EMAIL='x@y'\nSAVED_FK_Token='very-secret'\n");
    import_put(s, "ca/acme-v02.api.letsencrypt.org/directory/account.key", s->key);
    import_put(s, "ca/acme-v02.api.letsencrypt.org/directory/ca.conf",
               "CA_EMAIL='me@a.example'\nACCOUNT_URL='https://le/acct/7'\n");
}

TEST(import_acmesh)
{
    struct import_scene s = import_scene();
    const struct import_cert *cert;

    put_acmesh(
        &s, "a.example_ecc",
        CONF("dns_fk",
             "Le_RealFullChainPath='/etc/nginx/full.pem'\nLe_RealKeyPath='/etc/nginx/key.pem'\n"
             "Le_RealCertPath=''\nLe_ReloadCmd='__ACME_BASE64__START_c3lzdGVtY3RsIHJlbG9hZCBuZ2lueA==__"
             "ACME_BASE64__END_'\nLe_ChallengeAlias='alias.example,'\nLe_PreHook=''\n"));
    CHECK(import_of(&s, "acme.sh"));
    cert = s.import.certs;
    CHECK(cert && !cert->next && !s.import.accounts->next);
    CHECK_STR(cert->title, "a.example");
    CHECK_STR(strings_join(s.op, &cert->wanted.at[OPT_DOMAIN], " "), "a.example *.a.example b.example");
    CHECK_STR(cert->account, "https://le/acct/7");
    CHECK_STR(s.import.accounts->contact, "me@a.example");
    CHECK_STR(import_wanted(cert, OPT_DNS), "fake");
    CHECK_STR(import_wanted(cert, OPT_CHALLENGE_ALIAS), "alias.example");
    CHECK_STR(import_wanted(cert, OPT_INSTALL_FULLCHAIN), "/etc/nginx/full.pem");
    CHECK_STR(import_wanted(cert, OPT_INSTALL_KEY), "/etc/nginx/key.pem");
    CHECK_STR(import_wanted(cert, OPT_INSTALL_CERT), NULL);
    CHECK(setting_on(&cert->wanted, OPT_REUSE_KEY));
    CHECK(import_has(cert, "# deploy-hook = systemctl reload nginx"));
    CHECK(import_has(cert, "SAVED_FK_Token") && !import_has(cert, "very-secret"));
}

TEST(import_acmesh_ways_by_name)
{
    struct import_scene s = import_scene();
    const struct import_cert *cert;

    put_acmesh(&s, "a.example", CONF("dns_fk,dns_fk,dns_set", "Le_ForceNewDomainKey='1'\n"));
    CHECK(import_of(&s, "acme.sh"));
    cert = s.import.certs;
    CHECK_STR(strings_join(s.op, &cert->wanted.at[OPT_DNS], " "), "fake:a.example fake_set:b.example");
    CHECK(!setting_on(&cert->wanted, OPT_REUSE_KEY));
}

TEST(import_acmesh_other_ways)
{
    static const struct {
        const char *conf;
        enum option_id id;
        const char *value, *line;
    } cases[] = {
        { CONF("no", ""), OPT_STANDALONE, "", NULL },
        { CONF("no", "Le_HTTPPort='88'\n"), OPT_STANDALONE, "0.0.0.0:88", NULL },
        { CONF("alpn", "Le_TLSPort='444'\n"), OPT_TLS_ALPN, "0.0.0.0:444", NULL },
        { CONF("/var/www,no", ""), OPT_WEBROOT, "/var/www", NULL },
        { CONF("nginx:", ""), OPT_DNS, NULL, "acme.sh's way was \"nginx:\"" },
        { CONF("dns", ""), OPT_DNS, NULL, "# dns = PROVIDER" },
        { CONF("dns_unheardof", ""), OPT_DNS, "dns_unheardof", NULL },
        { CONF("dns_cf", "Le_ChallengeAlias='=whole.example,'\n"), OPT_DOMAIN_ALIAS, "whole.example", NULL },
        { CONF("dns_cf", "Le_ChallengeAlias='a.b,c.d,'\n"), OPT_CHALLENGE_ALIAS, NULL, "a.b,c.d" },
        { CONF("dns_cf", "Le_PreHook='__ACME_BASE64__START_!!__ACME_BASE64__END_'\n"), OPT_PRE_HOOK, NULL,
          NULL },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_scene s = import_scene();

        put_acmesh(&s, "a.example", cases[i].conf);
        CHECK(import_of(&s, "acme.sh"));
        CHECK_STR(import_wanted(s.import.certs, cases[i].id), cases[i].value);
        CHECK(!cases[i].line || import_has(s.import.certs, cases[i].line));
    }
}

TEST(import_acmesh_two_kinds_of_key)
{
    struct import_scene s = import_scene();

    put_acmesh(&s, "a.example", CONF("dns_cf", ""));
    put_acmesh(&s, "a.example_ecc", CONF("dns_cf", ""));
    CHECK(import_of(&s, "acme.sh"));
    CHECK_STR(s.import.certs->title, "a.example");
    CHECK_STR(s.import.certs->next->title, "a.example_ecc");
}

TEST(import_acmesh_place_keeps_its_mode)
{
    struct import_scene s = import_scene();
    const char *place = import_below(&s, "deployed.pem"), *target;

    put_acmesh(&s, "a.example", op_text(s.op, CONF("dns_fk", "Le_RealFullChainPath='%s'\n"), place));
    import_put(&s, "deployed.pem", s.chain);
    disk_put(place, s.chain, 0640);
    CHECK(import_of(&s, "acme.sh"));
    target = import_wanted(s.import.certs, OPT_INSTALL_FULLCHAIN);
    CHECK(text_starts(target, op_text(s.op, "%s:", place)) && text_ends(target, ":0640"));
}

TEST(import_acmesh_homes_elsewhere)
{
    struct import_scene s = import_scene();

    put_acmesh(&s, "certs/a.example", CONF("dns_fk", ""));
    import_put(&s, "account.conf", op_text(s.op, "CERT_HOME='%s/certs'\nCA_HOME='%s/cas'\n", s.dir, s.dir));
    import_put(&s, "cas/acme-v02.api.letsencrypt.org/directory/account.key", s.key);
    CHECK(import_of(&s, "acme.sh"));
    CHECK_STR(s.import.certs->title, "a.example");
    CHECK_STR(s.import.accounts->key,
              import_below(&s, "cas/acme-v02.api.letsencrypt.org/directory/account.key"));
    CHECK_STR(s.import.accounts->kid, NULL);
}

TEST(import_wildcards_by_another_name)
{
    struct import_scene s = import_scene();
    const char *conf = "Le_Domain='*.a.example'\nLe_Webroot='dns_cf'\nLe_API='" IMPORT_LE "'\n";

    put_acmesh(&s, "a.example", CONF("dns_cf", ""));
    import_put(&s, "*.a.example/*.a.example.conf", conf);
    import_put(&s, "*.b.example/*.b.example.conf", conf);
    CHECK(import_of(&s, "acme.sh"));
    CHECK_STR(s.import.certs->title, "_.a.example");
    CHECK_STR(s.import.certs->next->title, "b.example");
    CHECK_STR(s.import.certs->next->next->title, "a.example");
}
