#include "base/file.h"
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANOTHER 61234u /* a user who is not the one of the test */

TEST(folder_is_made_with_its_parents)
{
    struct op *op = kit_op();
    mode_t before = umask(022);

    CHECK(folder_make(op, here(op, "a/b/c")));
    umask(before);
    CHECK_INT(disk_mode(here(op, "a")), 0755);
    CHECK_INT(disk_mode(here(op, "a/b")), 0755);
    CHECK_INT(disk_mode(here(op, "a/b/c")), 0700);
    CHECK(folder_make(op, here(op, "a/b/c")));
    CHECK(folder_make(op, here(op, "a/b/d/")));
    CHECK_INT(disk_mode(here(op, "a/b/d")), 0700);
}

TEST(folder_that_others_may_write_to_is_refused)
{
    static const unsigned modes[] = { 0770, 0707, 0777, 01777, 0720 };
    struct op *op = kit_op();

    CHECK_INT(mkdir(here(op, "a"), 0700), 0);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        CHECK_INT(chmod(here(op, "a"), modes[i]), 0);
        CHECK(!folder_make(op, here(op, "a")));
        CHECK_FAILED(op, ERR_STORE, "others may write");
        CHECK(kit_has(op->err.hint, "chmod go-w"));
        op_recover(op);
    }
    CHECK_INT(chmod(here(op, "a"), 0755), 0);
    CHECK(folder_make(op, here(op, "a")));
}

/* In a folder that everybody may write to everybody may rename ours; the sticky bit of /tmp forbids that. */
TEST(folder_below_one_of_everybody_is_refused)
{
    struct op *op = kit_op();

    CHECK_INT(mkdir(here(op, "all"), 0700), 0);
    CHECK(folder_make(op, here(op, "all/ours/state")));
    CHECK_INT(chmod(here(op, "all"), 0777), 0);
    CHECK(!folder_make(op, here(op, "all/ours/state")));
    CHECK_FAILED(op, ERR_STORE, "everybody may write");
    CHECK(kit_has(op->err.hint, "chmod o-w"));
    op_recover(op);
    CHECK_INT(chmod(here(op, "all"), 01777), 0);
    CHECK(folder_make(op, here(op, "all/ours/state")));
}

TEST(folder_of_another_user_is_refused)
{
    struct op *op = kit_op();

    if (geteuid() != 0)
        return; /* only root can make one */
    CHECK_INT(mkdir(here(op, "a"), 0700), 0);
    CHECK_INT(chown(here(op, "a"), ANOTHER, ANOTHER), 0);
    CHECK(!folder_make(op, here(op, "a")));
    CHECK_FAILED(op, ERR_STORE, "belongs to another user (uid 61234)");
    CHECK(kit_has(op->err.hint, "chown"));
}

TEST(folder_cannot_be_made_over_a_file)
{
    struct op *op = kit_op();

    disk_put(here(op, "a"), "x", 0600);
    CHECK(!folder_make(op, here(op, "a")));
    CHECK_FAILED(op, ERR_STORE, "is not a folder");
    op_recover(op);
    CHECK(!folder_make(op, here(op, "a/b")));
    CHECK_FAILED(op, ERR_STORE, "Not a directory");
}

TEST(folder_link_to_nowhere_is_refused)
{
    struct op *op = kit_op();

    CHECK_INT(symlink("nowhere", here(op, "a")), 0);
    CHECK(!folder_make(op, here(op, "a")));
    CHECK_FAILED(op, ERR_STORE, "No such file");
}

TEST(folder_list_is_sorted)
{
    struct op *op = kit_op();
    struct strings names;

    disk_put(here(op, "b"), "", 0600);
    disk_put(here(op, "a"), "", 0600);
    disk_put(here(op, "C"), "", 0600);
    disk_put(here(op, ".hidden"), "", 0600);
    CHECK_INT(mkdir(here(op, "10"), 0700), 0);
    names = folder_list(op, kit_folder());
    CHECK_STR(strings_join(op, &names, " "), "10 C a b");
    CHECK_INT(folder_list(op, here(op, "none")).count, 0);
    CHECK(op_ok(op));
    CHECK_INT(folder_list(op, here(op, "a")).count, 0);
    CHECK_FAILED(op, ERR_STORE, "Not a directory");
}

TEST(folder_is_removed_with_its_files)
{
    struct op *op = kit_op();

    CHECK_INT(mkdir(here(op, "a"), 0700), 0);
    disk_put(here(op, "a/x"), "", 0600);
    disk_put(here(op, "a/y"), "", 0600);
    CHECK(folder_remove(op, here(op, "a")));
    CHECK(!file_there(here(op, "a")));
    CHECK(folder_remove(op, here(op, "a")));
    CHECK_INT(mkdir(here(op, "b"), 0700), 0);
    CHECK_INT(mkdir(here(op, "b/deeper"), 0700), 0);
    CHECK(!folder_remove(op, here(op, "b")));
    CHECK_FAILED(op, ERR_STORE, "removing");
    CHECK(file_there(here(op, "b/deeper")));
}

TEST(folder_is_removed_with_all_below)
{
    struct op *op = kit_op();

    CHECK(folder_make(op, here(op, "a/b/c")));
    disk_put(here(op, "a/b/c/x"), "", 0600);
    disk_put(here(op, "a/y"), "", 0600);
    disk_put(here(op, "kept"), "", 0600);
    CHECK_INT(symlink("..", here(op, "a/up")), 0); /* the link goes, not what it leads to */
    CHECK(folder_remove_all(op, here(op, "a")));
    CHECK(!file_there(here(op, "a")) && file_there(here(op, "kept")));
}

