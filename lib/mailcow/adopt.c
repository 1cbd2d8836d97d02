#include "mailcow/adopt.h"

#include "certify.h"
#include "mailcow/origin.h"
#include "mailcow/pair.h"
#include "mailcow/place.h"
#include "mailcow/source.h"
#include "names.h"
#include "provenance.h"

#include <string.h>

#define PATIENCE_MS 60000

struct adoption {
    struct op *home; /* where settings live */
    struct run *run;
    struct settings *settings;
    struct lineage *lineage;
    const char *dir, *ssl;
    struct policy policy;
    struct strings names;
    bool is_server;
    /* what is taken over */
    struct key *key;
    struct pair pair; /* cert NULL: the key alone */
    struct chain chain;
    struct origin origin;
};

/* ---- the account ---- */

static const char *account_key(struct op *op, const char *ssl)
{
    const char *path = op_text(op, "%s/acme/account.pem", ssl);
    const char *pem = file_read_if_there(op, path), *clean = NULL;
    struct op *child = op_child(op);
    const struct key *key = pem ? key_from_pem(child, pem, path) : NULL;

    if (key)
        clean = text_dup(op, key_pem(child, key));
    else if (pem)
        op_log(op, LOG_WARN, "%s; a new account is made", child->err.text);
    op_end(child);
    return clean;
}

/* Under the lock, because a run that registers one at this moment must not lose its key. */
static bool save_account(struct op *op, const struct store *store, const struct adoption *a)
{
    const char *directory = a->policy.directory;
    struct account account = { 0 };

    if (account_load(op, store, directory, &account))
        return true;
    TRY(op_ok(op) && store_lock_account(op, store, account_folder(op, directory)));
    if (account_load(op, store, directory, &account))
        return true;
    account = (struct account){ .server = directory, .contact = a->policy.email };
    account.key_pem = op_ok(op) ? account_key(op, a->ssl) : NULL;
    if (!account.key_pem)
        return op_ok(op);
    op_log(op, LOG_NOTE, "taking over the account key of mailcow's own client");
    return account_save(op, store, &account);
}

/* ---- what there is of a certificate ---- */

/* mailcow shipped one key for all, before its set-up made one for each installation: anybody may have it. */
#define PUBLISHED_KEY "2ec600d703259867099b63ef278e2852ee2a4f7d9a90d39c47bd22858288a3bd"

static bool is_published(struct op *op, const struct key *key)
{
    return text_same(hex(op, hash(op, HASH_SHA256, key_public(op, key))), PUBLISHED_KEY);
}

/* NULL for no key, and for one that cannot be used. */
static struct key *usable_key(struct op *op, const struct pair *pair, const char *folder)
{
    const struct frame *frames = op->frames;
    struct key *key = pair->key && op_ok(op) ? key_from_pem(op, pair->key, "the key") : NULL;

    if (op->err.code == ERR_CONFIG) {
        op_log(op, LOG_WARN, "%s/key.pem is not taken over: %s", folder, op->err.text);
        op_recover(op);
        op->frames = frames;
    } else if (key && is_published(op, key)) {
        op_log(op, LOG_WARN, "%s/key.pem is not taken over: it is the example that mailcow once shipped",
               folder);
        key = NULL;
    }
    return key;
}

/* The pair in a folder, when it can stand for one that we have got ourselves. */
static bool take_whole(struct op *op, struct adoption *a, const char *folder)
{
    TRY(pair_read(op, folder, &a->pair));
    a->origin = origin_of_folder(op, a->run->store, folder, a->pair.cert, setting(a->settings, OPT_SERVER));
    if (a->origin.kind != ORIGIN_ACME || !(a->key = usable_key(op, &a->pair, folder)))
        return false;
    a->chain = chain_parse(op, a->pair.cert);
    return op_ok(op) && bytes_same(a->chain.certs->spki, key_public(op, a->key));
}

static bool take_key(struct op *op, struct adoption *a, const char *folder)
{
    TRY(pair_read(op, folder, &a->pair));
    a->pair.cert = NULL;
    a->key = usable_key(op, &a->pair, folder);
    return a->key != NULL;
}

/* Where to look, best first: for certificates, for keys. mailcow's own client has one key for all. */
static bool find(struct op *op, struct adoption *a)
{
    const char *own = op_text(op, "%s/%s", a->ssl, a->lineage->name);
    const char *starred = op_text(op, "%s/*.%s", a->ssl, a->lineage->name);
    const char *shared = op_text(op, "%s/acme", a->ssl);
    const char *const certs[] = { own, starred, a->is_server ? a->ssl : own };
    const char *const keys[] = { a->is_server ? a->ssl : own, own, starred, shared, a->ssl };

    for (size_t i = 0; op_ok(op) && i < sizeof certs / sizeof *certs; i++)
        if (take_whole(op, a, certs[i]))
            return true;
    for (size_t i = 0; op_ok(op) && i < sizeof keys / sizeof *keys; i++)
        if (take_key(op, a, keys[i]))
            return true;
    return false;
}

/* ---- into the store ---- */

/* The directory of the CA that it came from, so that another one that is wanted now is noticed. */
static const char *directory(struct op *op, const struct adoption *a)
{
    struct settings settings = { 0 };
    struct policy policy = { 0 };

    if (!a->origin.server)
        return a->policy.directory;
    settings_set(op, &settings, OPT_SERVER, a->origin.server);
    settings_set(op, &settings, OPT_KEY_TYPE, key_kind_name(key_kind(a->key)));
    return policy_read_ca(op, &settings, NULL, &policy) ? policy.directory : NULL;
}

