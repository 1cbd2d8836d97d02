#include "mailcow/lint.h"

#include "base/file.h"
#include "dns01/registry.h"
#include "mailcow/source.h"
#include "names.h"

#include <string.h>
#include <sys/stat.h>

/* One line of a file, taken apart. */
struct line {
    const char *where; /* "mailcow.conf:12" */
    const char *name;  /* NULL: there is no "=" */
    bool cr;
};

struct linter {
    struct op *op;
    struct findings *findings;
    struct mailcow mailcow;
    const struct provider_entry *provider; /* NULL: none that is built in */
};

static void each_line(struct linter *linter, const char *text, const char *title,
                      void (*check)(struct linter *linter, const struct line *line))
{
    struct op *op = linter->op;
    unsigned number = 0;

    while (*text) {
        size_t length = strcspn(text, "\n");
        const char *raw = text_cut(op, text, length), *bare = text_trim(op, raw);
        size_t name = strcspn(bare, "=");
        struct line line = { op_text(op, "%s:%u", title, ++number), NULL, text_ends(raw, "\r") };

        if (text_starts(bare, "export "))
            bare += strlen("export "), name = strcspn(bare, "=");
        if (bare[name] == '=')
            line.name = text_trim(op, text_cut(op, bare, name));
        if (*bare && *bare != '#')
            check(linter, &line);
        text += length + (text[length] == '\n');
    }
}

/* ---- mailcow.conf ---- */

/* A variable that is nearly one of ours; those of the other containers are not known here. */
static void check_conf_line(struct linter *linter, const struct line *line)
{
    static const char *const ours[] = {
        "ACME_DNS_CHALLENGE",     "ACME_DNS_PROVIDER", "ACME_ACCOUNT_EMAIL", "MAILCOW_HOSTNAME",
        "ADDITIONAL_SAN",         "AUTODISCOVER_SAN",  "ENABLE_SSL_SNI",     "LE_STAGING",
        "ONLY_MAILCOW_HOSTNAME",  "SKIP_LETS_ENCRYPT", "DIRECTORY_URL",      "SKIP_IP_CHECK",
        "SKIP_HTTP_VERIFICATION", "ACME_CONTACT"
    };
    struct strings known = { 0 };
    const char *near;

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        strings_add(linter->op, &known, ours[i]);
    if (!line->name) {
        finding_add(linter->findings, CHECK_MAILCOW_LINE, line->where,
                    "write NAME=value, or # before a comment", "the line has no \"=\" and is skipped");
        return;
    }
    near = strings_have(&known, line->name) ? NULL : text_nearest(linter->op, line->name, &known);
    if (near)
        finding_add(linter->findings, CHECK_MAILCOW_TYPO, line->where,
                    op_text(linter->op, "is %s meant?", near),
                    "%s is no variable that is read for certificates", line->name);
}

static bool covered(const struct strings *names, const char *name)
{
    const char *dot = strchr(name, '.');

    for (size_t i = 0; dot && i < names->count; i++)
        if (name_is_wildcard(names->at[i]) && text_same(name_base(names->at[i]), dot + 1))
            return true;
    return false;
}

static void check_names(struct linter *linter)
{
    const struct mailcow *mailcow = &linter->mailcow;

    for (size_t i = 0; i < mailcow->sans.count; i++) {
        const char *name = mailcow->sans.at[i], *base = name_base(name);

        if (!name_is_wildcard(name) && covered(&mailcow->sans, name))
            finding_add(linter->findings, CHECK_NAMES_REDUNDANT, "ADDITIONAL_SAN",
                        "leave the name out; the wildcard does for it", "a wildcard covers %s already", name);
        if (name_is_wildcard(name) && !strings_have(&mailcow->sans, base) &&
            !text_same(mailcow->hostname, base) && !covered(&mailcow->sans, base))
            finding_add(linter->findings, CHECK_MAILCOW_APEX, "ADDITIONAL_SAN",
                        op_text(linter->op, "add %s where it is served as well", base),
                        "%s does not cover %s", name, base);
    }
}

