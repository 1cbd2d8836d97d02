/*
 * The examples of mailcow's page on DNS-01, as they are written there (test/data/mailcow): the names that
 * come out of them, and a provider that is content with its credentials.
 */
#include "dns01/instance.h"
#include "kit.h"
#include "mailcow/wanted.h"
#include "proofs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(struct op *op, const char *below, const char *content)
{
    const char *path = op_text(op, "%s/%s", kit_folder(), below);
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);

    CHECK(write(fd, content, strlen(content)) == (ssize_t)strlen(content) && close(fd) == 0);
}

/* The checkout's own modes are what somebody's umask has made of them, and others may read. */
static void copy(struct op *op, const char *example, const char *below)
{
    char content[4096] = "";
    FILE *file = fopen(op_text(op, "%s/../data/mailcow/%s/%s", TRANSCRIPTS, example, below), "r");

    if (CHECK(file != NULL)) {
        CHECK(fread(content, 1, sizeof content - 1, file) > 0);
        fclose(file);
    }
    put(op, below, content);
}

static void make_folders(struct op *op)
{
    static const char *const folders[] = { "data", "data/conf", "data/conf/acme" };

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        mkdir(op_text(op, "%s/%s", kit_folder(), folders[i]), 0700);
}

/* What the mailcow in the test's folder asks for; NULL after a failure. */
static const struct settings *wanted(struct op *op, const char *title)
{
    static const struct settings none;
    const struct mailcow_source source = { kit_folder(), &none, LOG_WARN };
    struct conf *conf = conf_parse(op, "", "none");
    const char *idle;

    if (!mailcow_wanted(op, &source, conf, &idle))
        return NULL;
    CHECK_STR(idle, NULL);
    return conf_section(conf, "certificate", title);
}

/* "provider FIELD=value ..." of the one provider. */
static const char *providers_of(struct op *op, const struct settings *settings, const char *const *fields)
{
    struct text out = text_begin(op->arena);
    struct instance **instances = NULL;
    size_t count = 0;

    if (!proofs_instances(op, settings, NULL, &instances, &count) || !CHECK_INT(count, 1))
        return NULL;
    op->instance = instances[0];
    text_add(&out, "%s", instances[0]->provider->title);
    for (; *fields; fields++)
        text_add(&out, " %s=%s", *fields, field(op, *fields));
    instances_close(op, instances, count);
    return out.data;
}

static const struct example {
    const char *folder, *title, *names, *email;
    const char *provider; /* and its credentials */
    const char *fields[3];
    const char *hint; /* NULL: none but for the mail domains */
} examples[] = {
    { "0-step-by-step",
      "mail.example.com",
      "mail.example.com",
      "admin@example.com",
      "Servercow SERVERCOW_API_Username=servercow-api-username SERVERCOW_API_Password=servercow-api-password",
      { "SERVERCOW_API_Username", "SERVERCOW_API_Password" },
      NULL },
    { "0-wildcard",
      "example.com",
      "*.example.com,example.com",
      NULL,
      "Servercow SERVERCOW_API_Username=servercow-api-username",
      { "SERVERCOW_API_Username" },
      NULL },
    { "1-servercow",
      "example.com",
      "*.example.com,example.com",
      "admin@example.com",
      "Servercow SERVERCOW_API_Username=your-servercow-api-username "
      "SERVERCOW_API_Password=your-servercow-api-password",
      { "SERVERCOW_API_Username", "SERVERCOW_API_Password" },
      NULL },
    { "2-cloudflare",
      "example.com",
      "*.example.com,example.com",
      "admin@example.com",
      "Cloudflare CF_Token=your_cloudflare_api_token_here CF_Account_ID=your_cloudflare_account_id",
      { "CF_Token", "CF_Account_ID" },
      NULL },
    { "3-hetzner",
      "example.de",
      "*.example.de",
      "admin@example.de",
      "Hetzner DNS Console (older API) HETZNER_Token=your-hetzner-api-token-here",
      { "HETZNER_Token" },
      "*.example.de does not cover example.de itself" },
    { "4-ionos",
      "example.de",
      "*.example.de",
      "admin@example.de",
      "IONOS IONOS_API_KEY=your-ionos-api-key",
      { "IONOS_API_KEY" },
      "*.example.de does not cover example.de itself" },
    { "5-route53",
      "mail.company.com",
      "mail.company.com,mail.division.org,smtp.company.com",
      "admin@company.com",
      "Amazon Route 53 AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE "
      "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY" },
      NULL },
};

