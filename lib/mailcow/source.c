#include "mailcow/source.h"

#include "base/file.h"
#include "crypto/secrets.h"
#include "names.h"

#include <string.h>

/* What mailcow ships and asks its users to change. */
#define DEFAULT_PROVIDER "dns_xxx"
#define DEFAULT_EMAIL    "me@example.com"

const char *mailcow_path(struct op *op, const struct mailcow *mailcow, const char *below)
{
    return op_text(op, "%s/%s", mailcow->dir, below);
}

/* Compose, which reads this file too, lets a comment stand behind a value. */
const char *mailcow_value(struct op *op, const struct mailcow *mailcow, const char *name)
{
    const char *value = envfile_get(&mailcow->file, name);
    const char *comment = value ? strstr(value, " #") : NULL;

    if (comment)
        value = text_trim(op, text_cut(op, value, (size_t)(comment - value)));
    return value && *value ? value : NULL;
}

static bool either(const char *value, const char *letter, const char *word)
{
    return text_same_nocase(value, letter) || text_same_nocase(value, word);
}

/* "y" or "yes"; mailcow takes everything else for no. */
static bool flag(struct op *op, const struct mailcow *mailcow, const char *name, bool otherwise)
{
    const char *value = mailcow_value(op, mailcow, name);

    if (!value)
        return otherwise;
    if (!either(value, "y", "yes") && !either(value, "n", "no"))
        op_log(op, LOG_WARN, "mailcow.conf: %s is neither y nor n and counts as n", name);
    return either(value, "y", "yes");
}

static bool read_file(struct op *op, const char *dir, struct mailcow *mailcow)
{
    size_t length = strlen(dir);
    const char *path, *text;

    while (length > 1 && dir[length - 1] == '/')
        length--;
    *mailcow = (struct mailcow){ .dir = text_cut(op, dir, length), .advice = LOG_NOTE };
    path = mailcow_path(op, mailcow, "mailcow.conf");
    text = file_read_named(op, path);
    if (!text)
        return op_hint(op, "--mailcow names the folder of a mailcow installation, the one with mailcow.conf");
    mailcow->file = envfile_parse(op, text, path);
    return true;
}

static bool read_hostname(struct op *op, struct mailcow *mailcow)
{
    const char *value = mailcow_value(op, mailcow, "MAILCOW_HOSTNAME");

    if (!value) {
        op_fail(op, ERR_CONFIG, "MAILCOW_HOSTNAME is not set");
        return op_hint(op, "it is the full name of this mail server, such as mail.example.com");
    }
    op_enter(op, "MAILCOW_HOSTNAME");
    mailcow->hostname = name_normalise(op, value);
    if (!mailcow->hostname)
        op->err.code = ERR_CONFIG;
    else if (name_is_ip(mailcow->hostname) || name_is_wildcard(mailcow->hostname) ||
             !strchr(mailcow->hostname, '.'))
        op_fail(op, ERR_CONFIG, "\"%s\" is not the full name of a server", mailcow->hostname);
    op_leave(op);
    return op_ok(op);
}

/* The labels of "imap.*", in the form in which they stand in a name; NULL where they cannot. */
static const char *pattern_label(struct op *op, const char *entry)
{
    static const char below[] = ".example";
    const char *name = name_normalise(op, op_text(op, "%s%s", text_less(op, entry, ".*"), below));

    if (!name || !name_is_wildcard(name))
        return name ? text_less(op, name, below) : NULL;
    op_fail(op, ERR_CONFIG, "a pattern has its * at the end only");
    return NULL;
}

static void read_san(struct op *op, struct mailcow *mailcow, const char *entry)
{
    bool pattern = text_ends(entry, ".*");
    const char *name = pattern ? pattern_label(op, entry) : name_normalise(op, entry);
    struct strings *list = pattern ? &mailcow->patterns : &mailcow->sans;

    if (name && !strings_have(list, name))
        strings_add(op, list, name);
}

static bool read_sans(struct op *op, struct mailcow *mailcow)
{
    const char *value = mailcow_value(op, mailcow, "ADDITIONAL_SAN");
    struct strings entries = text_split(op, value ? value : "", ", \t");

    op_enter(op, "ADDITIONAL_SAN");
    for (size_t i = 0; op_ok(op) && i < entries.count; i++)
        read_san(op, mailcow, entries.at[i]);
    op_leave(op);
    if (op_ok(op))
        return true;
    op->err.code = ERR_CONFIG;
    return op_hint(op,
                   "write names (srv1.example.net), wildcards (*.example.com) and patterns that stand for "
                   "a label in front of each mail domain (imap.*), with commas between");
}

/* HTTP-01 cannot prove a wildcard (RFC 8555 section 7.4.1 leaves it to the CA, and none offers it). */
static bool wildcards_fit(struct op *op, const struct mailcow *mailcow)
{
    for (size_t i = 0; !mailcow->dns01 && !mailcow->only_hostname && i < mailcow->sans.count; i++) {
        if (!name_is_wildcard(mailcow->sans.at[i]))
            continue;
        op_fail(op, ERR_CONFIG, "ADDITIONAL_SAN has %s, and a wildcard needs the DNS-01 challenge",
                mailcow->sans.at[i]);
        return op_hint(op, "set ACME_DNS_CHALLENGE=y and ACME_DNS_PROVIDER, or list the names one by one");
    }
    return true;
}

