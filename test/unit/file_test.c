#include "base/file.h"

#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANOTHER 61234u /* a user who is not the one of the test */

TEST(file_is_read)
{
    struct op *op = kit_op();

    disk_put(here(op, "a"), "one\ntwo\n", 0600);
    CHECK_STR(file_read(op, here(op, "a")), "one\ntwo\n");
    CHECK_STR(file_read_if_there(op, here(op, "a")), "one\ntwo\n");
    CHECK_STR(file_read_named(op, here(op, "a")), "one\ntwo\n");
    disk_put(here(op, "empty"), "", 0600);
    CHECK_STR(file_read(op, here(op, "empty")), "");
    CHECK(op_ok(op));
}

TEST(file_bytes_hold_zeros)
{
    struct op *op = kit_op();
    struct bytes bytes;

    disk_put_bytes(here(op, "a"), "x\0y", 3);
    bytes = file_read_bytes(op, here(op, "a"));
    CHECK(bytes_same(bytes, (struct bytes){ (const uint8_t *)"x\0y", 3 }));
    CHECK(file_read_bytes(op, here(op, "none")).at == NULL);
    CHECK(op_ok(op));
}

TEST(file_that_is_missing)
{
    struct op *op = kit_op();

    CHECK(!file_read_if_there(op, here(op, "none")));
    CHECK(!file_read_if_there(op, here(op, "none/deeper")));
    CHECK(!file_there(here(op, "none")));
    CHECK(op_ok(op));
    CHECK(!file_read(op, here(op, "none")));
    CHECK_FAILED(op, ERR_STORE, "none: no such file");
    CHECK(!file_read_if_there(op, here(op, "none")));
    CHECK(!file_read_named(op, here(op, "none")));
}

TEST(file_that_the_user_named_is_missing)
{
    struct op *op = kit_op();

    CHECK(!file_read_named(op, here(op, "none")));
    CHECK_FAILED(op, ERR_CONFIG, "none: No such file or directory");
}

TEST(file_of_ours_is_no_symlink)
{
    struct op *op = kit_op();

    disk_put(here(op, "a"), "content", 0600);
    CHECK_INT(symlink("a", here(op, "link")), 0);
    CHECK_STR(file_read_named(op, here(op, "link")), "content");
    CHECK(!file_read_if_there(op, here(op, "link")));
    CHECK_FAILED(op, ERR_STORE, "reading");
    op_recover(op);
    CHECK(!file_append(op, here(op, "link"), "more"));
    CHECK_FAILED(op, ERR_STORE, "writing");
    CHECK_STR(disk_get(op, here(op, "a")), "content");
}

TEST(file_that_is_a_folder)
{
    struct op *op = kit_op();

    CHECK(!file_read(op, kit_folder()));
    CHECK_FAILED(op, ERR_STORE, "Is a directory");
    op_recover(op);
    CHECK(!file_read_named(op, kit_folder()));
    CHECK_FAILED(op, ERR_CONFIG, "Is a directory");
}

/* Nobody must be able to make us wait by putting a pipe in a file's place. */
TEST(file_that_is_a_pipe_does_not_block)
{
    struct op *op = kit_op();

    CHECK_INT(mkfifo(here(op, "pipe"), 0600), 0);
    CHECK_STR(file_read_if_there(op, here(op, "pipe")), "");
    CHECK(op_ok(op));
}

TEST(file_has_a_limit)
{
    struct op *op = kit_op();
    char *most = op_alloc(op, FILE_MOST + 2);

    memset(most, 'x', FILE_MOST + 1);
    disk_put_bytes(here(op, "most"), most, FILE_MOST);
    disk_put_bytes(here(op, "more"), most, FILE_MOST + 1);
    CHECK_INT(strlen(file_read(op, here(op, "most"))), FILE_MOST);
    CHECK(!file_read(op, here(op, "more")));
    CHECK_FAILED(op, ERR_STORE, "longer than 1 MiB");
}

/* ---- replacing ---- */

TEST(file_is_replaced)
{
    struct op *op = kit_op();

    CHECK(file_replace_text(op, here(op, "a"), "first", 0600));
    CHECK_STR(disk_get(op, here(op, "a")), "first");
    CHECK_INT(disk_mode(here(op, "a")), 0600);
    CHECK(file_replace_text(op, here(op, "a"), "second, longer", 0644));
    CHECK_STR(disk_get(op, here(op, "a")), "second, longer");
    CHECK_INT(disk_mode(here(op, "a")), 0644);
    CHECK_INT(disk_count(kit_folder()), 1);
}

/* What the mode asks for is what the file has, whatever the umask. */
TEST(file_mode_is_exact)
{
    struct op *op = kit_op();
    mode_t before = umask(077);

    CHECK(file_replace_text(op, here(op, "open"), "x", 0644));
    umask(0);
    CHECK(file_replace_text(op, here(op, "closed"), "x", 0600));
    umask(before);
    CHECK_INT(disk_mode(here(op, "open")), 0644);
    CHECK_INT(disk_mode(here(op, "closed")), 0600);
}

static const char *watched; /* the file beside the one being replaced */
static unsigned mode_at_write;
static size_t size_at_write;

static bool look_at_write(struct world *world, const char *what)
{
    struct stat status;

    (void)world;
    if (strcmp(what, "write") == 0 && stat(watched, &status) == 0) {
        mode_at_write = status.st_mode & 07777u;
        size_at_write = (size_t)status.st_size;
    }
    return true;
}

