/*
 * certbot: DIR/renewal/NAME.conf says how a certificate is renewed, DIR/live/NAME/ points at its files, and
 * DIR/accounts/HOST/PATH/ID/ has the account's key as a JWK beside what the CA said of it (certbot's own
 * documentation, "Where are my certificates?", and its account.py).
 */
#include "import/import.h"

#include "base/json.h"

#include <string.h>

#define DEFAULT_SERVER "https://acme-v02.api.letsencrypt.org/directory"

/* ---- the file of a certificate: "key = value" lines in [sections] and [[sections below them]] ---- */

struct renewal {
    struct strings sections, keys, values; /* "" for what stands above all sections */
};

static void read_pair(struct op *op, struct renewal *renewal, const char *section, const char *line)
{
    const char *equals = strchr(line, '=');

    if (!equals || *line == '#')
        return;
    strings_add(op, &renewal->sections, section);
    strings_add(op, &renewal->keys, text_trim(op, text_cut(op, line, (size_t)(equals - line))));
    strings_add(op, &renewal->values, text_unquote(op, text_trim(op, equals + 1)));
}

static struct renewal read_renewal(struct op *op, const char *text)
{
    struct strings lines = text_split(op, text, "\r\n");
    struct renewal renewal = { 0 };
    const char *section = "";

    for (size_t i = 0; i < lines.count; i++) {
        const char *line = lines.at[i];
        size_t open = strspn(line, "[");

        if (open)
            section = text_trim(op, text_cut(op, line + open, strcspn(line + open, "]")));
        else
            read_pair(op, &renewal, section, line);
    }
    return renewal;
}

/* NULL where it is not there; certbot writes None for what is not set. */
static const char *get(const struct renewal *renewal, const char *section, const char *key)
{
    for (size_t i = 0; i < renewal->keys.count; i++)
        if (text_same(renewal->sections.at[i], section) && text_same(renewal->keys.at[i], key) &&
            !text_same(renewal->values.at[i], "None"))
            return renewal->values.at[i];
    return NULL;
}

static const char *param(const struct renewal *renewal, const char *key)
{
    return get(renewal, "renewalparams", key);
}

/* ---- the account ---- */

static const char *account_folder_of(struct op *op, const char *dir, const char *server)
{
    return op_text(op, "%s/accounts/%s", dir, strstr(server, "://") ? strstr(server, "://") + 3 : server);
}

static const char *add_account(struct op *op, struct import *import, const char *folder, const char *server)
{
    const struct json *about = import_json(op, "%s/regr.json", folder);
    struct import_account *account;

    account = import_account_add(op, import);
    account->server = server;
    account->key = op_text(op, "%s/private_key.json", folder);
    account->kid = json_opt(op, about, "uri");
    account->contact = json_opt(op, about, "body.contact.0");
    return account->kid;
}

/* The account's URL; NULL where there is no such account. */
static const char *take_account(struct op *op, const char *dir, struct import *import, const char *server,
                                const char *id)
{
    const char *folder = op_text(op, "%s/%s", account_folder_of(op, dir, server), id);
    const char *key = op_text(op, "%s/private_key.json", folder);

    for (const struct import_account *a = import->accounts; a; a = a->next)
        if (text_same(a->key, key))
            return a->kid;
    return file_there(key) ? add_account(op, import, folder, server) : NULL;
}

/* Those of Let's Encrypt, where no certificate is left that names one. */
static void take_any_account(struct op *op, const char *dir, struct import *import)
{
    struct strings ids = folder_list(op, account_folder_of(op, dir, DEFAULT_SERVER));

    for (size_t i = 0; i < ids.count; i++)
        take_account(op, dir, import, DEFAULT_SERVER, ids.at[i]);
}

/* ---- how names are proved ---- */

/* The names, not the values, of what a plugin's file of credentials has. */
static struct strings credential_keys(struct op *op, const char *path)
{
    const char *text = path ? import_file(op, "%s", path) : NULL;
    struct renewal file = read_renewal(op, text ? text : "");

    return file.keys;
}

/* "dns-cloudflare", or of older plugins "certbot-dns-inwx:dns-inwx". */
static void take_dns(struct op *op, struct import_cert *cert, const struct renewal *renewal,
                     const char *plugin)
{
    static const char *const others[][2] = { { "google", "gcloud" }, { "hetzner-cloud", "hetznercloud" } };
    char *key = text_dup(op, op_text(op, "%s_credentials", plugin));
    const char *name = plugin + strlen("dns-"), *file;
    struct strings keys;

    for (size_t i = 0; key[i]; i++)
        key[i] = key[i] == '-' ? '_' : key[i];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        name = text_same(name, others[i][0]) ? others[i][1] : name;
    file = param(renewal, key);
    keys = credential_keys(op, file);
    import_dns(op, cert, name, NULL, file, &keys);
}

