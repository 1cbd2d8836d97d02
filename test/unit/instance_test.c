#include "crypto/secrets.h"
#include "dns01/instance.h"
#include "fake_provider.h"
#include "kit.h"

static const char *const token[] = { "FAKE_Token=token-of-fake", NULL };
static const char *const set_key[] = { "SET_Url=https://panel.example", "SET_Key=key-of-the-set", NULL };
static const char *const nothing[] = { NULL };

static struct instance *instance_of(struct op *op, const char *text, const char *const *lines)
{
    op->world->secrets = secrets_new(op);
    return instance_parse(op, text, fake_credentials(op, "/etc/test.conf", lines));
}

static struct record record_at(const char *fqdn, const char *zone, const char *value)
{
    return (struct record){ .fqdn = fqdn, .zone = zone, .value = value };
}

TEST(instance_parses_providers_and_zones)
{
    struct op *op = kit_op();
    const struct instance *i = instance_of(op, "dns_fake: Example.COM. ,sub.example.com", token);

    CHECK_STR(i->label, "dns_fake");
    CHECK_STR(i->provider->title, "Fake");
    CHECK_INT(i->zones.count, 2);
    CHECK_STR(i->zones.at[0], "example.com");
    CHECK_STR(i->zones.at[1], "sub.example.com");
    CHECK_INT(instance_of(op, "fake", token)->zones.count, 0);
}

TEST(instance_suggests_the_nearest_provider)
{
    struct op *op = kit_op();

    CHECK(!instance_of(op, "dns_fale:example.com", token));
    CHECK_FAILED(op, ERR_USAGE, "\"dns_fale\"");
    CHECK(strstr(op->err.hint, "did you mean dns_fake?") != NULL);
}

TEST(instance_refuses_an_empty_list_of_zones)
{
    struct op *op = kit_op();

    CHECK(!instance_of(op, "fake:", token));
    CHECK_FAILED(op, ERR_USAGE, "empty list of zones");
}

TEST(instance_unknown_and_far_from_all)
{
    struct op *op = kit_op();

    CHECK(!instance_of(op, "qqqqqqqqqqqqqqqqqqq", token));
    CHECK_FAILED(op, ERR_USAGE, "qqq");
    CHECK(!strstr(op->err.hint, "did you mean"));
}

TEST(instance_for_takes_the_longest_zone_at_a_dot)
{
    struct op *op = kit_op();
    struct instance *all[] = { instance_of(op, "fake:example.com", token),
                               instance_of(op, "fake:sub.example.com,example.org", token),
                               instance_of(op, "fake", token) };

    CHECK(instance_for(op, all, 3, "_acme-challenge.example.com") == all[0]);
    CHECK(instance_for(op, all, 3, "example.com") == all[0]);
    CHECK(instance_for(op, all, 3, "_acme-challenge.a.SUB.example.com") == all[1]);
    CHECK(instance_for(op, all, 3, "_acme-challenge.notexample.com") == all[2]);
    CHECK(instance_for(op, all, 3, "_acme-challenge.notsub.example.com") == all[0]);
    CHECK(!instance_for(op, all, 2, "_acme-challenge.notexample.com"));
    CHECK_FAILED(op, ERR_CONFIG, "covers _acme-challenge.notexample.com");
}

TEST(instance_names_what_is_missing)
{
    static const char *const half[] = { "FAKE_User=someone", "FAKE_Token=", NULL };
    struct op *op = kit_op();

    CHECK(!instance_check(op, instance_of(op, "fake", half)));
    CHECK_FAILED(op, ERR_CONFIG,
                 "fake: a credential is missing: FAKE_Token (a token from the fake panel), "
                 "or else FAKE_Password (the password)");
    CHECK(strstr(op->err.hint, "/etc/test.conf") != NULL);
}

TEST(instance_names_all_required_fields)
{
    struct op *op = kit_op();

    CHECK(!instance_check(op, instance_parse(op, "fake_set", fake_credentials(op, NULL, nothing))));
    CHECK_FAILED(op, ERR_CONFIG, "SET_Url (where the panel is) and SET_Key (the key of the panel)");
    CHECK(strstr(op->err.hint, "environment") != NULL);
}

