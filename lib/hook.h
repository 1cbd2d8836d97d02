/*
 * hook: a child process as a struct. Deploy hooks and the `exec` provider run through it.
 *
 *     const char *const argv[] = { "/usr/local/bin/dns-hook", "present", name, value, NULL };
 *     struct hook hook = { .title = "the program of EXEC_PATH", .argv = argv };
 *     struct hook_result result;
 *
 *     return hook_run(op, &hook, &result) && hook_ok(op, ERR_PROVIDER, &hook, &result);
 *
 * The child has a process group of its own, stdin from /dev/null, stdout and stderr in one pipe to us, no
 * other descriptor, the default signal dispositions, and an environment of PATH, HOME, LANG and what is
 * given: a secret of ours cannot reach it by accident. A list of arguments meets no shell.
 *
 * It ends when the child does, even if a daemon that the child has left behind keeps the pipe open. When the
 * time is over, or a signal asks us to stop, the whole group gets SIGTERM, and SIGKILL two seconds later.
 *
 * The caller keeps the descriptors 0 to 2 open, as every program should.
 */
#ifndef MCACME_HOOK_H
#define MCACME_HOOK_H

#include "base/op.h"

#define HOOK_LIMIT_MS    (5 * 60 * 1000)
#define HOOK_MOST_OUTPUT (64u * 1024)

struct hook {
    const char *title;       /* for people: "the deploy hook" */
    const char *const *argv; /* ends in NULL; a name without a slash is looked up in PATH */
    const char *shell;       /* instead: a command line for /bin/sh -c */
    const char *const *env;  /* "NAME=value", ends in NULL; may be NULL */
    int64_t limit;           /* milliseconds; 0: HOOK_LIMIT_MS */
    bool secret;             /* its output is a secret: not for the log */
};

struct hook_result {
    int status; /* the exit status; -1: it did not exit by itself */
    int signal; /* that ended it; 0: none */
    bool timed_out;
    const char *output; /* the first 64 KiB, each line made printable */
};

/*
 * False when the child could not be started (CONFIG) or the operation ended while it ran. How the child fared
 * is in *result, for the caller to judge. The output also goes to the log, a line at a time.
 */
bool hook_run(struct op *op, const struct hook *hook, struct hook_result *result);

/* Fails with `code` unless the child exited with 0: how it ended, and the last words of its output. */
bool hook_ok(struct op *op, enum err_code code, const struct hook *hook, const struct hook_result *result);

#endif
