#include "metrics.h"

#include "disk.h"

#define NOW 1795564800 /* 2026-11-25 */

static const char *write_it(struct op *op, const struct outcome *outcomes, size_t count, int status)
{
    const struct metrics metrics = { outcomes, count, status };
    const char *path = here(op, "mcacme.prom");

    CHECK(metrics_write(op, path, &metrics));
    return disk_get(op, path);
}

TEST(metrics_of_a_certificate)
{
    struct op *op = kit_op();
    const struct outcome o = { .name = "a.example",
                               .held = true,
                               .not_before = NOW - 100,
                               .not_after = NOW + 200,
                               .verdict = { .at = NOW + 50 },
                               .deploy_owed = true,
                               .failures = { .count = 3 } };
    const char *text = write_it(op, &o, 1, 0);

    CHECK(kit_has(text, "# HELP mcacme_certificate_held Whether there is a certificate.\n"
                        "# TYPE mcacme_certificate_held gauge\n"
                        "mcacme_certificate_held{certificate=\"a.example\"} 1\n"));
    CHECK(kit_has(text, "_not_before_timestamp_seconds{certificate=\"a.example\"} 1795564700\n"));
    CHECK(kit_has(text, "_not_after_timestamp_seconds{certificate=\"a.example\"} 1795565000\n"));
    CHECK(kit_has(text, "_next_renewal_timestamp_seconds{certificate=\"a.example\"} 1795564850\n"));
    CHECK(kit_has(text, "_due{certificate=\"a.example\"} 0\n"));
    CHECK(kit_has(text, "_deploy_owed{certificate=\"a.example\"} 1\n"));
    CHECK(kit_has(text, "_failures{certificate=\"a.example\"} 3\n"));
    CHECK(kit_has(text, "_names_missing{certificate=\"a.example\"} 0\n"));
    CHECK(kit_has(text, "_revoked{certificate=\"a.example\"} 0\n"));
    CHECK(kit_has(text, "mcacme_last_run_timestamp_seconds 1795564800\n"));
    CHECK(kit_has(text, "mcacme_last_run_exit_status 0\n"));
    CHECK_INT(disk_mode(here(op, "mcacme.prom")), 0644);
}

TEST(metrics_of_what_failed_now)
{
    struct op *op = kit_op();
    struct outcome o = { .name = "a", .verdict = { .due = true }, .failures = { .count = 1 } };

    o.err.code = ERR_NETWORK; /* one more than those that were remembered when the run began */
    CHECK(kit_has(write_it(op, &o, 1, 75), "_failures{certificate=\"a\"} 2\n"));
    CHECK(kit_has(write_it(op, &o, 1, 75), "_due{certificate=\"a\"} 1\n"));
    o.verdict.held_back = true; /* no attempt was made */
    CHECK(kit_has(write_it(op, &o, 1, 75), "_failures{certificate=\"a\"} 1\n"));
}

TEST(metrics_of_one_switched_off_and_one_renewed)
{
    struct op *op = kit_op();
    const struct outcome o[] = { { .name = "off", .off = true, .verdict = { .at = NOW } },
                                 { .name = "new", .changed = true, .verdict = { .due = true } } };
    const char *text = write_it(op, o, 2, 0);

    CHECK(kit_has(text, "_next_renewal_timestamp_seconds{certificate=\"off\"} 0\n"));
    CHECK(kit_has(text, "_due{certificate=\"new\"} 0\n"));
}

TEST(metrics_keep_the_last_success)
{
    struct op *op = kit_op();

    CHECK(kit_has(write_it(op, NULL, 0, 0), "mcacme_last_success_timestamp_seconds 1795564800\n"));
    kit_advance(60000);
    CHECK(kit_has(write_it(op, NULL, 0, 4), "mcacme_last_success_timestamp_seconds 1795564800\n"));
    CHECK(kit_has(write_it(op, NULL, 0, 0), "mcacme_last_success_timestamp_seconds 1795564860\n"));
}

TEST(metrics_of_a_file_that_is_none)
{
    struct op *op = kit_op();

    disk_put(here(op, "mcacme.prom"), "\nmcacme_last_success_timestamp_seconds -7\n", 0644);
    CHECK(kit_has(write_it(op, NULL, 0, 4), "mcacme_last_success_timestamp_seconds 0\n"));
    disk_put(here(op, "mcacme.prom"), "\nmcacme_last_success_timestamp_seconds soon\n", 0644);
    CHECK(kit_has(write_it(op, NULL, 0, 4), "mcacme_last_success_timestamp_seconds 0\n"));
}

TEST(metrics_labels_are_quoted)
{
    struct op *op = kit_op();
    const struct outcome o = { .name = "a\"b\\c" };

    CHECK(kit_has(write_it(op, &o, 1, 0), "_held{certificate=\"a\\\"b\\\\c\"} 0\n"));
}

TEST(metrics_that_cannot_be_written)
{
    struct op *op = kit_op();
    const struct metrics none = { 0 };

    CHECK(!metrics_write(op, here(op, "nowhere/mcacme.prom"), &none));
    CHECK_FAILED(op, ERR_STORE, "writing the metrics");
}