static const char *value_of(struct op *op, struct instance *instance, const char *name)
{
    const char *value;

    op->instance = instance;
    value = field(op, name);
    op->instance = NULL;
    return value;
}

TEST(instance_reads_other_names_and_defaults)
{
    static const char *const lines[] = { "OTHER_TOKEN=by-another-name", "FAKE_User=somebody", NULL };
    struct op *op = kit_op();
    struct instance *i = instance_of(op, "fake", lines);

    CHECK(instance_check(op, i));
    CHECK_STR(value_of(op, i, "FAKE_Token"), "by-another-name");
    CHECK_STR(value_of(op, i, "FAKE_Region"), "eu");
    CHECK_STR(value_of(op, i, "FAKE_User"), NULL); /* of the set that does not count */
    CHECK_STR(value_of(op, i, "FAKE_Nonsense"), NULL);
    CHECK(secrets_in(op, "xx by-another-name xx"));
    CHECK(!secrets_in(op, "somebody"));
}

TEST(instance_takes_the_second_set)
{
    static const char *const lines[] = { "FAKE_User=someone", "FAKE_Password=geheim123", NULL };
    struct op *op = kit_op();
    struct instance *i = instance_of(op, "fake", lines);

    CHECK(instance_check(op, i));
    CHECK_STR(value_of(op, i, "FAKE_Password"), "geheim123");
    CHECK_STR(value_of(op, i, "FAKE_User"), "someone");
}

TEST(instance_checks_files)
{
    static const char *const lines[] = { "FAKE_Token=token-of-fake", "FAKE_File=/nowhere/at/all", NULL };
    struct op *op = kit_op();

    CHECK(!instance_check(op, instance_of(op, "fake", lines)));
    CHECK_FAILED(op, ERR_CONFIG, "FAKE_File names the file /nowhere/at/all");
}

TEST(instance_adds_one_by_one_and_remembers_handles)
{
    struct op *op = kit_op();
    struct instance *i = instance_of(op, "fake", token);
    struct record r[] = { record_at("_acme-challenge.example.com", "example.com", "1"),
                          record_at("example.com", "example.com", "2") };

    fake_reset(NULL);
    CHECK(instance_add(op, i, r, 2));
    CHECK_STR(fake_vendor.calls, "open;add _acme-challenge.example.com=1;add example.com=2;");
    CHECK_STR(r[0].handle, "id-1");
    CHECK_STR(r[1].handle, "id-2");
    CHECK_STR(r[0].name, "_acme-challenge");
    CHECK_STR(r[1].name, "@");
    CHECK_INT(fake_vendor.ttl, 120);
    CHECK(instance_remove(op, i, r, 1));
    CHECK_STR(fake_vendor.handle, "id-1");
    CHECK(!fake_has("_acme-challenge.example.com", "1") && fake_has("example.com", "2"));
    CHECK(!op->instance && !op->frames);
}

TEST(instance_batches_by_zone)
{
    struct op *op = kit_op();
    struct record r[] = { record_at("a.one.example", "one.example", "1"),
                          record_at("b.two.example", "two.example", "2"),
                          record_at("c.one.example", "one.example", "3") };

    fake_reset(NULL);
    CHECK(instance_add(op, instance_of(op, "fake_batch", nothing), r, 3));
    CHECK_STR(fake_vendor.calls, "add a.one.example=1,c.one.example=3;add b.two.example=2;");
    CHECK_STR(r[0].handle, "id-1");
    CHECK_STR(r[1].handle, "id-2");
    CHECK_STR(r[2].handle, "id-3");
    CHECK_INT(fake_vendor.ttl, 60);
}

TEST(instance_without_zones)
{
    struct op *op = kit_op();
    struct record r = record_at("a.example", NULL, "1");

    fake_reset(NULL);
    CHECK(instance_add(op, instance_of(op, "fake_nozone", nothing), &r, 1));
    CHECK_STR(fake_vendor.record_name, "(none)");
    CHECK(!instance_add(op, instance_of(op, "fake_batch", nothing), &r, 1));
    CHECK_FAILED(op, ERR_INTERNAL, "no zone");
}

