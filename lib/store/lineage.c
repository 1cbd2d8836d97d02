/* The certificates of store.h: lineages and generations. */
#include "base/json.h"
#include "base/when.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define KEEP_GENERATIONS 5

struct strings store_certs(struct op *op, const struct store *store)
{
    return folder_list(op, store_path(op, store, "certs"));
}

static void read_state(struct op *op, const struct json *json, struct lineage *lineage)
{
    lineage->deploy_owed = json_true(json, "state.deploy-owed");
    lineage->revoked = json_true(json, "state.revoked");
    lineage->off = json_true(json, "state.off");
    lineage->key_compromised = json_true(json, "state.key-compromised");
    lineage->last_error = json_opt(op, json, "state.last-error");
    lineage->last_attempt = json_int(json, "state.last-attempt", 0);
}

bool lineage_load(struct op *op, const struct store *store, const char *name, struct lineage *lineage)
{
    const char *path = store_path(op, store, "certs/%s/lineage.json", name);
    const char *text = file_read_if_there(op, path);
    const struct json *json = text ? json_parse(op, text, strlen(text)) : NULL;

    *lineage = (struct lineage){ .name = arena_strdup(op->arena, name) };
    if (!op_ok(op)) {
        op->err.code = ERR_STORE;
        return op_hint(op, "%s is damaged; restore it, or issue the certificate again", path);
    }
    if (!json)
        return false;
    read_state(op, json, lineage);
    lineage->held = file_there(store_path(op, store, "certs/%s/current", name));
    return settings_read(op, json, &lineage->wanted);
}

static void write_state(struct text *out, const struct lineage *lineage)
{
    json_open(out, "state", '{');
    json_put_bool(out, "deploy-owed", lineage->deploy_owed);
    json_put_bool(out, "revoked", lineage->revoked);
    json_put_bool(out, "off", lineage->off);
    json_put_bool(out, "key-compromised", lineage->key_compromised);
    if (lineage->last_error)
        json_put(out, "last-error", lineage->last_error);
    json_put_int(out, "last-attempt", lineage->last_attempt);
    json_close(out, '}');
}

bool lineage_save(struct op *op, const struct store *store, const struct lineage *lineage)
{
    struct text out = text_begin(op->arena);

    TRY(folder_make(op, store_path(op, store, "certs/%s", lineage->name)));
    json_open(&out, NULL, '{');
    json_put_int(&out, "version", 1);
    settings_write(&out, &lineage->wanted);
    write_state(&out, lineage);
    json_close(&out, '}');
    text_char(&out, '\n');
    return file_replace_text(op, store_path(op, store, "certs/%s/lineage.json", lineage->name), out.data,
                             0600);
}

static bool write_generation(struct op *op, const char *folder, const struct generation *gen)
{
    const struct {
        const char *name, *content;
        mode_t mode;
    } files[] = {
        { "key.pem", gen->key_pem, 0600 },     { "cert.pem", gen->cert_pem, 0644 },
        { "chain.pem", gen->chain_pem, 0644 }, { "fullchain.pem", gen->fullchain_pem, 0644 },
        { "meta.json", gen->meta_json, 0644 },
    };

    TRY(folder_make(op, folder));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i].content)
            TRY(file_replace_text(op, op_text(op, "%s/%s", folder, files[i].name), files[i].content,
                                  files[i].mode));
    return true;
}

static bool remove_old(struct op *op, const char *folder)
{
    struct strings all = folder_list(op, folder);

    for (size_t i = 0; i + KEEP_GENERATIONS < all.count; i++)
        TRY(folder_remove(op, op_text(op, "%s/%s", folder, all.at[i])));
    return op_ok(op);
}

bool generation_install(struct op *op, const struct store *store, const char *cert,
                        const struct generation *gen)
{
    const char *folder = store_path(op, store, "certs/%s/gen", cert);
    struct strings all;
    int64_t last = 0;

    TRY(folder_make(op, store_path(op, store, "certs/%s", cert)) && folder_make(op, folder));
    all = folder_list(op, folder);
    if (all.count)
        text_number(all.at[all.count - 1] + strspn(all.at[all.count - 1], "0"), 1, INT32_MAX - 1, &last);
    TRY(write_generation(op, op_text(op, "%s/%04" PRId64, folder, last + 1), gen));
    TRY(folder_sync(op, folder));
    TRY(link_swap(op, store_path(op, store, "certs/%s/current", cert),
                  op_text(op, "gen/%04" PRId64, last + 1)));
    return remove_old(op, folder);
}

const char *generation_read(struct op *op, const struct store *store, const char *cert, const char *file)
{
    return file_read_if_there(op, store_path(op, store, "certs/%s/current/%s", cert, file));
}

bool lineage_archive(struct op *op, const struct store *store, const char *name)
{
    const char *from = store_path(op, store, "certs/%s", name);
    const char *folder = store_path(op, store, "archive");
    const char *to = op_text(op, "%s/%s-%" PRId64, folder, name, op_now(op));

    TRY(folder_make(op, folder) && op_effect(op, "rename"));
    if (rename(from, to) != 0)
        return op_fail_errno(op, ERR_STORE, "moving %s to %s", from, to);
    return folder_sync(op, folder) && folder_sync(op, store_path(op, store, "certs"));
}
