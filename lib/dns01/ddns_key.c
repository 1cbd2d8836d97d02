#include "dns01/ddns_key.h"

#include "base/file.h"
#include "base/text.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* dnssec-keygen writes NAME into the files' names only: K<name>.+<algorithm>+<id>.private */
static const char *name_from_path(struct op *op, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *plus = strstr(base, ".+");

    return *base == 'K' && plus ? text_cut(op, base + 1, (size_t)(plus - base) - 1) : NULL;
}

/* Of the pair only the private half has the secret in a form of its own. */
static const char *private_half(struct op *op, const char *path)
{
    const char *stem = text_less(op, path, ".key");

    return stem && name_from_path(op, path) ? op_text(op, "%s.private", stem) : path;
}

/* The path itself is not shown: what looks like one may be a secret that was written wrongly. */
static bool file_ok(struct op *op, const char *path, const char *what)
{
    struct stat status;

    if (stat(path, &status) != 0 || access(path, R_OK) != 0)
        return op_fail_errno(op, ERR_CONFIG, "the key file of %s", what);
    if (status.st_mode & S_IWOTH) {
        op_fail(op, ERR_CONFIG, "others may write to the key file of %s", what);
        return op_hint(op, "chmod 0600 it, and make a new key if you do not know who had access");
    }
    if (status.st_mode & S_IROTH)
        op_log(op, LOG_WARN, "others may read the key file of %s: chmod 0600 it", what);
    return true;
}

static bool from_file(struct op *op, const char *setting, const char *what, struct tsig_key *key)
{
    const char *path = private_half(op, setting), *text;

    TRY(file_ok(op, path, what));
    text = file_read(op, path);
    key->name = name_from_path(op, path);
    return text && tsig_parse(op, text, what, key);
}

bool ddns_key(struct op *op, const char *setting, const char *what, struct tsig_key *key)
{
    TRY(op_ok(op));
    *key = (struct tsig_key){ .name = NULL };
    if (*setting == '/' || file_there(setting))
        return from_file(op, setting, what, key);
    return tsig_parse(op, setting, what, key);
}
