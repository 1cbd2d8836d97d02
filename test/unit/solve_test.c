/* Records put up and taken down, and what the journal knows of them. */
#include "solve_kit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const two[] = { "example.com=v1", "www.example.com=v2", NULL };
static const char *const three[] = { "a.example.com=v1", "b.example.com=v2", "c.example.com=v3", NULL };

TEST(solve_puts_records_up_and_takes_them_down)
{
    struct stage s;

    fake_reset(NULL);
    stage(&s, "fake_batch", NULL);
    CHECK(stage_publish(&s, two));
    CHECK(s.taken[0] && s.taken[1]);
    CHECK(fake_has("_acme-challenge.example.com", "v1") && fake_has("_acme-challenge.www.example.com", "v2"));
    CHECK_INT(s.journal->txt_count, 2);
    CHECK(stage_withdraw(&s));
    CHECK_INT(fake_vendor.count, 0);
    CHECK_INT(s.journal->txt_count, 0);
    CHECK(journal_close(s.op, s.journal) && !file_there(s.journal->path));
    CHECK(stage_withdraw(&s)); /* nothing is there any more */
    CHECK_STR(fake_vendor.calls, "add _acme-challenge.example.com=v1,_acme-challenge.www.example.com=v2;"
                                 "remove _acme-challenge.example.com=v1,_acme-challenge.www.example.com=v2;");
}

static const char *watched_path;
static unsigned watched;

/* A vendor that looks into our journal: whatever it is asked for stands there already. */
static bool watch(struct op *op, struct record *records, size_t n)
{
    const char *text = file_read(op, watched_path);

    (void)n;
    watched += text && strstr(text, op_text(op, "\"value\":\"%s\"", records->value)) &&
               strstr(text, op_text(op, "\"fqdn\":\"%s\"", records->fqdn));
    return true;
}

TEST(solve_writes_ahead)
{
    static const struct provider provider = {
        .title = "Watch", .caps = CAP_NO_ZONE, .add = watch, .remove = watch
    };
    struct stage s;

    stage_with(&s, &provider);
    watched_path = s.journal->path;
    watched = 0;
    CHECK(stage_publish(&s, three));
    CHECK_INT(watched, 3);
    CHECK(stage_withdraw(&s));
    CHECK_INT(watched, 6);
    CHECK(instance_close(s.op, s.instances[0]));
}

static bool no_file(struct world *world, const char *what)
{
    (void)world;
    return text_same(what, "DNS query");
}

TEST(solve_asks_no_vendor_when_the_journal_cannot_be_written)
{
    struct stage s;

    fake_reset(NULL);
    stage(&s, "fake_nozone", NULL);
    s.op->world->effect = no_file;
    CHECK(!stage_publish(&s, two));
    CHECK_FAILED(s.op, ERR_STORE, NULL);
    CHECK_STR(fake_vendor.calls, "");
    s.op->world->effect = NULL;
}

TEST(solve_keeps_handles_over_a_death)
{
    struct stage s, later;

    fake_reset(NULL);
    stage(&s, "fake_batch", NULL);
    CHECK(stage_publish_one(&s, "example.com=v1"));
    CHECK(strstr(stage_journal_text(&s), "\"handle\":\"id-v1\""));
    stage(&later, "fake_batch", NULL); /* another run: nothing but the disk */
    CHECK_INT(later.journal->txt_count, 1);
    CHECK(stage_withdraw(&later));
    CHECK_STR(fake_vendor.handle, "id-v1");
    CHECK_INT(fake_vendor.count, 0);
}

TEST(solve_takes_away_what_a_former_run_has_left_together_with_ours)
{
    struct stage s, later;

    fake_reset(NULL);
    stage(&s, "fake_batch", NULL);
    CHECK(stage_publish_one(&s, "old.example.com=v0"));
    stage(&later, "fake_batch", NULL);
    CHECK(stage_publish(&later, two));
    CHECK_INT(fake_vendor.count, 3);
    CHECK(stage_withdraw(&later));
    CHECK_INT(fake_vendor.count, 0);
    CHECK(journal_close(later.op, later.journal) && !file_there(later.journal->path));
}

