#include "mailcow/wanted.h"

#include "crypto/key.h"
#include "disk.h"
#include "fake_dns.h"
#include "mailcow/source.h"
#include "net/http.h"

#include <sys/stat.h>

#define DNS                                                                                                  \
    "MAILCOW_HOSTNAME=mail.example.com\nAUTODISCOVER_SAN=n\nACME_DNS_CHALLENGE=y\n"                          \
    "ACME_DNS_PROVIDER=dns_cf\nACME_ACCOUNT_EMAIL=admin@example.com\n"

#define NO_CHECKS "SKIP_IP_CHECK=y\nSKIP_HTTP_VERIFICATION=y\n"

static void folders(struct op *op)
{
    static const char *const list[] = {
        "data",      "data/assets",    "data/assets/ssl", "data/assets/ssl/acme",
        "data/conf", "data/conf/acme", "data/web"
    };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        mkdir(here(op, list[i]), 0700);
}

/* The names have addresses, whatever checks are skipped. */
static const struct fake_rr rrs[] = {
    { .name = "mail.example.com", .type = DNS_A, .text = "203.0.113.1" },
    { .name = "a.example.com", .type = DNS_A, .text = "203.0.113.1" },
};

/* The configuration of a run: `file` is what the user's own one says. */
static struct conf *wanted(struct op *op, const char *mailcow_conf, const char *file, const char **idle)
{
    struct settings settings = { 0 };
    struct mailcow_source source = { kit_folder(), &settings, LOG_NOTE };
    struct conf *conf = conf_parse(op, file, "/etc/test.conf");

    folders(op);
    fake_dns(op, rrs, 2);
    disk_put(here(op, "mailcow.conf"), mailcow_conf, 0600);
    return mailcow_wanted(op, &source, conf, idle) ? conf : NULL;
}

static const struct settings *section(struct op *op, const char *mailcow_conf, const char *file,
                                      const char *title)
{
    const char *idle = "nobody said so";
    struct conf *conf = wanted(op, mailcow_conf, file, &idle);
    const struct settings *found = conf ? conf_section(conf, "certificate", title) : NULL;

    CHECK(found && !idle);
    return found;
}

/* "name=value name=value" of what is set. */
static const char *shown(struct op *op, const struct settings *settings)
{
    struct text out = text_begin(op->arena);

    for (size_t id = 0; settings && id < OPTION_COUNT; id++)
        if (settings->at[id].count)
            text_add(&out, "%s%s=%s", out.length ? " " : "", option_table[id].name,
                     strings_join(op, &settings->at[id], ","));
    return out.data;
}

TEST(mailcow_wanted_by_dns)
{
    struct op *op = kit_op();

    folders(op);
    disk_put(here(op, MAILCOW_DNS), "CF_Token=\"x\"\n", 0600);
    CHECK_STR(
        shown(op, section(op, DNS "ADDITIONAL_SAN=*.example.com,example.com\n", "", "example.com")),
        op_text(op,
                "mailcow=%s domain=*.example.com,example.com server=letsencrypt email=admin@example.com "
                "dns=dns_cf credentials=%s/data/conf/acme/dns-01.conf",
                kit_folder(), kit_folder()));
}

TEST(mailcow_wanted_by_http)
{
    struct op *op = kit_op();

    CHECK_STR(shown(op, section(op,
                                "MAILCOW_HOSTNAME=mail.example.com\nAUTODISCOVER_SAN=n\n" NO_CHECKS
                                "ACME_DNS_PROVIDER=dns_xxx\nACME_ACCOUNT_EMAIL=me@example.com\n",
                                "", "mail.example.com")),
              op_text(op, "mailcow=%s domain=mail.example.com server=letsencrypt webroot=%s/data/web",
                      kit_folder(), kit_folder()));
}

TEST(mailcow_wanted_from_which_ca)
{
    struct op *op = kit_op();

    CHECK_STR(setting(section(op, DNS "DIRECTORY_URL=https://ca.example/dir\n", "", "mail.example.com"),
                      OPT_SERVER),
              "https://ca.example/dir");
    CHECK_STR(setting(section(op, DNS "LE_STAGING=y\nDIRECTORY_URL=https://ca.example/dir\n", "",
                              "mail.example.com"),
                      OPT_SERVER),
              "letsencrypt-staging");
}

/* A file without a single credential, as mailcow makes it, leaves the environment in charge. */
TEST(mailcow_wanted_with_which_credentials)
{
    static const struct {
        const char *content;
        bool used;
    } files[] = { { NULL, false },
                  { "# Add here your DNS-01 challenge configuration\n#CF_Token=x\n", false },
                  { "this is no line\n", false },
                  { "CF_Token=x\n", true } };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct op *op = kit_op();
        size_t before = strlen(kit_logged());

        folders(op);
        if (files[i].content)
            disk_put(here(op, MAILCOW_DNS), files[i].content, 0600);
        CHECK_INT(section(op, DNS, "", "mail.example.com")->at[OPT_CREDENTIALS].count, files[i].used);
        CHECK_STR(kit_logged() + before, "");
    }
}