TEST(folder_of_a_path)
{
    struct op *op = kit_op();

    CHECK_STR(folder_of(op, "/a/b"), "/a");
    CHECK_STR(folder_of(op, "/a"), "/");
    CHECK_STR(folder_of(op, "a/b/c"), "a/b");
    CHECK_STR(folder_of(op, "a"), ".");
}

TEST(folder_sync_needs_a_folder)
{
    struct op *op = kit_op();

    CHECK(folder_sync(op, kit_folder()));
    CHECK(!folder_sync(op, here(op, "none")));
    CHECK_FAILED(op, ERR_STORE, "opening the folder");
}

TEST(link_is_swapped)
{
    struct op *op = kit_op();
    const char *path = here(op, "current");
    char target[16] = { 0 };

    CHECK(link_swap(op, path, "gen/1"));
    CHECK(link_swap(op, path, "gen/2"));
    CHECK_INT(readlink(path, target, sizeof target - 1), 5);
    CHECK_STR(target, "gen/2");
    disk_put(here(op, "current.new"), "left by a run that died", 0600);
    CHECK(link_swap(op, path, "gen/3"));
    CHECK_INT(readlink(path, target, sizeof target - 1), 5);
    CHECK_STR(target, "gen/3");
    CHECK_INT(disk_count(kit_folder()), 1);
}

TEST(link_cannot_replace_a_folder)
{
    struct op *op = kit_op();

    CHECK_INT(mkdir(here(op, "current"), 0700), 0);
    CHECK(!link_swap(op, here(op, "current"), "gen/1"));
    CHECK_FAILED(op, ERR_STORE, "renaming");
    CHECK_INT(disk_count(kit_folder()), 1);
}

/* ---- locks ---- */

/* A process of its own that holds the lock until it is ended, or until we end. */
static pid_t hold_lock(const char *path)
{
    char ready;
    int pipes[2];
    pid_t pid;

    if (pipe(pipes) != 0)
        return -1;
    pid = fork();
    if (pid == 0) {
        int fd = open(path, O_RDWR | O_CREAT, 0600);

        close(pipes[0]);
        if (fd < 0 || flock(fd, LOCK_EX) != 0 || write(pipes[1], "x", 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    close(pipes[1]);
    CHECK_INT(read(pipes[0], &ready, 1), 1);
    close(pipes[0]);
    return pid;
}

static void end_holder(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

TEST(lock_of_another_process_is_busy)
{
    struct op *op = kit_op();
    const char *path = here(op, "lock");
    int64_t before = op_ticks(op);
    pid_t holder = hold_lock(path);

    CHECK(!lock_take(op, path, 60000, "mail.example"));
    CHECK_FAILED(op, ERR_BUSY, "another run is at work on mail.example");
    CHECK(op_ticks(op) - before >= 60000 && op_ticks(op) - before < 61000);
    end_holder(holder);
}

TEST(lock_without_patience_is_no_error)
{
    struct op *op = kit_op();
    const char *path = here(op, "lock");
    int64_t before = op_ticks(op);
    pid_t holder = hold_lock(path);

    CHECK(!lock_take(op, path, -1, "mail.example"));
    CHECK(op_ok(op));
    CHECK_INT(op_ticks(op), before);
    end_holder(holder);
    CHECK(lock_take(op, path, -1, "mail.example"));
}

TEST(lock_of_the_dead_is_free)
{
    struct op *op = kit_op();
    const char *path = here(op, "lock");
    int64_t before = op_ticks(op);
    pid_t holder = hold_lock(path);

    end_holder(holder);
    CHECK(lock_take(op, path, 0, "mail.example"));
    CHECK_INT(op_ticks(op), before);
    CHECK_INT(disk_mode(path), 0600);
}

TEST(lock_ends_with_its_operation)
{
    struct op *op = kit_op(), *first = op_child(op), *second = op_child(op);
    const char *path = here(op, "lock");

    CHECK(lock_take(first, path, 0, "x"));
    CHECK(!lock_take(second, path, 100, "x"));
    CHECK_FAILED(second, ERR_BUSY, NULL);
    op_end(first);
    CHECK(lock_take(op, path, 0, "x"));
    op_end(second);
}

TEST(lock_waiting_ends_with_the_run)
{
    struct op *op = kit_op();
    const char *path = here(op, "lock");
    pid_t holder = hold_lock(path);

    op->deadline = op_ticks(op) + 500;
    CHECK(!lock_take(op, path, 60000, "mail.example"));
    CHECK_FAILED(op, ERR_TIMEOUT, NULL);
    end_holder(holder);
}

TEST(lock_in_no_folder)
{
    struct op *op = kit_op();

    CHECK(!lock_take(op, here(op, "none/lock"), 0, "x"));
    CHECK_FAILED(op, ERR_STORE, "opening the lock");
}

TEST(lock_follows_no_link)
{
    struct op *op = kit_op();

    CHECK_INT(symlink("elsewhere", here(op, "lock")), 0);
    CHECK(!lock_take(op, here(op, "lock"), 0, "x"));
    CHECK_FAILED(op, ERR_STORE, "opening the lock");
    CHECK(!file_there(here(op, "elsewhere")));
}