TEST(instance_refuses_names_outside_of_the_zone)
{
    struct op *op = kit_op();
    struct record r = record_at("a.notexample.com", "example.com", "1");

    fake_reset(NULL);
    CHECK(!instance_add(op, instance_of(op, "fake_batch", nothing), &r, 1));
    CHECK_FAILED(op, ERR_INTERNAL, "a.notexample.com is not in the zone example.com");
    CHECK_STR(fake_vendor.calls, "");
}

TEST(instance_merges_sets)
{
    static const char *const held[] = { "x.example=theirs", "y.example=other", NULL };
    struct op *op = kit_op();
    struct record r[] = { record_at("x.example", "example", "1"), record_at("z.example", "example", "3"),
                          record_at("x.example", "example", "2"), record_at("x.example", "example", "1") };

    fake_reset(held);
    CHECK(instance_add(op, instance_of(op, "fake_set", set_key), r, 4));
    CHECK_STR(fake_vendor.calls, "load;replace x.example(theirs,1,2);load;replace z.example(3);");
    CHECK(fake_has("x.example", "theirs") && fake_has("y.example", "other"));
    CHECK_INT(fake_vendor.ttl, 60); /* z had none */
}

TEST(instance_keeps_the_ttl_of_a_set)
{
    static const char *const held[] = { "x.example=theirs", NULL };
    struct op *op = kit_op();
    struct record r = record_at("x.example", "example", "1");

    fake_reset(held);
    CHECK(instance_add(op, instance_of(op, "fake_set", set_key), &r, 1));
    CHECK_INT(fake_vendor.ttl, 777);
}

TEST(instance_removes_only_ours_from_a_set)
{
    static const char *const held[] = { "x.example=1", "x.example=theirs", "x.example=1", "z.example=3",
                                        NULL };
    struct op *op = kit_op();
    struct record r[] = { record_at("x.example", "example", "1"), record_at("z.example", "example", "3") };

    fake_reset(held);
    CHECK(instance_remove(op, instance_of(op, "fake_set", set_key), r, 2));
    CHECK_STR(fake_vendor.calls, "load;replace x.example(theirs);load;replace z.example();");
    CHECK_INT(fake_vendor.count, 1);
}

TEST(instance_sends_nothing_when_nothing_changes)
{
    static const char *const held[] = { "x.example=1", "x.example=theirs", NULL };
    struct op *op = kit_op();
    struct instance *i = instance_of(op, "fake_set", set_key);
    struct record there = record_at("x.example", "example", "1"),
                  gone = record_at("x.example", "example", "9");

    fake_reset(held);
    CHECK(instance_add(op, i, &there, 1) && instance_remove(op, i, &gone, 1));
    CHECK_STR(fake_vendor.calls, "load;load;");
}

TEST(instance_add_stops_at_the_first_failure)
{
    struct op *op = kit_op();
    struct record r[] = { record_at("a.example", "example", "1"), record_at("b.example", "example", "2"),
                          record_at("c.example", "example", "3") };

    fake_reset(NULL);
    fake_vendor.refuses = "2";
    CHECK(!instance_add(op, instance_of(op, "fake", token), r, 3));
    CHECK_FAILED(op, ERR_PROVIDER, "fake: the vendor dislikes 2");
    CHECK_STR(r[0].handle, "id-1");
    CHECK(!r[1].handle && !fake_has("c.example", "3"));
}

TEST(instance_remove_goes_on_behind_a_failure)
{
    static const char *const held[] = { "a.example=1", "b.example=2", "c.example=3", NULL };
    struct op *op = kit_op();
    struct record r[] = { record_at("a.example", "example", "1"), record_at("b.example", "example", "2"),
                          record_at("c.example", "example", "3") };

    fake_reset(held);
    fake_vendor.refuses = "2";
    CHECK(!instance_remove(op, instance_of(op, "fake", token), r, 3));
    CHECK_FAILED(op, ERR_PROVIDER, "fake: the vendor dislikes 2");
    CHECK(!fake_has("a.example", "1") && fake_has("b.example", "2") && !fake_has("c.example", "3"));
}

