#include "config/credentials.h"

#include "disk.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_LINES "CF_Token=\"from the file\"\r\nEMPTY=\n"

static const char *get(struct op *op, const char *path, const char *name)
{
    const struct credentials *credentials = credentials_open(op, path);

    return credentials ? credentials->get(credentials, op, name) : NULL;
}

TEST(credentials_of_a_file)
{
    struct op *op = kit_op();
    const char *path = here(op, "cf.conf");

    setenv("CF_Account_ID", "from the environment", 1);
    disk_put(path, FILE_LINES, 0600);
    CHECK_STR(get(op, path, "CF_Token"), "from the file");
    CHECK_STR(credentials_open(op, path)->source, path);
    CHECK(!get(op, path, "CF_Account_ID")); /* a file stands for itself */
    CHECK_STR(get(op, path, "EMPTY"), "");
    CHECK_STR(kit_logged(), "");
    CHECK(op_ok(op));
    unsetenv("CF_Account_ID");
}

TEST(credentials_that_others_may_read_are_a_warning)
{
    static const unsigned modes[] = { 0640, 0604, 0644, 0444 };
    struct op *op = kit_op();
    const char *path = here(op, "cf.conf");

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        size_t before = strlen(kit_logged());

        disk_put(path, FILE_LINES, modes[i]);
        CHECK_STR(get(op, path, "CF_Token"), "from the file");
        CHECK(kit_has(kit_logged() + before, "can be read by other users: chmod 600"));
        CHECK_INT(chmod(path, 0600), 0);
    }
    CHECK(!kit_has(kit_logged(), "from the file"));
}

TEST(credentials_that_others_may_change_are_refused)
{
    static const unsigned modes[] = { 0620, 0602, 0666, 0622 };
    struct op *op = kit_op();
    const char *path = here(op, "cf.conf");

    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        disk_put(path, FILE_LINES, modes[i]);
        CHECK(!credentials_open(op, path));
        CHECK_FAILED(op, ERR_CONFIG, "can be changed by other users");
        CHECK_STR(op->err.hint, op_text(op, "chmod 600 %s", path));
        op_recover(op);
        CHECK(!secret_file_read(op, path));
        CHECK_FAILED(op, ERR_CONFIG, "can be changed by other users");
        op_recover(op);
    }
}

/* A link is followed: who counts is the file that it leads to. */
TEST(credentials_behind_a_link)
{
    struct op *op = kit_op();

    disk_put(here(op, "real"), FILE_LINES, 0600);
    CHECK_INT(symlink("real", here(op, "link")), 0);
    CHECK_STR(get(op, here(op, "link"), "CF_Token"), "from the file");
    CHECK_INT(chmod(here(op, "real"), 0666), 0);
    CHECK(!credentials_open(op, here(op, "link")));
    CHECK_FAILED(op, ERR_CONFIG, "can be changed");
}

TEST(credentials_that_are_not_there)
{
    struct op *op = kit_op();

    CHECK(!credentials_open(op, here(op, "none")));
    CHECK_FAILED(op, ERR_CONFIG, "none: No such file");
    CHECK(kit_has(op->err.hint, "check the path"));
}

TEST(credentials_that_are_a_folder)
{
    struct op *op = kit_op();

    CHECK(!credentials_open(op, kit_folder()));
    CHECK_FAILED(op, ERR_CONFIG, "Is a directory");
}

TEST(secret_of_a_file)
{
    struct op *op = kit_op();

    disk_put(here(op, "secret"), "  the secret \r\n\n", 0600);
    CHECK_STR(secret_file_read(op, here(op, "secret")), "the secret");
    CHECK(!secret_file_read(op, here(op, "none")));
    CHECK_FAILED(op, ERR_CONFIG, "none");
}

/* ---- the environment ---- */

TEST(credentials_of_the_environment)
{
    struct op *op = kit_op();

    setenv("CF_Token", "from the environment", 1);
    CHECK_STR(get(op, NULL, "CF_Token"), "from the environment");
    CHECK(!credentials_open(op, NULL)->source);
    setenv("CF_Token", "", 1); /* set to nothing is not set */
    CHECK(!get(op, NULL, "CF_Token"));
    unsetenv("CF_Token");
    CHECK(!get(op, NULL, "CF_Token"));
    CHECK(op_ok(op));
}

TEST(credentials_of_a_file_that_the_environment_names)
{
    struct op *op = kit_op();

    disk_put(here(op, "token"), "from NAME_FILE\n", 0600);
    setenv("CF_Token_FILE", here(op, "token"), 1);
    CHECK_STR(get(op, NULL, "CF_Token"), "from NAME_FILE");
    CHECK_INT(chmod(here(op, "token"), 0602), 0);
    CHECK(!get(op, NULL, "CF_Token"));
    CHECK_FAILED(op, ERR_CONFIG, "can be changed by other users");
    op_recover(op);
    setenv("CF_Token_FILE", here(op, "none"), 1);
    CHECK(!get(op, NULL, "CF_Token"));
    CHECK_FAILED(op, ERR_CONFIG, "none");
    unsetenv("CF_Token_FILE");
}

/* systemd gives access by ACL, which looks like a group that may read: no reason to warn at every run. */
TEST(credentials_of_systemd)
{
    struct op *op = kit_op();

    disk_put(here(op, "CF_Token"), "from systemd\n", 0440);
    setenv("CREDENTIALS_DIRECTORY", kit_folder(), 1);
    CHECK_STR(get(op, NULL, "CF_Token"), "from systemd");
    CHECK(!get(op, NULL, "CF_Account_ID"));
    CHECK_STR(kit_logged(), "");
    CHECK(op_ok(op));
    unsetenv("CREDENTIALS_DIRECTORY");
}

TEST(credentials_precedence)
{
    struct op *op = kit_op();

    disk_put(here(op, "CF_Token"), "from systemd", 0400);
    disk_put(here(op, "token"), "from NAME_FILE", 0600);
    setenv("CREDENTIALS_DIRECTORY", kit_folder(), 1);
    setenv("CF_Token_FILE", here(op, "token"), 1);
    setenv("CF_Token", "from the environment", 1);
    CHECK_STR(get(op, NULL, "CF_Token"), "from the environment");
    unsetenv("CF_Token");
    CHECK_STR(get(op, NULL, "CF_Token"), "from NAME_FILE");
    unsetenv("CF_Token_FILE");
    CHECK_STR(get(op, NULL, "CF_Token"), "from systemd");
    unsetenv("CREDENTIALS_DIRECTORY");
}
