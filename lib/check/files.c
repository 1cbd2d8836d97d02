/* Whose files are, and who else may read or change them. */
#include "base/file.h"
#include "check/check_parts.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the store ---- */

struct tally {
    unsigned folders, keys; /* that were looked at */
    unsigned bad;
};

static void check_folder(struct findings *findings, struct op *op, const char *path, struct tally *tally)
{
    struct stat status;

    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return;
    tally->folders++;
    if (status.st_uid == geteuid() && !(status.st_mode & (S_IWGRP | S_IWOTH)))
        return;
    tally->bad++;
    if (status.st_uid != geteuid())
        finding_add(findings, CHECK_STATE_OPEN, path, op_text(op, "chown %u %s", geteuid(), path),
                    "the folder belongs to another user (uid %u)", status.st_uid);
    else
        finding_add(findings, CHECK_STATE_OPEN, path, op_text(op, "chmod go-w %s", path),
                    "others may write to the folder (mode %04o)", status.st_mode & 07777u);
}

static void check_key(struct findings *findings, struct op *op, const char *path, struct tally *tally)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return;
    tally->keys++;
    if (status.st_uid == geteuid() && !(status.st_mode & (S_IRWXG | S_IRWXO)))
        return;
    tally->bad++;
    finding_add(findings, CHECK_KEY_READABLE, path,
                op_text(op, "chown %u %s; chmod 600 %s (and think of a new key)", geteuid(), path, path),
                "this private key is not ours alone (uid %u, mode %04o)", status.st_uid,
                status.st_mode & 07777u);
}

bool check_state(struct findings *findings, struct op *op, const struct store *store)
{
    static const char *const folders[] = { "", "/accounts", "/certs", "/journal", "/locks" };
    struct strings accounts = folder_list(op, store_path(op, store, "accounts"));
    struct strings certs = store_certs(op, store);
    struct tally tally = { 0 };

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        check_folder(findings, op, op_text(op, "%s%s", store->root, folders[i]), &tally);
    for (size_t i = 0; i < accounts.count; i++)
        check_key(findings, op, store_path(op, store, "accounts/%s/key.pem", accounts.at[i]), &tally);
    for (size_t i = 0; i < certs.count; i++) {
        check_folder(findings, op, store_path(op, store, "certs/%s", certs.at[i]), &tally);
        check_key(findings, op, store_path(op, store, "certs/%s/current/key.pem", certs.at[i]), &tally);
    }
    if (!tally.bad && op_ok(op))
        finding_add(findings, CHECK_STATE_GOOD, store->root, NULL,
                    "%u folders and %u private keys are ours alone", tally.folders, tally.keys);
    return op_ok(op);
}

/* ---- credentials ---- */

/* Whether they can be used at all is for who opens them. */
static void check_readers(struct check *check, const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0 && status.st_mode & (S_IRGRP | S_IROTH) &&
        !(status.st_mode & (S_IWGRP | S_IWOTH)))
        finding_add(check->findings, CHECK_CREDENTIALS_READABLE, path,
                    op_text(check->op, "chmod 600 %s", path),
                    "other users can read these credentials (mode %04o)", status.st_mode & 07777u);
}

static const char *file_of(const struct check *check, const char *dns)
{
    const char *label = text_trim(check->op, text_cut(check->op, dns, strcspn(dns, ":")));
    const struct conf_dns *section = conf_dns(check->run->conf, label);

    return section && section->credentials ? section->credentials : setting(check->settings, OPT_CREDENTIALS);
}

void check_credentials(struct check *check)
{
    const struct strings *dns = &check->settings->at[OPT_DNS];
    struct strings seen = { 0 };

    for (size_t i = 0; i < dns->count; i++) {
        const char *path = file_of(check, dns->at[i]);

        if (!path || strings_have(&seen, path))
            continue;
        strings_add(check->op, &seen, path);
        check_readers(check, path);
    }
}
