/*
 * owed: mailcow's services have to load what is in its place. That is noted in the store before anything gets
 * there, and taken back when every service shows it, so that no run that dies or fails in between is the last
 * one to think of it.
 *
 *     owed_note(op, store, dir, false) ... owed_settle(op, store, NULL)     // once a run, behind everything
 */
#ifndef MCACME_MAILCOW_OWED_H
#define MCACME_MAILCOW_OWED_H

#include "mailcow/serve.h"
#include "store/store.h"

/* `restart`: there are other certificates than before, see serve.h. It stays noted once it was. */
bool owed_note(struct op *op, const struct store *store, const char *dir, bool restart);

/* Whether anything is noted for this mailcow. */
bool owed_noted(struct op *op, const struct store *store, const char *dir);

/* What is noted, for every mailcow. `doors` has the ways to the services, NULL: the real ones. Fails with
 * DEPLOY. */
bool owed_settle(struct op *op, const struct store *store, const struct mailcow_serving *doors);

#endif
