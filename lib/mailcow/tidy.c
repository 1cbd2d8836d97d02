/* The other half of place.h: what goes when all that is wanted is there. */
#include "mailcow/archive.h"
#include "mailcow/owed.h"
#include "mailcow/place.h"

#include <sys/stat.h>

#define FORCE "force_renew"

/* ---- force_renew ---- */

static bool younger(const char *path, const struct stat *than)
{
    struct stat status;

    return stat(path, &status) == 0 &&
           (status.st_mtim.tv_sec > than->st_mtim.tv_sec || (status.st_mtim.tv_sec == than->st_mtim.tv_sec &&
                                                             status.st_mtim.tv_nsec > than->st_mtim.tv_nsec));
}

bool mailcow_forced(struct op *op, const struct store *store, const char *dir, const char *cert)
{
    const char *force = op_text(op, "%s/" MAILCOW_SSL "/" FORCE, dir);
    struct stat status;

    return stat(force, &status) == 0 &&
           !younger(store_path(op, store, "certs/%s/current/cert.pem", cert), &status);
}

static bool end_force(struct op *op, const struct store *store, const char *dir, const struct strings *titles)
{
    const char *force = op_text(op, "%s/" MAILCOW_SSL "/" FORCE, dir);

    if (!file_there(force))
        return true;
    for (size_t i = 0; i < titles->count; i++)
        if (mailcow_forced(op, store, dir, titles->at[i]))
            return true;
    return file_remove(op, force);
}

/* ---- certificates that are wanted no more ---- */

/* What mailcow takes for a certificate's folder: all three files. */
static bool is_certificate(struct op *op, const char *folder)
{
    return file_there(op_text(op, "%s/domains", folder)) && file_there(op_text(op, "%s/cert.pem", folder)) &&
           file_there(op_text(op, "%s/key.pem", folder));
}

static bool move_folders(struct op *op, const struct store *store, const char *dir,
                         const struct strings *titles)
{
    const char *ssl = op_text(op, "%s/" MAILCOW_SSL, dir);
    struct strings folders = folder_list(op, ssl);

    for (size_t i = 0; op_ok(op) && i < folders.count; i++) {
        if (strings_have(titles, folders.at[i]) ||
            !is_certificate(op, op_text(op, "%s/%s", ssl, folders.at[i])))
            continue;
        op_log(op, LOG_NOTE, "mailcow wants %s no more: it goes to %s/" ARCHIVE_FOLDER, folders.at[i], ssl);
        TRY(owed_note(op, store, dir, true) && archive_move(op, ssl, folders.at[i]));
    }
    return op_ok(op);
}

/* Its entry goes, too: a renew that knows nothing of mailcow would put it there again. */
static bool forget(struct op *op, const struct store *store, const char *dir, const char *cert)
{
    struct lineage lineage;

    if (!lineage_load(op, store, cert, &lineage) || !text_same(setting(&lineage.wanted, OPT_MAILCOW), dir))
        return op_ok(op);
    return !store_lock_cert(op, store, cert, -1) ? op_ok(op) : lineage_archive(op, store, cert);
}

static bool forget_entries(struct op *op, const struct store *store, const char *dir,
                           const struct strings *titles)
{
    struct strings certs = store_certs(op, store);

    for (size_t i = 0; op_ok(op) && i < certs.count; i++) {
        struct op *child = op_child(op);

        if (!strings_have(titles, certs.at[i]))
            forget(child, store, dir, certs.at[i]);
        op_adopt(op, child);
        op_end(child);
    }
    return op_ok(op);
}

bool mailcow_tidy(struct op *op, const struct store *store, const char *dir, const struct strings *titles)
{
    op_enter(op, "tidying up %s/" MAILCOW_SSL, dir);
    if (end_force(op, store, dir, titles) && forget_entries(op, store, dir, titles))
        move_folders(op, store, dir, titles);
    op_leave(op);
    return op_ok(op);
}
