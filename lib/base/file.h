/*
 * file: reading and replacing files so that nothing is ever half there.
 *
 * Files are opened without following a final symlink, closed over exec, and read up to a limit. A replaced
 * file is written beside its place, with its mode before its content, synced, renamed, and the folder is
 * synced: after a power cut there is the old file or the new one.
 *
 * All fail with STORE in the words "reading PATH: Permission denied".
 */
#ifndef MCACME_BASE_FILE_H
#define MCACME_BASE_FILE_H

#include "base/bytes.h"
#include "base/op.h"

#include <sys/types.h>

#define FILE_MOST (1024u * 1024)

/* The content (with a NUL behind it), or NULL. A missing file is an error only for file_read. */
const char *file_read(struct op *op, const char *path);
const char *file_read_if_there(struct op *op, const char *path);
struct bytes file_read_bytes(struct op *op, const char *path); /* the same, for what may hold a NUL */
bool file_there(const char *path);

/* A file that the user named: symlinks are followed, and the failure is CONFIG. */
const char *file_read_named(struct op *op, const char *path);
struct bytes file_read_named_bytes(struct op *op, const char *path);

struct file_owner {
    mode_t mode;
    bool change; /* to uid and gid; else they are ours */
    uid_t uid;
    gid_t gid;
};
bool file_replace(struct op *op, const char *path, struct bytes content, const struct file_owner *owner);
bool file_replace_text(struct op *op, const char *path, const char *content, mode_t mode);

/*
 * Several new files in a folder that is not in use yet: all are written before the first is synced, so that
 * the disk is waited for once rather than once a file.
 */
struct file_new {
    const char *name, *content; /* content NULL: left out */
    mode_t mode;
};
bool files_write(struct op *op, const char *folder, const struct file_new *files, size_t n);

/* One line more, synced; the file is made with mode 0600. What cannot be written whole is not written. */
bool file_append(struct op *op, const char *path, const char *line);

bool file_remove(struct op *op, const char *path); /* content when it is gone already */

/*
 * The folder, mode 0700, and its parents, each synced. Refused when the folder belongs to somebody else or
 * others may write to it, or everybody may to a parent (a sticky one such as /tmp is fine).
 */
bool folder_make(struct op *op, const char *path);
bool folder_sync(struct op *op, const char *path);

/* With the files in it; content when it is gone already. */
bool folder_remove(struct op *op, const char *path);

/* The folder that a path is in: "/" of "/a", "." of "a". */
const char *folder_of(struct op *op, const char *path);

bool folder_remove_all(struct op *op, const char *path); /* with all that is below it; follows no symlink */

/* The names in a folder, sorted, without those that begin with a dot; none when it is not there. */
struct strings folder_list(struct op *op, const char *path);

/* Points a symlink at `target`, replacing what it pointed at in one step. */
bool link_swap(struct op *op, const char *path, const char *target);

/*
 * Takes the lock that a file stands for (flock; it dies with us). Waits up to `patience` milliseconds, then
 * fails with BUSY, or returns false without an error when patience is negative. Held until the operation
 * ends.
 */
bool lock_take(struct op *op, const char *path, int64_t patience, const char *what);

#endif
