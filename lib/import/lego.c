/*
 * lego: DIR/accounts/HOST_PORT/ID/ with account.json and the key, ID.key (version 5) or keys/ID.key (before);
 * DIR/certificates/ with NAME.crt (the whole chain), NAME.key and NAME.json, in whose names "*" is "_". How
 * names are proved stands on its command line only. Before version 5 it does not keep the directory's URL
 * either: only those that we know by their host can be told.
 */
#include "import/import.h"

#include "base/json.h"

#include <string.h>

/* The host and port of a URL, as lego names folders by them: "localhost_14000". */
static const char *folder_of_url(struct op *op, const char *url)
{
    const char *host = url && strstr(url, "://") ? strstr(url, "://") + 3 : "";
    char *name = text_cut(op, host, strcspn(host, "/"));

    for (char *c = name; *c; c++)
        *c = *c == ':' ? '_' : *c;
    return name;
}

/* ---- accounts ---- */

/* The directory of this CA, if it is the one at this host; else NULL. */
static const char *directory_at(struct op *op, const char *server, const char *host)
{
    struct settings settings = { 0 };
    struct policy policy = { 0 };

    settings_set(op, &settings, OPT_SERVER, server);
    if (!policy_read_ca(op, &settings, NULL, &policy))
        return NULL;
    return text_same(folder_of_url(op, policy.directory), host) ? policy.directory : NULL;
}

static const char *server_of(struct op *op, const struct import *import, const struct json *about,
                             const char *host)
{
    const char *server = json_opt(op, about, "server"), *named = setting(&import->wanted, OPT_SERVER);

    if (!server && named)
        server = directory_at(op, named, host);
    for (size_t i = 0; !server && ca_preset_names[i]; i++)
        server = directory_at(op, ca_preset_names[i], host);
    return server;
}

static void take_account(struct op *op, const char *dir, struct import *import, const char *host,
                         const char *id)
{
    const char *folder = op_text(op, "%s/accounts/%s/%s", dir, host, id);
    const char *key = op_text(op, "%s/%s.key", folder, id);
    const struct json *about = import_json(op, "%s/account.json", folder);
    const char *server = server_of(op, import, about, host);
    struct import_account *account;

    key = file_there(key) ? key : op_text(op, "%s/keys/%s.key", folder, id);
    if (!about || !file_there(key))
        return;
    if (!server) {
        op_log(op, LOG_WARN,
               "the account in %s is left alone: lego does not say what the directory of %s is; "
               "--server may",
               folder, host);
        return;
    }
    account = import_account_add(op, import);
    account->server = server;
    account->key = key;
    account->kid = json_opt(op, about, "registration.accountURL");
    account->kid = account->kid ? account->kid : json_opt(op, about, "registration.uri");
    account->contact = json_opt(op, about, "email");
}

static void take_accounts(struct op *op, const char *dir, struct import *import)
{
    struct strings hosts = folder_list(op, op_text(op, "%s/accounts", dir));

    for (size_t i = 0; i < hosts.count; i++) {
        struct strings ids = folder_list(op, op_text(op, "%s/accounts/%s", dir, hosts.at[i]));

        for (size_t j = 0; j < ids.count; j++)
            take_account(op, dir, import, hosts.at[i], ids.at[j]);
    }
}

/* ---- certificates ---- */

/* The CA that a certificate's own URL is at; else the one that the user names. */
static const char *server_by_url(struct op *op, const struct import *import, const char *url)
{
    const char *host = folder_of_url(op, url);

    for (const struct import_account *a = import->accounts; a; a = a->next)
        if (text_same(folder_of_url(op, a->server), host))
            return a->server;
    return setting(&import->wanted, OPT_SERVER);
}

static void take_cert(struct op *op, const char *dir, struct import *import, const char *name)
{
    const struct json *about = import_json(op, "%s/certificates/%s.json", dir, name);
    const struct import_account *account;
    struct import_cert *cert = import_cert_add(op, import, name);
    const char *key = op_text(op, "%s/certificates/%s.key", dir, name);

    cert->from = op_text(op, "%s/certificates/%s.json", dir, name);
    cert->chain = op_text(op, "%s/certificates/%s.crt", dir, name);
    cert->key = file_there(key) ? key : NULL; /* none: it was got by the user's own request */
    cert->server = server_by_url(op, import, json_opt(op, about, "certUrl"));
    account = cert->server ? import_only_account(import, cert->server) : NULL;
    cert->account = account ? account->kid : NULL;
    import_no_way(op, cert, "lego has its way on the command line only");
}

static bool read_all(struct op *op, const char *dir, struct import *import)
{
    struct strings files = folder_list(op, op_text(op, "%s/certificates", dir));

    take_accounts(op, dir, import);
    for (size_t i = 0; i < files.count; i++) {
        const char *name = text_less(op, files.at[i], ".crt");

        if (name && !text_ends(name, ".issuer"))
            take_cert(op, dir, import, name);
    }
    return op_ok(op);
}

const struct import_client import_lego = { "lego", "~/.lego", read_all };
