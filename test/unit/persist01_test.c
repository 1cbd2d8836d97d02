/* dns-persist-01: what name servers show is looked at, before the CA does. */
#include "dns01/persist01.h"

#include "fake_dns.h"
#include "kit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NAME         "_validation-persist.example.com"
#define KID          "https://ca.example/acct/1"
#define GOOD         "ca.example; accounturi=" KID

/* The zone with two servers. */
#define ZONE                                                                                                 \
    { .name = "example.com", .type = DNS_SOA },                                                              \
        { .name = "example.com", .type = DNS_NS, .text = "ns1.test" },                                       \
        { .name = "example.com", .type = DNS_NS, .text = "ns2.test" },                                       \
        { .name = "ns1.test", .type = DNS_A, .text = "192.0.2.1" },                                          \
    {                                                                                                        \
        .name = "ns2.test", .type = DNS_A, .text = "192.0.2.2"                                               \
    }
#define TXT_AT(value, where)                                                                                 \
    {                                                                                                        \
        .name = NAME, .type = DNS_TXT, .text = (value), .server = (where)                                    \
    }

static struct challenge challenge(struct op *op, const char *name)
{
    struct challenge c = { .name = name, .base = text_starts(name, "*.") ? name + 2 : name };

    strings_add(op, &c.persist.issuers, "ca.example");
    c.persist.account = KID;
    return c;
}

/* `names` with blanks between. */
static bool publish(struct op *op, enum spread_mode mode, const char *names)
{
    struct persist01 persist01 = { .spread.mode = mode };
    struct solver *solver = persist01_solver(&persist01);
    struct strings list = text_split(op, names, " ");
    const struct challenge *challenges[4];
    struct challenge all[4];
    bool taken[4] = { false }, good;

    for (size_t i = 0; i < list.count; i++) {
        all[i] = challenge(op, list.at[i]);
        challenges[i] = &all[i];
    }
    good = solver->publish(solver, op, challenges, list.count, taken);
    for (size_t i = 0; good && i < list.count; i++)
        CHECK(taken[i]);
    CHECK_STR(solver->type_for(solver, "x"), "dns-persist-01");
    CHECK(!op_ok(op) || solver->withdraw(solver, op));
    return good;
}

TEST(persist01_finds_a_good_record)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT("v=spf1 -all", NULL),
                                          TXT_AT(GOOD "; policy=wildcard", NULL) };
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, rrs, COUNT(rrs));

    CHECK(publish(op, SPREAD_AUTHORITATIVE, "example.com *.example.com"));
    CHECK(kit_has(dns->asked, "TXT " NAME "@192.0.2.1;") && kit_has(dns->asked, "TXT " NAME "@192.0.2.2;"));
    CHECK(!kit_has(kit_logged(), "warning"));
    dns->asked[0] = 0;
    CHECK(publish(op, SPREAD_RESOLVER, "example.com"));
    CHECK(kit_has(dns->asked, "TXT " NAME ";") && !kit_has(dns->asked, "@"));
}

TEST(persist01_does_not_look_where_the_user_says_so)
{
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, NULL, 0);

    CHECK(publish(op, SPREAD_NONE, "example.com"));
    CHECK_INT(dns->questions, 0);
}

TEST(persist01_tells_what_to_publish)
{
    static const struct fake_rr rrs[] = { ZONE };
    struct op *op = kit_op();

    fake_dns(op, rrs, COUNT(rrs));
    CHECK(!publish(op, SPREAD_AUTHORITATIVE, "example.com *.example.com www.example.com"));
    CHECK_FAILED(op, ERR_PROVIDER,
                 "no record at " NAME
                 " is good for example.com: there is no record (says 192.0.2.1); nor is there "
                 "one for *.example.com, www.example.com");
    CHECK_STR(op->err.names, "*.example.com www.example.com example.com");
    CHECK(
        kit_has(op->err.hint, "mcacme persist publish -d '*.example.com' -d www.example.com -d example.com"));
    CHECK(kit_has(op->err.hint, NAME ". IN TXT \"" GOOD "; policy=wildcard\""));
}

