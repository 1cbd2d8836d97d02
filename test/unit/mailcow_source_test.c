#include "mailcow/source.h"

#include "crypto/secrets.h"
#include "disk.h"

#define DNS01 "MAILCOW_HOSTNAME=mail.example.com\nACME_DNS_CHALLENGE=y\nACME_DNS_PROVIDER=dns_cf\n"
#define HTTP  "MAILCOW_HOSTNAME=mail.example.com\n"

static bool read_conf(struct op *op, const char *conf, struct mailcow *mailcow)
{
    disk_put(here(op, "mailcow.conf"), conf, 0600);
    return mailcow_read(op, kit_folder(), mailcow);
}

static struct mailcow good(struct op *op, const char *conf)
{
    struct mailcow mailcow = { 0 };

    CHECK(read_conf(op, conf, &mailcow));
    CHECK(op_ok(op));
    return mailcow;
}

static void refused(const char *conf, const char *words, const char *hint)
{
    struct op *op = kit_op();
    struct mailcow mailcow;

    CHECK(!read_conf(op, conf, &mailcow));
    CHECK_FAILED(op, ERR_CONFIG, words);
    kit_check(hint ? op->err.hint && strstr(op->err.hint, hint) : true, __FILE__, __LINE__,
              "the hint of \"%s\" says \"%s\"", words, hint ? hint : "");
}

static const char *joined(struct op *op, const struct strings *list)
{
    return strings_join(op, list, " ");
}

TEST(mailcow_source_defaults)
{
    struct op *op = kit_op();
    struct mailcow m = good(op, HTTP);

    CHECK_STR(m.hostname, "mail.example.com");
    CHECK_STR(m.dir, kit_folder());
    CHECK(m.autodiscover && !m.sni && !m.dns01 && !m.only_hostname && !m.skip && !m.staging);
    CHECK(!m.skip_ip_check && !m.skip_http_verification);
    CHECK(!m.provider && !m.email && !m.directory && !m.api_key);
    CHECK_INT(m.sans.count + m.patterns.count, 0);
    CHECK_STR(m.https_at, "127.0.0.1");
    CHECK_STR(m.https_port, "443");
    CHECK_STR(kit_logged(), "");
}

/* The file as mailcow writes it, with what its page on DNS-01 says to change. */
TEST(mailcow_source_reads_a_whole_file)
{
    struct op *op = kit_op();
    struct mailcow m = good(op, "# ------------------------------\n"
                                "# mailcow web ui configuration\n"
                                "MAILCOW_HOSTNAME=mail.example.com\r\n"
                                "DBPASS=$(rm -rf /tmp/x)`id`$HOME\n"
                                "HTTPS_PORT=8443\n"
                                "HTTPS_BIND=2001:db8::5\n"
                                "#ADDITIONAL_SAN=imap.*,smtp.*\n"
                                "ADDITIONAL_SAN='*.example.com, example.com ,imap.*'\n"
                                "AUTODISCOVER_SAN=n\n"
                                "SKIP_LETS_ENCRYPT=n\n"
                                "ACME_DNS_CHALLENGE=\"YES\"\n"
                                "ACME_DNS_PROVIDER=dns_servercow\n"
                                "ACME_ACCOUNT_EMAIL=admin@example.com\n"
                                "ENABLE_SSL_SNI=Y\n"
                                "DIRECTORY_URL=https://ca.example/dir\n"
                                "API_KEY=rw-key-1234567890\n"
                                "API_KEY_READ_ONLY=ro-key-1234567890 # the other one\n");

    CHECK_STR(joined(op, &m.sans), "*.example.com example.com");
    CHECK_STR(joined(op, &m.patterns), "imap");
    CHECK(m.dns01 && m.sni && !m.autodiscover);
    CHECK_STR(m.provider, "dns_servercow");
    CHECK_STR(m.email, "admin@example.com");
    CHECK_STR(m.directory, "https://ca.example/dir");
    CHECK_STR(m.api_key, "ro-key-1234567890");
    CHECK_STR(m.https_at, "[2001:db8::5]");
    CHECK_STR(m.https_port, "8443");
    CHECK_STR(mailcow_value(op, &m, "DBPASS"), "$(rm -rf /tmp/x)`id`$HOME");
    CHECK(!mailcow_value(op, &m, "DBUSER"));
    CHECK_STR(mailcow_path(op, &m, MAILCOW_SSL), op_text(op, "%s/data/assets/ssl", kit_folder()));
}