/* "[[webroot_map]]" has a folder for each name; older files only the last one, as a list. */
static void take_webroots(struct op *op, struct import_cert *cert, const struct renewal *renewal)
{
    struct strings list =
        text_split(op, param(renewal, "webroot_path") ? param(renewal, "webroot_path") : "", ",");

    for (size_t i = 0; i < renewal->keys.count; i++)
        if (text_same(renewal->sections.at[i], "webroot_map"))
            import_webroot(op, cert, renewal->values.at[i]);
    if (!setting(&cert->wanted, OPT_WEBROOT) && list.count)
        import_webroot(op, cert, list.at[list.count - 1]);
}

static void take_way(struct op *op, struct import_cert *cert, const struct renewal *renewal)
{
    const char *plugin = param(renewal, "authenticator"), *port = param(renewal, "http01_port");
    const char *colon = plugin ? strrchr(plugin, ':') : NULL;

    plugin = colon ? colon + 1 : plugin;
    if (plugin && text_starts(plugin, "dns-"))
        take_dns(op, cert, renewal, plugin);
    else if (text_same(plugin, "webroot"))
        take_webroots(op, cert, renewal);
    else if (text_same(plugin, "standalone"))
        import_listener(op, cert, OPT_STANDALONE, text_same(port, "80") ? NULL : port);
    else
        import_no_way(op, cert, op_text(op, "certbot's way was \"%s\"", plugin ? plugin : "none"));
}

/* ---- a certificate ---- */

static void take_hooks(struct op *op, const char *dir, struct import_cert *cert,
                       const struct renewal *renewal)
{
    struct strings scripts = folder_list(op, op_text(op, "%s/renewal-hooks/deploy", dir));

    import_hook(op, cert, OPT_PRE_HOOK, param(renewal, "pre_hook"));
    import_hook(op, cert, OPT_POST_HOOK, param(renewal, "post_hook"));
    import_hook(op, cert, OPT_DEPLOY_HOOK, param(renewal, "renew_hook"));
    for (size_t i = 0; i < scripts.count; i++)
        import_hook(op, cert, OPT_DEPLOY_HOOK, op_text(op, "%s/renewal-hooks/deploy/%s", dir, scripts.at[i]));
    if (param(renewal, "manual_auth_hook"))
        import_line(op, cert, "# certbot proved the names by %s", param(renewal, "manual_auth_hook"));
}

static void take_policy(struct op *op, struct import_cert *cert, const struct renewal *renewal)
{
    import_set(op, cert, OPT_PROFILE, param(renewal, "required_profile"));
    import_set(op, cert, OPT_PROFILE, param(renewal, "preferred_profile"));
    import_set(op, cert, OPT_PREFERRED_CHAIN, param(renewal, "preferred_chain"));
    if (text_same(param(renewal, "reuse_key"), "True"))
        import_set(op, cert, OPT_REUSE_KEY, "yes");
    if (text_same(param(renewal, "must_staple"), "True"))
        import_line(op, cert, "# certbot asked for OCSP stapling, which Let's Encrypt has given up");
}

/* In its place below DIR, which may be a copy of the folder; else where the file says. */
static const char *file_of(struct op *op, const char *dir, const char *title, const char *name,
                           const char *otherwise)
{
    const char *here = op_text(op, "%s/live/%s/%s.pem", dir, title, name);

    return file_there(here) ? here : otherwise;
}

static void take_cert(struct op *op, const char *dir, struct import *import, const char *title)
{
    const char *text = import_file(op, "%s/renewal/%s.conf", dir, title);
    struct renewal renewal = read_renewal(op, text ? text : "");
    const char *server = param(&renewal, "server"), *id = param(&renewal, "account");
    struct import_cert *cert = import_cert_add(op, import, title);

    cert->from = op_text(op, "%s/renewal/%s.conf", dir, title);
    cert->chain = file_of(op, dir, title, "fullchain", get(&renewal, "", "fullchain"));
    cert->key = file_of(op, dir, title, "privkey", get(&renewal, "", "privkey"));
    cert->server = server ? server : DEFAULT_SERVER;
    cert->account = id ? take_account(op, dir, import, cert->server, id) : NULL;
    take_way(op, cert, &renewal);
    take_policy(op, cert, &renewal);
    take_hooks(op, dir, cert, &renewal);
}

static bool read_all(struct op *op, const char *dir, struct import *import)
{
    struct strings files = folder_list(op, op_text(op, "%s/renewal", dir));

    for (size_t i = 0; i < files.count; i++) {
        const char *title = text_less(op, files.at[i], ".conf");

        if (title)
            take_cert(op, dir, import, title);
    }
    if (!import->accounts)
        take_any_account(op, dir, import);
    return op_ok(op);
}

const struct import_client import_certbot = { "certbot", "/etc/letsencrypt", read_all };
