#include "base/json.h"
#include "disk.h"
#include "store/store.h"

#include <sys/stat.h>
#include <unistd.h>

/* Two values for lists, words that need escaping for the rest. */
static void fill(struct op *op, struct settings *settings)
{
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct option_info *option = &option_table[id];

        if (!option->argument)
            settings_add(op, settings, (enum option_id)id, id % 2 ? "yes" : "no");
        else if (option->flags & (OPT_LIST | OPT_REPEAT))
            settings_add(op, settings, (enum option_id)id, op_text(op, "%s-1", option->name));
        if (option->argument)
            settings_add(op, settings, (enum option_id)id,
                         op_text(op, "/%s \"quoted\" \\ \xc3\xbc \x01", option->name));
    }
}

TEST(lineage_keeps_all_saved_options)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage saved = { .name = "a" }, read;

    fill(op, &saved.wanted);
    CHECK(lineage_save(op, store, &saved));
    CHECK(lineage_load(op, store, "a", &read));
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct option_info *option = &option_table[id];
        const struct strings *before = &saved.wanted.at[id], *after = &read.wanted.at[id];

        if (!(option->flags & OPT_SAVED))
            kit_check(!after->count, __FILE__, __LINE__, "--%s was saved", option->name);
        else if (option->argument)
            kit_check(text_same(strings_join(op, before, "|"), strings_join(op, after, "|")), __FILE__,
                      __LINE__, "--%s was changed", option->name);
        else
            kit_check(setting_on(&saved.wanted, (enum option_id)id) ==
                          setting_on(&read.wanted, (enum option_id)id),
                      __FILE__, __LINE__, "--%s was changed", option->name);
    }
}

TEST(lineage_saves_no_secret)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage saved = { .name = "a" };

    settings_add(op, &saved.wanted, OPT_EAB_HMAC_KEY, "c2VjcmV0");
    settings_add(op, &saved.wanted, OPT_EAB_KID, "kid-1");
    CHECK(lineage_save(op, store, &saved));
    CHECK(!kit_has(disk_get(op, here(op, "state/certs/a/lineage.json")), "c2VjcmV0"));
    CHECK_INT(disk_mode(here(op, "state/certs/a/lineage.json")), 0600);
}

TEST(lineage_keeps_its_state)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage saved = {
        .name = "a", .deploy_owed = true, .off = true, .last_error = "a: \"bad\"", .last_attempt = 1795564800
    };
    struct lineage read;

    CHECK(lineage_save(op, store, &saved));
    CHECK(lineage_load(op, store, "a", &read));
    CHECK_STR(read.name, "a");
    CHECK(read.deploy_owed && read.off && !read.revoked && !read.key_compromised && !read.held);
    CHECK_STR(read.last_error, "a: \"bad\"");
    CHECK_INT(read.last_attempt, 1795564800);
    saved = (struct lineage){ .name = "a", .revoked = true, .key_compromised = true };
    CHECK(lineage_save(op, store, &saved));
    CHECK_INT(symlink("gen/0001", here(op, "state/certs/a/current")), 0);
    CHECK(lineage_load(op, store, "a", &read));
    CHECK(!read.deploy_owed && !read.off && read.revoked && read.key_compromised && read.held);
    CHECK(!read.last_error);
    CHECK_INT(read.last_attempt, 0);
}

TEST(lineage_is_a_file_with_the_options_own_names)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage saved = { .name = "a" };

    settings_add(op, &saved.wanted, OPT_DOMAIN, "a.example,*.a.example");
    settings_add(op, &saved.wanted, OPT_PROFILE, "shortlived");
    settings_add(op, &saved.wanted, OPT_REUSE_KEY, NULL);
    CHECK(lineage_save(op, store, &saved));
    CHECK_STR(disk_get(op, here(op, "state/certs/a/lineage.json")),
              "{\"version\":1,\"domain\":[\"a.example\",\"*.a.example\"],\"reuse-key\":true,"
              "\"profile\":\"shortlived\",\"state\":{\"deploy-owed\":false,\"revoked\":false,\"off\":false,"
              "\"key-compromised\":false,\"last-attempt\":0}}\n");
}

static bool load(struct op *op, struct store *store, const char *content, struct lineage *lineage)
{
    disk_put(here(op, "state/certs/a/lineage.json"), content, 0600);
    return lineage_load(op, store, "a", lineage);
}

TEST(lineage_members_of_later_versions_are_ignored)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage lineage = { .name = "a" };

    CHECK(lineage_save(op, store, &lineage));
    CHECK(load(op, store, "{\"version\":1,\"domain\":\"a.example\",\"colour\":[1,{}],\"state\":{\"mood\":5}}",
               &lineage));
    CHECK_STR(setting(&lineage.wanted, OPT_DOMAIN), "a.example");
}

TEST(lineage_damaged)
{
    static const char *const damaged[] = { "",
                                           "{",
                                           "\x7f\x45\x4c\x46\x02\x01\xff\xfe",
                                           "[]",
                                           "null",
                                           "\"version\"",
                                           "{}",
                                           "{\"version\":2}",
                                           "{\"version\":1}x",
                                           "{\"version\":1,\"version\":1}",
                                           "{\"version\":1,\"domain\":[\"a\",1]}",
                                           "{\"version\":1,\"domain\":[]}",
                                           "{\"version\":1,\"domain\":{\"a\":1}}",
                                           "{\"version\":1,\"profile\":5}" };
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage lineage = { .name = "a" };

    CHECK(lineage_save(op, store, &lineage));
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        kit_check(!load(op, store, damaged[i], &lineage), __FILE__, __LINE__, "%s is accepted", damaged[i]);
        CHECK_FAILED(op, ERR_STORE, "/state/certs/a/lineage.json: ");
        CHECK(kit_has(op->err.hint, "restore this file"));
        op_recover(op);
        op->frames = NULL;
    }
}

/* Whatever part of the file a crash of the file system leaves: an error with the path, or all of it. */
TEST(lineage_truncated_anywhere)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage lineage = { .name = "a" };
    const char *whole;

    fill(op, &lineage.wanted);
    CHECK(lineage_save(op, store, &lineage));
    whole = disk_get(op, here(op, "state/certs/a/lineage.json"));
    for (size_t length = 0; length + 1 < strlen(whole); length++) {
        struct op *child = op_child(op);

        CHECK(!load(child, store, text_cut(child, whole, length), &lineage));
        CHECK_FAILED(child, ERR_STORE, "lineage.json");
        op_end(child);
    }
}

TEST(lineage_with_zeros)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage lineage = { .name = "a" };
    char zeros[64] = { 0 };

    CHECK(lineage_save(op, store, &lineage));
    disk_put_bytes(here(op, "state/certs/a/lineage.json"), zeros, sizeof zeros);
    CHECK(!lineage_load(op, store, "a", &lineage));
    CHECK_FAILED(op, ERR_STORE, "lineage.json");
}

TEST(lineage_that_may_not_be_read)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct lineage lineage = { .name = "a" };

    CHECK(folder_make(op, here(op, "state/certs/a/lineage.json")));
    CHECK(!lineage_load(op, store, "a", &lineage));
    CHECK_FAILED(op, ERR_STORE, "reading");
    CHECK(!op->err.hint || !kit_has(op->err.hint, "restore"));
}