static const char *key_type(struct op *op)
{
    const char *idle;

    return setting(conf_section(wanted(op, DNS, "", &idle), "mailcow", ""), OPT_KEY_TYPE);
}

TEST(mailcow_wanted_keeps_the_kind_of_key)
{
    struct op *op = kit_op();

    folders(op);
    CHECK(!key_type(op));
    disk_put(here(op, MAILCOW_SSL "/acme/key.pem"), key_pem(op, key_generate(op, KEY_EC384)), 0600);
    CHECK_STR(key_type(op), "ec384");
    disk_put(here(op, MAILCOW_SSL "/key.pem"), key_pem(op, key_generate(op, KEY_EC256)), 0600);
    CHECK_STR(key_type(op), "ec256");
    disk_put(here(op, MAILCOW_SSL "/key.pem"), "no key at all", 0600);
    CHECK_STR(key_type(op), "ec384");
    CHECK(op_ok(op));
}

TEST(mailcow_wanted_force_renew)
{
    struct op *op = kit_op();

    CHECK(!setting(section(op, DNS, "", "mail.example.com"), OPT_FORCE));
    disk_put(here(op, MAILCOW_SSL "/force_renew"), "", 0600);
    CHECK(setting_on(section(op, DNS, "", "mail.example.com"), OPT_FORCE));
}

TEST(mailcow_wanted_beside_a_file)
{
    static const char file[] = "email = top@example.org\n"
                               "[certificate www]\ndomain = www.example.org\n"
                               "[certificate mail.example.com]\nkey-type = ec256\nserver = zerossl\n";
    struct op *op = kit_op();
    const char *idle;
    struct conf *conf = wanted(op, DNS, file, &idle);
    const struct settings *ours = conf_section(conf, "certificate", "mail.example.com");

    CHECK_STR(setting(conf_section(conf, "certificate", "www"), OPT_DOMAIN), "www.example.org");
    CHECK(!setting(conf_section(conf, "certificate", "www"), OPT_MAILCOW));
    CHECK_STR(setting(ours, OPT_KEY_TYPE), "ec256");
    CHECK_STR(setting(ours, OPT_SERVER), "zerossl");
    CHECK_STR(setting(ours, OPT_DNS), "dns_cf");
    CHECK_STR(setting(ours, OPT_MAILCOW), kit_folder());
}

TEST(mailcow_wanted_nothing)
{
    struct op *op = kit_op();
    const char *idle = NULL;
    struct conf *conf = wanted(op, "SKIP_LETS_ENCRYPT=Y\n", "", &idle);

    CHECK(conf && !conf->sections->next); /* the top of the file alone */
    CHECK(idle && strstr(idle, "SKIP_LETS_ENCRYPT=y"));
}

TEST(mailcow_wanted_leaves_out_what_http_cannot_prove)
{
    struct op *op = kit_op();
    const struct settings *s = section(op,
                                       "MAILCOW_HOSTNAME=mail.example.com\nAUTODISCOVER_SAN=n\n"
                                       "ADDITIONAL_SAN=nowhere.example.com,a.example.com\n" NO_CHECKS,
                                       "", "mail.example.com");

    CHECK_STR(strings_join(op, &s->at[OPT_DOMAIN], " "), "mail.example.com a.example.com");
    CHECK(strstr(kit_logged(), "nowhere.example.com is left out"));
}

TEST(mailcow_wanted_fails_with_the_variable)
{
    struct op *op = kit_op();
    const char *idle;

    CHECK(!wanted(op, "MAILCOW_HOSTNAME=mail.example.com\nACME_DNS_CHALLENGE=y\nACME_DNS_PROVIDER=dns_xxx\n",
                  "", &idle));
    CHECK_FAILED(op, ERR_CONFIG, "ACME_DNS_PROVIDER still is dns_xxx");
}

/* mailcow's API by the world's own door: a certificate a mail domain. */
static bool run(struct http *http, struct op *op, const struct http_request *requests,
                struct http_response *responses, size_t n)
{
    (void)http;
    (void)op;
    for (size_t i = 0; i < n; i++) {
        const char *body = strstr(requests[i].url, "get/domain/all")
                               ? "[{\"domain_name\":\"example.net\",\"active\":1,\"backupmx\":0}]"
                               : "{}";

        responses[i] = (struct http_response){ .status = 200, .body = body, .length = strlen(body) };
    }
    return true;
}