TEST(persist01_refuses_what_a_ca_would_refuse)
{
    static const struct {
        const char *value, *words;
    } cases[] = { { GOOD, "lacks policy=wildcard" },
                  { GOOD "; policy=wildcard;", "malformed" },
                  { "ca.example; policy=wildcard", "no accounturi" },
                  { "ca.example; policy=wildcard; accounturi=https://ca.example/acct/2", "for the account" },
                  { GOOD "; policy=wildcard; persistUntil=1795478400", "ended 24 hours ago" },
                  { "b.example; policy=wildcard; accounturi=" KID, "for another CA" } };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct fake_rr rrs[] = { ZONE, TXT_AT(cases[i].value, NULL) };
        struct op *op = kit_op();

        fake_dns(op, rrs, COUNT(rrs));
        CHECK(!publish(op, SPREAD_AUTHORITATIVE, "*.example.com"));
        CHECK_FAILED(op, ERR_PROVIDER, cases[i].words);
    }
}

/* One that answers without it is one that the CA may ask. */
TEST(persist01_believes_the_worst_server)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT(GOOD, "192.0.2.1") };
    static const struct fake_server lame[] = { { "192.0.2.2", FAKE_LAME }, { 0 } };
    static const struct fake_server silent[] = { { "192.0.2.2", FAKE_SILENT }, { 0 } };
    static const struct fake_server both[] = { { "192.0.2.1", FAKE_SILENT },
                                               { "192.0.2.2", FAKE_LAME },
                                               { 0 } };
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, rrs, COUNT(rrs));

    CHECK(!publish(op, SPREAD_AUTHORITATIVE, "example.com"));
    CHECK_FAILED(op, ERR_PROVIDER, "there is no record (says 192.0.2.2)");
    op_recover(op);
    dns->servers = lame;
    CHECK(publish(op, SPREAD_AUTHORITATIVE, "example.com"));
    dns->servers = silent;
    CHECK(publish(op, SPREAD_AUTHORITATIVE, "example.com"));
    dns->servers = both;
    CHECK(!publish(op, SPREAD_AUTHORITATIVE, "example.com"));
    CHECK_FAILED(op, ERR_PROVIDER,
                 "no name server answers (192.0.2.1: no answer from 192.0.2.1; "
                 "192.0.2.2: is no authority for the zone)");
}

TEST(persist01_follows_cnames)
{
    static const struct fake_rr rrs[] = { { .name = "example.net", .type = DNS_SOA },
                                          { .name = NAME, .type = DNS_CNAME, .text = "here.example.net" },
                                          { .name = "here.example.net", .type = DNS_TXT, .text = GOOD } };
    struct op *op = kit_op();

    fake_dns(op, rrs, COUNT(rrs));
    CHECK(publish(op, SPREAD_AUTHORITATIVE, "example.com"));
}

TEST(persist01_warns_of_an_end_that_is_near)
{
    static const struct fake_rr rrs[] = { ZONE, TXT_AT(GOOD "; persistUntil=1796428800", NULL) };
    struct op *op = kit_op();

    fake_dns(op, rrs, COUNT(rrs));
    CHECK(publish(op, SPREAD_AUTHORITATIVE, "example.com"));
    CHECK(kit_has(kit_logged(), NAME " is good for another 10 days only"));
}

TEST(persist01_writes_lines_for_zone_files)
{
    struct op *op = kit_op();
    struct persist_record record = { .issuer = "ca.example", .account = KID };
    struct text account = text_begin(op->arena);

    CHECK_STR(persist_line(op, "example.com", &record), NAME ". IN TXT \"" GOOD "\"");
    text_add(&account, "%s/", KID);
    while (account.length < 300)
        text_char(&account, 'a');
    record.account = account.data;
    CHECK(kit_has(persist_line(op, "example.com", &record), "aaa\" \"aaa"));
}