static void try_example(const struct example *example)
{
    struct op *op = kit_op();
    size_t before = strlen(kit_logged());
    const struct settings *settings;

    make_folders(op);
    copy(op, example->folder, "mailcow.conf");
    copy(op, example->folder, "data/conf/acme/dns-01.conf");
    settings = wanted(op, example->title);
    if (!CHECK(settings != NULL))
        return;
    CHECK_STR(strings_join(op, &settings->at[OPT_DOMAIN], ","), example->names);
    CHECK_STR(setting(settings, OPT_SERVER), "letsencrypt");
    CHECK_STR(setting(settings, OPT_EMAIL), example->email);
    CHECK_STR(setting(settings, OPT_CREDENTIALS), op_text(op, "%s/data/conf/acme/dns-01.conf", kit_folder()));
    CHECK_STR(providers_of(op, settings, example->fields), example->provider);
    CHECK(!example->hint || strstr(kit_logged() + before, example->hint));
    CHECK((strstr(kit_logged() + before, "does not cover") != NULL) == (example->hint != NULL));
}

TEST(mailcow_examples)
{
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        try_example(&examples[i]);
}

/* The table of providers on that page: the plugin's name with the credentials that stand beside it. */
static const struct {
    const char *plugin, *credentials;
    const char *words; /* of the failure; NULL: it is content */
} rows[] = {
    { "dns_servercow", "SERVERCOW_API_Username=u\nSERVERCOW_API_Password=p\n", NULL },
    { "dns_cf", "CF_Token=t\nCF_Account_ID=a\n", NULL },
    { "dns_aws", "AWS_ACCESS_KEY_ID=k\nAWS_SECRET_ACCESS_KEY=s\n", NULL },
    { "dns_azure",
      "AZUREDNS_SUBSCRIPTIONID=s\nAZUREDNS_TENANTID=t\nAZUREDNS_APPID=a\nAZUREDNS_CLIENTSECRET=c\n", NULL },
    { "dns_azure",
      "AZUREDNS_SUBSCRIPTIONID=s\nAZUREDNS_TENANTID=t\nAZUREDNS_APPID=a\nAZUREDNS_CLIENTSECRET=c\n"
      "AZUREDNS_RESOURCEGROUP=g\nAZUREDNS_ZONE=z\n",
      NULL },
    { "dns_gcloud", "CLOUDSDK_ACTIVE_CONFIG_NAME=default\n", NULL },
    { "dns_dgon", "DO_API_KEY=k\n", NULL },
    { "dns_hetzner", "HETZNER_Token=t\n", NULL },
    { "dns_hetznercloud", "HETZNER_TOKEN=t\n", NULL },
    { "dns_ovh", "OVH_AK=k\nOVH_AS=s\nOVH_CK=c\n", NULL },
    { "dns_namecheap", "NAMECHEAP_USERNAME=u\nNAMECHEAP_API_KEY=k\nNAMECHEAP_SOURCEIP=192.0.2.1\n", NULL },
    { "dns_namecheap", "NAMECHEAP_PASSWORD=ddns\n", "the password for Dynamic DNS cannot write TXT" },
    { "dns_gd", "GD_Key=k\nGD_Secret=s\n", NULL },
    { "dns_linode", "LINODE_API_KEY=k\n", NULL },
    { "dns_linode", "LINODE_V4_API_KEY=k\n", NULL },
    { "dns_dnsimple", "DNSimple_OAUTH_TOKEN=t\n", NULL },
    { "dns_ionos", "IONOS_API_KEY=prefix.secret\n", NULL },
    { "dns_xxx", "A=b\n", "ACME_DNS_PROVIDER still is dns_xxx" },
};

TEST(mailcow_providers)
{
    static const char *const no_fields[] = { NULL };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct op *op = kit_op();
        const struct settings *settings;

        make_folders(op);
        put(op, "mailcow.conf",
            op_text(op,
                    "MAILCOW_HOSTNAME=mail.example.com\nAUTODISCOVER_SAN=n\nACME_DNS_CHALLENGE=y\n"
                    "ACME_DNS_PROVIDER=%s\nACME_ACCOUNT_EMAIL=\n",
                    rows[i].plugin));
        put(op, "data/conf/acme/dns-01.conf", rows[i].credentials);
        settings = wanted(op, "mail.example.com");
        if (settings)
            providers_of(op, settings, no_fields);
        if (rows[i].words)
            CHECK_FAILED(op, ERR_CONFIG, rows[i].words);
        else if (!CHECK(settings && op_ok(op)))
            kit_check(false, __FILE__, __LINE__, "%s: %s", rows[i].plugin, op->err.text);
    }
}
