#include "store/store.h"

#include "base/json.h"
#include "disk.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LE "https://acme-v02.api.letsencrypt.org/directory"

TEST(store_makes_its_folders)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct strings names = folder_list(op, here(op, "state"));

    CHECK_STR(strings_join(op, &names, " "), "accounts certs journal locks");
    CHECK_INT(disk_mode(here(op, "state")), 0700);
    CHECK_INT(disk_mode(here(op, "state/accounts")), 0700);
    CHECK_STR(store_path(op, store, "certs/%s", "a"), here(op, "state/certs/a"));
}

TEST(store_that_is_looked_at_is_not_made)
{
    struct op *op = kit_op();
    struct store *store = store_look(op, here(op, "state"));

    CHECK_STR(store->root, here(op, "state"));
    CHECK_INT(store_certs(op, store).count, 0);
    CHECK(!file_there(here(op, "state")));
    CHECK(op_ok(op));
}

TEST(store_needs_a_path)
{
    struct op *op = kit_op();

    CHECK(!store_open(op, ""));
    CHECK_FAILED(op, ERR_USAGE, "empty");
}

TEST(store_of_others_is_refused)
{
    struct op *op = kit_op();

    disk_store(op);
    CHECK_INT(chmod(here(op, "state"), 0777), 0);
    CHECK(!store_open(op, here(op, "state")));
    CHECK_FAILED(op, ERR_STORE, "others may write");
}

TEST(store_locks_are_told_apart)
{
    struct op *op = kit_op(), *other = op_child(op);
    struct store *store = disk_store(op);

    CHECK(store_lock_cert(op, store, "a", 0));
    CHECK(store_lock_cert(other, store, "b", 0));
    CHECK(store_lock_account(other, store, "a"));
    CHECK(!store_lock_cert(other, store, "a", 0));
    CHECK_FAILED(other, ERR_BUSY, "at work on a");
    op_recover(other);
    CHECK(!store_lock_account(other, store, "a"));
    CHECK_FAILED(other, ERR_BUSY, "account");
    op_end(other);
}

/* ---- accounts ---- */

TEST(account_folders)
{
    struct op *op = kit_op();
    char long_url[600] = "https://a.example/";

    CHECK_STR(account_folder(op, LE), "acme-v02.api.letsencrypt.org_directory");
    CHECK_STR(account_folder(op, "https://127.0.0.1:14000/dir"), "127.0.0.1_14000_dir");
    CHECK_STR(account_folder(op, "https://../../etc"), "_._.._etc"); /* never a way up */
    CHECK_STR(account_folder(op, ""), "");
    memset(long_url + strlen(long_url), 'x', 500);
    CHECK_INT(strlen(account_folder(op, long_url)), 200);
}

TEST(account_round_trip)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct account saved = { LE, NULL, NULL, "the key\n" }, read;
    const char *folder = here(op, "state/accounts/acme-v02.api.letsencrypt.org_directory");

    CHECK(!account_load(op, store, LE, &read));
    CHECK(op_ok(op) && !read.key_pem && !read.kid);
    CHECK(account_save(op, store, &saved)); /* before the CA has answered: the key alone */
    CHECK(account_load(op, store, LE, &read));
    CHECK_STR(read.key_pem, "the key\n");
    CHECK(!read.kid && !read.contact);
    saved.kid = LE "/acct/1";
    saved.contact = "a@b.example";
    CHECK(account_save(op, store, &saved));
    CHECK(account_load(op, store, LE, &read));
    CHECK_STR(read.kid, LE "/acct/1");
    CHECK_STR(read.contact, "a@b.example");
    CHECK_STR(read.server, LE);
    CHECK_INT(disk_mode(op_text(op, "%s/key.pem", folder)), 0600);
    CHECK_INT(disk_mode(op_text(op, "%s/account.json", folder)), 0600);
    CHECK_INT(disk_count(folder), 2);
}

/* What is on the disk is the key that the account was saved with, also after a rollover. */
TEST(account_key_is_replaced)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct account account = { LE, LE "/acct/1", NULL, "old key\n" };

    CHECK(account_save(op, store, &account));
    account.key_pem = "new key\n";
    CHECK(account_save(op, store, &account));
    CHECK(account_load(op, store, LE, &account));
    CHECK_STR(account.key_pem, "new key\n");
}

TEST(account_of_another_ca_is_refused)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct account account = { "https://ca.example/a_b", "https://ca.example/1", NULL, "key\n" };

    CHECK(account_save(op, store, &account));
    CHECK(!account_load(op, store, "https://ca.example/a/b", &account)); /* the same folder */
    CHECK_FAILED(op, ERR_STORE, "is not for https://ca.example/a/b");
}

TEST(account_damaged)
{
    static const char *const damaged[] = { "",   "{", "{\"version\":1",  "\x7f\x45\x4c\x46\xff\xfe",
                                           "[]", "1", "{\"version\":2}", "{\"version\":1} x" };
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct account account = { "https://ca.example", "https://ca.example/1", NULL, "key\n" };
    const char *path = here(op, "state/accounts/ca.example/account.json");

    CHECK(account_save(op, store, &account));
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        disk_put(path, damaged[i], 0600);
        CHECK(!account_load(op, store, "https://ca.example", &account));
        CHECK_FAILED(op, ERR_STORE, path);
        CHECK(kit_has(op->err.hint, "by its key"));
        op_recover(op);
        op->frames = NULL;
    }
}