TEST(mailcow_source_folder)
{
    struct op *op = kit_op();
    struct mailcow m;

    good(op, HTTP);
    CHECK(mailcow_read(op, op_text(op, "%s//", kit_folder()), &m));
    CHECK_STR(m.dir, kit_folder());
    CHECK(!mailcow_read(op, here(op, "nothing"), &m));
    CHECK_FAILED(op, ERR_CONFIG, "nothing/mailcow.conf");
    CHECK(strstr(op->err.hint, "--mailcow"));
}

TEST(mailcow_source_skip_looks_at_nothing_else)
{
    struct op *op = kit_op();

    CHECK(good(op, "SKIP_LETS_ENCRYPT=y\nACME_DNS_CHALLENGE=y\nACME_DNS_PROVIDER=dns_xxx\n").skip);
}

TEST(mailcow_source_yes_and_no)
{
    static const struct {
        const char *word;
        bool yes, odd;
    } words[] = {
        { "y", true, false },  { "Y", true, false },    { "yes", true, false },  { "YeS", true, false },
        { "n", false, false }, { "NO", false, false },  { "", false, false },    { "\"y\"", true, false },
        { "1", false, true },  { "true", false, true }, { "yes!", false, true },
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct op *op = kit_op();
        size_t before = strlen(kit_logged());
        struct mailcow m = good(op, op_text(op, HTTP "SKIP_IP_CHECK=%s\n", words[i].word));
        bool told = strstr(kit_logged() + before, "SKIP_IP_CHECK is neither y nor n") != NULL;

        kit_check(m.skip_ip_check == words[i].yes && told == words[i].odd, __FILE__, __LINE__,
                  "SKIP_IP_CHECK=%s", words[i].word);
    }
}

TEST(mailcow_source_host_name)
{
    struct op *op = kit_op();

    refused("ADDITIONAL_SAN=\n", "MAILCOW_HOSTNAME is not set", "mail.example.com");
    refused("MAILCOW_HOSTNAME=\n", "MAILCOW_HOSTNAME is not set", NULL);
    refused("MAILCOW_HOSTNAME=mail\n", "not the full name", NULL);
    refused("MAILCOW_HOSTNAME=192.0.2.1\n", "not the full name", NULL);
    refused("MAILCOW_HOSTNAME=*.example.com\n", "not the full name", NULL);
    refused("MAILCOW_HOSTNAME=mail_1.example.com\n", "MAILCOW_HOSTNAME: \"mail_1.example.com\"", NULL);
    CHECK_STR(good(op, "MAILCOW_HOSTNAME=Mail.BÜCHER.example.\n").hostname, "mail.xn--bcher-kva.example");
}

TEST(mailcow_source_additional_san)
{
    struct op *op = kit_op();
    struct mailcow m = good(op, DNS01 "ADDITIONAL_SAN=, srv1.Example.net,imap.*,*.Bücher.example,IMAP.*, ,"
                                      "srv1.example.net mx.eu.*,,\n");

    CHECK_STR(joined(op, &m.sans), "srv1.example.net *.xn--bcher-kva.example");
    CHECK_STR(joined(op, &m.patterns), "imap mx.eu");
    refused(DNS01 "ADDITIONAL_SAN=good.example.com,bad_one.example.com\n", "bad_one.example.com", "imap.*");
    refused(DNS01 "ADDITIONAL_SAN=*.*\n", "its * at the end", NULL);
    refused(DNS01 "ADDITIONAL_SAN=*\n", "ADDITIONAL_SAN", NULL);
    refused(DNS01 "ADDITIONAL_SAN=.*\n", "empty label", NULL);
    refused(DNS01 "ADDITIONAL_SAN=a.*.example.com\n", "ADDITIONAL_SAN", NULL);
    refused(DNS01 "ADDITIONAL_SAN=$(id).example.com\n", "ADDITIONAL_SAN", NULL);
    refused(DNS01 "ADDITIONAL_SAN=../../etc.*\n", "ADDITIONAL_SAN", NULL);
}

