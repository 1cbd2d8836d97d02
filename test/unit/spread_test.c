#include "dns01/spread.h"

#include "fake_dns.h"
#include "kit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NAME         "_acme-challenge.example.com"
#define MINUTE       60000

/* The zone, with two servers of which the second has two addresses; `rest` is a test's own. */
#define ZONE                                                                                                 \
    { .name = "example.com", .type = DNS_SOA },                                                              \
        { .name = "example.com", .type = DNS_NS, .text = "ns1.test" },                                       \
        { .name = "example.com", .type = DNS_NS, .text = "ns2.test" },                                       \
        { .name = "ns1.test", .type = DNS_A, .text = "192.0.2.1" },                                          \
        { .name = "ns2.test", .type = DNS_A, .text = "192.0.2.2" },                                          \
    {                                                                                                        \
        .name = "ns2.test", .type = DNS_AAAA, .text = "2001:db8::2"                                          \
    }
#define TXT_AT(where, when)                                                                                  \
    {                                                                                                        \
        .name = NAME, .type = DNS_TXT, .text = "v1", .server = (where), .after = (when)                      \
    }

static const struct spread_record record = { NAME, "example.com", "v1" };
static const struct spread_options usual = { .patience = 5 * MINUTE };

static struct fake_dns *dns_of(struct op *op, const struct fake_rr *rrs, size_t count,
                               const struct fake_server *servers)
{
    struct fake_dns *dns = fake_dns(op, rrs, count);

    dns->servers = servers;
    return dns;
}

/* Waits; returns how long. */
static int64_t wait_for(struct op *op, const struct spread_options *options,
                        const struct spread_record *records, size_t n)
{
    int64_t start = op_ticks(op);

    CHECK(spread_wait(op, options, records, n) == op_ok(op));
    return op_ticks(op) - start;
}

static size_t times(const char *text, const char *word)
{
    size_t count = 0;

    for (; (text = strstr(text, word)); text++)
        count++;
    return count;
}

TEST(spread_modes_as_they_are_written)
{
    static const struct {
        const char *text;
        enum spread_mode mode;
        int64_t seconds;
    } good[] = { { NULL, SPREAD_AUTHORITATIVE, 0 },  { "authoritative", SPREAD_AUTHORITATIVE, 0 },
                 { "resolver", SPREAD_RESOLVER, 0 }, { "none", SPREAD_NONE, 0 },
                 { "0", SPREAD_SECONDS, 0 },         { "90", SPREAD_SECONDS, 90 },
                 { "2m", SPREAD_SECONDS, 120 } };
    static const char *const bad[] = { "", "authoritativ", "Resolver", "-1", "5x", "1 m" };

    for (size_t i = 0; i < COUNT(good); i++) {
        struct spread_options options = { 0 };

        CHECK(spread_parse(kit_op(), good[i].text, &options));
        CHECK_INT(options.mode, good[i].mode);
        CHECK_INT(options.seconds, good[i].seconds);
    }
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct spread_options options = { 0 };
        struct op *op = kit_op();

        CHECK(!spread_parse(op, bad[i], &options));
        CHECK_FAILED(op, ERR_USAGE, "--propagation");
    }
}

TEST(spread_waits_until_every_server_has_the_record)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT("192.0.2.1", 0), TXT_AT("192.0.2.2", 3000),
                                          TXT_AT("2001:db8::2", 20000) };
    struct op *op = kit_op();
    struct fake_dns *dns = dns_of(op, rrs, COUNT(rrs), NULL);
    int64_t took = wait_for(op, &usual, &record, 1);

    CHECK(op_ok(op));
    CHECK(took >= 20000 && took < 27000);
    CHECK_INT(times(dns->asked, "TXT " NAME "@192.0.2.1;"), 1); /* seen once is seen */
    CHECK(times(dns->asked, "TXT " NAME "@2001:db8::2;") < 20); /* and nobody is pestered */
    CHECK_INT(times(dns->asked, "TXT " NAME ";"), 0);           /* the resolver's cache is not filled */
    CHECK_STR(kit_logged(), "");
}

TEST(spread_takes_one_round_when_all_is_there)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT(NULL, 0) };
    struct op *op = kit_op();
    struct fake_dns *dns = dns_of(op, rrs, COUNT(rrs), NULL);
    int64_t took = wait_for(op, &usual, &record, 1);

    CHECK(op_ok(op) && took < 100);
    CHECK_INT(dns->rounds, 3); /* name servers, addresses, records */
}