TEST(solve_journals_a_record_once_however_often_it_is_put_up)
{
    struct stage s, later;

    fake_reset(NULL);
    stage(&s, "fake_batch", NULL);
    CHECK(stage_publish(&s, two));
    stage(&later, "fake_batch", NULL);
    CHECK(stage_publish(&later, two));
    CHECK_INT(later.journal->txt_count, 2);
    CHECK_INT(stage_journal_again(kit_op())->txt_count, 2);
}

TEST(solve_a_failure_in_the_middle_leaves_in_the_journal_what_exists)
{
    struct stage s;
    struct journal *left;

    fake_reset(NULL);
    stage(&s, "fake", NULL);
    fake_vendor.refuses = "v2";
    CHECK(!stage_publish(&s, three));
    CHECK_FAILED(s.op, ERR_PROVIDER, "adding the TXT records: fake: the vendor dislikes v2");
    CHECK_INT(fake_vendor.count, 1);
    left = stage_journal_again(kit_op());
    CHECK_INT(left->txt_count, 3); /* of v2 and v3 nobody can be sure */
    CHECK_STR(left->txts[0].value, "v1");
    CHECK_STR(left->txts[0].handle, "id-v1");
    CHECK_STR(left->txts[1].handle, NULL);
    fake_vendor.refuses = NULL;
    op_recover(s.op);
    CHECK(stage_withdraw(&s));
    CHECK_INT(fake_vendor.count, 0);
}

TEST(solve_withdraws_the_others_when_one_cannot_be_removed)
{
    struct stage s;
    struct journal *left;

    fake_reset(NULL);
    stage(&s, "fake_batch", NULL);
    CHECK(stage_publish(&s, three));
    fake_vendor.refuses = "v2";
    CHECK(!stage_withdraw(&s));
    CHECK_FAILED(s.op, ERR_PROVIDER, "removing the TXT records: fake_batch: the vendor dislikes v2");
    CHECK_INT(fake_vendor.count, 1);
    CHECK(fake_has("_acme-challenge.b.example.com", "v2"));
    left = stage_journal_again(kit_op());
    CHECK_INT(left->txt_count, 1);
    CHECK_STR(left->txts[0].value, "v2");
    fake_vendor.refuses = NULL;
    op_recover(s.op);
    CHECK(stage_withdraw(&s));
    CHECK_INT(fake_vendor.count + s.journal->txt_count, 0);
}

TEST(solve_keeps_wildcard_and_apex_side_by_side)
{
    static const char *const both[] = { "*.example.com=wild", "example.com=apex", NULL };
    static const char *const kinds[] = { "fake_nozone", "fake_batch", "fake_set" };
    static const char *const others[] = { "_acme-challenge.example.com=other", NULL };

    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct stage s;

        fake_reset(others);
        stage(&s, kinds[i], NULL);
        CHECK(stage_publish(&s, both));
        CHECK(s.taken[0] && s.taken[1]);
        CHECK(fake_has("_acme-challenge.example.com", "wild") &&
              fake_has("_acme-challenge.example.com", "apex"));
        CHECK(stage_withdraw(&s));
        CHECK_INT(fake_vendor.count, 1);
        CHECK(fake_has("_acme-challenge.example.com", "other"));
    }
}

/* A vendor that holds one value a name, and fails when it is asked for another one beside it. */
static struct {
    char name[64], value[64];
} single;

static bool single_add(struct op *op, struct record *records, size_t n)
{
    (void)n;
    if (*single.name && text_same(single.name, records->fqdn))
        return op_fail(op, ERR_PROVIDER, "there is a value already");
    strncpy(single.name, records->fqdn, sizeof single.name - 1);
    strncpy(single.value, records->value, sizeof single.value - 1);
    return true;
}

static bool single_remove(struct op *op, struct record *records, size_t n)
{
    (void)op;
    (void)n;
    if (text_same(single.value, records->value))
        memset(&single, 0, sizeof single);
    return true;
}

