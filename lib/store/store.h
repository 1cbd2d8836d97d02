/*
 * store: where accounts, certificates and the journal live.
 *
 *     STATE/accounts/<ca>/account.json key.pem     and key.new.pem while the account changes its key
 *     STATE/certs/<name>/lineage.json              what is wanted; never a secret
 *     STATE/certs/<name>/gen/0003/                 key.pem cert.pem chain.pem fullchain.pem meta.json
 *     STATE/certs/<name>/current -> gen/0003       swapped last: key and chain are never of different ages
 *     STATE/journal/<name>.log, <name>.key         see journal.h
 *     STATE/certs/<name>/next.pem                  the next private key, made ahead; see staged.h
 *     STATE/failures/<hash>.json                   see failures.h
 *     STATE/locks/
 *
 * Every write is one of file.h's; a kill at any instant leaves the old state or the new one.
 */
#ifndef MCACME_STORE_STORE_H
#define MCACME_STORE_STORE_H

#include "base/file.h"
#include "config/settings.h"

struct store {
    const char *root;
};

/* Makes the folders where they are missing. Fails with STORE. */
struct store *store_open(struct op *op, const char *root);

/* For looking only: nothing is made. */
struct store *store_look(struct op *op, const char *root);

const char *store_path(struct op *op, const struct store *store, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * A JSON file of ours, or NULL without an error when it is not there. A damaged one, or one of another
 * version, fails with STORE, its path and `remedy`.
 */
struct json;
const struct json *store_json(struct op *op, const char *path, const char *remedy);

/* Locks, held until the operation ends; see lock_take for `patience`. */
bool store_lock_cert(struct op *op, const struct store *store, const char *cert, int64_t patience);
bool store_lock_account(struct op *op, const struct store *store, const char *ca);

/* ---- accounts ---- */

struct account {
    const char *server;  /* directory URL */
    const char *kid;     /* account URL; NULL: not registered yet, as far as we know */
    const char *contact; /* e-mail address or NULL */
    const char *key_pem;
};

/* The folder name of a CA: host and path of its directory. */
const char *account_folder(struct op *op, const char *directory);

/* False without an error when there is none. */
bool account_load(struct op *op, const struct store *store, const char *directory, struct account *account);
/* The key goes first: a run that dies before the CA answered finds the account again by its key. */
bool account_save(struct op *op, const struct store *store, const struct account *account);

/*
 * The key that the account is to change to, on the disk before the CA is asked; NULL without an error when
 * none is there.
 */
const char *account_key_staged(struct op *op, const struct store *store, const char *directory);
bool account_key_stage(struct op *op, const struct store *store, const char *directory, const char *key_pem);
bool account_key_drop(struct op *op, const struct store *store, const char *directory);

/* Moves the account's folder away, beside its place: "<ca>.<suffix>-<time>". */
bool account_archive(struct op *op, const struct store *store, const char *directory, const char *suffix);

/* ---- certificates ---- */

/* What the CA has said about the renewal of the certificate held (RFC 9773), kept across runs. */
struct lineage_ari {
    const char *serial;      /* of the certificate that it is about; NULL: never asked */
    int64_t start, end;      /* of the window; 0: the CA has named none */
    int64_t chosen;          /* the random time inside it */
    int64_t look_at;         /* when to ask again */
    int64_t renewed_at;      /* when a renewal was last caused by it; 0: never */
    const char *explanation; /* URL for people, or NULL */
};

struct lineage {
    const char *name;
    struct settings wanted; /* the saved options */
    bool held;              /* there is a current generation */
    bool deploy_owed;       /* issued, but a deploy step failed */
    bool revoked, off;      /* revoked; off: not to be renewed any more */
    bool key_compromised;   /* the key is never used again */
    const char *last_error; /* of the last attempt, or NULL */
    int64_t last_attempt;   /* 0: never */
    struct lineage_ari ari;
    struct strings missing; /* wanted names that the certificate held lacks (--partial allow) */
};

/* The names of all certificates, sorted. */
struct strings store_certs(struct op *op, const struct store *store);

/* Whether there is one of this name, be it only an attempt. */
bool lineage_there(struct op *op, const struct store *store, const char *name);

/* False without an error when there is no such certificate. */
bool lineage_load(struct op *op, const struct store *store, const char *name, struct lineage *lineage);
bool lineage_save(struct op *op, const struct store *store, const struct lineage *lineage);

struct generation {
    const char *key_pem; /* NULL: the user's own request, no key here */
    const char *cert_pem, *chain_pem, *fullchain_pem, *meta_json;
};

/* Writes a new generation and points `current` at it; older ones than the last five are removed. */
bool generation_install(struct op *op, const struct store *store, const char *cert,
                        const struct generation *gen);

/* A file of the current generation ("cert.pem"), or NULL without an error when there is none. */
const char *generation_read(struct op *op, const struct store *store, const char *cert, const char *file);

/* Undoes lineage_save for a certificate that did not come to be. */
bool lineage_forget(struct op *op, const struct store *store, const char *name);

/* Moves the certificate's folder to STATE/archive/<name>-<time>. */
bool lineage_archive(struct op *op, const struct store *store, const char *name);

#endif
