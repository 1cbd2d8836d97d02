#include "mailcow/lint.h"

#include "disk.h"

#include <sys/stat.h>

#define CONF                                                                                                 \
    "MAILCOW_HOSTNAME=mail.example.com\nACME_DNS_CHALLENGE=y\nACME_DNS_PROVIDER=fake\n"                      \
    "AUTODISCOVER_SAN=n\n"
#define TOKEN "FAKE_Token=\"abcdefghijklmnop\"\n"

/* "code subject; ..." of what is found in these two files. */
static const char *found(const char *conf, const char *dns, unsigned mode)
{
    struct op *op = kit_op();
    struct findings findings = { .op = op };
    struct text out = text_begin(op->arena);

    mkdir(here(op, "data"), 0755);
    mkdir(here(op, "data/conf"), 0755);
    mkdir(here(op, "data/conf/acme"), 0755);
    disk_put(here(op, "mailcow.conf"), conf, 0600);
    disk_put(here(op, "data/conf/acme/dns-01.conf"), dns, mode);
    CHECK(mailcow_lint(op, kit_folder(), &findings));
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *f = &findings.at[i];

        CHECK(f->text && f->remedy);
        text_add(&out, "%s%s %s", i ? "; " : "", finding_table[f->code].code,
                 text_starts(f->subject, "/") ? "file" : f->subject);
    }
    return out.data;
}

TEST(mailcow_lint_good_files)
{
    CHECK_STR(found(CONF, TOKEN, 0600), "");
    CHECK_STR(
        found(CONF "# comment\n\nHTTP_PORT=80\nSKIP_CLAMD=n\nTZ=UTC\nIMAP_PORT=143\nCOMPOSE_PROJECT_NAME=x\n",
              TOKEN, 0600),
        "");
}

TEST(mailcow_lint_typos)
{
    CHECK_STR(found(CONF "ADITIONAL_SAN=a.example.com\n", TOKEN, 0600), "mailcow-typo mailcow.conf:5");
    CHECK_STR(found(CONF "just words\n", TOKEN, 0600), "mailcow-line mailcow.conf:5");
    CHECK_STR(found(CONF, TOKEN "FAKE_Tokn=x\n", 0600), "mailcow-typo data/conf/acme/dns-01.conf:2");
    CHECK_STR(found(CONF, TOKEN "words\n", 0600), "mailcow-line data/conf/acme/dns-01.conf:2");
    CHECK_STR(found(CONF, "FAKE_Token=abcdefghijklmnop\r\n", 0600),
              "mailcow-cr data/conf/acme/dns-01.conf:1");
}

TEST(mailcow_lint_credentials_of_another_provider)
{
    CHECK_STR(found(CONF, TOKEN "SET_Url=x\n", 0600), "mailcow-other data/conf/acme/dns-01.conf:2");
    CHECK_STR(found(CONF, TOKEN, 0644), "credentials-readable file");
}

TEST(mailcow_lint_names)
{
    CHECK_STR(found(CONF "ADDITIONAL_SAN=*.example.com\n", TOKEN, 0600), "mailcow-apex ADDITIONAL_SAN");
    CHECK_STR(found(CONF "ADDITIONAL_SAN=*.example.com,example.com\n", TOKEN, 0600), "");
    CHECK_STR(found(CONF "ADDITIONAL_SAN=*.example.com,example.com,www.example.com\n", TOKEN, 0600),
              "names-redundant ADDITIONAL_SAN");
}

TEST(mailcow_lint_settings)
{
    CHECK_STR(found(CONF "LE_STAGING=y\n", TOKEN, 0600), "mailcow-staging LE_STAGING");
    CHECK_STR(found(CONF "ENABLE_SSL_SNI=y\n", TOKEN, 0600), "mailcow-api API_KEY_READ_ONLY");
    CHECK_STR(found(CONF "ENABLE_SSL_SNI=y\nAPI_KEY_READ_ONLY=AAAAAA-BBBBBB-CCCCCC\n", TOKEN, 0600), "");
    CHECK_STR(found("SKIP_LETS_ENCRYPT=y\n", TOKEN, 0600), "");
}
