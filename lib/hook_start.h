/*
 * hook_start: fork and exec for hook.c, and nothing of what comes after.
 *
 * The child has left for its program when this returns, in a process group of its own (its id is the
 * group's).
 */
#ifndef MCACME_HOOK_START_H
#define MCACME_HOOK_START_H

#include "base/op.h"

#include <sys/types.h>

/*
 * `argv` and `env` end in NULL. *output is our end, not blocking, of the child's stdout and stderr. Fails
 * with CONFIG when the program cannot be run; `title` is what it is for people.
 */
bool hook_start(struct op *op, const char *title, const char *const *argv, const char *const *env, pid_t *pid,
                int *output);

#endif
