#include "mailcow/owed.h"

#include "base/json.h"
#include "crypto/cert.h"
#include "mailcow/place.h"
#include "names.h"

#include <string.h>

#define FOLDER "mailcow"

/* ---- notes: STATE/mailcow/<the folder's path> ---- */

struct note {
    const char *path, *dir; /* dir NULL: there is none */
    bool restart;
};

static bool read_note(struct op *op, const char *path, struct note *note)
{
    const struct json *json =
        store_json(op, path, "remove this file, and restart mailcow's services yourself");

    *note = (struct note){ path, json_opt(op, json, "mailcow"), json_true(json, "restart") };
    return op_ok(op);
}

static const char *note_path(struct op *op, const struct store *store, const char *dir)
{
    return store_path(op, store, FOLDER "/%s", account_folder(op, dir));
}

bool owed_noted(struct op *op, const struct store *store, const char *dir)
{
    return file_there(note_path(op, store, dir));
}

bool owed_note(struct op *op, const struct store *store, const char *dir, bool restart)
{
    const char *path = note_path(op, store, dir);
    struct text out = text_begin(op->arena);
    struct note note;

    TRY(read_note(op, path, &note));
    if (note.dir && (note.restart || !restart))
        return true;
    json_open(&out, NULL, '{');
    json_put_int(&out, "version", 1);
    json_put(&out, "mailcow", dir);
    json_put_bool(&out, "restart", restart);
    json_close(&out, '}');
    text_char(&out, '\n');
    return folder_make(op, store_path(op, store, FOLDER)) && file_replace_text(op, path, out.data, 0600);
}

/* ---- proofs ---- */

/* The serial number to be shown, and the name to ask for it by; false for what is not in this mailcow. */
static bool proof_of(struct op *op, const struct store *store, const struct mailcow *mailcow,
                     const char *cert, struct mailcow_proof *proof)
{
    const char *pem = generation_read(op, store, cert, "cert.pem");
    struct lineage lineage;
    struct chain chain;

    lineage_load(op, store, cert, &lineage);
    TRY(op_ok(op) && pem && text_same(setting(&lineage.wanted, OPT_MAILCOW), mailcow->dir));
    chain = chain_parse(op, pem);
    TRY(chain.count);
    proof->serial = chain.certs->serial;
    proof->name =
        mailcow_is_server(op, mailcow->dir, &chain.certs->names) ? mailcow->hostname : name_base(cert);
    return op_ok(op);
}

static void find_proofs(struct op *op, const struct store *store, const struct mailcow *mailcow,
                        struct mailcow_serving *serving)
{
    struct strings certs = store_certs(op, store);
    struct mailcow_proof *proofs = op_array(op, certs.count, struct mailcow_proof);

    serving->proofs = proofs;
    for (size_t i = 0; op_ok(op) && i < certs.count; i++)
        if (proof_of(op, store, mailcow, certs.at[i], &proofs[serving->count]))
            serving->count++;
}

/* ---- settling ---- */

/* The advice that mailcow.conf gives reason for has been given when the run began. */
static bool read_quietly(struct op *op, const char *dir, struct mailcow *mailcow)
{
    struct world quiet = *op->world, *world = op->world;
    bool good;

    quiet.log = NULL;
    op->world = &quiet;
    good = mailcow_read(op, dir, mailcow);
    op->world = world;
    return good;
}

static bool settle(struct op *op, const struct store *store, const struct note *note,
                   const struct mailcow_serving *doors)
{
    struct mailcow_serving serving = doors ? *doors : (struct mailcow_serving){ 0 };
    struct mailcow mailcow;

    if (!file_there(op_text(op, "%s/mailcow.conf", note->dir))) /* it has gone */
        return file_remove(op, note->path);
    TRY(read_quietly(op, note->dir, &mailcow));
    if (mailcow.skip)
        return true;
    if (mailcow_hands_off(op, store, note->dir, NULL)) /* they show what is none of ours */
        return file_remove(op, note->path);
    serving.restart = note->restart;
    find_proofs(op, store, &mailcow, &serving);
    return op_ok(op) && mailcow_serve(op, &mailcow, &serving) && file_remove(op, note->path);
}

bool owed_settle(struct op *op, const struct store *store, const struct mailcow_serving *doors)
{
    struct strings notes = folder_list(op, store_path(op, store, FOLDER));

    for (size_t i = 0; op_ok(op) && i < notes.count; i++) {
        struct op *child = op_child(op);
        struct note note;

        if (read_note(child, store_path(child, store, FOLDER "/%s", notes.at[i]), &note) && note.dir)
            settle(child, store, &note, doors);
        if (child->err.code == ERR_DEPLOY)
            op_hint(child, "the certificates are in their place; the next renew tries again");
        op_adopt(op, child);
        op_end(child);
    }
    return op_ok(op);
}