/* ---- certificates ---- */

static struct generation generation(struct op *op, const char *mark)
{
    return (struct generation){ op_text(op, "key %s", mark), op_text(op, "cert %s", mark),
                                op_text(op, "chain %s", mark), op_text(op, "cert and chain %s", mark),
                                "{\"version\":1}" };
}

static bool install(struct op *op, struct store *store, int number)
{
    struct generation gen = generation(op, op_text(op, "%d", number));

    return generation_install(op, store, "a", &gen);
}

static const char *current(struct op *op)
{
    char target[64] = { 0 };

    return readlink(here(op, "state/certs/a/current"), target, sizeof target - 1) > 0
               ? arena_strdup(op->arena, target)
               : NULL;
}

TEST(generation_is_installed)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);

    CHECK(!generation_read(op, store, "a", "cert.pem"));
    CHECK(op_ok(op));
    CHECK(install(op, store, 1));
    CHECK_STR(current(op), "gen/0001");
    CHECK_STR(generation_read(op, store, "a", "key.pem"), "key 1");
    CHECK_STR(generation_read(op, store, "a", "cert.pem"), "cert 1");
    CHECK_STR(generation_read(op, store, "a", "chain.pem"), "chain 1");
    CHECK_STR(generation_read(op, store, "a", "fullchain.pem"), "cert and chain 1");
    CHECK_INT(disk_mode(here(op, "state/certs/a/current/key.pem")), 0600);
    CHECK_INT(disk_mode(here(op, "state/certs/a/current/fullchain.pem")), 0644);
    CHECK_INT(disk_mode(here(op, "state/certs/a/gen/0001")), 0700);
    CHECK(install(op, store, 2));
    CHECK_STR(current(op), "gen/0002");
    CHECK_STR(generation_read(op, store, "a", "key.pem"), "key 2");
    CHECK_STR(disk_get(op, here(op, "state/certs/a/gen/0001/key.pem")), "key 1");
    CHECK_INT(disk_count(here(op, "state/certs/a")), 2);
}

/* The user's own request: there is no key, and none of a run that died gets in. */
TEST(generation_without_a_key)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct generation gen = generation(op, "1");

    CHECK(folder_make(op, here(op, "state/certs/a/gen/.new")));
    disk_put(here(op, "state/certs/a/gen/.new/key.pem"), "of a run that died", 0600);
    gen.key_pem = NULL;
    CHECK(generation_install(op, store, "a", &gen));
    CHECK(!generation_read(op, store, "a", "key.pem"));
    CHECK_STR(generation_read(op, store, "a", "cert.pem"), "cert 1");
    CHECK(op_ok(op));
}

TEST(generations_are_pruned_to_five)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct strings names;

    CHECK(folder_make(op, here(op, "state/certs/a/gen/mine")));
    for (int i = 1; i <= 8; i++)
        CHECK(install(op, store, i));
    names = folder_list(op, here(op, "state/certs/a/gen"));
    CHECK_STR(strings_join(op, &names, " "), "0004 0005 0006 0007 0008 mine");
    CHECK_STR(current(op), "gen/0008");
}

/* Certificates that live for minutes get there in weeks; the alphabet would put 10000 before 9999. */
TEST(generations_beyond_four_digits)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct strings names;

    CHECK(folder_make(op, here(op, "state/certs/a/gen/9997")));
    for (int i = 9998; i <= 10006; i++)
        CHECK(install(op, store, i));
    names = folder_list(op, here(op, "state/certs/a/gen"));
    CHECK_STR(strings_join(op, &names, " "), "10002 10003 10004 10005 10006");
    CHECK_STR(current(op), "gen/10006");
    CHECK_STR(generation_read(op, store, "a", "key.pem"), "key 10006");
}

TEST(store_lists_its_certificates)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage b = { .name = "b.example" }, a = { .name = "a.example" };
    struct strings names;

    CHECK(lineage_save(op, store, &b) && lineage_save(op, store, &a));
    CHECK(folder_make(op, here(op, "state/certs/nothing.in.it")));
    disk_put(here(op, "state/certs/a.file"), "", 0600);
    names = store_certs(op, store);
    CHECK_STR(strings_join(op, &names, " "), "a.example b.example");
}

TEST(lineage_is_archived)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage lineage = { .name = "a" };
    const char *there = here(op, "state/archive/a-1795564800");

    CHECK(lineage_save(op, store, &lineage) && install(op, store, 1));
    CHECK(lineage_archive(op, store, "a"));
    CHECK(!lineage_load(op, store, "a", &lineage));
    CHECK(op_ok(op));
    CHECK(!file_there(here(op, "state/certs/a")));
    CHECK_STR(disk_get(op, op_text(op, "%s/current/key.pem", there)), "key 1");
    CHECK_INT(disk_mode(here(op, "state/archive")), 0700);
    CHECK(!lineage_archive(op, store, "a"));
    CHECK_FAILED(op, ERR_STORE, "moving");
}

TEST(lineage_is_forgotten)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage lineage = { .name = "a" };

    CHECK(lineage_save(op, store, &lineage));
    CHECK(lineage_forget(op, store, "a"));
    CHECK(!file_there(here(op, "state/certs/a")));
    CHECK(lineage_save(op, store, &lineage) && install(op, store, 1));
    CHECK(lineage_forget(op, store, "a"));
    CHECK_STR(generation_read(op, store, "a", "key.pem"), "key 1");
}
