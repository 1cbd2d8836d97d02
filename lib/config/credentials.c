#include "config/credentials.h"

#include "base/file.h"
#include "config/envfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct credentials_here {
    struct credentials door;
    struct envfile file;
};

static bool safe_enough(struct op *op, const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0) {
        op_fail_errno(op, ERR_CONFIG, "reading the credentials %s", path);
        return op_hint(op, "check the path, and that this user may read the file");
    }
    if (status.st_uid != geteuid() && status.st_uid != 0) {
        op_fail(op, ERR_CONFIG, "the credentials %s belong to another user (uid %u), who can change them",
                path, status.st_uid);
        return op_hint(op, "chown %u %s", geteuid(), path);
    }
    if (status.st_mode & (S_IWGRP | S_IWOTH)) {
        op_fail(op, ERR_CONFIG, "the credentials %s can be changed by other users (mode %04o)", path,
                status.st_mode & 07777u);
        return op_hint(op, "chmod 600 %s", path);
    }
    if (status.st_mode & (S_IRGRP | S_IROTH))
        op_log(op, LOG_WARN, "the credentials %s can be read by other users: chmod 600 %s", path, path);
    return true;
}

static const char *read_checked(struct op *op, const char *path)
{
    return op_ok(op) && safe_enough(op, path) ? file_read_named(op, path) : NULL;
}

const char *secret_file_read(struct op *op, const char *path)
{
    const char *content = read_checked(op, path);

    return content ? text_trim(op, content) : NULL;
}

/* systemd's files are safe, though their mode need not look so where access is given by ACL. */
static const char *from_systemd(struct op *op, const char *path)
{
    const char *content = file_there(path) ? file_read_named(op, path) : NULL;

    return content ? text_trim(op, content) : NULL;
}

static const char *from_file(const struct credentials *credentials, struct op *op, const char *name)
{
    const struct credentials_here *here = (const struct credentials_here *)credentials;

    (void)op;
    return envfile_get(&here->file, name);
}

static const char *from_environment(const struct credentials *credentials, struct op *op, const char *name)
{
    const char *value = getenv(name);
    const char *path = getenv(op_text(op, "%s_FILE", name));
    const char *folder = getenv("CREDENTIALS_DIRECTORY");

    (void)credentials;
    if (value && *value)
        return value;
    if (path && *path)
        return secret_file_read(op, path);
    return folder && *folder == '/' ? from_systemd(op, op_text(op, "%s/%s", folder, name)) : NULL;
}

const struct credentials *credentials_open(struct op *op, const char *path)
{
    struct credentials_here *here = op_new(op, struct credentials_here);
    const char *text;

    here->door = (struct credentials){ from_environment, NULL };
    if (!path)
        return &here->door;
    text = read_checked(op, path);
    if (!text)
        return NULL;
    here->door = (struct credentials){ from_file, arena_strdup(op->arena, path) };
    here->file = envfile_parse(op, text, path);
    return &here->door;
}
