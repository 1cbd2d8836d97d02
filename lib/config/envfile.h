/*
 * envfile: KEY="value" lines, as acme.sh and mailcow have them. Never shell: nothing is expanded or run.
 *
 * Blanks around key and value are trimmed, CR at the end of a line too; one pair of quotes (" or ') around a
 * value is removed; `export KEY=...` is accepted. Lines without = are reported by number and skipped. Values
 * may hold =, #, $ and quotes.
 */
#ifndef MCACME_CONFIG_ENVFILE_H
#define MCACME_CONFIG_ENVFILE_H

#include "base/op.h"
#include "base/text.h"

struct envfile {
    struct strings names, values;
};

/* `path` is for the messages. A line that cannot be read is a warning in the log. */
struct envfile envfile_parse(struct op *op, const char *text, const char *path);

/* The last value of a name, NULL when it is not there. */
const char *envfile_get(const struct envfile *file, const char *name);

#endif
