/* Configurations of mailcow, and the certificates that they are to give. */
#include "mailcow/certs.h"

#include "disk.h"

#define DNS  "ACME_DNS_CHALLENGE=y\nACME_DNS_PROVIDER=dns_cf\n"
#define HOST "MAILCOW_HOSTNAME=mail.example.com\n"
#define BARE "AUTODISCOVER_SAN=n\n"

/* "example.com" active, "example.net+sts" with an MTA-STS policy, "alias=example.org" an alias domain. */
static struct mail_domains domains_of(struct op *op, const struct mailcow *mailcow, const char *spec)
{
    struct strings words = text_split(op, spec, " ");
    struct mail_domains domains = { 0 };

    for (size_t i = 0; i < words.count; i++) {
        const char *word = words.at[i], *bare = text_less(op, word, "+sts");
        bool alias = text_starts(word, "alias=");

        bare = bare ? bare : word;
        mailcow_domain_add(op, mailcow, &domains, bare + (alias ? strlen("alias=") : 0), alias, bare != word);
    }
    return domains;
}

/* "title: name name; title: name", or NULL after a failure. */
static const char *certs_of(struct op *op, const char *conf, const char *spec)
{
    struct text out = text_begin(op->arena);
    struct mailcow_certs certs;
    struct mail_domains domains;
    struct mailcow mailcow;

    disk_put(here(op, "mailcow.conf"), conf, 0600);
    if (!mailcow_read(op, kit_folder(), &mailcow))
        return NULL;
    domains = domains_of(op, &mailcow, spec);
    if (!mailcow_certs(op, &mailcow, &domains, &certs))
        return NULL;
    for (size_t i = 0; i < certs.count; i++)
        text_add(&out, "%s%s: %s", i ? "; " : "", certs.at[i].title,
                 strings_join(op, &certs.at[i].names, " "));
    return out.data;
}

static const struct {
    const char *conf, *domains, *certs;
} table[] = {
    /* the page on DNS-01: wildcard example, and examples 1 and 2 */
    { HOST DNS BARE "ADDITIONAL_SAN=*.example.com,example.com\n", "example.com",
      "example.com: *.example.com example.com" },
    /* examples 3 and 4: the wildcard alone */
    { "MAILCOW_HOSTNAME=mail.example.de\nADDITIONAL_SAN=*.example.de\n" DNS, "example.de",
      "example.de: *.example.de" },
    /* example 5: several domains */
    { "MAILCOW_HOSTNAME=mail.company.com\nADDITIONAL_SAN=smtp.company.com,mail.division.org\n" DNS BARE,
      "company.com division.org", "mail.company.com: mail.company.com mail.division.org smtp.company.com" },

    /* the host name alone */
    { HOST BARE, "", "mail.example.com: mail.example.com" },
    { HOST "ONLY_MAILCOW_HOSTNAME=y\nADDITIONAL_SAN=a.example.com,imap.*\nENABLE_SSL_SNI=y\n", "example.com",
      "mail.example.com: mail.example.com" },
    { HOST DNS "ONLY_MAILCOW_HOSTNAME=y\nADDITIONAL_SAN=*.example.com\n", "example.com",
      "mail.example.com: mail.example.com" },

    /* sorted by bytes, once each, the host name first */
    { HOST BARE "ADDITIONAL_SAN=z.example.com,a.example.com,mail.example.com,a-b.example.com,z.example.com\n",
      "", "mail.example.com: mail.example.com a-b.example.com a.example.com z.example.com" },

    /* patterns and autodiscovery join the server's certificate */
    { HOST "ADDITIONAL_SAN=smtp.*,imap.*,extra.example.org\n" BARE, "example.com example.net",
      "mail.example.com: mail.example.com extra.example.org imap.example.com imap.example.net "
      "smtp.example.com smtp.example.net" },
    { HOST, "example.net example.com",
      "mail.example.com: mail.example.com autoconfig.example.com autoconfig.example.net "
      "autodiscover.example.com autodiscover.example.net" },
    { HOST, "example.com+sts alias=a.example alias=b.example+sts",
      "mail.example.com: mail.example.com autoconfig.example.com autodiscover.example.com "
      "mta-sts.b.example mta-sts.example.com" },
    { HOST "AUTODISCOVER_SAN=n\n", "example.com+sts alias=b.example+sts",
      "mail.example.com: mail.example.com" },
    { HOST BARE "ADDITIONAL_SAN=mta-sts.*\n", "example.com",
      "mail.example.com: mail.example.com mta-sts.example.com" },
    { HOST BARE "ADDITIONAL_SAN=mail.*\n", "example.com example.net",
      "mail.example.com: mail.example.com mail.example.net" },

    /* a wildcard covers one label, by whole labels, with DNS-01 */
    { HOST DNS "ADDITIONAL_SAN=*.example.com,imap.*\n" BARE, "example.com example.company sub.example.com",
      "example.com: *.example.com imap.example.company imap.sub.example.com" },
    { "MAILCOW_HOSTNAME=mail.eu.example.com\nADDITIONAL_SAN=*.example.com\n" DNS BARE, "",
      "mail.eu.example.com: mail.eu.example.com *.example.com" },
    { "MAILCOW_HOSTNAME=mail.example.company\nADDITIONAL_SAN=*.example.com\n" DNS BARE, "",
      "mail.example.company: mail.example.company *.example.com" },
    { "MAILCOW_HOSTNAME=example.com\nADDITIONAL_SAN=*.example.com\n" DNS BARE, "",
      "example.com: example.com *.example.com" },
    { HOST DNS BARE "ADDITIONAL_SAN=*.example.com,smtp.example.com,*.lab.example.com,a.lab.example.com\n", "",
      "example.com: *.example.com *.lab.example.com" },

    /* a certificate a domain */
    { HOST "ENABLE_SSL_SNI=y\nADDITIONAL_SAN=smtp.*,imap.*,extra.example.org\n" BARE,
      "example.com example.net",
      "mail.example.com: mail.example.com extra.example.org; "
      "smtp.example.com: smtp.example.com imap.example.com; "
      "smtp.example.net: smtp.example.net imap.example.net" },
    { HOST "ENABLE_SSL_SNI=y\nADDITIONAL_SAN=zeta.*,beta.*\n", "example.com+sts alias=b.example+sts",
      "mail.example.com: mail.example.com; "
      "zeta.example.com: zeta.example.com autoconfig.example.com autodiscover.example.com beta.example.com "
      "mta-sts.example.com; "
      "mta-sts.b.example: mta-sts.b.example" },
    { HOST "ENABLE_SSL_SNI=y\nADDITIONAL_SAN=imap.*,smtp.*,imap.example.net\n" BARE, "example.net",
      "mail.example.com: mail.example.com imap.example.net; smtp.example.net: smtp.example.net" },
    { HOST DNS "ENABLE_SSL_SNI=y\nADDITIONAL_SAN=*.example.com\n", "example.com example.net",
      "example.com: *.example.com; "
      "autodiscover.example.net: autodiscover.example.net autoconfig.example.net" },
    { HOST "ENABLE_SSL_SNI=y\nADDITIONAL_SAN=mail.*\n" BARE, "example.com",
      "mail.example.com: mail.example.com" },

    /* two certificates for one folder are one */
    { "MAILCOW_HOSTNAME=a.mail.example.com\nENABLE_SSL_SNI=y\nADDITIONAL_SAN=*.mail.example.com,mail.*\n" DNS
          BARE,
      "example.com", "mail.example.com: *.mail.example.com mail.example.com" },
};