TEST(spread_other_values_at_the_name_do_not_count)
{
    static const struct fake_rr rrs[] = { ZONE,
                                          { .name = NAME, .type = DNS_TXT, .text = "v2" },
                                          { .name = NAME, .type = DNS_TXT, .text = "v1 " },
                                          TXT_AT(NULL, 10000) };
    struct op *op = kit_op();

    dns_of(op, rrs, COUNT(rrs), NULL);
    CHECK(wait_for(op, &usual, &record, 1) >= 10000 && op_ok(op));
}

TEST(spread_finds_the_zone_that_the_provider_did_not_need)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT(NULL, 0) };
    static const struct spread_record two[] = { { NAME, NULL, "v1" }, { NAME, "example.com", "v1" } };
    struct op *op = kit_op();
    struct fake_dns *dns = dns_of(op, rrs, COUNT(rrs), NULL);

    wait_for(op, &usual, two, 2);
    CHECK(op_ok(op));
    CHECK_INT(times(dns->asked, "SOA "), 1);
    CHECK_INT(times(dns->asked, "NS example.com;"), 1); /* one zone */
}

TEST(spread_forgives_a_silent_server_when_another_one_has_the_record)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT(NULL, 2000) };
    static const struct fake_server servers[] = { { "192.0.2.2", FAKE_SILENT }, { NULL, FAKE_GOOD } };
    struct op *op = kit_op();
    int64_t took;

    dns_of(op, rrs, COUNT(rrs), servers);
    took = wait_for(op, &usual, &record, 1);
    CHECK(op_ok(op) && took >= 2000 && took < MINUTE);
    CHECK(strstr(kit_logged(), "is of no use: 192.0.2.2: no answer from 192.0.2.2"));
}

TEST(spread_forgives_a_lame_server_as_well)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT(NULL, 0) };
    static const struct fake_server servers[] = { { "192.0.2.1", FAKE_LAME }, { NULL, FAKE_GOOD } };
    struct op *op = kit_op();
    int64_t took;

    dns_of(op, rrs, COUNT(rrs), servers);
    took = wait_for(op, &usual, &record, 1);
    CHECK(op_ok(op) && took < MINUTE);
    CHECK(strstr(kit_logged(), "192.0.2.1: is no authority"));
}

TEST(spread_does_not_forgive_servers_while_nobody_has_the_record)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT(NULL, 0) };
    static const struct fake_server servers[] = { { "192.0.2.1", FAKE_SILENT },
                                                  { "192.0.2.2", FAKE_SILENT },
                                                  { "2001:db8::2", FAKE_LAME },
                                                  { NULL, FAKE_GOOD } };
    struct op *op = kit_op();
    int64_t took;

    dns_of(op, rrs, COUNT(rrs), servers);
    took = wait_for(op, &usual, &record, 1);
    CHECK_FAILED(op, ERR_PROVIDER, "the TXT record " NAME " cannot be seen after 5 minutes");
    CHECK_FAILED(op, ERR_PROVIDER, "192.0.2.1: no answer from 192.0.2.1");
    CHECK_FAILED(op, ERR_PROVIDER, "2001:db8::2: is no authority");
    CHECK(took >= 5 * MINUTE && took < 5 * MINUTE + 6000);
}

TEST(spread_names_the_servers_that_never_have_it)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT("192.0.2.1", 0), TXT_AT("192.0.2.2", 0) };
    struct op *op = kit_op();

    dns_of(op, rrs, COUNT(rrs), NULL);
    wait_for(op, &usual, &record, 1);
    CHECK_FAILED(op, ERR_PROVIDER, "(2001:db8::2: has no such record)");
    CHECK(op->err.hint && strstr(op->err.hint, "--propagation"));
}

TEST(spread_shortens_the_list_of_those_that_lack_it)
{
    static const struct fake_rr rrs[] = { ZONE };
    struct spread_record many[100];
    struct op *op = kit_op();

    dns_of(op, rrs, COUNT(rrs), NULL);
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (struct spread_record){ op_text(op, "n%zu.example.com", i), "example.com", "v" };
    wait_for(op, &usual, many, COUNT(many));
    CHECK_FAILED(op, ERR_PROVIDER, "and 2"); /* hundreds more */
    CHECK(strlen(op->err.text) < 600);
}

TEST(spread_by_the_resolver_where_no_name_server_can_be_found)
{
    static const struct fake_rr rrs[] = { { .name = "example.com", .type = DNS_SOA }, TXT_AT(NULL, 4000) };
    static const struct spread_options private = { .patience = MINUTE, .private_resolver = true };
    struct op *op = kit_op();
    struct fake_dns *dns = dns_of(op, rrs, COUNT(rrs), NULL);

    CHECK(wait_for(op, &usual, &record, 1) >= 4000 && op_ok(op));
    CHECK(times(dns->asked, "TXT " NAME ";") > 1);
    CHECK(strstr(kit_logged(), "no name server of " NAME " can be found"));
    op = kit_op();
    dns_of(op, rrs, COUNT(rrs), NULL);
    dns->asked[0] = '\0';
    wait_for(op, &private, &record, 1);
    CHECK_INT(times(kit_logged(), "no name server"), 1); /* not told to who named the resolver */
}

