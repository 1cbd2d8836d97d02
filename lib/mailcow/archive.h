/*
 * archive: what goes into mailcow's backups/<certname>/<date>/: former files, and folders of certificates
 * that are no longer wanted.
 *
 *     archive_copy(op, ssl, "mail.example.com", folder, &pair)    // before the folder changes
 *     archive_move(op, ssl, "old.example.com")                    // the folder is not wanted any more
 */
#ifndef MCACME_MAILCOW_ARCHIVE_H
#define MCACME_MAILCOW_ARCHIVE_H

#include "mailcow/pair.h"

#define ARCHIVE_FOLDER "backups"

/*
 * Copies a folder's files to backups/<title>/<date>, whole or not at all; content when such a pair is there
 * already, or when there is nothing to be copied.
 */
bool archive_copy(struct op *op, const char *ssl, const char *title, const char *folder);

/* Moves ssl/<name> to backups/<name, "*." left out>/<date>. */
bool archive_move(struct op *op, const char *ssl, const char *name);

#endif