TEST(mailcow_certs_of_all_configurations)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct op *op = kit_op();
        const char *certs = certs_of(op, table[i].conf, table[i].domains);

        kit_check(text_same(certs, table[i].certs), __FILE__, __LINE__, "%s[%s]\ngives  %s\nwanted %s",
                  table[i].conf, table[i].domains, certs ? certs : op->err.text, table[i].certs);
    }
}

TEST(mailcow_certs_hint_at_the_apex)
{
    static const struct {
        const char *sans, *hint;
    } cases[] = {
        { "*.example.org", "*.example.org does not cover example.org itself" },
        { "*.example.org,example.org", NULL },
        { "example.org,*.example.org", NULL },
        { "*.lab.example.org,*.example.org,example.org", NULL }, /* lab.example.org is covered by the other */
        { "www.example.org", NULL },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = kit_op();
        size_t before = strlen(kit_logged());

        certs_of(op, op_text(op, HOST DNS BARE "ADDITIONAL_SAN=%s\n", cases[i].sans), "");
        CHECK_STR(kit_logged() + before,
                  cases[i].hint
                      ? op_text(op, "%s: add example.org to ADDITIONAL_SAN if it is needed\n", cases[i].hint)
                      : "");
    }
}

static const char *many_domains(struct op *op, unsigned n)
{
    struct text out = text_begin(op->arena);

    for (unsigned i = 0; i < n; i++)
        text_add(&out, " d%u.example", i);
    return out.data;
}

TEST(mailcow_certs_of_more_than_100_names)
{
    struct op *op = kit_op();

    CHECK(certs_of(op, HOST BARE "ADDITIONAL_SAN=imap.*\n", many_domains(op, 99)));
    CHECK(!certs_of(op, HOST BARE "ADDITIONAL_SAN=imap.*\n", many_domains(op, 100)));
    CHECK_FAILED(op, ERR_CONFIG, "mail.example.com would have 101 names, and CAs take 100");
    CHECK(strstr(op->err.hint, "ENABLE_SSL_SNI=y"));
    op = kit_op();
    CHECK(certs_of(op, HOST BARE "ENABLE_SSL_SNI=y\nADDITIONAL_SAN=imap.*\n", many_domains(op, 500)));
}

TEST(mailcow_certs_labels)
{
    struct op *op = kit_op();
    struct mailcow mailcow = { .autodiscover = true };
    struct strings labels;

    strings_add(op, &mailcow.patterns, "imap");
    strings_add(op, &mailcow.patterns, "autoconfig");
    labels = mailcow_labels(op, &mailcow);
    CHECK_STR(strings_join(op, &labels, " "), "imap autoconfig autodiscover mta-sts");
    mailcow.only_hostname = true;
    CHECK_INT(mailcow_labels(op, &mailcow).count, 0);
}
