/*
 * acme.sh: HOME/account.conf, HOME/ca/HOST/PATH/ with account.key and ca.conf (ACCOUNT_URL), and a folder a
 * certificate, NAME or NAME_ecc, with NAME.conf (Le_... variables, words with blanks in base64), NAME.key and
 * fullchain.cer.
 */
#include "import/import.h"

#include "config/envfile.h"
#include "names.h"

#include <string.h>

#define PACKED_BEGIN "__ACME_BASE64__START_"
#define PACKED_END   "__ACME_BASE64__END_"

struct home {
    const char *account_conf, *certs, *accounts;
    struct envfile shared; /* account.conf */
    struct import *import;
    struct strings names; /* of the folders of certificates */
};

/* Damaged words are none. */
static const char *unpack(struct op *op, const char *packed)
{
    struct op *child = op_child(op);
    struct bytes text = base64_decode(child, packed ? packed + strlen(PACKED_BEGIN) : "", "it");
    const char *words = text.length ? text_cut(op, (const char *)text.at, text.length) : NULL;

    op_end(child);
    return words;
}

/* A value as acme.sh reads it; NULL where it is unset or "no". */
static const char *get(struct op *op, const struct envfile *file, const char *key)
{
    const char *value = envfile_get(file, key);

    if (!value || !*value || text_same(value, "no"))
        return NULL;
    return text_starts(value, PACKED_BEGIN) ? unpack(op, text_less(op, value, PACKED_END)) : value;
}

static struct envfile read_file(struct op *op, const char *path)
{
    const char *text = import_file(op, "%s", path);

    return envfile_parse(op, text ? text : "", path);
}

/* ---- the account ---- */

/* "https://HOST:PORT/PATH/directory" has its account in ca/HOST/PATH/directory. */
static const char *account_folder_of(struct op *op, const struct home *home, const char *server)
{
    const char *host = strstr(server, "://") ? strstr(server, "://") + 3 : server;

    return op_text(op, "%s/%s%s", home->accounts, text_cut(op, host, strcspn(host, ":/")),
                   host + strcspn(host, "/"));
}

/* The account's URL; NULL where there is no account, or it is not kept. */
static const char *take_account(struct op *op, struct home *home, const char *server)
{
    const char *folder = account_folder_of(op, home, server);
    struct import_account *account;
    struct envfile about;

    for (const struct import_account *a = home->import->accounts; a; a = a->next)
        if (text_same(a->server, server))
            return a->kid;
    if (!file_there(op_text(op, "%s/account.key", folder)))
        return NULL;
    about = read_file(op, op_text(op, "%s/ca.conf", folder));
    account = import_account_add(op, home->import);
    account->server = server;
    account->key = op_text(op, "%s/account.key", folder);
    account->kid = get(op, &about, "ACCOUNT_URL");
    account->contact = get(op, &about, "CA_EMAIL");
    return account->kid;
}

/* ---- how names are proved ---- */

/* The names, not the values, of what acme.sh has saved of a plugin's options ("SAVED_CF_Token"). */
static void add_keys(struct op *op, const struct envfile *file, struct strings *keys)
{
    for (size_t i = 0; i < file->names.count; i++)
        if (text_starts(file->names.at[i], "SAVED_"))
            strings_add(op, keys, file->names.at[i]);
}

static void take_dns(struct op *op, const struct home *home, struct import_cert *cert,
                     const struct envfile *conf, const char *plugin, const char *zone)
{
    struct strings keys = { 0 };
    bool in_common;

    add_keys(op, &home->shared, &keys);
    in_common = keys.count > 0;
    add_keys(op, conf, &keys);
    import_dns(op, cert, plugin, zone, in_common ? home->account_conf : cert->from, &keys);
}

static void take_one_way(struct op *op, const struct home *home, struct import_cert *cert,
                         const struct envfile *conf, const char *way, const char *zone)
{
    if (text_starts(way, "dns_"))
        take_dns(op, home, cert, conf, way, zone);
    else if (*way == '/')
        import_webroot(op, cert, way);
    else if (text_same(way, "no"))
        import_listener(op, cert, OPT_STANDALONE, get(op, conf, "Le_HTTPPort"));
    else if (text_same(way, "alpn"))
        import_listener(op, cert, OPT_TLS_ALPN, get(op, conf, "Le_TLSPort"));
    else
        import_no_way(op, cert, op_text(op, "acme.sh's way was \"%s\"", way));
}

/* One way for each name in the order of the names; the last one also stands for all behind it. */
static void take_ways(struct op *op, const struct home *home, struct import_cert *cert,
                      const struct envfile *conf)
{
    const char *text = envfile_get(conf, "Le_Webroot");
    struct strings ways = text_split(op, text ? text : "", ","), done = { 0 };
    const struct strings *names = &cert->wanted.at[OPT_DOMAIN];
    bool one = true;

    for (size_t i = 1; i < ways.count; i++)
        one = one && text_same(ways.at[i], ways.at[0]);
    for (size_t i = 0; i < ways.count && i < (one ? 1 : names->count); i++) {
        const char *zone = one ? NULL : name_base(names->at[i]);
        const char *key = op_text(op, "%s %s", ways.at[i], zone ? zone : "");

        if (!strings_have(&done, key))
            take_one_way(op, home, cert, conf, ways.at[i], zone);
        strings_add(op, &done, key);
    }
}

