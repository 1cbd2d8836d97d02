/*
 * uacme: DIR/private/key.pem is the account's key, DIR/NAME/cert.pem a certificate with its chain and
 * DIR/private/NAME/key.pem its key, which uacme keeps at renewals. CA, account URL and hook stand on its
 * command line only; without -a the CA is Let's Encrypt.
 */
#include "import/import.h"

static const char *server_of(const struct import *import)
{
    const char *server = setting(&import->wanted, OPT_SERVER);

    return server ? server : "letsencrypt";
}

static void take_cert(struct op *op, const char *dir, struct import *import, const char *name)
{
    const char *chain = op_text(op, "%s/%s/cert.pem", dir, name);
    const char *key = op_text(op, "%s/private/%s/key.pem", dir, name);
    struct import_cert *cert;

    if (!file_there(chain))
        return;
    cert = import_cert_add(op, import, name);
    cert->from = chain;
    cert->server = server_of(import);
    cert->chain = chain;
    cert->key = file_there(key) ? key : NULL;
    import_set(op, cert, OPT_REUSE_KEY, "yes");
    import_no_way(op, cert, "uacme has its way in the hook of its command line");
}

static bool read_all(struct op *op, const char *dir, struct import *import)
{
    struct strings names = folder_list(op, dir);
    const char *key = op_text(op, "%s/private/key.pem", dir);
    struct import_account *account;

    if (file_there(key)) {
        account = import_account_add(op, import);
        account->key = key;
        account->server = server_of(import);
    }
    for (size_t i = 0; i < names.count; i++)
        take_cert(op, dir, import, names.at[i]);
    return op_ok(op);
}

const struct import_client import_uacme = { "uacme", "/etc/ssl/uacme", read_all };