TEST(spread_by_the_resolver_when_asked_for)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT(NULL, 1000) };
    static const struct spread_options resolver = { .mode = SPREAD_RESOLVER, .patience = MINUTE };
    struct op *op = kit_op();
    struct fake_dns *dns = dns_of(op, rrs, COUNT(rrs), NULL);

    CHECK(wait_for(op, &resolver, &record, 1) >= 1000 && op_ok(op));
    CHECK(!strstr(dns->asked, "@") && !strstr(dns->asked, "NS "));
    op = kit_op();
    dns_of(op, rrs, 1, NULL);
    wait_for(op, &resolver, &record, 1);
    CHECK_FAILED(op, ERR_PROVIDER, "(the resolver: has no such record)");
}

TEST(spread_for_a_time_asks_nobody)
{
    static const struct spread_options some = { .mode = SPREAD_SECONDS, .seconds = 90 };
    static const struct spread_options none = { .mode = SPREAD_NONE };
    struct op *op = kit_op();
    struct fake_dns *dns = dns_of(op, NULL, 0, NULL);

    CHECK_INT(wait_for(op, &some, &record, 1), 90000);
    CHECK_INT(wait_for(op, &none, &record, 1), 0);
    CHECK_INT(wait_for(op, &some, NULL, 0), 0); /* no records, nothing to wait for */
    CHECK_INT(wait_for(op, &usual, NULL, 0), 0);
    CHECK_INT(dns->questions, 0);
    CHECK(op_ok(op));
}

TEST(spread_ends_with_the_operation)
{
    static const struct fake_rr rrs[] = { ZONE };
    struct op *op = kit_op();
    int stop = 15;

    dns_of(op, rrs, COUNT(rrs), NULL);
    op->deadline = op_ticks(op) + 3000;
    wait_for(op, &usual, &record, 1);
    CHECK_FAILED(op, ERR_TIMEOUT, "waiting for the name servers");
    op = kit_op();
    op->world->stop = &stop;
    wait_for(op, &usual, &record, 1);
    CHECK_FAILED(op, ERR_STOPPED, NULL);
    op->world->stop = NULL;
}

/* A name server with thousands of addresses must not make us ask thousands of times. */
TEST(spread_asks_a_bounded_number_of_servers)
{
    struct fake_rr rrs[2 + 20 + 20 * 30];
    struct op *op = kit_op();
    struct fake_dns *dns;
    size_t n = 0;

    rrs[n++] = (struct fake_rr){ .name = "example.com", .type = DNS_SOA };
    for (int host = 0; host < 20; host++) {
        rrs[n++] =
            (struct fake_rr){ .name = "example.com", .type = DNS_NS, .text = op_text(op, "ns%d.test", host) };
        for (int i = 0; i < 30; i++)
            rrs[n++] = (struct fake_rr){ .name = op_text(op, "ns%d.test", host),
                                         .type = DNS_A,
                                         .text = op_text(op, "192.0.%d.%d", host, i) };
    }
    rrs[n++] = (struct fake_rr)TXT_AT(NULL, 0);
    dns = dns_of(op, rrs, n, NULL);
    wait_for(op, &usual, &record, 1);
    CHECK(op_ok(op));
    CHECK(dns->questions < 100);
}

static bool gone(const struct fake_rr *rrs, size_t count, const struct fake_server *servers)
{
    struct op *op = kit_op();

    dns_of(op, rrs, count, servers);
    return spread_gone(op, &record);
}

TEST(spread_gone_is_what_every_name_server_says)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT("192.0.2.2", 0) };
    static const struct fake_server silent[] = { { "192.0.2.1", FAKE_SILENT }, { NULL, FAKE_GOOD } };
    static const struct fake_server lame[] = { { "2001:db8::2", FAKE_LAME }, { NULL, FAKE_GOOD } };
    size_t without = COUNT(rrs) - 1;

    CHECK(gone(rrs, without, NULL));
    CHECK(!gone(rrs, COUNT(rrs), NULL));
    CHECK(!gone(rrs, without, silent));
    CHECK(!gone(rrs, without, lame));
    CHECK(!gone(rrs, 1, NULL)); /* nobody but the resolver: it may remember or forget what it likes */
    CHECK(!gone(rrs, 0, NULL));
}
