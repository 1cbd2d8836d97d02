#include "mailcow/archive.h"

#include "base/file.h"
#include "base/when.h"
#include "names.h"

#include <stdio.h>

#define MOST_IN_ONE_SECOND 1000

/* "2026-11-25_23_18_12", as mailcow writes it. */
static const char *date(struct op *op)
{
    char *text = text_dup(op, when_print(op, op_now(op)));

    for (char *c = text; *c; c++)
        *c = *c == 'T' || *c == ':' ? '_' : *c;
    return text_less(op, text, "Z");
}

/* A name of this second in backups/<title> that is not taken. */
static const char *free_place(struct op *op, const char *folder)
{
    const char *first = op_text(op, "%s/%s", folder, date(op)), *place = first;

    for (int i = 2; file_there(place) && i < MOST_IN_ONE_SECOND; i++)
        place = op_text(op, "%s_%d", first, i);
    return place;
}

static const char *make_folder(struct op *op, const char *ssl, const char *title)
{
    const char *all = op_text(op, "%s/" ARCHIVE_FOLDER, ssl);
    const char *folder = op_text(op, "%s/%s", all, title);

    return pair_folder(op, all) && pair_folder(op, folder) ? folder : NULL;
}

static bool move(struct op *op, const char *from, const char *to)
{
    TRY(op_effect(op, "rename"));
    if (rename(from, to) != 0)
        return op_fail_errno(op, ERR_STORE, "moving %s to %s", from, to);
    return folder_sync(op, folder_of(op, to));
}

/* A run that died behind its copy must not make another one each time that it is tried again. */
static bool have_copy(struct op *op, const char *folder, const struct pair *pair)
{
    struct strings dates = folder_list(op, folder);
    struct pair one;

    for (size_t i = dates.count; op_ok(op) && i-- > 0;)
        if (pair_read(op, op_text(op, "%s/%s", folder, dates.at[i]), &one) &&
            text_same(one.cert, pair->cert) && text_same(one.key, pair->key))
            return true;
    return false;
}

static bool copy(struct op *op, const char *folder, const char *to, const struct pair *pair)
{
    const struct file_new files[] = {
        { "cert.pem", pair->cert, 0644 },
        { "key.pem", pair->key, 0600 },
        { "domains", file_read_if_there(op, op_text(op, "%s/domains", folder)), 0644 },
        { "acme.csr", file_read_if_there(op, op_text(op, "%s/acme.csr", folder)), 0644 },
    };
    const char *beside = op_text(op, "%s/.new", to); /* not in folder_list */

    TRY(folder_remove(op, beside)); /* what a run that died has left */
    return pair_folder(op, beside) && files_write(op, beside, files, sizeof files / sizeof *files) &&
           move(op, beside, free_place(op, to));
}

bool archive_copy(struct op *op, const char *ssl, const char *title, const char *folder)
{
    struct pair pair;
    const char *to;

    TRY(pair_read(op, folder, &pair));
    if (!pair.cert && !pair.key)
        return true;
    to = make_folder(op, ssl, title);
    if (!to || have_copy(op, to, &pair))
        return op_ok(op);
    return copy(op, folder, to, &pair);
}

bool archive_move(struct op *op, const char *ssl, const char *name)
{
    const char *to = make_folder(op, ssl, name_base(name));

    return to && move(op, op_text(op, "%s/%s", ssl, name), free_place(op, to)) && folder_sync(op, ssl);
}
