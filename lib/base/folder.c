/* The folder half of file.h. */
#include "base/file.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *folder_of(struct op *op, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return ".";
    return slash == path ? "/" : text_cut(op, path, (size_t)(slash - path));
}

bool folder_sync(struct op *op, const char *path)
{
    bool good;
    int fd;

    TRY(op_effect(op, "sync folder"));
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return op_fail_errno(op, ERR_STORE, "opening the folder %s", path);
    good = fsync(fd) == 0 || errno == EINVAL; /* EINVAL: a file system that has no such thing */
    close(fd);
    return good || op_fail_errno(op, ERR_STORE, "syncing the folder %s", path);
}

/* A folder in which others may write is one in which they may swap our files. */
static bool private_enough(struct op *op, const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return op_fail_errno(op, ERR_STORE, "reading the folder %s", path);
    if (!S_ISDIR(status.st_mode))
        return op_fail(op, ERR_STORE, "%s is not a folder", path);
    if (status.st_uid != geteuid() && status.st_uid != 0) {
        op_fail(op, ERR_STORE, "the folder %s belongs to another user (uid %u)", path, status.st_uid);
        return op_hint(op, "run as that user, or: chown %u %s", geteuid(), path);
    }
    if (status.st_mode & (S_IWGRP | S_IWOTH)) {
        op_fail(op, ERR_STORE, "others may write to the folder %s (mode %04o)", path,
                status.st_mode & 07777u);
        return op_hint(op, "chmod go-w %s", path);
    }
    return true;
}

/* Who may rename a folder above ours may put another in its place. In a sticky one only the owner may. */
static bool parents_safe(struct op *op, const char *path)
{
    const char *parent = path;
    struct stat status;

    do {
        parent = folder_of(op, parent);
        if (stat(parent, &status) != 0)
            return op_fail_errno(op, ERR_STORE, "reading the folder %s", parent);
        if ((status.st_mode & S_IWOTH) && !(status.st_mode & S_ISVTX)) {
            op_fail(op, ERR_STORE, "everybody may write to %s, in which %s is (mode %04o)", parent, path,
                    status.st_mode & 07777u);
            return op_hint(op, "chmod o-w %s", parent);
        }
    } while (!text_same(parent, "/") && !text_same(parent, "."));
    return true;
}

static bool make_one(struct op *op, const char *path, mode_t mode)
{
    if (file_there(path))
        return true;
    TRY(op_effect(op, "make folder"));
    if (mkdir(path, mode) != 0)
        return errno == EEXIST || op_fail_errno(op, ERR_STORE, "making the folder %s", path);
    return folder_sync(op, folder_of(op, path));
}

bool folder_make(struct op *op, const char *path)
{
    TRY(op_ok(op));
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
        if (slash != path && slash[strspn(slash, "/")])
            TRY(make_one(op, text_cut(op, path, (size_t)(slash - path)), 0755));
    return make_one(op, path, 0700) && private_enough(op, path) && parents_safe(op, path);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct strings folder_list(struct op *op, const char *path)
{
    struct strings names = { 0 };
    struct dirent *entry;
    DIR *folder;

    if (!op_ok(op))
        return names;
    folder = opendir(path);
    if (!folder) {
        if (errno != ENOENT)
            op_fail_errno(op, ERR_STORE, "reading the folder %s", path);
        return names;
    }
    while ((entry = readdir(folder)))
        if (entry->d_name[0] != '.')
            strings_add(op, &names, arena_strdup(op->arena, entry->d_name));
    closedir(folder);
    if (names.count)
        qsort(names.at, names.count, sizeof *names.at, by_name);
    return names;
}

bool folder_remove(struct op *op, const char *path)
{
    struct strings names = folder_list(op, path);

    for (size_t i = 0; i < names.count; i++)
        TRY(file_remove(op, op_text(op, "%s/%s", path, names.at[i])));
    TRY(op_effect(op, "remove folder"));
    return rmdir(path) == 0 || errno == ENOENT ||
           op_fail_errno(op, ERR_STORE, "removing the folder %s", path);
}

static bool is_folder(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

bool folder_remove_all(struct op *op, const char *path)
{
    struct strings names = folder_list(op, path);

    for (size_t i = 0; i < names.count; i++) {
        const char *one = op_text(op, "%s/%s", path, names.at[i]);

        TRY(is_folder(one) ? folder_remove_all(op, one) : file_remove(op, one));
    }
    return folder_remove(op, path);
}