TEST(solve_serial_vendors_get_one_value_a_name_at_a_time)
{
    static const struct provider provider = {
        .title = "Single", .caps = CAP_SERIAL | CAP_NO_ZONE, .add = single_add, .remove = single_remove
    };
    static const char *const both[] = { "*.example.com=wild", "example.com=apex", "www.example.com=www",
                                        NULL };
    struct stage s;

    memset(&single, 0, sizeof single);
    stage_with(&s, &provider);
    CHECK(stage_publish(&s, both));
    CHECK(s.taken[0] && !s.taken[1] && s.taken[2]);
    CHECK(!strstr(stage_journal_text(&s), "apex"));
    CHECK(stage_withdraw(&s));
    CHECK(stage_publish_one(&s, "example.com=apex"));
    CHECK(s.taken[0]);
    CHECK_STR(single.value, "apex");
    CHECK(stage_withdraw(&s));
    CHECK_STR(single.value, "");
}

TEST(solve_gives_each_name_to_the_provider_with_the_longest_suffix)
{
    static const char *const names[] = { "example.com=v1", "a.sub.example.com=v2", "example.net=v3", NULL };
    struct stage s;

    fake_reset(NULL);
    stage(&s, "fake_nozone", "fake_batch:sub.example.com,example.net");
    CHECK(stage_publish(&s, names));
    CHECK_STR(fake_vendor.calls,
              "add _acme-challenge.example.com=v1;"
              "add _acme-challenge.a.sub.example.com=v2;add _acme-challenge.example.net=v3;");
    CHECK(strstr(stage_journal_text(&s), "\"dns\":\"fake_batch\""));
    CHECK(stage_withdraw(&s));
    CHECK_INT(fake_vendor.count, 0);
    stage(&s, "fake_nozone:example.net", NULL);
    CHECK(!stage_publish(&s, names));
    CHECK_FAILED(s.op, ERR_CONFIG, "no DNS provider covers _acme-challenge.example.com");
}

TEST(solve_leaves_the_records_of_other_instances_alone)
{
    struct stage s, later;

    fake_reset(NULL);
    stage(&s, "fake_nozone", NULL);
    CHECK(stage_publish_one(&s, "example.com=v1"));
    stage(&later, "fake_batch", NULL);
    CHECK(stage_withdraw(&later)); /* no failure either: others will come for it */
    CHECK(fake_has("_acme-challenge.example.com", "v1"));
    CHECK_INT(stage_journal_again(kit_op())->txt_count, 1);
    stage_at(&later, kit_op());
    later.instances[0] =
        instance_parse(later.op, "fake_nozone", stage_credentials(later.op, "/etc/other.conf"));
    later.dns01.count = 1;
    CHECK(stage_withdraw(&later));
    CHECK(fake_has("_acme-challenge.example.com", "v1"));
    CHECK(stage_publish_one(&later, "example.com=v1") &&
          stage_withdraw(&later)); /* by these credentials it is another one */
    CHECK_INT(fake_vendor.count, 1);
    CHECK_INT(stage_journal_again(kit_op())->txt_count, 1);
}

TEST(solve_goes_where_aliases_and_cnames_lead)
{
    struct stage s;

    fake_reset(NULL);
    stage(&s, "fake_batch", NULL);
    CHECK(stage_publish_one(&s, "far.example.com=v1"));
    CHECK(fake_has("here.example.net", "v1"));
    CHECK_STR(fake_vendor.record_name, "here");
    s.dns01.challenge_alias = "example.net";
    CHECK(stage_publish_one(&s, "example.com=v2"));
    CHECK(fake_has("_acme-challenge.example.net", "v2"));
    s.dns01.domain_alias = "proofs.example.net";
    CHECK(stage_publish_one(&s, "*.example.com=v3"));
    CHECK(fake_has("proofs.example.net", "v3"));
    CHECK(stage_withdraw(&s));
    CHECK_INT(fake_vendor.count, 0);
}

