#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool counting, for_ever;
static size_t calls, bad_call;
static int bad_error;
static const char *hit;

void faults_begin(size_t n, int error, bool forever)
{
    counting = true;
    calls = 0;
    bad_call = n;
    bad_error = error;
    hit = NULL;
    for_ever = forever;
}

size_t faults_end(void)
{
    counting = false;
    return calls;
}

const char *faults_hit(void)
{
    return hit;
}

static bool fault(const char *call)
{
    if (!counting || !(++calls == bad_call || (for_ever && bad_call && calls > bad_call)))
        return false;
    if (!hit)
        hit = call;
    errno = bad_error;
    return true;
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    va_list args;

    va_start(args, flags);
    if (flags & O_CREAT)
        mode = va_arg(args, mode_t);
    va_end(args);
    return fault("open") ? -1 : openat(AT_FDCWD, path, flags, mode);
}

ssize_t write(int fd, const void *data, size_t size)
{
    return fault("write") ? -1 : syscall(SYS_write, fd, data, size);
}

int fsync(int fd)
{
    return fault("fsync") ? -1 : (int)syscall(SYS_fsync, fd);
}

int fchmod(int fd, mode_t mode)
{
    return fault("fchmod") ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int fchown(int fd, uid_t uid, gid_t gid)
{
    return fault("fchown") ? -1 : (int)syscall(SYS_fchown, fd, uid, gid);
}

int ftruncate(int fd, off_t length)
{
    return fault("ftruncate") ? -1 : (int)syscall(SYS_ftruncate, fd, length);
}

int flock(int fd, int operation)
{
    return fault("flock") ? -1 : (int)syscall(SYS_flock, fd, operation);
}

int mkdir(const char *path, mode_t mode)
{
    return fault("mkdir") ? -1 : mkdirat(AT_FDCWD, path, mode);
}

int rename(const char *from, const char *to)
{
    return fault("rename") ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int symlink(const char *target, const char *path)
{
    return fault("symlink") ? -1 : symlinkat(target, AT_FDCWD, path);
}

int unlink(const char *path)
{
    return fault("unlink") ? -1 : unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return fault("rmdir") ? -1 : unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}