static const char *meta(struct op *op, const struct adoption *a)
{
    struct provenance p = { .key_type = key_kind_name(key_kind(a->key)) };

    if (a->pair.cert) {
        p.leaf = a->chain.certs;
        p.server = directory(op, a);
        p.profile = a->policy.profile;
        p.issued = p.leaf->not_before;
    }
    return provenance_write(op, &p);
}

static bool install(struct op *op, const struct adoption *a)
{
    struct generation gen = { 0 };
    const char *cert = a->lineage->name;

    if (a->pair.cert)
        gen = certificate_files(op, &a->chain);
    gen.key_pem = key_pem(op, a->key);
    gen.meta_json = meta(op, a);
    TRY(op_ok(op));
    /* A run that died has done so before. */
    if (text_same(generation_read(op, a->run->store, cert, "key.pem"), gen.key_pem) &&
        text_same(generation_read(op, a->run->store, cert, "fullchain.pem"), gen.fullchain_pem))
        return op_ok(op);
    return op_ok(op) && generation_install(op, a->run->store, cert, &gen);
}

/* Whether the containers find it there, with its list of names. */
static bool is_at(struct op *op, const struct adoption *a, const char *folder)
{
    struct pair pair;

    return pair_read(op, folder, &pair) && text_same(pair.cert, a->pair.cert) &&
           text_same(pair.key, a->pair.key);
}

static bool is_placed(struct op *op, const struct adoption *a)
{
    const char *own = op_text(op, "%s/%s", a->ssl, a->lineage->name);

    return is_at(op, a, own) && file_there(op_text(op, "%s/domains", own)) &&
           (!a->is_server || is_at(op, a, a->ssl));
}

static bool take(struct op *op, struct adoption *a)
{
    struct lineage lineage = { .name = a->lineage->name };

    op_log(op, LOG_NOTE, "taking over %s of %s from %s", a->pair.cert ? "the certificate" : "the key",
           lineage.name, a->ssl);
    TRY(install(op, a));
    if (!a->pair.cert) /* known by its first certificate */
        return true;
    settings_default(op, &lineage.wanted, a->settings, OPT_SAVED);
    a->lineage->held = lineage.held = true;
    a->lineage->deploy_owed = lineage.deploy_owed = !is_placed(op, a);
    return op_ok(op) && lineage_save(op, a->run->store, &lineage);
}

/* The kind of key stays, whatever the others of this installation have, unless another one is asked for. */
static void keep_kind(struct adoption *a)
{
    const struct settings *weakest = conf_section(a->run->conf, "mailcow", "");
    const char *asked = setting(a->settings, OPT_KEY_TYPE);

    if (!asked || (weakest && text_same(asked, setting(weakest, OPT_KEY_TYPE))))
        settings_set(a->home, a->settings, OPT_KEY_TYPE, key_kind_name(key_kind(a->key)));
}

/* ---- a certificate that is ours already ---- */

static bool lacks_pair(struct op *op, const char *folder)
{
    struct pair pair;

    return pair_read(op, folder, &pair) && (!pair.cert || !pair.key);
}

/* Somebody has taken it away, or put mailcow's own in its place. */
static bool is_gone(struct op *op, const struct adoption *a)
{
    const char *own = op_text(op, "%s/%s", a->ssl, a->lineage->name);

    if (lacks_pair(op, own) || !file_there(op_text(op, "%s/domains", own)))
        return true;
    return a->is_server && (lacks_pair(op, a->ssl) ||
                            origin_of_mailcow(op, a->run->store, a->ssl, NULL).kind == ORIGIN_SNAKE_OIL);
}

/* What mailcow has no more is put there again: the deploy step is owed once more. */
static bool owe(struct op *op, struct adoption *a)
{
    struct lineage lineage;

    if (!lineage_load(op, a->run->store, a->lineage->name, &lineage) || lineage.off || lineage.deploy_owed ||
        !generation_read(op, a->run->store, lineage.name, "cert.pem"))
        return op_ok(op);
    op_log(op, LOG_NOTE, "%s is not in its place in %s: it is put there again", lineage.name, a->ssl);
    a->lineage->deploy_owed = lineage.deploy_owed = true;
    return lineage_save(op, a->run->store, &lineage);
}

/* ---- the whole ---- */

static bool work(struct op *op, struct adoption *a)
{
    a->is_server = mailcow_is_server(op, a->dir, &a->names);
    if (!op_ok(op) || (lineage_there(op, a->run->store, a->lineage->name) && !is_gone(op, a)))
        return op_ok(op);
    TRY(store_lock_cert(op, a->run->store, a->lineage->name, PATIENCE_MS));
    if (lineage_there(op, a->run->store, a->lineage->name))
        return owe(op, a);
    if (!find(op, a))
        return op_ok(op);
    keep_kind(a);
    return take(op, a);
}

bool mailcow_adopt(struct run *run, struct op *op, struct settings *settings, struct lineage *lineage)
{
    struct op *child = op_child(op);
    struct adoption a = { .home = op, .run = run, .settings = settings, .lineage = lineage };
    bool good;

    a.dir = setting(settings, OPT_MAILCOW);
    a.ssl = op_text(child, "%s/" MAILCOW_SSL, a.dir);
    op_enter(child, "taking over what %s has of %s", a.ssl, lineage->name);
    if (policy_read_ca(child, settings, run->conf, &a.policy) &&
        names_normalise(child, &settings->at[OPT_DOMAIN], &a.names) && save_account(child, run->store, &a))
        work(child, &a);
    op_leave(child);
    good = op_adopt(op, child);
    op_end(child);
    return good;
}
