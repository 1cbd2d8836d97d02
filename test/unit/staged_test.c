#include "store/staged.h"

#include "disk.h"

TEST(staged_key_comes_and_goes)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    const char *path = here(op, "state/certs/a/next.pem"), *pem = "unset";

    CHECK(folder_make(op, here(op, "state/certs/a")));
    CHECK(!staged_key_there(op, store, "a"));
    CHECK(staged_key_read(op, store, "a", &pem));
    CHECK_STR(pem, NULL);
    CHECK(staged_key_write(op, store, "a", "KEY\n"));
    CHECK(staged_key_there(op, store, "a") && !staged_key_there(op, store, "b"));
    CHECK_INT(disk_mode(path), 0600);
    CHECK(staged_key_read(op, store, "a", &pem));
    CHECK_STR(pem, "KEY\n");
    CHECK(staged_key_drop(op, store, "a") && !file_there(path));
    CHECK(staged_key_drop(op, store, "a")); /* again: content */
}

/* A folder with nothing but a key in it is no certificate. */
TEST(staged_key_makes_no_certificate)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);

    CHECK(folder_make(op, here(op, "state/certs/a")));
    CHECK(staged_key_write(op, store, "a", "KEY\n"));
    CHECK_INT(store_certs(op, store).count, 0);
}

TEST(staged_key_fails_with_the_store)
{
    struct op *op = kit_op();

    CHECK(!staged_key_write(op, disk_store(op), "none", "KEY\n"));
    CHECK_FAILED(op, ERR_STORE, "next.pem");
}
