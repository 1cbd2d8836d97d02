/* The certificates of store.h: lineages and generations. */
#include "base/json.h"
#include "base/when.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KEEP_GENERATIONS 5

bool lineage_there(struct op *op, const struct store *store, const char *name)
{
    return file_there(store_path(op, store, "certs/%s/lineage.json", name));
}

struct strings store_certs(struct op *op, const struct store *store)
{
    struct strings folders = folder_list(op, store_path(op, store, "certs")), certs = { 0 };

    /* A run that died on its first steps leaves a folder with nothing in it. */
    for (size_t i = 0; op_ok(op) && i < folders.count; i++)
        if (lineage_there(op, store, folders.at[i]))
            strings_add(op, &certs, folders.at[i]);
    return certs;
}

static void read_ari(struct op *op, const struct json *json, struct lineage_ari *ari)
{
    ari->serial = json_opt(op, json, "serial");
    ari->start = json_int(json, "window-start", 0);
    ari->end = json_int(json, "window-end", 0);
    ari->chosen = json_int(json, "chosen", 0);
    ari->look_at = json_int(json, "look-at", 0);
    ari->renewed_at = json_int(json, "renewed-at", 0);
    ari->explanation = json_opt(op, json, "explanation");
}

static void read_state(struct op *op, const struct json *json, struct lineage *lineage)
{
    lineage->deploy_owed = json_true(json, "state.deploy-owed");
    lineage->revoked = json_true(json, "state.revoked");
    lineage->off = json_true(json, "state.off");
    lineage->key_compromised = json_true(json, "state.key-compromised");
    lineage->last_error = json_opt(op, json, "state.last-error");
    lineage->last_attempt = json_int(json, "state.last-attempt", 0);
    lineage->missing = json_strings(op, json, "state.missing");
    read_ari(op, json_at(json, "state.ari"), &lineage->ari);
}

static void write_ari(struct text *out, const struct lineage_ari *ari)
{
    if (!ari->serial && !ari->renewed_at)
        return;
    json_open(out, "ari", '{');
    json_put(out, "serial", ari->serial);
    json_put_int(out, "window-start", ari->start);
    json_put_int(out, "window-end", ari->end);
    json_put_int(out, "chosen", ari->chosen);
    json_put_int(out, "look-at", ari->look_at);
    json_put_int(out, "renewed-at", ari->renewed_at);
    if (ari->explanation)
        json_put(out, "explanation", ari->explanation);
    json_close(out, '}');
}

bool lineage_load(struct op *op, const struct store *store, const char *name, struct lineage *lineage)
{
    const char *path = store_path(op, store, "certs/%s/lineage.json", name);
    const char *remedy = "restore this file, or remove it and issue the certificate again";
    const struct json *json = store_json(op, path, remedy);

    *lineage = (struct lineage){ .name = arena_strdup(op->arena, name) };
    if (!json)
        return false;
    read_state(op, json, lineage);
    lineage->held = file_there(store_path(op, store, "certs/%s/current", name));
    op_enter(op, "reading %s", path);
    settings_read(op, json, &lineage->wanted);
    op_leave(op);
    if (op_ok(op))
        return true;
    op->err.code = ERR_STORE;
    return op_hint(op, "%s", remedy);
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
    if (lineage->missing.count)
        json_put_strings(out, "missing", &lineage->missing);
    write_ari(out, &lineage->ari);
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
    const struct file_new files[] = {
        { "key.pem", gen->key_pem, 0600 },     { "cert.pem", gen->cert_pem, 0644 },
        { "chain.pem", gen->chain_pem, 0644 }, { "fullchain.pem", gen->fullchain_pem, 0644 },
        { "meta.json", gen->meta_json, 0644 },
    };

    return folder_make(op, folder) && files_write(op, folder, files, sizeof files / sizeof *files);
}

/* By number: "10000" comes before "9999" in the alphabet. 0: none of ours. */
static int64_t generation_number(const char *name)
{
    int64_t number = 0;

    text_number(name + strspn(name, "0"), 1, INT32_MAX - 1, &number);
    return number;
}

static bool remove_old(struct op *op, const char *folder, const struct strings *all, int64_t newest)
{
    for (size_t i = 0; i < all->count; i++) {
        int64_t number = generation_number(all->at[i]);

        if (number && number + KEEP_GENERATIONS <= newest)
            TRY(folder_remove(op, op_text(op, "%s/%s", folder, all->at[i])));
    }
    return true;
}

/* Complete under a name that no list shows, then given its number: what has a number is whole. */
static bool add_generation(struct op *op, const char *folder, const char *numbered,
                           const struct generation *gen)
{
    const char *beside = op_text(op, "%s/.new", folder);

    TRY(folder_remove(op, beside)); /* what a run that died has left */
    TRY(write_generation(op, beside, gen) && op_effect(op, "rename"));
    if (rename(beside, numbered) != 0)
        return op_fail_errno(op, ERR_STORE, "renaming %s", beside);
    return folder_sync(op, folder);
}

bool generation_install(struct op *op, const struct store *store, const char *cert,
                        const struct generation *gen)
{
    const char *folder = store_path(op, store, "certs/%s/gen", cert);
    struct strings all;
    int64_t last = 0;

    TRY(folder_make(op, store_path(op, store, "certs/%s", cert)) && folder_make(op, folder));
    all = folder_list(op, folder);
    for (size_t i = 0; i < all.count; i++)
        if (generation_number(all.at[i]) > last)
            last = generation_number(all.at[i]);
    TRY(add_generation(op, folder, op_text(op, "%s/%04" PRId64, folder, last + 1), gen));
    TRY(link_swap(op, store_path(op, store, "certs/%s/current", cert),
                  op_text(op, "gen/%04" PRId64, last + 1)));
    return remove_old(op, folder, &all, last + 1);
}

const char *generation_read(struct op *op, const struct store *store, const char *cert, const char *file)
{
    return file_read_if_there(op, store_path(op, store, "certs/%s/current/%s", cert, file));
}

bool lineage_forget(struct op *op, const struct store *store, const char *name)
{
    TRY(op_ok(op) && file_remove(op, store_path(op, store, "certs/%s/lineage.json", name)));
    rmdir(store_path(op, store, "certs/%s", name)); /* where nothing else is in it */
    return true;
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
