#include "mailcow_kit.h"

#include "base/text.h"
#include "crypto/der.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

static const char *at(struct op *op, const struct cow *cow, const char *folder, const char *file)
{
    return *folder ? op_text(op, "%s/%s/%s", cow->ssl, folder, file) : op_text(op, "%s/%s", cow->ssl, file);
}

struct cow cow_new(struct op *op, const char *path)
{
    static const char *const folders[] = { "data", "data/assets", "data/assets/ssl" };
    struct cow cow = { .dir = *path == '/' ? path : here(op, path) };

    CHECK_INT(mkdir(cow.dir, 0755), 0);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        CHECK_INT(mkdir(op_text(op, "%s/%s", cow.dir, folders[i]), 0755), 0);
    cow.ssl = op_text(op, "%s/data/assets/ssl", cow.dir);
    disk_put(op_text(op, "%s/mailcow.conf", cow.dir), COW_CONF, 0600);
    return cow;
}

struct cow_pair cow_pair(struct op *op, const struct cow_wish *wish)
{
    const struct key *ca = fixture_key(op, "ec384.pem");
    struct strings names = text_split(op, wish->names, ",");
    struct bytes sans = { 0 };
    struct forged leaf = { .key = fixture_key(op, wish->key),
                           .signer = ca,
                           .subject = names.at[0],
                           .organisation = wish->organisation,
                           .issuer = wish->issuer,
                           .from = wish->from ? wish->from : "261101000000Z",
                           .until = wish->until ? wish->until : "270201000000Z" };
    const struct forged above = { .key = ca, .subject = wish->issuer, .issuer = "Root", .ca = true };

    for (size_t i = 0; i < names.count; i++)
        sans = der_join(op, sans, san_dns(op, names.at[i]));
    leaf.names = sans;
    return (struct cow_pair){ op_text(op, "%s%s", forge_pem(op, &leaf), forge_pem(op, &above)),
                              fixture(op, wish->key) };
}

void cow_put(struct op *op, const struct cow *cow, const char *folder, const struct cow_pair *pair,
             const char *domains)
{
    if (*folder)
        mkdir(op_text(op, "%s/%s", cow->ssl, folder), 0755);
    if (pair->cert)
        disk_put(at(op, cow, folder, "cert.pem"), pair->cert, 0644);
    if (pair->key)
        disk_put(at(op, cow, folder, "key.pem"), pair->key, 0600);
    if (domains)
        disk_put(at(op, cow, folder, "domains"), domains, 0644);
}

struct cow_pair cow_get(struct op *op, const struct cow *cow, const char *folder)
{
    return (struct cow_pair){ disk_get(op, at(op, cow, folder, "cert.pem")),
                              disk_get(op, at(op, cow, folder, "key.pem")) };
}

bool cow_has(struct op *op, const struct cow *cow, const char *folder, const struct cow_pair *pair)
{
    struct cow_pair now = cow_get(op, cow, folder);

    return text_same(now.cert, pair->cert) && text_same(now.key, pair->key);
}

const char *cow_text(struct op *op, const struct cow *cow, const char *path)
{
    return disk_get(op, op_text(op, "%s/%s", cow->ssl, path));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those with a dot in front, too. */
static struct strings entries(struct op *op, const char *path)
{
    struct strings names = { 0 };
    struct dirent *entry;
    DIR *open = opendir(path);

    while (open && (entry = readdir(open)))
        if (!text_same(entry->d_name, ".") && !text_same(entry->d_name, ".."))
            strings_add(op, &names, op_text(op, "%s", entry->d_name));
    if (open)
        closedir(open);
    return names;
}

static void walk(struct op *op, const char *path, const char *shown, struct strings *lines)
{
    struct strings names = entries(op, path);

    for (size_t i = 0; i < names.count; i++) {
        const char *one = op_text(op, "%s/%s", path, names.at[i]);
        const char *name = op_text(op, "%s%s", shown, names.at[i]);
        struct stat status;

        if (lstat(one, &status) != 0)
            continue;
        if (S_ISDIR(status.st_mode))
            walk(op, one, op_text(op, "%s/", name), lines);
        if (S_ISDIR(status.st_mode) && (status.st_mode & 07777) == 0755)
            continue;
        strings_add(op, lines,
                    S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)
                        ? op_text(op, "%s %03o", name, status.st_mode & 07777u)
                        : op_text(op, "%s no file", name));
    }
}

const char *cow_tree(struct op *op, const struct cow *cow)
{
    struct strings lines = { 0 };

    walk(op, cow->ssl, "", &lines);
    if (lines.count)
        qsort(lines.at, lines.count, sizeof *lines.at, by_name);
    return strings_join(op, &lines, "\n");
}
