/* Sections [dns NAME]: several providers, and several accounts of one, in one certificate. */
#include "proofs.h"

#include "config/conf.h"
#include "config/credentials.h"
#include "disk.h"
#include "dns01/solve.h"
#include "fake_dns.h"
#include "fake_provider.h"

static struct conf *parse(struct op *op, const char *text)
{
    return conf_parse(op, text, here(op, "mcacme.conf"));
}

/* Two accounts of one provider, and another provider without a file of its own. */
static struct conf *three(struct op *op)
{
    disk_put(here(op, "one.txt"), "FAKE_Token=token-one\n", 0600);
    disk_put(here(op, "two.txt"), "FAKE_Token=token-two\n", 0600);
    disk_put(here(op, "rest.txt"), "SET_Url=https://panel.test\nSET_Key=key-of-panel\n", 0600);
    return parse(op, "[dns one]\nprovider = fake\nzones = example.com, example.net\ncredentials = one.txt\n"
                     "[dns two]\nprovider = dns_fk\nzones = example.org\nzones = sub.example.com\n"
                     "credentials = two.txt\n"
                     "[dns rest]\nprovider = fake_set\n");
}

static bool instances(struct op *op, const struct conf *conf, const char *dns, struct instance ***list,
                      size_t *count)
{
    struct settings settings = { 0 };

    for (struct strings words = text_split(op, dns, " "); words.count; words.at++, words.count--)
        settings_add(op, &settings, OPT_DNS, words.at[0]);
    settings_add(op, &settings, OPT_CREDENTIALS, here(op, "rest.txt"));
    return proofs_instances(op, &settings, conf, list, count);
}

TEST(sections_are_read)
{
    struct op *op = kit_op();
    struct conf *conf = three(op);

    CHECK_STR(conf_dns(conf, "one")->provider, "fake");
    CHECK_STR(conf_dns(conf, "one")->zones, "example.com, example.net");
    CHECK_STR(conf_dns(conf, "one")->credentials, here(op, "one.txt"));
    CHECK_STR(conf_dns(conf, "two")->zones, "example.org,sub.example.com");
    CHECK(!conf_dns(conf, "rest")->zones && !conf_dns(conf, "rest")->credentials);
    CHECK(!conf_dns(conf, "three") && !conf_dns(conf, "") && !conf_dns(NULL, "one"));
    CHECK(conf_section(conf, "dns", "one") != NULL);
}

TEST(sections_that_are_wrong)
{
    static const struct {
        const char *text, *words, *hint;
    } bad[] = {
        { "[dns a]\n", "line 1: [dns a] has no provider", NULL },
        { "\n[dns a]\nprovider =\n[ca b]\n", "line 2: [dns a] has no provider", NULL },
        { "[dns a]\nprovidr = x\n", "line 2: unknown key \"providr\" in a section [dns NAME]",
          "\"provider\"?" },
        { "[dns a]\nserver = x\n", "line 2: unknown key \"server\"", "provider, zones and credentials" },
        { "[dns a]\nprovider\n", "line 2: \"provider\" is no `key = value`", NULL },
        { "[dns a:b]\n", "line 1: a section is", NULL },
        { "[dns a]\nprovider = x\n[dns a]\n", "line 3: this section stands in the file twice", NULL },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();

        CHECK(!parse(op, bad[i].text));
        CHECK_FAILED(op, ERR_CONFIG, bad[i].words);
        CHECK(!bad[i].hint || strstr(op->err.hint, bad[i].hint));
    }
}

TEST(sections_become_instances)
{
    struct op *op = kit_op();
    struct instance **list;
    size_t count = 0;

    CHECK(instances(op, three(op), "one two rest fake_batch:example.info", &list, &count) && count == 4);
    CHECK_STR(list[0]->label, "one");
    CHECK_STR(list[0]->called, "fake");
    CHECK_STR(list[0]->credentials->source, here(op, "one.txt"));
    CHECK_STR(list[1]->called, "dns_fk");
    CHECK(list[0]->provider == list[1]->provider && list[0]->provider != list[2]->provider);
    CHECK_STR(list[2]->credentials->source, here(op, "rest.txt"));
    CHECK_STR(list[3]->label, "fake_batch");
    CHECK(instance_for(op, list, 4, "_acme-challenge.example.net") == list[0]);
    CHECK(instance_for(op, list, 4, "_acme-challenge.sub.example.com") == list[1]);
    CHECK(instance_for(op, list, 4, "_acme-challenge.notexample.com") == list[2]);
    CHECK(instance_for(op, list, 4, "_acme-challenge.example.info") == list[3]);
}

