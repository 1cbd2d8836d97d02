#include "store/store.h"

#include "base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct store *store_look(struct op *op, const char *root)
{
    struct store *store = op_new(op, struct store);

    store->root = arena_strdup(op->arena, root);
    if (!*root)
        op_fail(op, ERR_USAGE, "the path of the state folder is empty");
    return op_ok(op) ? store : NULL;
}

struct store *store_open(struct op *op, const char *root)
{
    static const char *const folders[] = { "accounts", "certs", "journal", "locks" };
    struct store *store = store_look(op, root);

    if (!store || !folder_make(op, store->root))
        return NULL;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (!folder_make(op, store_path(op, store, "%s", folders[i])))
            return NULL;
    return store;
}

const char *store_path(struct op *op, const struct store *store, const char *format, ...)
{
    va_list args;
    const char *rest;

    va_start(args, format);
    rest = op_vtext(op, format, args);
    va_end(args);
    return op_text(op, "%s/%s", store->root, rest);
}

bool store_lock_cert(struct op *op, const struct store *store, const char *cert, int64_t patience)
{
    return lock_take(op, store_path(op, store, "locks/cert-%s", cert), patience, cert);
}

bool store_lock_account(struct op *op, const struct store *store, const char *ca)
{
    return lock_take(op, store_path(op, store, "locks/account-%s", ca), 60000, "this CA's account");
}

const struct json *store_json(struct op *op, const char *path, const char *remedy)
{
    const char *text = file_read_if_there(op, path);
    const struct json *json;

    if (!text)
        return NULL;
    op_enter(op, "reading %s", path);
    json = json_parse(op, text, strlen(text));
    if (op_ok(op) && json_int(json, "version", 0) != 1)
        op_fail(op, ERR_STORE, "not of version 1, the one that this mcacme knows");
    op_leave(op);
    if (op_ok(op))
        return json;
    op->err.code = ERR_STORE;
    op_hint(op, "%s", remedy);
    return NULL;
}

const char *account_folder(struct op *op, const char *directory)
{
    const char *host = strstr(directory, "://");
    struct text out = text_begin(op->arena);

    for (const char *c = host ? host + 3 : directory; *c && out.length < 200; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
                     *c == '-' || (*c == '.' && out.length);

        text_char(&out, plain ? *c : '_');
    }
    return out.data;
}

bool account_load(struct op *op, const struct store *store, const char *directory, struct account *account)
{
    const char *folder = store_path(op, store, "accounts/%s", account_folder(op, directory));
    const char *path = op_text(op, "%s/account.json", folder);
    const char *key = file_read_if_there(op, op_text(op, "%s/key.pem", folder));
    const char *remedy = "remove this file: the CA finds the account again by its key";
    const struct json *json = key ? store_json(op, path, remedy) : NULL;

    TRY(op_ok(op));
    if (json && !json_is(json, "server", directory)) {
        op_fail(op, ERR_STORE, "the account in %s is not for %s", path, directory);
        return op_hint(op, "move the folder away");
    }
    *account = (struct account){ .server = directory, .key_pem = key };
    account->kid = json_opt(op, json, "kid");
    account->contact = json_opt(op, json, "contact");
    return key != NULL;
}

bool account_save(struct op *op, const struct store *store, const struct account *account)
{
    const char *folder = store_path(op, store, "accounts/%s", account_folder(op, account->server));
    const char *key = op_text(op, "%s/key.pem", folder);
    struct text out = text_begin(op->arena);

    TRY(folder_make(op, folder));
    if (!text_same(file_read_if_there(op, key), account->key_pem))
        TRY(file_replace_text(op, key, account->key_pem, 0600));
    if (!account->kid)
        return true;
    json_open(&out, NULL, '{');
    json_put_int(&out, "version", 1);
    json_put(&out, "server", account->server);
    json_put(&out, "kid", account->kid);
    if (account->contact)
        json_put(&out, "contact", account->contact);
    json_close(&out, '}');
    text_char(&out, '\n');
    return file_replace_text(op, op_text(op, "%s/account.json", folder), out.data, 0600);
}

static const char *staged_path(struct op *op, const struct store *store, const char *directory)
{
    return store_path(op, store, "accounts/%s/key.new.pem", account_folder(op, directory));
}

const char *account_key_staged(struct op *op, const struct store *store, const char *directory)
{
    return file_read_if_there(op, staged_path(op, store, directory));
}

bool account_key_stage(struct op *op, const struct store *store, const char *directory, const char *key_pem)
{
    return file_replace_text(op, staged_path(op, store, directory), key_pem, 0600);
}

bool account_key_drop(struct op *op, const struct store *store, const char *directory)
{
    return file_remove(op, staged_path(op, store, directory));
}

bool account_archive(struct op *op, const struct store *store, const char *directory, const char *suffix)
{
    const char *from = store_path(op, store, "accounts/%s", account_folder(op, directory));
    const char *to = op_text(op, "%s.%s-%" PRId64, from, suffix, op_now(op));

    TRY(op_effect(op, "rename"));
    if (rename(from, to) != 0)
        return op_fail_errno(op, ERR_STORE, "moving %s to %s", from, to);
    return folder_sync(op, store_path(op, store, "accounts"));
}
