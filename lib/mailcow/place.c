#include "mailcow/place.h"

#include "mailcow/archive.h"
#include "mailcow/origin.h"
#include "mailcow/owed.h"
#include "names.h"

#include <string.h>

struct place {
    const struct store *store;
    const char *dir, *ssl, *title;
    const struct strings *names;
    bool is_server;
    struct pair wanted;
};

/* ---- whose it is ---- */

const char *mailcow_hands_off(struct op *op, const struct store *store, const char *dir, const char *server)
{
    const char *ssl = op_text(op, "%s/" MAILCOW_SSL, dir);
    struct origin origin = origin_of_mailcow(op, store, ssl, server);

    if (!op_ok(op) || origin.kind != ORIGIN_FOREIGN)
        return NULL;
    return op_text(
        op,
        "%s/cert.pem was issued by %s, neither mailcow itself nor an ACME CA: it is taken for your "
        "own and left alone; move it and key.pem away to have it replaced",
        ssl, origin.issuer);
}

/* ---- which one the server shows by itself ---- */

/* A wildcard is good for exactly one label (RFC 6125 section 6.4.3). */
static bool good_for(const struct strings *names, const char *host)
{
    const char *dot = strchr(host, '.');

    for (size_t i = 0; i < names->count; i++)
        if (text_same(names->at[i], host) ||
            (dot && name_is_wildcard(names->at[i]) && text_same(names->at[i] + 1, dot)))
            return true;
    return false;
}

/*
 * The rest of mailcow.conf may be broken by now: what is issued is wanted in its place all the same. What
 * can be said of its lines has been said when the run began.
 */
static const char *hostname(struct op *op, const char *dir)
{
    struct world quiet = *op->world, *world = op->world;
    struct mailcow mailcow = { .dir = dir };
    const char *path = mailcow_path(op, &mailcow, "mailcow.conf");
    const char *text = file_read_named(op, path), *value;

    quiet.log = NULL;
    op->world = &quiet;
    if (text)
        mailcow.file = envfile_parse(op, text, path);
    op->world = world;
    if (!text)
        return NULL;
    value = mailcow_value(op, &mailcow, "MAILCOW_HOSTNAME");
    if (!value)
        op_fail(op, ERR_CONFIG, "%s: MAILCOW_HOSTNAME is not set", path);
    return value ? name_normalise(op, value) : NULL;
}

bool mailcow_is_server(struct op *op, const char *dir, const struct strings *names)
{
    const char *host = hostname(op, dir);

    return host && good_for(names, host);
}

/* ---- the files ---- */

static bool read_wanted(struct op *op, const char *cert, struct place *place)
{
    place->wanted.cert = generation_read(op, place->store, cert, "fullchain.pem");
    place->wanted.key = generation_read(op, place->store, cert, "key.pem");
    TRY(op_ok(op));
    return (place->wanted.cert && place->wanted.key) ||
           op_fail(op, ERR_STORE, "there is no %s of %s", place->wanted.cert ? "private key" : "certificate",
                   cert);
}

/* What of the wanted pair is there; half of it may be, from a run that died. */
struct there {
    bool key, all, more; /* more: something else, of which there is to be a copy */
};

static struct there look(struct op *op, const char *folder, const struct pair *wanted)
{
    struct there there = { 0 };
    struct pair now;

    if (!pair_read(op, folder, &now))
        return there;
    there.key = now.key && pair_same_key(op, now.key, wanted->key);
    there.all = there.key && text_same(now.cert, wanted->cert);
    there.more = now.cert || (now.key && !there.key);
    return there;
}

/* One folder: the note of what follows and the copy first, then the pair. */
static bool put(struct op *op, const struct place *place, const char *folder)
{
    struct there there;

    TRY(pair_settle(op, folder));
    there = look(op, folder, &place->wanted);
    if (there.all)
        return true;
    TRY(op_ok(op) && owed_note(op, place->store, place->dir, false));
    return (!there.more || archive_copy(op, place->ssl, place->title, folder)) &&
           pair_put(op, folder, &place->wanted);
}

/*
 * nginx has a server of its own for each list but the one with the host name, and makes it when it starts.
 * Without a list nobody knows the folder.
 */
static bool put_domains(struct op *op, const struct place *place, const char *folder)
{
    const char *names = strings_join(op, place->names, " ");
    const char *now = file_read_if_there(op, op_text(op, "%s/domains", folder));

    TRY(op_ok(op));
    return text_same(now, names) || (owed_note(op, place->store, place->dir, !now || !place->is_server) &&
                                     pair_put_beside(op, folder, "domains", names));
}

/* data/assets/ssl/<certname>: in a new installation there is not even the first of them. */
static const char *make_folders(struct op *op, const struct place *place)
{
    const char *path = place->dir;
    struct strings parts = text_split(op, MAILCOW_SSL, "/");

    strings_add(op, &parts, place->title);
    for (size_t i = 0; i < parts.count; i++) {
        path = op_text(op, "%s/%s", path, parts.at[i]);
        if (!pair_folder(op, path))
            return NULL;
    }
    return path;
}

static bool put_all(struct op *op, const struct place *place)
{
    const char *folder = make_folders(op, place);

    TRY(folder && put(op, place, folder) && put_domains(op, place, folder));
    return !place->is_server || put(op, place, place->ssl);
}

bool mailcow_place(struct op *op, const struct store *store, const char *dir, const char *cert,
                   const struct strings *names)
{
    struct place place = { .store = store, .dir = dir, .title = names_title(names), .names = names };
    const char *reason = mailcow_hands_off(op, store, dir, NULL);

    place.ssl = op_text(op, "%s/" MAILCOW_SSL, dir);
    op_enter(op, "putting %s into %s", place.title, place.ssl);
    place.is_server = mailcow_is_server(op, dir, names);
    if (reason)
        op_log(op, LOG_WARN, "%s", reason);
    else if (op_ok(op) && read_wanted(op, cert, &place))
        put_all(op, &place);
    op_leave(op);
    return op_ok(op);
}
