#include "mailcow/pair.h"

#include "base/file.h"
#include "base/text.h"
#include "crypto/key.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BESIDE ".mcacme"

static const struct part {
    const char *name;
    mode_t mode;
} parts[] = { { "cert.pem", 0644 }, { "key.pem", 0600 } };
#define PART_COUNT (sizeof parts / sizeof *parts)

static const char *text_of(const struct pair *pair, size_t part)
{
    return part ? pair->key : pair->cert;
}

static const char *in(struct op *op, const char *folder, const char *name)
{
    return op_text(op, "%s/%s", folder, name);
}

static const char *link_of(struct op *op, size_t part)
{
    return op_text(op, BESIDE "/pair/%s", parts[part].name);
}

/* Where a link points to; NULL for all that is none. */
static const char *link_target(struct op *op, const char *path)
{
    char target[64];
    ssize_t length = readlink(path, target, sizeof target);

    return length < 0 ? NULL : text_cut(op, target, (size_t)length);
}

/* The owner that a file has, or else its folder's: in some installations the containers' root is not ours. */
static struct file_owner owner_of(struct op *op, const char *path, mode_t mode)
{
    struct file_owner owner = { .mode = mode };
    struct stat status;

    if (geteuid() == 0 && (lstat(path, &status) == 0 || stat(folder_of(op, path), &status) == 0)) {
        owner.uid = status.st_uid;
        owner.gid = status.st_gid;
        owner.change = owner.uid != 0 || owner.gid != getegid();
    }
    return owner;
}

static bool put(struct op *op, const char *path, const char *content, mode_t mode)
{
    struct file_owner owner = owner_of(op, path, mode);

    return file_replace(op, path, bytes_of(content), &owner);
}

static bool put_part(struct op *op, const char *folder, const struct pair *pair, size_t part)
{
    const char *content = text_of(pair, part);

    return !content || put(op, in(op, folder, parts[part].name), content, parts[part].mode);
}

bool pair_put_beside(struct op *op, const char *folder, const char *name, const char *content)
{
    return op_ok(op) && put(op, in(op, folder, name), content, 0644);
}

bool pair_folder(struct op *op, const char *path)
{
    struct stat status;
    mode_t mask;
    bool made;

    TRY(op_ok(op));
    if (lstat(path, &status) == 0)
        return S_ISDIR(status.st_mode) || op_fail(op, ERR_STORE, "%s is not a folder", path);
    TRY(op_effect(op, "make folder"));
    mask = umask(022); /* ours would keep the containers' users out */
    made = mkdir(path, 0755) == 0;
    umask(mask);
    return made ? folder_sync(op, folder_of(op, path))
                : op_fail_errno(op, ERR_STORE, "making the folder %s", path);
}

/* The folder that our links lead to; NULL where there is none. */
static const char *shown_by(struct op *op, const char *folder)
{
    const char *target = link_target(op, op_text(op, "%s/" BESIDE "/pair", folder));

    return text_same(target, "old") || text_same(target, "new")
               ? op_text(op, "%s/" BESIDE "/%s", folder, target)
               : NULL;
}

static const char *read_part(struct op *op, const char *folder, size_t part)
{
    const char *path = in(op, folder, parts[part].name), *link = link_target(op, path);

    if (text_same(link, link_of(op, part))) {
        const char *shown = shown_by(op, folder);

        path = shown ? in(op, shown, parts[part].name) : NULL;
    } else if (link) {
        path = NULL;
    }
    return path ? file_read_if_there(op, path) : NULL;
}

bool pair_read(struct op *op, const char *folder, struct pair *pair)
{
    pair->cert = read_part(op, folder, 0);
    pair->key = read_part(op, folder, 1);
    return op_ok(op);
}

bool pair_linked(struct op *op, const char *folder)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        const char *link = link_target(op, in(op, folder, parts[i].name));

        if (link && !text_same(link, link_of(op, i)))
            return true;
    }
    return false;
}

/* A file in the place of our link. */
static bool settle_part(struct op *op, const char *folder, const struct pair *pair, size_t part)
{
    const char *path = in(op, folder, parts[part].name);

    if (!text_same(link_target(op, path), link_of(op, part)))
        return true;
    return text_of(pair, part) ? put_part(op, folder, pair, part) : file_remove(op, path);
}

bool pair_settle(struct op *op, const char *folder)
{
    const char *beside = in(op, folder, BESIDE);
    struct pair now;

    TRY(op_ok(op));
    if (!file_there(beside))
        return true;
    TRY(pair_read(op, folder, &now));
    for (size_t i = 0; i < PART_COUNT; i++)
        TRY(settle_part(op, folder, &now, i));
    return folder_remove_all(op, beside);
}

static bool lay_out(struct op *op, const char *folder, const struct pair *pair)
{
    TRY(pair_folder(op, folder));
    for (size_t i = 0; i < PART_COUNT; i++)
        TRY(put_part(op, folder, pair, i));
    return true;
}

static bool switch_over(struct op *op, const char *folder, const struct pair *now, const struct pair *wanted)
{
    const char *beside = in(op, folder, BESIDE);
    const char *shown = in(op, beside, "pair");

    TRY(pair_folder(op, beside) && lay_out(op, in(op, beside, "old"), now) &&
        lay_out(op, in(op, beside, "new"), wanted) && link_swap(op, shown, "old"));
    for (size_t i = 0; i < PART_COUNT; i++)
        TRY(link_swap(op, in(op, folder, parts[i].name), link_of(op, i)));
    return link_swap(op, shown, "new") && pair_settle(op, folder);
}

bool pair_same_key(struct op *op, const char *a, const char *b)
{
    struct op *child = op_child(op);
    bool same = text_same(a, b);

    if (!same) { /* PKCS#1 here and PKCS#8 there, say */
        const struct key *one = key_from_pem(child, a, "the one key");
        const struct key *other = key_from_pem(child, b, "the other key");

        same = one && other && bytes_same(key_public(child, one), key_public(child, other)) && op_ok(child);
    }
    op_end(child);
    return same;
}

bool pair_put(struct op *op, const char *folder, const struct pair *wanted)
{
    struct pair now;

    TRY(pair_read(op, folder, &now));
    if (now.key && pair_same_key(op, now.key, wanted->key))
        return text_same(now.cert, wanted->cert) || put_part(op, folder, wanted, 0);
    if (file_there(in(op, folder, "cert.pem")))
        return switch_over(op, folder, &now, wanted);
    return put_part(op, folder, wanted, 1) && put_part(op, folder, wanted, 0);
}
