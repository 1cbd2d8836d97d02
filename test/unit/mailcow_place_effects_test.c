/*
 * While mailcow's certificates go to their places, no container ever finds a certificate beside the key of
 * another one there, whatever fails and wherever we die.
 */
#include "mailcow/place.h"

#include "mailcow_kit.h"
#include "torture.h"

#include <unistd.h>

#define DAY "2026-11-25_00_00_00"

static const struct cow_wish old_wish = {
    .key = "rsa2056.pem", .organisation = "Let's Encrypt", .issuer = "R11", .names = COW_HOST
};
static const struct cow_wish renewed = {
    .key = "rsa2056.pem", .organisation = "Let's Encrypt", .issuer = "R12", .names = COW_HOST
};
static const struct cow_wish with_new_key = {
    .key = "rsa2048.pem", .organisation = "Let's Encrypt", .issuer = "R12", .names = COW_HOST
};

/* In the store, as if a run had got it. */
static void get(struct op *op, const struct store *store, const char *cert, const struct cow_pair *pair)
{
    struct chain chain = chain_parse(op, pair->cert);
    const struct generation gen = { pair->key, chain_pem(op, &chain, 0, 1), chain_pem(op, &chain, 1, 1),
                                    pair->cert, "{\"version\":1}" };

    CHECK(generation_install(op, store, cert, &gen));
}

/* The mailcow lives beside the store, so that each try has its own. */
static struct cow cow_of(struct op *op, const struct store *store)
{
    struct cow cow = { op_text(op, "%s/cow", store->root),
                       op_text(op, "%s/cow/data/assets/ssl", store->root) };

    return cow;
}

/* Made once a test: signing takes longer than all the rest. */
static struct cow_pair before, after;

static void pairs(const struct cow_wish *is, const struct cow_wish *next)
{
    before = cow_pair(kit_op(), is);
    after = cow_pair(kit_op(), next);
}

static void fresh(struct op *op, const struct store *store)
{
    struct cow cow = cow_new(op, op_text(op, "%s/cow", store->root));

    cow_put(op, &cow, "", &before, NULL);
    get(op, store, COW_HOST, &after);
}

static void used(struct op *op, const struct store *store)
{
    struct cow cow = cow_of(op, store);

    fresh(op, store);
    cow_put(op, &cow, COW_HOST, &before, COW_HOST);
}

/* A folder that somebody has left half there. */
static void damaged(struct op *op, const struct store *store)
{
    used(op, store);
    CHECK_INT(unlink(op_text(op, "%s/" COW_HOST "/key.pem", cow_of(op, store).ssl)), 0);
}

static bool run(struct op *op, const struct store *store)
{
    struct strings names = text_split(op, COW_HOST ",imap.example.com", ",");

    if (mailcow_place(op, store, cow_of(op, store).dir, COW_HOST, &names))
        return true;
    if (op->err.code == ERR_CONFIG) /* mailcow.conf cannot be read; deploy makes one of both */
        op->err.code = ERR_STORE;
    return false;
}

/* Key and certificate as a container finds them are one pair, or not both there. */
static void matched(struct op *op, const struct store *store, const char *folder)
{
    struct cow cow = cow_of(op, store);
    struct cow_pair pair = cow_get(op, &cow, folder);

    CHECK(!pair.cert || !pair.key || cow_has(op, &cow, folder, &before) ||
          cow_has(op, &cow, folder, &after) ||
          (text_same(before.key, after.key) && text_same(pair.key, after.key)));
}

static void check(struct op *op, const struct store *store)
{
    matched(op, store, "");
    matched(op, store, COW_HOST);
}

static void done(struct op *op, const struct store *store)
{
    struct cow cow = cow_of(op, store);

    CHECK(cow_has(op, &cow, "", &after));
    CHECK(cow_has(op, &cow, COW_HOST, &after));
    CHECK_STR(cow_text(op, &cow, COW_HOST "/domains"), COW_HOST " imap.example.com");
    CHECK(!strstr(cow_tree(op, &cow), "mcacme"));
    CHECK(!strstr(cow_tree(op, &cow), ".new"));
}

/* Behind success and failure alike there is one copy of what was there, not one a try. */
static void done_with_one_copy(struct op *op, const struct store *store)
{
    struct cow cow = cow_of(op, store);

    done(op, store);
    CHECK_INT(disk_count(op_text(op, "%s/backups/" COW_HOST, cow.ssl)), 1);
    CHECK(cow_has(op, &cow, "backups/" COW_HOST "/" DAY, &before));
}

TEST(effects_of_placing_with_the_same_key)
{
    const struct act act = { used, run, check, done_with_one_copy };

    pairs(&old_wish, &renewed);
    CHECK(torture(&act) >= 30);
}

TEST(effects_of_placing_with_a_new_key)
{
    const struct act act = { used, run, check, done_with_one_copy };

    pairs(&old_wish, &with_new_key);
    CHECK(torture(&act) >= 100);
}

TEST(effects_of_placing_over_half_a_pair)
{
    const struct act act = { damaged, run, check, done };

    pairs(&old_wish, &with_new_key);
    CHECK(torture(&act) >= 80);
}

TEST(effects_of_placing_over_snake_oil)
{
    static const struct cow_wish oil = {
        .key = "rsa2056.pem", .organisation = "mailcow", .issuer = COW_HOST, .names = COW_HOST
    };
    const struct act act = { fresh, run, check, done_with_one_copy };

    pairs(&oil, &with_new_key);
    CHECK(torture(&act) >= 60);
}

/* Not only where we may fail: between any two changes of ours a container may look. */
static struct op *watcher;
static const struct store *watched;
static size_t looks;

static bool look(struct world *world, const char *what)
{
    (void)world;
    (void)what;
    looks++;
    check(watcher, watched);
    return true;
}

TEST(place_as_a_container_sees_it)
{
    struct op *op = kit_op();

    watcher = op_child(op);
    watched = disk_store(op);
    pairs(&old_wish, &with_new_key);
    used(op, watched);
    looks = 0;
    op->world->effect = look;
    CHECK(run(op, watched));
    op->world->effect = NULL;
    CHECK(looks >= 100);
    done(op, watched);
    op_end(watcher);
}
