/*
 * twin: an entry with two kinds of key, as in `--key-type ec256,rsa2048`: two certificates for the same
 * names. The first is the entry itself; its twin is called NAME.rsa (or NAME.ecdsa), is kept and renewed
 * like any other certificate, and what --install-… writes for it has the same ending, as HAProxy knows it.
 */
#ifndef MCACME_CMD_TWIN_H
#define MCACME_CMD_TWIN_H

#include "command.h"

/*
 * The twin of an entry: by the key types of its complete settings, or because there is one already. NULL
 * where there is none, and where op has failed.
 */
const char *twin_of(struct app *app, const char *cert);

/* The name of the entry that a certificate is the twin of; NULL for all others. */
const char *twin_base(struct app *app, const char *cert);

/* Complete settings of an entry become those of one certificate: one kind of key, places of its own. */
void twin_settle(struct app *app, const char *cert, struct settings *settings);

#endif