TEST(file_has_its_mode_before_its_content)
{
    struct op *op = kit_op();

    watched = here(op, "key.new");
    size_at_write = 1;
    kit_world()->effect = look_at_write;
    CHECK(file_replace_text(op, here(op, "key"), "secret", 0640));
    CHECK_INT(mode_at_write, 0640);
    CHECK_INT(size_at_write, 0);
}

TEST(file_replaces_a_link_and_not_its_target)
{
    struct op *op = kit_op();

    disk_put(here(op, "target"), "theirs", 0600);
    CHECK_INT(symlink("target", here(op, "a")), 0);
    CHECK_INT(symlink("target", here(op, "a.new")), 0);
    CHECK(file_replace_text(op, here(op, "a"), "ours", 0600));
    CHECK_STR(disk_get(op, here(op, "target")), "theirs");
    CHECK_STR(disk_get(op, here(op, "a")), "ours");
    CHECK_INT(disk_count(kit_folder()), 2);
}

TEST(file_is_given_to_its_owner)
{
    struct op *op = kit_op();
    const struct file_owner owner = { .mode = 0640, .change = true, .uid = ANOTHER, .gid = ANOTHER };
    struct stat status;

    if (geteuid() != 0) {
        CHECK(!file_replace(op, here(op, "a"), bytes_of("x"), &owner));
        CHECK_FAILED(op, ERR_STORE, "owner");
        CHECK_INT(disk_count(kit_folder()), 0);
        return;
    }
    CHECK(file_replace(op, here(op, "a"), bytes_of("x"), &owner));
    CHECK_INT(stat(here(op, "a"), &status), 0);
    CHECK_INT(status.st_uid, ANOTHER);
    CHECK_INT(status.st_gid, ANOTHER);
    CHECK_INT(status.st_mode & 07777u, 0640);
}

TEST(file_cannot_be_replaced_in_no_folder)
{
    struct op *op = kit_op();

    CHECK(!file_replace_text(op, here(op, "none/a"), "x", 0600));
    CHECK_FAILED(op, ERR_STORE, "No such file");
}

TEST(file_cannot_replace_a_folder)
{
    struct op *op = kit_op();

    CHECK_INT(mkdir(here(op, "a"), 0700), 0);
    CHECK(!file_replace_text(op, here(op, "a"), "x", 0600));
    CHECK_FAILED(op, ERR_STORE, "renaming");
    CHECK_INT(disk_count(kit_folder()), 1);
}

/* ---- a full disk ---- */

/* With a limit on the size of files, the write stops short in the middle as on a full disk. */
static void with_size_limit(size_t most, void (*run)(struct op *op), struct op *op)
{
    void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit saved, limit;

    getrlimit(RLIMIT_FSIZE, &saved);
    limit = saved;
    limit.rlim_cur = most;
    setrlimit(RLIMIT_FSIZE, &limit);
    run(op);
    setrlimit(RLIMIT_FSIZE, &saved);
    signal(SIGXFSZ, before);
}

static void replace_short(struct op *op)
{
    file_replace_text(op, here(op, "a"), "the new content", 0600);
}

TEST(file_stays_when_the_disk_is_full)
{
    struct op *op = kit_op();

    disk_put(here(op, "a"), "old", 0600);
    with_size_limit(5, replace_short, op);
    CHECK_FAILED(op, ERR_STORE, "File too large");
    CHECK_STR(disk_get(op, here(op, "a")), "old");
    CHECK_INT(disk_count(kit_folder()), 1);
}

static void append_short(struct op *op)
{
    file_append(op, here(op, "a"), "the second line");
}

TEST(file_takes_half_a_line_back)
{
    struct op *op = kit_op();

    CHECK(file_append(op, here(op, "a"), "the first line"));
    with_size_limit(20, append_short, op);
    CHECK_FAILED(op, ERR_STORE, "File too large");
    CHECK_STR(disk_get(op, here(op, "a")), "the first line\n");
    op_recover(op);
    CHECK(file_append(op, here(op, "a"), "the third line"));
    CHECK_STR(disk_get(op, here(op, "a")), "the first line\nthe third line\n");
    CHECK_INT(disk_mode(here(op, "a")), 0600);
}

TEST(file_is_removed_once)
{
    struct op *op = kit_op();

    disk_put(here(op, "a"), "x", 0600);
    CHECK(file_remove(op, here(op, "a")));
    CHECK(!file_there(here(op, "a")));
    CHECK(file_remove(op, here(op, "a")));
    CHECK(!file_remove(op, kit_folder()));
    CHECK_FAILED(op, ERR_STORE, "removing");
}

TEST(file_helpers_do_nothing_after_a_failure)
{
    struct op *op = kit_op();

    disk_put(here(op, "a"), "x", 0600);
    op_fail(op, ERR_NETWORK, "before");
    CHECK(!file_read(op, here(op, "a")) && !file_read_named(op, here(op, "a")));
    CHECK(!file_replace_text(op, here(op, "a"), "y", 0600));
    CHECK(!file_append(op, here(op, "a"), "y"));
    CHECK(!file_remove(op, here(op, "a")));
    CHECK(!link_swap(op, here(op, "a"), "y"));
    CHECK(!folder_make(op, here(op, "b")) && !folder_sync(op, kit_folder()));
    CHECK(!lock_take(op, here(op, "lock"), 0, "x"));
    CHECK_INT(folder_list(op, kit_folder()).count, 0);
    CHECK_STR(disk_get(op, here(op, "a")), "x");
    CHECK_INT(disk_count(kit_folder()), 1);
    CHECK_FAILED(op, ERR_NETWORK, "before");
}
