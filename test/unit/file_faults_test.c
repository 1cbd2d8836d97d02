/* What the file layer makes of errors that a good disk never shows. */
#include "base/file.h"
#include "disk.h"
#include "faults.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

TEST(faults_interrupted_writes_go_on)
{
    struct op *op = kit_op();

    CHECK(file_append(op, here(op, "a"), "first"));
    faults_begin(2, EINTR, false); /* open, write */
    CHECK(file_append(op, here(op, "a"), "second"));
    faults_end();
    CHECK_STR(faults_hit(), "write");
    CHECK_STR(disk_get(op, here(op, "a")), "first\nsecond\n");
}

TEST(faults_line_that_cannot_be_taken_back)
{
    struct op *op = kit_op();

    CHECK(file_append(op, here(op, "a"), "first"));
    faults_begin(3, EIO, true); /* open, write, then fsync and ftruncate */
    CHECK(!file_append(op, here(op, "a"), "second"));
    faults_end();
    CHECK_STR(faults_hit(), "fsync");
    CHECK_FAILED(op, ERR_STORE, "syncing");
    CHECK(kit_has(kit_logged(), "may end in half a line"));
}

TEST(faults_mode_and_owner)
{
    struct op *op = kit_op();
    const struct file_owner owner = { .mode = 0640, .change = true, .uid = geteuid(), .gid = getegid() };

    disk_put(here(op, "a"), "old", 0600);
    faults_begin(3, EPERM, false); /* unlink, open, fchown */
    CHECK(!file_replace(op, here(op, "a"), bytes_of("new"), &owner));
    faults_end();
    CHECK_FAILED(op, ERR_STORE, "to its owner: Operation not permitted");
    op_recover(op);
    faults_begin(4, EPERM, false); /* and fchmod */
    CHECK(!file_replace(op, here(op, "a"), bytes_of("new"), &owner));
    faults_end();
    CHECK_FAILED(op, ERR_STORE, "setting the mode");
    CHECK_STR(disk_get(op, here(op, "a")), "old");
    CHECK_INT(disk_count(kit_folder()), 1);
}

/* Some file systems cannot sync a folder and say so in this way. */
TEST(faults_folder_without_sync)
{
    struct op *op = kit_op();

    faults_begin(2, EINVAL, false); /* open, fsync */
    CHECK(folder_sync(op, kit_folder()));
    faults_begin(2, EIO, false);
    CHECK(!folder_sync(op, kit_folder()));
    faults_end();
    CHECK_FAILED(op, ERR_STORE, "syncing the folder");
}

TEST(faults_link)
{
    struct op *op = kit_op();

    CHECK(link_swap(op, here(op, "a"), "old"));
    faults_begin(2, ENOSPC, false); /* unlink, symlink */
    CHECK(!link_swap(op, here(op, "a"), "new"));
    faults_end();
    CHECK_FAILED(op, ERR_STORE, "making the link");
    CHECK_INT(disk_count(kit_folder()), 1);
}

/* NFS without its lock daemon: an error, not a lock that nobody holds. */
TEST(faults_lock)
{
    struct op *op = kit_op();

    faults_begin(2, ENOLCK, false); /* open, flock */
    CHECK(!lock_take(op, here(op, "lock"), 1000, "a"));
    faults_end();
    CHECK_FAILED(op, ERR_STORE, "locking");
}

/* Two first runs at once: the folder may come to be between our look and our try. */
TEST(faults_folder_made_by_another)
{
    struct op *op = kit_op();

    CHECK_INT(mkdir(here(op, "a"), 0700), 0);
    faults_begin(1, EEXIST, false);
    CHECK(!folder_make(op, here(op, "b"))); /* was there, and is gone again */
    faults_end();
    CHECK_STR(faults_hit(), "mkdir");
    CHECK_FAILED(op, ERR_STORE, "reading the folder");
}
