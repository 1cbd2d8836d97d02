/*
 * staged: the next private key of a certificate, made ahead of its use, so that its TLSA record can be
 * published before a server shows it. STATE/certs/<name>/next.pem, mode 0600.
 *
 *     staged_key_write(op, store, "mail.example.com", key_pem(op, key));
 *     if (staged_key_read(op, store, "mail.example.com", &pem) && pem) ...
 *
 * The next renewal uses it, and removes it when the new generation is current. The caller holds the
 * certificate's lock. All fail with STORE.
 */
#ifndef MCACME_STORE_STAGED_H
#define MCACME_STORE_STAGED_H

#include "store/store.h"

bool staged_key_there(struct op *op, const struct store *store, const char *cert);

/* *pem is NULL where none is staged. */
bool staged_key_read(struct op *op, const struct store *store, const char *cert, const char **pem);
bool staged_key_write(struct op *op, const struct store *store, const char *cert, const char *pem);
bool staged_key_drop(struct op *op, const struct store *store, const char *cert); /* content without one */

#endif
