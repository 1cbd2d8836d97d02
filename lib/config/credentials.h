/*
 * credentials: where a provider's values come from.
 *
 * With a file: KEY="value" lines of that file only. Without: the environment; NAME_FILE in the environment
 * names a file that holds the value; else a file NAME in $CREDENTIALS_DIRECTORY (systemd). A file that others
 * may write to is refused, one that others may read is a warning.
 */
#ifndef MCACME_CONFIG_CREDENTIALS_H
#define MCACME_CONFIG_CREDENTIALS_H

#include "base/credentials.h"
#include "base/op.h"

/* `path` NULL: the environment. Fails with CONFIG. */
const struct credentials *credentials_open(struct op *op, const char *path);

/*
 * The content of a file that holds one secret (a key, a token), trimmed; checked as above. Fails with CONFIG.
 */
const char *secret_file_read(struct op *op, const char *path);

#endif