TEST(mailcow_source_wildcards_need_dns)
{
    struct op *op = kit_op();

    refused(HTTP "ADDITIONAL_SAN=*.example.com\n", "*.example.com, and a wildcard needs the DNS-01 challenge",
            "ACME_DNS_CHALLENGE=y");
    good(op, HTTP "ADDITIONAL_SAN=*.example.com\nONLY_MAILCOW_HOSTNAME=y\n");
}

TEST(mailcow_source_provider)
{
    struct op *op = kit_op();

    refused("MAILCOW_HOSTNAME=mail.example.com\nACME_DNS_CHALLENGE=y\nACME_DNS_PROVIDER=dns_xxx\n",
            "ACME_DNS_PROVIDER still is dns_xxx", "data/conf/acme/dns-01.conf");
    refused("MAILCOW_HOSTNAME=mail.example.com\nACME_DNS_CHALLENGE=y\n", "ACME_DNS_PROVIDER is not set",
            "dns_cf");
    CHECK(!good(op, HTTP "ACME_DNS_PROVIDER=dns_xxx\n").provider);
}

TEST(mailcow_source_email)
{
    struct op *op = kit_op();

    refused(DNS01 "ACME_ACCOUNT_EMAIL=me@example.com\n", "still is me@example.com", "leave it empty");
    CHECK(!good(op, DNS01 "ACME_ACCOUNT_EMAIL=\n").email);
    CHECK(!good(op, DNS01 "ACME_ACCOUNT_EMAIL=\nACME_CONTACT=old@example.com\n").email);
    CHECK(!good(op, HTTP "ACME_ACCOUNT_EMAIL=me@example.com\n").email);
    CHECK_STR(good(op, DNS01 "ACME_CONTACT=old@example.com\n").email, "old@example.com");
    CHECK_STR(good(op, DNS01 "ACME_CONTACT=mailto:old@example.com\n").email, "old@example.com");
    CHECK_STR(good(op, DNS01 "ACME_ACCOUNT_EMAIL=me@example.com\nACME_CONTACT=old@example.com\n").email,
              "old@example.com");
    CHECK_STR(good(op, DNS01 "ACME_ACCOUNT_EMAIL=new@example.com\nACME_CONTACT=old@example.com\n").email,
              "new@example.com");
}

TEST(mailcow_source_staging_wins)
{
    struct op *op = kit_op();
    struct mailcow m = good(op, HTTP "LE_STAGING=y\nDIRECTORY_URL=https://ca.example/dir\n");

    CHECK(m.staging && !m.directory);
    CHECK(strstr(kit_logged(), "no mail program trusts"));
    CHECK(strstr(kit_logged(), "DIRECTORY_URL does not count"));
}

TEST(mailcow_source_https_address)
{
    static const struct {
        const char *bind, *at;
    } binds[] = {
        { "", "127.0.0.1" },          { "0.0.0.0", "127.0.0.1" },
        { "192.0.2.7", "192.0.2.7" }, { "::", "[::1]" },
        { "[::]", "[::1]" },          { "[2001:db8::5]", "[2001:db8::5]" },
        { "127.0.0.1", "127.0.0.1" },
    };

    for (size_t i = 0; i < sizeof binds / sizeof *binds; i++) {
        struct op *op = kit_op();

        CHECK_STR(good(op, op_text(op, HTTP "HTTPS_BIND=%s\n", binds[i].bind)).https_at, binds[i].at);
    }
}

TEST(mailcow_source_api_key_is_a_secret)
{
    struct op *op = kit_op();

    kit_world()->secrets = secrets_new(op);
    good(op, HTTP "API_KEY=abcdef-0123456789\n");
    CHECK(secrets_in(op, "401 for abcdef-0123456789"));
}
