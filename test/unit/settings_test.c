#include "config/settings.h"

#include "base/json.h"
#include "kit.h"

TEST(settings_hold_the_last_value)
{
    struct op *op = kit_op();
    struct settings s = { 0 };

    CHECK(!setting(&s, OPT_SERVER));
    settings_add(op, &s, OPT_SERVER, "zerossl");
    settings_add(op, &s, OPT_SERVER, "google");
    CHECK_STR(setting(&s, OPT_SERVER), "google");
    CHECK_INT(s.at[OPT_SERVER].count, 1);
}

TEST(settings_lists)
{
    struct op *op = kit_op();
    struct settings s = { 0 };

    settings_add(op, &s, OPT_DOMAIN, " a.example ,,b.example,");
    settings_add(op, &s, OPT_DOMAIN, "c.example");
    settings_add(op, &s, OPT_DOMAIN, ",");
    CHECK_STR(strings_join(op, &s.at[OPT_DOMAIN], "|"), "a.example|b.example|c.example");
    settings_add(op, &s, OPT_DNS, "cloudflare:a.example,b.example"); /* these commas belong to the value */
    settings_add(op, &s, OPT_DNS, "hetzner");
    CHECK_STR(strings_join(op, &s.at[OPT_DNS], "|"), "cloudflare:a.example,b.example|hetzner");
}

TEST(settings_switches)
{
    static const char *const on[] = { "yes", "YES", "true", "on", "1" }, *const off[] = { "no", "False",
                                                                                          "OFF", "0" };
    struct op *op = kit_op();
    struct settings s = { 0 };
    bool value = false;

    CHECK(!setting_on(&s, OPT_STAGING));
    settings_add(op, &s, OPT_STAGING, NULL);
    CHECK(setting_on(&s, OPT_STAGING));
    for (size_t i = 0; i < sizeof on / sizeof *on; i++)
        CHECK(switch_read(on[i], &value) && value);
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        CHECK(switch_read(off[i], &value) && !value);
    CHECK(!switch_read("", &value) && !switch_read("y e s", &value) && !switch_read("2", &value));
    settings_add(op, &s, OPT_STAGING, "no");
    CHECK(!setting_on(&s, OPT_STAGING));
}

TEST(settings_durations)
{
    struct op *op = kit_op();
    struct settings s = { 0 };

    CHECK_INT(setting_seconds(op, &s, OPT_JITTER, 7), 7);
    settings_add(op, &s, OPT_JITTER, "10m");
    CHECK_INT(setting_seconds(op, &s, OPT_JITTER, 7), 600);
    settings_add(op, &s, OPT_JITTER, "ten minutes");
    CHECK_INT(setting_seconds(op, &s, OPT_JITTER, 7), 7);
    CHECK_FAILED(op, ERR_USAGE, "--jitter ten minutes is not a duration");
    CHECK(kit_has(op->err.hint, "90s"));
}

TEST(settings_of_stronger_layers_stay)
{
    struct op *op = kit_op();
    struct settings strong = { 0 }, weak = { 0 };

    settings_add(op, &strong, OPT_DOMAIN, "a.example");
    settings_add(op, &weak, OPT_DOMAIN, "b.example,c.example");
    settings_add(op, &weak, OPT_PROFILE, "tls");
    settings_add(op, &weak, OPT_JITTER, "5m");
    settings_default(op, &strong, &weak, OPT_SAVED);
    CHECK_STR(strings_join(op, &strong.at[OPT_DOMAIN], "|"), "a.example");
    CHECK_STR(setting(&strong, OPT_PROFILE), "tls");
    CHECK(!setting(&strong, OPT_JITTER)); /* is not saved */
    settings_default(op, &strong, &weak, 0);
    CHECK_STR(setting(&strong, OPT_JITTER), "5m");
    CHECK_STR(strings_join(op, &weak.at[OPT_DOMAIN], "|"), "b.example|c.example");
}

TEST(a_later_word_on_the_key_drops_the_saved_one)
{
    struct op *op = kit_op();
    struct settings strong = { 0 }, off = { 0 }, weak = { 0 };

    settings_add(op, &weak, OPT_NEW_KEY, NULL);
    settings_add(op, &strong, OPT_REUSE_KEY, NULL);
    settings_default(op, &strong, &weak, 0);
    CHECK(setting_on(&strong, OPT_REUSE_KEY) && !setting(&strong, OPT_NEW_KEY));
    settings_add(op, &off, OPT_REUSE_KEY, "no"); /* chooses nothing */
    settings_default(op, &off, &weak, 0);
    CHECK(setting_on(&off, OPT_NEW_KEY));
}

TEST(settings_round_trip)
{
    struct op *op = kit_op();
    struct settings before = { 0 }, after = { 0 };
    struct text out = text_begin(op->arena);

    settings_add(op, &before, OPT_DNS, "cloudflare:a.example,b.example");
    settings_add(op, &before, OPT_DEPLOY_HOOK, "echo \"a\" 'b' \\ > /dev/null; x=$y");
    settings_add(op, &before, OPT_NEW_KEY, "no");
    settings_add(op, &before, OPT_JITTER, "5m");
    json_open(&out, NULL, '{');
    settings_write(&out, &before);
    json_close(&out, '}');
    CHECK(settings_read(op, json_parse(op, out.data, out.length), &after));
    CHECK_STR(strings_join(op, &after.at[OPT_DNS], "|"), "cloudflare:a.example,b.example");
    CHECK_STR(setting(&after, OPT_DEPLOY_HOOK), "echo \"a\" 'b' \\ > /dev/null; x=$y");
    CHECK_STR(setting(&after, OPT_NEW_KEY), "no");
    CHECK(!setting(&after, OPT_JITTER));
}

TEST(settings_of_the_wrong_type)
{
    static const char *const bad[] = { "{\"domain\":5}", "{\"domain\":[5]}", "{\"profile\":{}}",
                                       "{\"email\":true}", "{\"dns\":[]}" };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *child = op_child(op);
        struct settings s = { 0 };

        CHECK(!settings_read(child, json_parse(child, bad[i], strlen(bad[i])), &s));
        CHECK_FAILED(child, ERR_UNTRUSTED, "string");
        op_end(child);
    }
}

TEST(settings_table_is_consistent)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *o = &option_table[i];

        CHECK_INT(option_find(o->name), i); /* no name twice */
        CHECK(strspn(o->name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(o->name));
        CHECK(o->commands && *o->help && !(o->flags & OPT_LIST && o->flags & OPT_REPEAT));
        CHECK(!(o->flags & OPT_SAVED && o->flags & OPT_CLI_ONLY));
        CHECK(o->argument || !(o->flags & (OPT_LIST | OPT_PATH)));
        for (size_t j = 0; o->letter && j < i; j++)
            CHECK(option_table[j].letter != o->letter || !(option_table[j].commands & o->commands));
    }
    CHECK_INT(option_find("nonsense"), OPTION_COUNT);
    CHECK_INT(option_find(""), OPTION_COUNT);
}

TEST(settings_nearest_option)
{
    struct op *op = kit_op();

    CHECK_STR(option_nearest(op, "domian", FOR_ISSUE), "domain");
    CHECK(!option_nearest(op, "domian", FOR_LIST));
    CHECK(!option_nearest(op, "qqqqqqqqqqqqqqqq", FOR_ISSUE));
}