static void check_settings(struct linter *linter)
{
    const struct mailcow *mailcow = &linter->mailcow;

    if (mailcow->staging)
        finding_add(linter->findings, CHECK_MAILCOW_STAGING, "LE_STAGING",
                    "set LE_STAGING=n for real certificates",
                    "certificates come from Let's Encrypt's staging server, which nobody trusts");
    if ((mailcow->patterns.count || mailcow->autodiscover || mailcow->sni) && !mailcow->only_hostname &&
        !mailcow->api_key)
        finding_add(linter->findings, CHECK_MAILCOW_API, "API_KEY_READ_ONLY",
                    "set API_KEY_READ_ONLY and API_ALLOW_FROM, or ONLY_MAILCOW_HOSTNAME=y",
                    "without a key of mailcow's API the mail domains are not known, and get no names");
}

/* ---- dns-01.conf ---- */

static bool is_field(const struct provider *provider, const char *name)
{
    for (const struct field *f = provider->fields; f && f->name; f++) {
        if (text_same(f->name, name))
            return true;
        for (size_t i = 0; i < sizeof f->also / sizeof *f->also && f->also[i]; i++)
            if (text_same(f->also[i], name))
                return true;
    }
    return false;
}

/* Somebody else's credential, or NULL. */
static const char *owner_of(const char *name)
{
    for (const struct provider_entry *entry = provider_table; entry->name; entry++)
        if (is_field(entry->provider, name))
            return entry->name;
    return NULL;
}

static const char *nearest_field(struct op *op, const struct provider *provider, const char *name)
{
    struct strings names = { 0 };

    for (const struct field *f = provider->fields; f && f->name; f++)
        strings_add(op, &names, f->name);
    return text_nearest(op, name, &names);
}

static void check_dns_line(struct linter *linter, const struct line *line)
{
    struct op *op = linter->op;
    const char *other, *near;

    if (line->cr)
        finding_add(linter->findings, CHECK_MAILCOW_CR, line->where,
                    "sed -i 's/\\r$//' on the file ends that",
                    "the line ends as on Windows, which is overlooked here");
    if (!line->name) {
        finding_add(linter->findings, CHECK_MAILCOW_LINE, line->where, "write NAME=\"value\"",
                    "the line has no \"=\" and is skipped");
        return;
    }
    if (!linter->provider || is_field(linter->provider->provider, line->name))
        return;
    other = owner_of(line->name);
    near = nearest_field(op, linter->provider->provider, line->name);
    if (near)
        finding_add(linter->findings, CHECK_MAILCOW_TYPO, line->where, op_text(op, "is %s meant?", near),
                    "%s is no credential of %s", line->name, linter->provider->name);
    else if (other)
        finding_add(linter->findings, CHECK_MAILCOW_OTHER, line->where,
                    op_text(op, "mcacme providers %s lists what is needed", linter->provider->name),
                    "%s is a credential of %s, and ACME_DNS_PROVIDER asks for %s", line->name, other,
                    linter->provider->name);
}

static void check_mode(struct linter *linter, const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0 && status.st_mode & (S_IRWXG | S_IRWXO))
        finding_add(linter->findings, CHECK_CREDENTIALS_READABLE, path,
                    op_text(linter->op, "chmod 600 %s", path), "others may read the credentials (mode %04o)",
                    status.st_mode & 07777u);
}

static bool check_credentials(struct linter *linter)
{
    const char *path = mailcow_path(linter->op, &linter->mailcow, MAILCOW_DNS);
    const char *text = file_there(path) ? file_read_named(linter->op, path) : NULL;

    linter->provider = linter->mailcow.provider ? provider_find(linter->mailcow.provider) : NULL;
    if (text) {
        check_mode(linter, path);
        each_line(linter, text, MAILCOW_DNS, check_dns_line);
    }
    return op_ok(linter->op);
}

bool mailcow_lint(struct op *op, const char *dir, struct findings *findings)
{
    struct linter linter = { .op = op, .findings = findings };
    struct world *loud = op_hush(op); /* who reads it for work has warned of what is no line */
    bool good = mailcow_read(op, dir, &linter.mailcow);
    const char *text;

    op->world = loud;
    TRY(good);
    text = file_read_named(op, mailcow_path(op, &linter.mailcow, "mailcow.conf"));
    TRY(text);
    each_line(&linter, text, "mailcow.conf", check_conf_line);
    if (linter.mailcow.skip)
        return true;
    check_names(&linter);
    check_settings(&linter);
    return !linter.mailcow.dns01 || check_credentials(&linter);
}
