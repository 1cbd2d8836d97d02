/*
 * dehydrated: DIR/config (assignments of a shell, of which only plain ones are understood), which may name a
 * folder of more such files and another BASEDIR, as Debian's does; there domains.txt, accounts/<base64url of
 * the directory's URL>/ with account_key.pem and account_id.json, and certs/NAME/ with fullchain.pem,
 * privkey.pem and perhaps a config of its own.
 */
#include "import/import.h"

#include "base/json.h"
#include "config/envfile.h"

#include <string.h>

#define WELL_KNOWN "/.well-known/acme-challenge"

struct base {
    const char *dir;
    struct import *import;
    struct envfile config;
    const char *server, *certs, *accounts, *domains,
        *configs; /* `configs`: of certificates; NULL: beside them */
};

/* dehydrated's short names of CAs. */
static const char *const short_names[][2] = {
    { "letsencrypt", "letsencrypt" },
    { "letsencrypt-test", "letsencrypt-staging" },
    { "zerossl", "zerossl" },
    { "google", "google" },
    { "buypass", "https://api.buypass.com/acme/directory" },
    { "buypass-test", "https://api.test4.buypass.no/acme/directory" },
};

/* A value with "${BASEDIR}" in front filled in; other expansions are the shell's, and not done here. */
static const char *get(struct op *op, const struct base *base, const struct envfile *own, const char *key)
{
    const char *value = envfile_get(own, key);
    static const char *const marks[] = { "${BASEDIR}", "$BASEDIR" };

    if (!value)
        value = envfile_get(&base->config, key);
    for (size_t i = 0; value && i < sizeof marks / sizeof *marks; i++)
        if (text_starts(value, marks[i]))
            value = op_text(op, "%s%s", base->dir, value + strlen(marks[i]));
    if (!value || !*value || strchr(value, '$')) {
        if (value && *value)
            op_log(op, LOG_WARN, "%s is \"%s\", which only a shell can read, and is left out", key, value);
        return NULL;
    }
    return value;
}

static struct envfile read_config(struct op *op, const char *path)
{
    const char *text = import_file(op, "%s", path);

    return envfile_parse(op, text ? text : "", path);
}

static const char *server_of(struct op *op, const struct base *base)
{
    const char *value = get(op, base, &base->config, "CA");

    value = value ? value : "letsencrypt";
    for (size_t i = 0; i < sizeof short_names / sizeof *short_names; i++)
        if (text_same(value, short_names[i][0]))
            return short_names[i][1];
    return value;
}

/* ---- accounts ---- */

/* The folder's name is the URL, and the end of line that dehydrated has encoded with it. */
static const char *url_of(struct op *op, const char *folder)
{
    struct op *child = op_child(op);
    struct bytes url = base64url_decode(child, folder, "it");
    const char *text = url.length ? text_trim(op, text_cut(op, (const char *)url.at, url.length)) : NULL;

    op_end(child);
    return text && text_starts(text, "https://") ? text : NULL;
}

static void take_account(struct op *op, struct base *base, const char *name)
{
    const char *folder = op_text(op, "%s/%s", base->accounts, name), *server = url_of(op, name);
    const char *key = op_text(op, "%s/account_key.pem", folder);
    const struct json *about, *id;
    struct import_account *account;

    if (!server || !file_there(key))
        return;
    about = import_json(op, "%s/registration_info.json", folder);
    id = import_json(op, "%s/account_id.json", folder);
    account = import_account_add(op, base->import);
    account->server = server;
    account->key = key;
    account->kid = json_opt(op, id, "url");
    account->contact = json_opt(op, about, "contact.0");
}

/* ---- certificates ---- */

static void take_webroot(struct op *op, struct import_cert *cert, const char *folder)
{
    const char *root = text_less(op, folder, WELL_KNOWN);

    if (root)
        import_webroot(op, cert, root);
    else
        import_no_way(
            op, cert,
            op_text(op, "dehydrated wrote into %s, and here a web server's root is needed", folder));
}

static void take_way(struct op *op, const struct base *base, struct import_cert *cert,
                     const struct envfile *own)
{
    const char *type = get(op, base, own, "CHALLENGETYPE"), *hook = get(op, base, own, "HOOK");
    const char *folder = get(op, base, own, "WELLKNOWN");

    if (!type || text_same(type, "http-01"))
        take_webroot(op, cert, folder ? folder : "/var/www/dehydrated");
    else
        import_no_way(op, cert, op_text(op, "dehydrated's way was %s by its hook", type));
    if (hook)
        import_line(op, cert, "# dehydrated's hook was %s", hook);
}