TEST(mailcow_wanted_for_each_mail_domain)
{
    struct http http = { run };
    struct op *op = kit_op();
    const struct settings *own;

    kit_world()->http = &http;
    own = section(op, DNS "API_KEY=key-123456\nENABLE_SSL_SNI=y\nADDITIONAL_SAN=imap.*,smtp.*\n", "",
                  "imap.example.net");
    CHECK_STR(strings_join(op, &own->at[OPT_DOMAIN], " "), "imap.example.net smtp.example.net");
    CHECK_STR(setting(own, OPT_DNS), "dns_cf");
}

/* ---- what a certificate's settings are in the end ---- */

static struct settings merged(struct op *op, const struct conf *conf, const struct settings *lineage)
{
    struct settings settings = { 0 };

    CHECK(mailcow_settings(op, &settings, lineage, conf, "mail.example.com"));
    return settings;
}

/* What mailcow.conf said once and says no more is gone; what it knows nothing of stays. */
TEST(mailcow_settings_over_what_was_saved)
{
    struct op *op = kit_op();
    struct settings saved = { 0 }, s;
    const char *idle;

    for (size_t id = 0; id < OPTION_COUNT; id++)
        settings_add(op, &saved, (enum option_id)id, "old");
    s = merged(op, wanted(op, "MAILCOW_HOSTNAME=mail.example.com\nAUTODISCOVER_SAN=n\n" NO_CHECKS, "", &idle),
               &saved);
    CHECK_STR(strings_join(op, &s.at[OPT_DOMAIN], " "), "mail.example.com");
    CHECK_STR(setting(&s, OPT_SERVER), "letsencrypt");
    CHECK(!setting(&s, OPT_STAGING) && !setting(&s, OPT_EMAIL) && !setting(&s, OPT_DNS));
    CHECK(!setting(&s, OPT_CREDENTIALS) && !setting(&s, OPT_FORCE));
    CHECK_STR(setting(&s, OPT_MAILCOW), kit_folder());
    CHECK_STR(setting(&s, OPT_PROFILE), "old");
    CHECK_STR(setting(&s, OPT_CA_BUNDLE), "old");
}

TEST(mailcow_settings_of_the_key)
{
    struct op *op = kit_op();
    struct settings saved = { 0 }, s;
    const char *idle;

    folders(op);
    disk_put(here(op, MAILCOW_SSL "/key.pem"), key_pem(op, key_generate(op, KEY_EC384)), 0600);
    s = merged(op, wanted(op, DNS, "", &idle), NULL);
    CHECK_STR(setting(&s, OPT_KEY_TYPE), "ec384");
    CHECK(setting_on(&s, OPT_REUSE_KEY));
    settings_add(op, &saved, OPT_KEY_TYPE, "rsa4096");
    s = merged(op, wanted(op, DNS, "", &idle), &saved);
    CHECK_STR(setting(&s, OPT_KEY_TYPE), "rsa4096");
    s = merged(op, wanted(op, DNS, "[certificate mail.example.com]\nkey-type = ec256\n", &idle), &saved);
    CHECK_STR(setting(&s, OPT_KEY_TYPE), "ec256");
}

TEST(mailcow_settings_of_other_certificates)
{
    struct op *op = kit_op();
    struct settings s = { 0 };
    const char *idle;
    struct conf *conf = wanted(op, DNS, "[certificate www]\ndomain = www.example.org\n", &idle);

    CHECK(!mailcow_settings(op, &s, NULL, conf, "www"));
    CHECK(!mailcow_settings(op, &s, NULL, conf, "nothing"));
    CHECK_STR(shown(op, &s), "");
}

TEST(mailcow_save_what_mailcow_says_now)
{
    struct op *op = kit_op();
    struct settings saved = { 0 };
    const char *idle;
    struct conf *conf = wanted(op, DNS "ADDITIONAL_SAN=a.example.com\n",
                               "[certificate www]\ndomain = www.example.org\n", &idle);

    settings_add(op, &saved, OPT_DOMAIN, "old.example.com");
    settings_add(op, &saved, OPT_WEBROOT, "/old");
    settings_add(op, &saved, OPT_PROFILE, "shortlived");
    mailcow_save(&saved, conf, "www");
    CHECK_STR(strings_join(op, &saved.at[OPT_DOMAIN], " "), "old.example.com");
    mailcow_save(&saved, conf, "mail.example.com");
    CHECK_STR(strings_join(op, &saved.at[OPT_DOMAIN], " "), "mail.example.com a.example.com");
    CHECK(!setting(&saved, OPT_WEBROOT));
    CHECK_STR(setting(&saved, OPT_DNS), "dns_cf");
    CHECK_STR(setting(&saved, OPT_MAILCOW), kit_folder());
    CHECK_STR(setting(&saved, OPT_PROFILE), "shortlived");
}
