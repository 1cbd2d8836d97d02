/*
 * pair: cert.pem and key.pem of one folder, changed so that no instant shows a certificate beside the key of
 * another one, whatever ends us.
 *
 * With an unchanged key only cert.pem is replaced, by a rename. For a new key the two names become links
 * through one folder link, which is swapped from the old pair to the new one in a single rename; then they
 * become files again:
 *
 *     cert.pem -> .mcacme/pair/cert.pem      .mcacme/old/cert.pem  key.pem
 *     key.pem  -> .mcacme/pair/key.pem       .mcacme/new/cert.pem  key.pem
 *                                            .mcacme/pair -> old, then -> new
 *
 * The links are relative: the mail containers see the folder elsewhere. Whoever reads has a pair in each of
 * these states, and pair_settle makes files of any of them.
 *
 *     pair_settle(op, folder) && pair_put(op, folder, &wanted)
 */
#ifndef MCACME_MAILCOW_PAIR_H
#define MCACME_MAILCOW_PAIR_H

#include "base/op.h"

struct pair {
    const char *cert, *key; /* PEM texts; NULL: not there */
};

/* Brings to an end what a run that died has left, without changing what is seen. */
bool pair_settle(struct op *op, const char *folder);

/* What is seen. Links that are not ours lead anywhere: what stands behind them counts as not there. */
bool pair_read(struct op *op, const char *folder, struct pair *pair);
bool pair_linked(struct op *op, const char *folder); /* one of the two is such a link */

/* The folder is settled. Files keep their owner; new ones get the folder's. Modes are 0644 and 0600. */
bool pair_put(struct op *op, const char *folder, const struct pair *wanted);

/* Another file of that folder, for all to read. */
bool pair_put_beside(struct op *op, const char *folder, const char *name, const char *content);

/* Whether two private keys, as PEM texts, are one; false where one of them cannot be read. */
bool pair_same_key(struct op *op, const char *a, const char *b);

/* A folder that the mail containers may enter; nothing but a folder may be in its place. */
bool pair_folder(struct op *op, const char *path);

#endif
