/* Records of dns-persist-01 put into zones and taken out, beside those of others. */
#include "dns01/persist_put.h"

#include "solve_kit.h"

#define NAME     "_validation-persist.example.com"
#define KID      "https://ca.example/acct/1"
#define GOOD     "ca.example; accounturi=" KID
#define FOREIGN  "ca.example; accounturi=https://ca.example/acct/2"
#define OTHER_CA "b.example; accounturi=" KID "0"

static const char *issuer_list[] = { "ca.example", "alt.example" };
static const struct strings issuers = { issuer_list, 2, 2 };

struct scene {
    struct stage stage;
    struct op *op;
    struct persist_job job;
    struct spread_options spread;
};

/* A vendor, and name servers that show what he holds: "name=value", the list ends in NULL. */
static struct scene *scene(const char *dns, const char *const *records)
{
    static const struct fake_rr zones[] = { { .name = "example.com", .type = DNS_SOA } };
    struct scene *s = op_new(kit_op(), struct scene);

    fake_reset(records);
    stage(&s->stage, dns, NULL);
    s->op = s->stage.op;
    fake_dns(s->op, zones, 1)->vendor = true;
    s->spread = (struct spread_options){ .mode = SPREAD_RESOLVER, .patience = 60000 };
    s->job.name =
        (struct persist_name){ .base = "example.com",
                               .wants = { .issuers = &issuers, .account = KID, .now = op_now(s->op) } };
    s->job.record = (struct persist_record){ .issuer = "ca.example", .account = KID };
    return s;
}

static bool publish(struct scene *s)
{
    return persist_publish(s->op, s->stage.instances, s->stage.dns01.count, &s->spread, &s->job, 1);
}

static bool drop(struct scene *s)
{
    return persist_drop(s->op, s->stage.instances, s->stage.dns01.count, &s->spread, &s->job, 1);
}

TEST(persist_put_publishes_beside_others)
{
    static const char *const there[] = { NAME "=" FOREIGN, NAME "=" OTHER_CA, NAME "=v=spf1", NULL };
    static const char *const kinds[] = { "fake", "fake_batch", "fake_set" };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct scene *s = scene(kinds[i], there);

        CHECK(publish(s));
        CHECK(fake_has(NAME, GOOD) && fake_has(NAME, FOREIGN) && fake_has(NAME, OTHER_CA) &&
              fake_has(NAME, "v=spf1"));
        CHECK_INT(fake_vendor.count, 4);
        CHECK(!s->job.there && !s->job.former.count);
        CHECK_STR(s->job.value, GOOD);
        CHECK_INT(s->stage.journal->txt_count, 0); /* it is to stay */
    }
}

TEST(persist_put_is_content_with_what_says_as_much)
{
    static const char *const values[] = { GOOD, GOOD "; policy=wildcard",
                                          "ALT.example. ;accounturi=" KID " ; policy = Wildcard ; x=y" };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const char *there[] = { op_text(kit_op(), NAME "=%s", values[i]), NULL };
        struct scene *s = scene("fake", there);

        CHECK(publish(s));
        CHECK(s->job.there);
        CHECK_STR(s->job.value, values[i]);
        CHECK(!kit_has(fake_vendor.calls, "add") && !kit_has(fake_vendor.calls, "remove"));
    }
}

/* At no moment is the name without a record: the new one comes first. */
TEST(persist_put_replaces_the_accounts_own)
{
    static const char *const there[] = { NAME "=" GOOD, NAME "=" FOREIGN, NULL };
    struct scene *s = scene("fake", there);

    s->job.record.wildcard = s->job.name.wants.wildcard = true;
    CHECK(publish(s));
    CHECK(kit_has(fake_vendor.calls, "add " NAME "=" GOOD "; policy=wildcard;remove " NAME "=" GOOD ";"));
    CHECK(fake_has(NAME, GOOD "; policy=wildcard") && fake_has(NAME, FOREIGN) && !fake_has(NAME, GOOD));
    CHECK_INT(s->job.former.count, 1);
}

