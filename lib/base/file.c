#include "base/file.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_SLICE_MS 50

static void close_fd(void *fd)
{
    close(*(int *)fd);
}

/*
 * An open file that closes itself with the operation; -1 without an error recorded when it cannot be opened.
 */
static int open_for(struct op *op, const char *path, int flags)
{
    int *fd = op_new(op, int);

    *fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    if (*fd >= 0)
        arena_defer(op->arena, close_fd, fd);
    return *fd;
}

static bool read_all(struct op *op, int fd, const char *path, struct text *out)
{
    char buffer[4096];
    ssize_t got;

    while ((got = read(fd, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR)) {
        if (got < 0)
            continue;
        if (out->length + (size_t)got > FILE_MOST)
            return op_fail(op, ERR_STORE, "reading %s: longer than 1 MiB", path);
        text_put(out, buffer, (size_t)got);
    }
    memory_wipe(buffer, sizeof buffer);
    return got == 0 || op_fail_errno(op, ERR_STORE, "reading %s", path);
}

static struct bytes read_opened(struct op *op, int fd, const char *path)
{
    struct text out = text_begin(op->arena);
    bool good = read_all(op, fd, path, &out);

    close(fd);
    return good ? (struct bytes){ (const uint8_t *)out.data, out.length } : (struct bytes){ NULL, 0 };
}

#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

struct bytes file_read_bytes(struct op *op, const char *path)
{
    int fd = op_ok(op) ? open(path, READ_FLAGS | O_NOFOLLOW) : -1;

    if (fd >= 0)
        return read_opened(op, fd, path);
    if (op_ok(op) && errno != ENOENT && errno != ENOTDIR)
        op_fail_errno(op, ERR_STORE, "reading %s", path);
    return (struct bytes){ NULL, 0 };
}

const char *file_read_if_there(struct op *op, const char *path)
{
    return (const char *)file_read_bytes(op, path).at;
}

struct bytes file_read_named_bytes(struct op *op, const char *path)
{
    int fd = op_ok(op) ? open(path, READ_FLAGS) : -1;
    struct bytes content = { NULL, 0 };

    if (!op_ok(op))
        return content;
    if (fd < 0) {
        op_fail_errno(op, ERR_CONFIG, "reading %s", path);
        return content;
    }
    content = read_opened(op, fd, path);
    if (!content.at)
        op->err.code = ERR_CONFIG;
    return content;
}

const char *file_read_named(struct op *op, const char *path)
{
    return (const char *)file_read_named_bytes(op, path).at;
}

const char *file_read(struct op *op, const char *path)
{
    const char *content = file_read_if_there(op, path);

    if (!content && op_ok(op))
        op_fail(op, ERR_STORE, "reading %s: no such file", path);
    return content;
}

bool file_there(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

static bool write_all(struct op *op, int fd, const char *path, struct bytes content)
{
    while (content.length) {
        ssize_t done = write(fd, content.at, content.length);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return op_fail_errno(op, ERR_STORE, "writing %s", path);
        content.at += done;
        content.length -= (size_t)done;
    }
    return true;
}

static bool sync_file(struct op *op, int fd, const char *path)
{
    TRY(op_effect(op, "sync"));
    return fsync(fd) == 0 || op_fail_errno(op, ERR_STORE, "syncing %s", path);
}

static bool fill(struct op *op, int fd, const char *path, struct bytes content,
                 const struct file_owner *owner)
{
    if (owner->change && fchown(fd, owner->uid, owner->gid) != 0)
        return op_fail_errno(op, ERR_STORE, "giving %s to its owner", path);
    if (fchmod(fd, owner->mode) != 0)
        return op_fail_errno(op, ERR_STORE, "setting the mode of %s", path);
    TRY(op_effect(op, "write") && write_all(op, fd, path, content));
    return sync_file(op, fd, path);
}

bool file_replace(struct op *op, const char *path, struct bytes content, const struct file_owner *owner)
{
    const char *beside = op_text(op, "%s.new", path);
    int fd;
    bool good;

    TRY(op_effect(op, "create"));
    unlink(beside); /* what a run that died has left */
    fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return op_fail_errno(op, ERR_STORE, "writing %s", path);
    good = fill(op, fd, path, content, owner);
    close(fd);
    if (good && (!op_effect(op, "rename") || rename(beside, path) != 0))
        good = op_fail_errno(op, ERR_STORE, "renaming %s", beside);
    if (!good)
        unlink(beside);
    return good && folder_sync(op, folder_of(op, path));
}

bool file_replace_text(struct op *op, const char *path, const char *content, mode_t mode)
{
    return op_ok(op) && file_replace(op, path, bytes_of(content), &(struct file_owner){ .mode = mode });
}

/* Left open, for the operation to close, until it is synced. */
static int write_new(struct op *op, const char *path, const struct file_new *file)
{
    int fd = op_effect(op, "create") ? open_for(op, path, O_WRONLY | O_CREAT | O_EXCL) : -1;

    if (fd < 0)
        op_fail_errno(op, ERR_STORE, "writing %s", path);
    else if (fchmod(fd, file->mode) != 0)
        op_fail_errno(op, ERR_STORE, "setting the mode of %s", path);
    else if (op_effect(op, "write"))
        write_all(op, fd, path, bytes_of(file->content));
    return fd;
}

static bool write_and_sync(struct op *op, const char *folder, const struct file_new *files, size_t n)
{
    int *fds = op_array(op, n, int);

    for (size_t i = 0; op_ok(op) && i < n; i++)
        if (files[i].content)
            fds[i] = write_new(op, op_text(op, "%s/%s", folder, files[i].name), &files[i]);
    for (size_t i = 0; op_ok(op) && i < n; i++)
        if (files[i].content)
            sync_file(op, fds[i], op_text(op, "%s/%s", folder, files[i].name));
    return op_ok(op) && folder_sync(op, folder);
}

bool files_write(struct op *op, const char *folder, const struct file_new *files, size_t n)
{
    struct op *child = op_child(op);
    bool good = write_and_sync(child, folder, files, n);

    op_adopt(op, child);
    op_end(child);
    return good;
}

/*
 * A line that did not reach the disk as a whole is taken back: the next one must not stand behind its rest.
 */
static bool append_line(struct op *op, int fd, const char *path, const char *line)
{
    off_t before = lseek(fd, 0, SEEK_END);

    if (write_all(op, fd, path, bytes_of(op_text(op, "%s\n", line))) && sync_file(op, fd, path))
        return true;
    if (before >= 0 && ftruncate(fd, before) != 0)
        op_log(op, LOG_WARN, "%s may end in half a line", path);
    return false;
}

bool file_append(struct op *op, const char *path, const char *line)
{
    bool is_new = !file_there(path);
    int fd;
    bool good;

    TRY(op_effect(op, "append"));
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return op_fail_errno(op, ERR_STORE, "writing %s", path);
    good = append_line(op, fd, path, line);
    close(fd);
    return good && (!is_new || folder_sync(op, folder_of(op, path)));
}

bool file_remove(struct op *op, const char *path)
{
    TRY(op_effect(op, "remove"));
    return unlink(path) == 0 || errno == ENOENT || op_fail_errno(op, ERR_STORE, "removing %s", path);
}

bool link_swap(struct op *op, const char *path, const char *target)
{
    const char *beside = op_text(op, "%s.new", path);

    TRY(op_effect(op, "link"));
    unlink(beside);
    if (symlink(target, beside) != 0)
        return op_fail_errno(op, ERR_STORE, "making the link %s", beside);
    if (!op_effect(op, "rename") || rename(beside, path) != 0) {
        op_fail_errno(op, ERR_STORE, "renaming %s", beside);
        unlink(beside);
        return false;
    }
    return folder_sync(op, folder_of(op, path));
}

bool lock_take(struct op *op, const char *path, int64_t patience, const char *what)
{
    int64_t end = op_ticks(op) + patience;
    int fd;

    TRY(op_ok(op));
    fd = open_for(op, path, O_RDWR | O_CREAT);
    if (fd < 0)
        return op_fail_errno(op, ERR_STORE, "opening the lock %s", path);
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return op_fail_errno(op, ERR_STORE, "locking %s", path);
        if (patience < 0)
            return false;
        if (op_ticks(op) >= end)
            return op_fail(op, ERR_BUSY, "another run is at work on %s", what);
        TRY(op_wait(op, LOCK_SLICE_MS));
    }
    return true;
}