static bool read_provider(struct op *op, struct mailcow *mailcow)
{
    const char *value = mailcow_value(op, mailcow, "ACME_DNS_PROVIDER");

    if (!mailcow->dns01)
        return true;
    mailcow->provider = value;
    if (value && !text_same(value, DEFAULT_PROVIDER))
        return true;
    op_fail(op, ERR_CONFIG,
            value ? "ACME_DNS_CHALLENGE=y, and ACME_DNS_PROVIDER still is %s"
                  : "ACME_DNS_CHALLENGE=y, and ACME_DNS_PROVIDER is not set%s",
            value ? value : "");
    return op_hint(op,
                   "set ACME_DNS_PROVIDER to the one that holds your DNS zone, such as dns_cf or dns_hetzner "
                   "(mcacme providers lists them), and put its credentials into %s",
                   mailcow_path(op, mailcow, MAILCOW_DNS));
}

/*
 * The untouched default does no harm where mailcow itself ignores the variable (HTTP-01), or where the one
 * that it had before is set.
 */
static bool read_email(struct op *op, struct mailcow *mailcow)
{
    const char *value = envfile_get(&mailcow->file, "ACME_ACCOUNT_EMAIL");
    const char *contact = mailcow_value(op, mailcow, "ACME_CONTACT");
    bool untouched = value && text_same(mailcow_value(op, mailcow, "ACME_ACCOUNT_EMAIL"), DEFAULT_EMAIL);

    if (value && !untouched)
        mailcow->email = mailcow_value(op, mailcow, "ACME_ACCOUNT_EMAIL");
    else if (contact)
        mailcow->email = text_past(contact, "mailto:") ? text_past(contact, "mailto:") : contact;
    else if (untouched && mailcow->dns01) {
        op_fail(op, ERR_CONFIG, "ACME_ACCOUNT_EMAIL still is %s, which no CA takes", DEFAULT_EMAIL);
        return op_hint(op, "set it to your address, or leave it empty for an account without one");
    }
    return true;
}

static void read_ca(struct op *op, struct mailcow *mailcow)
{
    const char *directory = mailcow_value(op, mailcow, "DIRECTORY_URL");

    mailcow->staging = flag(op, mailcow, "LE_STAGING", false);
    mailcow->directory = mailcow->staging ? NULL : directory;
    if (mailcow->staging)
        op_log(op, LOG_WARN, "LE_STAGING=y: no mail program trusts the certificates of the staging server%s",
               directory ? ", and DIRECTORY_URL does not count beside it" : "");
}

static void read_api(struct op *op, struct mailcow *mailcow)
{
    const char *read_only = mailcow_value(op, mailcow, "API_KEY_READ_ONLY");
    const char *bind = mailcow_value(op, mailcow, "HTTPS_BIND");
    const char *port = mailcow_value(op, mailcow, "HTTPS_PORT");

    mailcow->api_key = read_only ? read_only : mailcow_value(op, mailcow, "API_KEY");
    if (mailcow->api_key)
        secrets_add(op, mailcow->api_key);
    mailcow->https_port = port ? port : "443";
    if (!bind || text_same(bind, "0.0.0.0"))
        mailcow->https_at = "127.0.0.1";
    else if (text_same(bind, "::") || text_same(bind, "[::]"))
        mailcow->https_at = "[::1]";
    else
        mailcow->https_at = strchr(bind, ':') && *bind != '[' ? op_text(op, "[%s]", bind) : bind;
}

static void read_flags(struct op *op, struct mailcow *mailcow)
{
    mailcow->only_hostname = flag(op, mailcow, "ONLY_MAILCOW_HOSTNAME", false);
    mailcow->autodiscover = flag(op, mailcow, "AUTODISCOVER_SAN", true);
    mailcow->sni = flag(op, mailcow, "ENABLE_SSL_SNI", false);
    mailcow->dns01 = flag(op, mailcow, "ACME_DNS_CHALLENGE", false);
    mailcow->skip_ip_check = flag(op, mailcow, "SKIP_IP_CHECK", false);
    mailcow->skip_http_verification = flag(op, mailcow, "SKIP_HTTP_VERIFICATION", false);
}

bool mailcow_read(struct op *op, const char *dir, struct mailcow *mailcow)
{
    TRY(read_file(op, dir, mailcow));
    mailcow->skip = flag(op, mailcow, "SKIP_LETS_ENCRYPT", false);
    if (mailcow->skip)
        return true;
    op_enter(op, "%s", mailcow_path(op, mailcow, "mailcow.conf"));
    read_flags(op, mailcow);
    if (read_hostname(op, mailcow) && read_sans(op, mailcow) && wildcards_fit(op, mailcow) &&
        read_provider(op, mailcow) && read_email(op, mailcow)) {
        read_ca(op, mailcow);
        read_api(op, mailcow);
    }
    op_leave(op);
    return op_ok(op);
}