static void take_policy(struct op *op, const struct base *base, struct import_cert *cert,
                        const struct envfile *own)
{
    import_set(op, cert, OPT_PREFERRED_CHAIN, get(op, base, own, "PREFERRED_CHAIN"));
    if (text_same(get(op, base, own, "PRIVATE_KEY_RENEW"), "no"))
        import_set(op, cert, OPT_REUSE_KEY, "yes");
}

/* The server's URL, for accounts have it; a CA of ours is named in the table above. */
static const char *account_of(struct op *op, const struct base *base)
{
    struct settings settings = { 0 };
    struct policy policy = { 0 };
    const struct import_account *account;

    settings_set(op, &settings, OPT_SERVER, base->server);
    if (!policy_read_ca(op, &settings, NULL, &policy))
        return NULL;
    account = import_only_account(base->import, policy.directory);
    return account ? account->kid : NULL;
}

static void take_cert(struct op *op, struct base *base, const char *title, const struct strings *names)
{
    const char *folder = op_text(op, "%s/%s", base->certs, title);
    struct envfile own = read_config(op, base->configs ? op_text(op, "%s/%s", base->configs, title)
                                                       : op_text(op, "%s/config", folder));
    struct import_cert *cert;

    if (!file_there(op_text(op, "%s/fullchain.pem", folder)))
        return; /* never issued */
    cert = import_cert_add(op, base->import, title);
    cert->from = base->domains;
    cert->chain = op_text(op, "%s/fullchain.pem", folder);
    cert->key = op_text(op, "%s/privkey.pem", folder);
    cert->server = base->server;
    cert->account = account_of(op, base);
    cert->wanted.at[OPT_DOMAIN] = *names;
    take_way(op, base, cert, &own);
    take_policy(op, base, cert, &own);
}

/* "example.com www.example.com > title" */
static void take_line(struct op *op, struct base *base, const char *line)
{
    size_t length = strcspn(line, "#>");
    struct strings names = text_split(op, text_cut(op, line, length), " \t");
    const char *title = line[length] == '>'
                            ? text_trim(op, text_cut(op, line + length + 1, strcspn(line + length + 1, "#")))
                            : NULL;

    if (names.count)
        take_cert(op, base, title ? title : names.at[0], &names);
}

static void take_certs(struct op *op, struct base *base)
{
    const char *text = import_file(op, "%s", base->domains);
    struct strings lines = text_split(op, text ? text : "", "\r\n");

    for (size_t i = 0; i < lines.count; i++)
        take_line(op, base, lines.at[i]);
}

static const char *place(struct op *op, const struct base *base, const char *key, const char *otherwise)
{
    const char *value = get(op, base, &base->config, key);

    return value ? value : op_text(op, "%s/%s", base->dir, otherwise);
}

/* CONFIG_D: what stands there counts before what stands in the first file. */
static void read_more(struct op *op, struct base *base)
{
    const char *folder = get(op, base, &base->config, "CONFIG_D");
    struct strings files = { 0 };

    if (folder)
        files = folder_list(op, folder);
    for (size_t i = 0; i < files.count; i++) {
        struct envfile more = { 0 };

        if (text_ends(files.at[i], ".sh"))
            more = read_config(op, op_text(op, "%s/%s", folder, files.at[i]));
        for (size_t j = 0; j < more.names.count; j++) {
            strings_add(op, &base->config.names, more.names.at[j]);
            strings_add(op, &base->config.values, more.values.at[j]);
        }
    }
}

static void find_places(struct op *op, struct base *base)
{
    const char *other = get(op, base, &base->config, "BASEDIR");

    base->dir = other ? other : base->dir;
    base->server = server_of(op, base);
    base->certs = place(op, base, "CERTDIR", "certs");
    base->accounts = place(op, base, "ACCOUNTDIR", "accounts");
    base->domains = place(op, base, "DOMAINS_TXT", "domains.txt");
    base->configs = get(op, base, &base->config, "DOMAINS_D");
}

static bool read_all(struct op *op, const char *dir, struct import *import)
{
    struct base base = { .dir = dir, .import = import };
    struct strings accounts;

    base.config = read_config(op, op_text(op, "%s/config", dir));
    read_more(op, &base);
    find_places(op, &base);
    accounts = folder_list(op, base.accounts);
    for (size_t i = 0; i < accounts.count; i++)
        take_account(op, &base, accounts.at[i]);
    take_certs(op, &base);
    return op_ok(op);
}

const struct import_client import_dehydrated = { "dehydrated", "/etc/dehydrated", read_all };
