#include "dns01/whole.h"

#include "dns01/instance.h"
#include "fake_provider.h"
#include "kit.h"
#include "store/journal.h"

static const char *const nothing[] = { NULL };

/* At work for a provider, with a store as certify has it. */
static struct op *at_work(void)
{
    struct op *op = kit_op();
    struct store *store = store_open(op, op_text(op, "%s/state", kit_folder()));

    op->instance = instance_parse(op, "fake_nozone", fake_credentials(op, NULL, nothing));
    op->instance->journal = journal_open(op, store, "www.example.com");
    return op;
}

static const char *state(struct op *op, const char *path)
{
    return op_text(op, "%s/state/%s", kit_folder(), path);
}

TEST(whole_saves_what_was_there_until_all_is_well)
{
    struct op *op = at_work();
    const char *path = whole_save(op, "example.com", "a\nb");

    CHECK_STR(path, op_text(op, "%s.example.com.%s.former", state(op, "journal/www.example.com"),
                            when_print(op, op_now(op))));
    CHECK_STR(file_read(op, path), "a\nb\n");
    CHECK_INT(journal_list(op, &(struct store){ state(op, "") }).count, 0);
    CHECK(whole_done(op, path) && !file_there(path));
}

TEST(whole_does_not_go_on_where_nothing_can_be_saved)
{
    struct op *op = at_work();

    folder_remove(op, state(op, "journal"));
    CHECK(op_ok(op));
    CHECK(!whole_save(op, "example.com", "text"));
    CHECK_FAILED(op, ERR_STORE, "journal");
    CHECK(!whole_done(op, ""));
}

TEST(whole_keeps_other_runs_out)
{
    struct op *op = at_work(), *first = op_child(op), *second = op_child(op), *other = op_child(op);

    CHECK(whole_lock(first, "example.com"));
    CHECK(whole_lock(other, "example.org"));
    CHECK(!whole_lock(second, "example.com"));
    CHECK_FAILED(second, ERR_BUSY, "another run is at work on the zone example.com");
    op_end(first);
    op_recover(second);
    CHECK(whole_lock(second, "example.com"));
    op_end(second);
    op_end(other);
}

TEST(whole_lock_of_a_zone_with_a_slash)
{
    struct op *op = at_work();

    CHECK(whole_lock(op, "0/25.2.0.192.in-addr.arpa"));
    CHECK(file_there(state(op, "locks/zone-0%2F25.2.0.192.in-addr.arpa")));
}

TEST(whole_without_a_store)
{
    struct op *op = kit_op();

    op->instance = instance_parse(op, "fake_nozone", fake_credentials(op, NULL, nothing));
    CHECK_STR(whole_save(op, "example.com", "text"), "");
    CHECK(whole_done(op, "") && whole_lock(op, "example.com") && whole_lock(op, "example.com"));
    CHECK(!whole_save(op, "example.com", NULL));
}

/* Sets are changed under the zone's lock, each call for itself. */
TEST(whole_sets_are_changed_under_the_lock)
{
    static const char *const key[] = { "SET_Url=https://panel.example", "SET_Key=key-of-the-set", NULL };
    struct op *op = at_work(), *holder = op_child(op);
    struct instance *i = instance_parse(op, "fake_set", fake_credentials(op, NULL, key));
    struct record r[] = { { .fqdn = "a.example.com", .zone = "example.com", .value = "1" },
                          { .fqdn = "b.example.com", .zone = "example.com", .value = "2" } };

    i->journal = op->instance->journal;
    fake_reset(NULL);
    CHECK(instance_add(op, i, r, 2));
    CHECK(fake_has("a.example.com", "1") && fake_has("b.example.com", "2"));
    CHECK(whole_lock(holder, "example.com"));
    CHECK(!instance_remove(op, i, r, 1));
    CHECK_FAILED(op, ERR_BUSY, "the zone example.com");
    CHECK(fake_has("a.example.com", "1"));
    op_end(holder);
    op_recover(op);
    CHECK(instance_remove(op, i, r, 2));
    CHECK(!fake_has("a.example.com", "1"));
}