/* "alias.example," goes below _acme-challenge, "=alias.example," is the whole name; one for each name. */
static void take_alias(struct op *op, struct import_cert *cert, const struct envfile *conf)
{
    const char *text = get(op, conf, "Le_ChallengeAlias");
    struct strings list = text_split(op, text ? text : "", ",");
    bool one = list.count > 0;

    for (size_t i = 1; i < list.count; i++)
        one = one && text_same(list.at[i], list.at[0]);
    if (list.count && (!one || text_same(list.at[0], "no")))
        import_line(op, cert, "# acme.sh had the challenge aliases %s; a certificate has one here", text);
    else if (one && *list.at[0] == '=')
        import_set(op, cert, OPT_DOMAIN_ALIAS, list.at[0] + 1);
    else if (one)
        import_set(op, cert, OPT_CHALLENGE_ALIAS, list.at[0]);
}

/* ---- a certificate ---- */

static void take_places(struct op *op, struct import_cert *cert, const struct envfile *conf)
{
    static const struct {
        const char *key;
        enum option_id id;
    } places[] = { { "Le_RealCertPath", OPT_INSTALL_CERT },
                   { "Le_RealCACertPath", OPT_INSTALL_CHAIN },
                   { "Le_RealKeyPath", OPT_INSTALL_KEY },
                   { "Le_RealFullChainPath", OPT_INSTALL_FULLCHAIN } };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        import_place(op, cert, places[i].id, get(op, conf, places[i].key));
    import_hook(op, cert, OPT_PRE_HOOK, get(op, conf, "Le_PreHook"));
    import_hook(op, cert, OPT_POST_HOOK, get(op, conf, "Le_PostHook"));
    import_hook(op, cert, OPT_DEPLOY_HOOK, get(op, conf, "Le_RenewHook"));
    import_hook(op, cert, OPT_DEPLOY_HOOK, get(op, conf, "Le_ReloadCmd"));
    if (get(op, conf, "Le_DeployHook"))
        import_line(op, cert, "# acme.sh deployed it by %s", get(op, conf, "Le_DeployHook"));
}

static void take_policy(struct op *op, struct import_cert *cert, const struct envfile *conf)
{
    import_set(op, cert, OPT_PREFERRED_CHAIN, get(op, conf, "Le_Preferred_Chain"));
    import_set(op, cert, OPT_PROFILE, get(op, conf, "Le_Certificate_Profile"));
    if (!get(op, conf, "Le_ForceNewDomainKey")) /* acme.sh keeps the key unless it is told not to */
        import_set(op, cert, OPT_REUSE_KEY, "yes");
}

static void take_names(struct op *op, struct import_cert *cert, const struct envfile *conf)
{
    const char *more = get(op, conf, "Le_Alt"), *first = get(op, conf, "Le_Domain");

    import_set(op, cert, OPT_DOMAIN, more ? op_text(op, "%s,%s", first, more) : first);
}

/* "NAME_ecc" is NAME, unless there is one with an RSA key, too. */
static const char *title_of(struct op *op, const struct home *home, const char *folder)
{
    const char *plain = text_less(op, folder, "_ecc");

    return plain && !strings_have(&home->names, plain) ? plain : folder;
}

static void take_cert(struct op *op, struct home *home, const char *folder)
{
    const char *less = text_less(op, folder, "_ecc"), *name = less ? less : folder;
    const char *path = op_text(op, "%s/%s/%s.conf", home->certs, folder, name);
    struct envfile conf = read_file(op, path);
    struct import_cert *cert;

    if (!get(op, &conf, "Le_Domain") || !get(op, &conf, "Le_API"))
        return;
    cert = import_cert_add(op, home->import, title_of(op, home, folder));
    cert->from = path;
    cert->chain = op_text(op, "%s/%s/fullchain.cer", home->certs, folder);
    cert->key = op_text(op, "%s/%s/%s.key", home->certs, folder, name);
    cert->server = get(op, &conf, "Le_API");
    cert->account = take_account(op, home, cert->server);
    take_names(op, cert, &conf);
    take_ways(op, home, cert, &conf);
    take_alias(op, cert, &conf);
    take_policy(op, cert, &conf);
    take_places(op, cert, &conf);
}

static const char *place(struct op *op, const struct home *home, const char *key, const char *otherwise)
{
    const char *value = get(op, &home->shared, key);

    return value ? value : otherwise;
}

static bool read_all(struct op *op, const char *dir, struct import *import)
{
    struct home home = { .import = import, .account_conf = op_text(op, "%s/account.conf", dir) };

    home.shared = read_file(op, home.account_conf);
    home.certs = place(op, &home, "CERT_HOME", dir);
    home.accounts = place(op, &home, "CA_HOME", op_text(op, "%s/ca", dir));
    home.names = folder_list(op, home.certs);
    for (size_t i = 0; i < home.names.count; i++)
        take_cert(op, &home, home.names.at[i]);
    return op_ok(op);
}

const struct import_client import_acmesh = { "acme.sh", "~/.acme.sh", read_all };