TEST(sections_other_zones_on_the_command_line)
{
    struct op *op = kit_op();
    struct instance **list;
    size_t count = 0;

    CHECK(instances(op, three(op), "one:example.edu", &list, &count));
    CHECK_STR(list[0]->label, "one");
    CHECK_STR(strings_join(op, &list[0]->zones, "|"), "example.edu");
}

/* A section may have a provider's name: it comes first. */
TEST(sections_hide_a_provider)
{
    struct op *op = kit_op();
    struct instance **list;
    size_t count = 0;

    three(op);
    CHECK(instances(op, parse(op, "[dns fake]\nprovider = fake_nozone\n"), "fake", &list, &count));
    CHECK_STR(list[0]->called, "fake_nozone");
}

TEST(sections_with_something_missing)
{
    static const struct {
        const char *text, *words;
        enum err_code code;
    } bad[] = { { "[dns a]\nprovider = fakke\n", "there is no DNS provider \"fakke\"", ERR_USAGE },
                { "[dns a]\nprovider = fake\ncredentials = none.txt\n", "none.txt", ERR_CONFIG },
                { "[dns a]\nprovider = fake\n", "a: a credential is missing: FAKE_Token", ERR_CONFIG },
                { "[dns a]\nprovider = fake_batch\nzones = ,\n", "\"a\" is given an empty list", ERR_USAGE },
                { "", "there is no DNS provider \"a\"", ERR_USAGE } };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();
        struct instance **list;
        size_t count = 0;

        three(op);
        CHECK(!instances(op, parse(op, bad[i].text), "a", &list, &count));
        CHECK_FAILED(op, bad[i].code, bad[i].words);
    }
}

/* The journal alone is enough to take the records away again, even when the section is no more. */
TEST(sections_in_the_journal)
{
    static const struct fake_rr zones[] = { { .name = "example.com", .type = DNS_SOA },
                                            { .name = "example.org", .type = DNS_SOA } };
    const struct challenge challenges[] = {
        { .name = "example.com", .base = "example.com", .label = CHALLENGE_LABEL, .value = "v1" },
        { .name = "example.org", .base = "example.org", .label = CHALLENGE_LABEL, .value = "v2" }
    };
    const struct challenge *wanted[] = { &challenges[0], &challenges[1] };
    struct op *op = kit_op();
    struct journal *journal = journal_open(op, disk_store(op), "example.com");
    struct dns01 dns01 = { .journal = journal, .spread.mode = SPREAD_NONE };
    struct instance *later[2];
    bool taken[2] = { false };

    fake_reset(NULL);
    fake_dns(op, zones, 2);
    CHECK(instances(op, three(op), "one two", &dns01.instances, &dns01.count));
    CHECK(dns01_solver(&dns01)->publish(&dns01.solver, op, wanted, 2, taken) && taken[0] && taken[1]);
    CHECK(fake_has("_acme-challenge.example.com", "v1") && fake_has("_acme-challenge.example.org", "v2"));

    journal = journal_open(op, disk_store(op), "example.com");
    CHECK_INT(journal->txt_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct journal_txt *txt = &journal->txts[i];

        CHECK_STR(txt->dns, i ? "two" : "one");
        CHECK_STR(txt->provider, i ? "dns_fk" : "fake");
        CHECK_STR(txt->credentials, here(op, i ? "two.txt" : "one.txt"));
        later[i] = instance_make(op, txt->dns, txt->provider, NULL, credentials_open(op, txt->credentials));
    }
    CHECK(dns01_withdraw(op, later, 2, journal) && journal_close(op, journal));
    CHECK_INT(fake_vendor.count, 0);
    CHECK(!disk_get(op, journal->path));
}