TEST(solve_puts_records_below_the_label_of_the_account)
{
    static const char *const both[] = { "*.example.com=wild", "example.com=apex", NULL };
    struct stage s;

    fake_reset(NULL);
    stage(&s, "fake_batch", NULL);
    s.label = "_ujmmovf2vn55tgye._acme-challenge";
    CHECK(stage_publish(&s, both));
    CHECK(fake_has("_ujmmovf2vn55tgye._acme-challenge.example.com", "wild") &&
          fake_has("_ujmmovf2vn55tgye._acme-challenge.example.com", "apex"));
    s.dns01.challenge_alias = "example.net"; /* whose CNAME it is, only the user knows */
    CHECK(stage_publish_one(&s, "example.com=v2"));
    CHECK(fake_has("_acme-challenge.example.net", "v2"));
    CHECK(stage_withdraw(&s));
    CHECK_INT(fake_vendor.count, 0);
}

TEST(solve_needs_a_zone_unless_the_vendor_knows_better)
{
    struct stage s;

    fake_reset(NULL);
    stage(&s, "fake_batch", NULL);
    CHECK(!stage_publish_one(&s, "x.nowhere=v1"));
    CHECK_FAILED(s.op, ERR_PROVIDER, "the zone of _acme-challenge.x.nowhere cannot be found");
    CHECK(s.op->err.hint && strstr(s.op->err.hint, "--resolver"));
    CHECK_STR(fake_vendor.calls, "");
    CHECK_STR(stage_journal_text(&s), "");
    stage(&s, "fake_nozone", NULL);
    CHECK(stage_publish_one(&s, "x.nowhere=v1"));
    stage(&s, "fake", NULL); /* it says that the zone is the name's parent */
    CHECK(stage_publish_one(&s, "deep.www.example.com=v2"));
    CHECK_STR(fake_vendor.record_name, "_acme-challenge");
    CHECK(strstr(stage_journal_text(&s), "\"zone\":\"deep.www.example.com\""));
}

/* A vendor that talks: it gets nothing done when the operation may not go on. */
static unsigned talked;

static bool talk(struct op *op, struct record *records, size_t n)
{
    (void)records;
    (void)n;
    TRY(op_wait(op, 1000));
    talked++;
    return true;
}

static const struct provider talkative = {
    .title = "Talk", .caps = CAP_NO_ZONE, .add = talk, .remove = talk
};

TEST(solve_withdraws_after_a_signal)
{
    struct stage s;
    int stop = 0;

    talked = 0;
    stage_with(&s, &talkative);
    s.op->world->stop = &stop;
    CHECK(stage_publish(&s, two));
    stop = 15;
    CHECK(!op_alive(s.op));
    CHECK_FAILED(s.op, ERR_STOPPED, NULL);
    CHECK(stage_withdraw(&s)); /* the operation has failed, and stays so */
    CHECK_FAILED(s.op, ERR_STOPPED, NULL);
    CHECK_INT(talked, 4);
    CHECK_INT(s.journal->txt_count, 0);
    s.op->world->stop = NULL;
}

TEST(solve_withdraws_after_the_deadline)
{
    struct stage s;

    talked = 0;
    stage_with(&s, &talkative);
    s.op->deadline = s.op->world->deadline = op_ticks(s.op) + 10000;
    CHECK(stage_publish(&s, two));
    kit_advance(20000);
    CHECK(!op_alive(s.op));
    CHECK(stage_withdraw(&s));
    CHECK_FAILED(s.op, ERR_TIMEOUT, NULL);
    CHECK_INT(talked, 4);
    s.op->world->deadline = 0;
}

static bool talk_for_ever(struct op *op, struct record *records, size_t n)
{
    (void)records;
    (void)n;
    return op_wait(op, INT64_MAX);
}

TEST(solve_withdraws_within_two_minutes_and_no_more)
{
    static const struct provider endless = {
        .title = "Endless", .caps = CAP_NO_ZONE, .add = talk, .remove = talk_for_ever
    };
    struct stage s;
    int64_t start;

    stage_with(&s, &endless);
    CHECK(stage_publish(&s, three));
    start = op_ticks(s.op);
    CHECK(!stage_withdraw(&s));
    CHECK_FAILED(s.op, ERR_TIMEOUT, "removing the TXT records");
    CHECK(op_ticks(s.op) - start <= 121000);
    CHECK_INT(stage_journal_again(kit_op())->txt_count, 3);
}
