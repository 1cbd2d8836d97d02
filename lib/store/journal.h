/*
 * journal: what exists in the world because of us, written before the world is asked.
 *
 * One file a certificate, STATE/journal/<name>.log: a line of JSON an event, appended and synced; a last line
 * that a power cut tore is ignored. Beside it <name>.key, the private key that the open order will be
 * finalized with. Both are removed when nothing is left in the world: no TXT record of ours, no order that
 * could still be finished.
 *
 * The caller holds the certificate's lock.
 */
#ifndef MCACME_STORE_JOURNAL_H
#define MCACME_STORE_JOURNAL_H

#include "store/store.h"

struct journal_txt {
    int64_t id;
    const char *dns;                                 /* as in --dns: a provider, or a section [dns NAME] */
    const char *provider;                            /* what it was; NULL: `dns` itself */
    const char *credentials;                         /* path or NULL */
    const char *fqdn, *zone, *name, *value, *handle; /* zone, name and handle may be NULL */
    unsigned ttl;
};

struct journal_order {
    const char *url; /* NULL: none is open */
    const char *server;
    const char
        *shape; /* names, profile and key policy in one string: an order is resumed only for the same */
};

struct journal {
    const char *path, *key_path;
    const char *torn; /* the whole lines of a file whose last one is not; NULL: all are whole */
    struct journal_order order;
    struct journal_txt *txts; /* those not removed yet */
    size_t txt_count, txt_room;
    int64_t next_id;
};

/* Reads what a former run has left. Fails with STORE. */
struct journal *journal_open(struct op *op, const struct store *store, const char *cert);

/* The certificates that have a journal: those a former run has not finished. */
struct strings journal_list(struct op *op, const struct store *store);

/* The key is on the disk before the line that names the order. */
bool journal_order_made(struct op *op, struct journal *journal, const struct journal_order *order,
                        const char *key_pem);
bool journal_order_ended(struct op *op, struct journal *journal);
const char *journal_key(struct op *op, const struct journal *journal);

/* Before they are published: gives each its id. One line, one sync for all. */
bool journal_txts(struct op *op, struct journal *journal, struct journal_txt *txts, size_t n);
bool journal_handles(struct op *op, struct journal *journal, const struct journal_txt *txts, size_t n);
bool journal_txts_gone(struct op *op, struct journal *journal, const struct journal_txt *txts, size_t n);

/* Removes the files when nothing is left. */
bool journal_close(struct op *op, struct journal *journal);

#endif