TEST(persist_put_replaces_records_with_another_end)
{
    static const char *const there[] = { NAME "=" GOOD "; persistUntil=1796428800",
                                         NAME "=" GOOD "; policy=wildcard; persistUntil=1", NAME "=" GOOD ";",
                                         NULL };
    struct scene *s = scene("fake", there);

    CHECK(publish(s)); /* for ever */
    CHECK_INT(fake_vendor.count, 1);
    CHECK(fake_has(NAME, GOOD));
    CHECK(kit_has(kit_logged(), "was good for *.example.com, too"));
    s->job.record.ends = true;
    s->job.record.until = 1827100800;
    s->job.former = (struct strings){ 0 };
    CHECK(publish(s));
    CHECK_INT(fake_vendor.count, 1);
    CHECK(fake_has(NAME, GOOD "; persistUntil=1827100800"));
}

TEST(persist_put_keeps_the_former_one_while_the_new_one_is_not_seen)
{
    static const char *const there[] = { NAME "=" GOOD, NULL };
    static const struct fake_rr rrs[] = { { .name = "example.com", .type = DNS_SOA },
                                          { .name = NAME, .type = DNS_TXT, .text = GOOD } };
    struct scene *s = scene("fake", there);

    fake_dns(s->op, rrs, 2);
    s->job.record.wildcard = s->job.name.wants.wildcard = true;
    CHECK(!publish(s));
    CHECK_FAILED(s->op, ERR_PROVIDER, "cannot be seen");
    CHECK(fake_has(NAME, GOOD));
}

TEST(persist_put_drops_exactly_the_accounts_own)
{
    static const char *const there[] = {
        NAME "=" GOOD,     NAME "=" FOREIGN, NAME "=" GOOD "; policy=wildcard;",
        NAME "=" OTHER_CA, NAME "=v=spf1",   NULL
    };
    struct scene *s = scene("fake_set", there);

    CHECK(drop(s));
    CHECK_INT(s->job.former.count, 2);
    CHECK_INT(fake_vendor.count, 3);
    CHECK(fake_has(NAME, FOREIGN) && fake_has(NAME, OTHER_CA) && fake_has(NAME, "v=spf1"));
    s->job.former = (struct strings){ 0 };
    CHECK(drop(s)); /* and again */
    CHECK(!s->job.former.count);
}

TEST(persist_put_tells_the_vendors_words)
{
    static const char *const none[] = { NULL };
    struct scene *s = scene("fake", none);

    fake_vendor.refuses = GOOD;
    CHECK(!publish(s));
    CHECK_FAILED(s->op, ERR_PROVIDER, "adding the TXT records: fake: the vendor dislikes " GOOD);
    fake_vendor.refuses = NULL;
    s = scene("fake:example.net", none);
    CHECK(!publish(s));
    CHECK_FAILED(s->op, ERR_CONFIG, "no DNS provider covers " NAME);
}

static void refused(unsigned caps, const char *words)
{
    const struct provider provider = { .title = "One", .caps = caps | CAP_NO_ZONE };
    static const char *const none[] = { NULL };
    struct scene *s = scene("fake", none);

    stage_with(&s->stage, &provider);
    s->op = s->stage.op;
    CHECK(!publish(s));
    CHECK_FAILED(s->op, ERR_CONFIG, words);
    CHECK_FAILED(s->op, ERR_CONFIG, NAME);
    CHECK(kit_has(s->op->err.hint, "by hand"));
}

TEST(persist_put_refuses_vendors_that_hold_one_value)
{
    refused(CAP_SERIAL, "cannot be relied on to keep a record beside others");
}

TEST(persist_put_refuses_who_answers_for_a_while_only)
{
    refused(CAP_PASSING, "answers only while mcacme runs");
}
