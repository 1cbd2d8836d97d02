#include "disk.h"
#include "store/failures.h"

#include "crypto/secrets.h"

#define MINUTE 60
#define DAY    86400

struct scene {
    struct op *op;
    struct store *store;
    struct strings names;
    struct failure_of of;
};

static struct scene begin(void)
{
    struct scene s = { .op = kit_op() };

    s.store = disk_store(s.op);
    s.of = (struct failure_of){ .server = "https://ca.example/directory", .account = "https://ca.example/1" };
    return s;
}

static const struct failure_of *of(struct scene *s, const char *names)
{
    s->names = text_split(s->op, names, " ");
    s->of.names = &s->names;
    return &s->of;
}

static struct failure look(struct scene *s, const char *names)
{
    struct failure failure;

    CHECK(failure_look(s->op, s->store, of(s, names), &failure));
    return failure;
}

static void fail(struct scene *s, const char *names, enum err_code code, int64_t retry_at)
{
    const struct err err = { .code = code, .text = "it did not work", .retry_at = retry_at };

    CHECK(failure_note(s->op, s->store, of(s, names), &err));
}

TEST(failures_wait_1_10_100_minutes_then_a_day)
{
    static const int64_t pauses[] = { MINUTE, 10 * MINUTE, 100 * MINUTE, DAY, DAY, DAY };
    struct scene s = begin();

    CHECK_INT(look(&s, "a b").count, 0);
    for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
        fail(&s, "a b", ERR_NETWORK, 0);
        CHECK_INT(look(&s, "a b").count, i + 1);
        CHECK_INT(look(&s, "a b").retry_at, op_now(s.op) + pauses[i]);
        CHECK_STR(look(&s, "a b").text, "it did not work");
    }
    CHECK(failure_forget(s.op, s.store, of(&s, "a b")));
    CHECK_INT(look(&s, "a b").count, 0);
    CHECK(failure_forget(s.op, s.store, of(&s, "a b"))); /* content when there is nothing */
}

TEST(failures_are_of_a_ca_an_account_and_a_set_of_names)
{
    struct scene s = begin();

    fail(&s, "a b", ERR_REFUSED, 0);
    CHECK_INT(look(&s, "a").count, 0);
    CHECK_INT(look(&s, "a b c").count, 0);
    s.of.account = "https://ca.example/2";
    CHECK_INT(look(&s, "a b").count, 0);
    s.of.account = NULL;
    CHECK_INT(look(&s, "a b").count, 0);
    s.of.account = "https://ca.example/1";
    s.of.server = "https://other.example/directory";
    CHECK_INT(look(&s, "a b").count, 0);
    s.of.server = "https://ca.example/directory";
    CHECK_INT(look(&s, "a b").count, 1);
}

/* What the CA names counts when it is later than our own pause, and a day at most. */
TEST(failures_obey_the_ca)
{
    struct scene s = begin();
    int64_t now = op_now(s.op);

    fail(&s, "a", ERR_RATE_LIMIT, now + 7200);
    CHECK_INT(look(&s, "a").retry_at, now + 7200);
    CHECK(look(&s, "a").insists);
    fail(&s, "a", ERR_RATE_LIMIT, now + 5);
    CHECK_INT(look(&s, "a").retry_at, now + 10 * MINUTE);
    fail(&s, "b", ERR_RATE_LIMIT, now + 30 * DAY);
    CHECK_INT(look(&s, "b").retry_at, now + DAY);
}

TEST(failures_that_count)
{
    static const struct {
        enum err_code code;
        bool counts, insists, insists_twice;
    } cases[] = { { ERR_REFUSED, true, false, true },   { ERR_RATE_LIMIT, true, true, true },
                  { ERR_PROVIDER, true, false, false }, { ERR_NETWORK, true, false, false },
                  { ERR_TIMEOUT, true, false, false },  { ERR_UNTRUSTED, true, false, false },
                  { ERR_USAGE, false, false, false },   { ERR_CONFIG, false, false, false },
                  { ERR_STORE, false, false, false },   { ERR_STOPPED, false, false, false },
                  { ERR_BUSY, false, false, false },    { ERR_BACKOFF, false, false, false },
                  { ERR_DEPLOY, false, false, false } };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene s = begin();
        const char *name = op_text(s.op, "n%zu", i);

        fail(&s, name, cases[i].code, 0);
        CHECK_INT(look(&s, name).count, cases[i].counts);
        CHECK_INT(look(&s, name).insists, cases[i].insists);
        fail(&s, name, cases[i].code, 0);
        CHECK_INT(look(&s, name).insists, cases[i].insists_twice);
    }
}

/* A binding that was refused, say: there is no account yet that the CA could count for. */
TEST(failures_without_an_account_hold_nobody_back)
{
    struct scene s = begin();

    s.of.account = NULL;
    fail(&s, "a", ERR_REFUSED, 0);
    fail(&s, "a", ERR_REFUSED, 0);
    CHECK(!look(&s, "a").insists);
    CHECK_INT(look(&s, "a").count, 2);
}

/* A clock that was years ahead, or is years behind, neither blocks for years nor forgets the count. */
TEST(failures_with_a_wrong_clock)
{
    struct scene s = begin();

    fail(&s, "a", ERR_NETWORK, 0);
    kit_advance(-365 * DAY * 1000ll);
    CHECK_INT(look(&s, "a").count, 1);
    CHECK_INT(look(&s, "a").retry_at, op_now(s.op));
    fail(&s, "a", ERR_NETWORK, 0);
    CHECK_INT(look(&s, "a").count, 2);
    CHECK_INT(look(&s, "a").retry_at, op_now(s.op) + 10 * MINUTE);
}

TEST(failures_keep_no_secret)
{
    struct scene s = begin();
    const struct err err = { .code = ERR_PROVIDER, .text = "the token tok-12345678 is bad" };

    s.op->world->secrets = secrets_new(s.op);
    secrets_add(s.op, "tok-12345678");
    CHECK(failure_note(s.op, s.store, of(&s, "a"), &err));
    CHECK_STR(look(&s, "a").text, "the token [hidden] is bad");
}

TEST(failures_of_a_month_ago_are_tidied_away)
{
    struct scene s = begin();
    const char *folder = store_path(s.op, s.store, "failures");

    CHECK(failures_tidy(s.op, s.store)); /* without a folder */
    fail(&s, "old", ERR_NETWORK, 0);
    kit_advance(20 * DAY * 1000ll);
    fail(&s, "new", ERR_NETWORK, 0);
    disk_put(op_text(s.op, "%s/00.json", folder), "torn", 0600);
    kit_advance(11 * DAY * 1000ll);
    CHECK(failures_tidy(s.op, s.store));
    CHECK_INT(look(&s, "old").count, 0);
    CHECK_INT(look(&s, "new").count, 1);
    CHECK_INT(disk_count(folder), 1);
}

TEST(failures_that_are_damaged)
{
    struct scene s = begin();
    struct failure failure;
    struct strings files;

    fail(&s, "a", ERR_NETWORK, 0);
    files = folder_list(s.op, store_path(s.op, s.store, "failures"));
    disk_put(store_path(s.op, s.store, "failures/%s", files.at[0]), "{", 0600);
    CHECK(!failure_look(s.op, s.store, of(&s, "a"), &failure));
    CHECK_FAILED(s.op, ERR_STORE, "failures/");
    CHECK(kit_has(s.op->err.hint, "remove this file"));
}