TEST(instance_opens_once_and_closes_shielded)
{
    static volatile int stop;
    struct op *op = kit_op();
    struct instance *i = instance_of(op, "fake", token);
    struct record r = record_at("a.example", "example", "1");

    stop = 0;
    op->world->stop = &stop;
    fake_reset(NULL);
    CHECK(instance_add(op, i, &r, 1) && instance_remove(op, i, &r, 1));
    CHECK(secrets_in(op, "session-token-1"));
    stop = 15;
    CHECK(!op_alive(op));
    instance_close(op, i);
    CHECK_STR(fake_vendor.calls, "open;add a.example=1;remove a.example=1;close session-token-1;");
    CHECK_FAILED(op, ERR_STOPPED, NULL); /* what was before is still there */
    instance_close(op, i);
    CHECK(!strstr(fake_vendor.calls, "close session-token-1;close"));
}

TEST(instance_that_was_never_open_is_not_closed)
{
    struct op *op = kit_op();
    struct instance *i = instance_of(op, "fake", token);

    fake_reset(NULL);
    CHECK(instance_check(op, i) && instance_close(op, i));
    CHECK_STR(fake_vendor.calls, "");
}

TEST(instance_tells_why_it_cannot_log_in)
{
    struct op *op = kit_op();
    struct record r = record_at("a.example", "example", "1");

    fake_reset(NULL);
    fake_vendor.login = "not JSON: token-of-fake is no good";
    CHECK(!instance_add(op, instance_of(op, "fake", token), &r, 1));
    CHECK_FAILED(op, ERR_PROVIDER, "fake: not JSON: [hidden] is no good");
    CHECK_STR(fake_vendor.calls, "open;");
}

TEST(instance_asks_for_the_zone_once)
{
    struct op *op = kit_op();
    struct instance *i = instance_of(op, "fake", token);

    fake_reset(NULL);
    CHECK_STR(instance_zone(op, i, "_acme-challenge.example.com"), "example.com");
    CHECK_STR(instance_zone(op, i, "_acme-challenge.example.com"), "example.com");
    CHECK_STR(fake_vendor.calls, "open;zone;");
    CHECK(!instance_zone(op, i, "a.unknown") && op_ok(op));
    CHECK(!instance_zone(op, instance_of(op, "fake_batch", nothing), "a.example") && op_ok(op));
    CHECK(!instance_zone(op, i, "a.wrong"));
    CHECK_FAILED(op, ERR_PROVIDER, "a.wrong is not in the zone not.here");
}

TEST(instance_is_settled_where_the_provider_does_not_know)
{
    struct op *op = kit_op();
    struct record r = record_at("a.example", "example", "1");
    bool done = false;

    CHECK(instance_settled(op, instance_of(op, "fake", token), &r, 1, &done) && done);
}

TEST(txt_content_is_unquoted_as_vendors_write_it)
{
    static const char *const pairs[][2] = { { "abc", "abc" },
                                            { "\"abc\"", "abc" },
                                            { "\"ab\" \"c\"", "abc" },
                                            { "\"a\\\"b\\\\c\"", "a\"b\\c" },
                                            { "\"\\065\\066\"", "AB" },
                                            { "\"abc", "abc" },
                                            { "\"abc\\", "abc" },
                                            { "\"\"", "" },
                                            { "", "" } };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        CHECK_STR(txt_unquote(op, pairs[i][0]), pairs[i][1]);
    CHECK(!txt_unquote(op, NULL));
    CHECK(txt_is(op, "\"abc\"", "abc") && txt_is(op, "abc", "abc"));
    CHECK(!txt_is(op, "\"abcd\"", "abc") && !txt_is(op, NULL, "abc") && !txt_is(op, "abc", NULL));
}

TEST(txt_content_survives_quoting)
{
    struct op *op = kit_op();
    char big[601] = { 0 };

    CHECK_STR(txt_quote(op, "a\"b\\\x07"), "\"a\\\"b\\\\\\007\"");
    CHECK(!txt_quote(op, NULL));
    memset(big, 'x', 600);
    CHECK_STR(txt_unquote(op, txt_quote(op, big)), big);
    CHECK_INT(strlen(txt_quote(op, big)), 600 + 2 + 2 * 3);
}

TEST(names_have_parents)
{
    CHECK_STR(name_parent("a.example.com"), "example.com");
    CHECK(!name_parent("com"));
}
