#include "check/delegation.h"
#include "check/dns.h"
#include "check/watch.h"
#include "fake_dns.h"
#include "kit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct finding *find(const struct findings *findings, enum finding_code code)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->at[i].code == code)
            return &findings->at[i];
    return NULL;
}

static size_t count(const struct findings *findings, enum finding_code code)
{
    size_t n = 0;

    for (size_t i = 0; i < findings->count; i++)
        n += findings->at[i].code == code;
    return n;
}

/* ---- name servers ---- */

static const struct fake_rr zone[] = {
    { .name = "example.com", .type = DNS_SOA },
    { .name = "example.com", .type = DNS_NS, .text = "ns1.example.net" },
    { .name = "example.com", .type = DNS_NS, .text = "ns2.example.net" },
    { .name = "example.com", .type = DNS_NS, .text = "ns3.example.net" },
    { .name = "ns1.example.net", .type = DNS_A, .text = "192.0.2.1" },
    { .name = "ns1.example.net", .type = DNS_AAAA, .text = "2001:db8::1" },
    { .name = "ns2.example.net", .type = DNS_A, .text = "192.0.2.2" },
    { .name = "_acme-challenge.example.com", .type = DNS_TXT, .text = "v", .server = "192.0.2.1" },
    { .name = "_acme-challenge.example.com",
      .type = DNS_TXT,
      .text = "v",
      .server = "192.0.2.2",
      .after = 3000 },
};

TEST(check_name_servers_one_by_one)
{
    static const struct fake_server servers[] = { { "2001:db8::1", FAKE_SILENT },
                                                  { "192.0.2.2", FAKE_LAME },
                                                  { NULL, FAKE_GOOD } };
    struct op *op = kit_op();
    struct nameservers ns = { .zone = "example.com" };

    fake_dns(op, zone, COUNT(zone))->servers = servers;
    CHECK(nameservers_look(op, &ns));
    CHECK_INT(ns.count, 4);
    CHECK_INT(ns.good, 1);
    CHECK_INT(ns.at[0].state, NAMESERVER_GOOD);
    CHECK_STR(nameserver_title(op, &ns.at[0]), "ns1.example.net (192.0.2.1)");
    CHECK_INT(ns.at[1].state, NAMESERVER_SILENT);
    CHECK_INT(ns.at[2].state, NAMESERVER_LAME);
    CHECK_INT(ns.at[3].state, NAMESERVER_UNKNOWN);
    CHECK_STR(nameserver_title(op, &ns.at[3]), "ns3.example.net");
    CHECK(!ns.dnssec_broken);
}

/* ---- the parent ---- */

static const struct fake_rr parent[] = {
    { .name = "com", .type = DNS_SOA },
    { .name = "com", .type = DNS_NS, .text = "a.gtld.test" },
    { .name = "a.gtld.test", .type = DNS_A, .text = "192.0.2.9" },
    { .name = "example.com", .type = DNS_SOA },
    { .name = "example.com", .type = DNS_NS, .text = "ns1.example.net", .server = "192.0.2.9" },
    { .name = "example.com", .type = DNS_NS, .text = "ns9.example.net", .server = "192.0.2.9" },
    { .name = "a.b.co", .type = DNS_SOA },
    { .name = "co", .type = DNS_SOA },
    { .name = "co", .type = DNS_NS, .text = "a.gtld.test" },
};

static struct delegation delegation(const char *name, const char *cut, const struct fake_server *servers)
{
    struct op *op = kit_op();
    struct delegation d = { .zone = name };
    struct fake_dns *dns = fake_dns(op, parent, COUNT(parent));

    dns->cut = cut;
    dns->servers = servers;
    CHECK(delegation_look(op, &d));
    return d;
}

TEST(check_what_the_parent_says)
{
    struct delegation d = delegation("example.com", "example.com@192.0.2.9", NULL);

    CHECK_INT(d.state, DELEGATION_KNOWN);
    CHECK_STR(d.parent, "com");
    CHECK_STR(strings_join(kit_op(), &d.hosts, " "), "ns1.example.net ns9.example.net");
}

/* Between zone and parent there may be names that are no zones. */
TEST(check_a_zone_that_the_parent_does_not_know)
{
    struct delegation d = delegation("a.b.co", NULL, NULL);

    CHECK_STR(d.parent, "co");
    CHECK_INT(d.state, DELEGATION_NONE);
}

TEST(check_parents_that_cannot_be_asked)
{
    static const struct fake_server silent[] = { { "192.0.2.9", FAKE_SILENT }, { NULL, FAKE_GOOD } };
    static const struct fake_server deaf[] = { { NULL, FAKE_SILENT }, { "x", FAKE_GOOD } };

    CHECK_INT(delegation("example.com", "example.com@192.0.2.9", silent).state, DELEGATION_UNKNOWN);
    CHECK_INT(delegation("example.com", NULL, deaf).state, DELEGATION_UNKNOWN);
    CHECK_INT(delegation("example.org", NULL, NULL).state,
              DELEGATION_UNKNOWN); /* its parent has no servers */
    CHECK_INT(delegation("com", NULL, NULL).state, DELEGATION_UNKNOWN);
    /* It serves both, so that what it says is the zone's own word. */
    CHECK_INT(delegation("example.com", NULL, NULL).state, DELEGATION_UNKNOWN);
}

/* A resolver in front of the zones that spoils some questions. */
struct spoiler {
    struct resolver door;
    struct resolver *inner;
    bool validates; /* and what it gets does not validate */
    bool no_tcp;
    bool no_route;
};

static void spoil(const struct spoiler *spoiler, struct dns_query *query)
{
    const char *failure = NULL;

    if (spoiler->validates && !query->servers && !query->unchecked)
        failure = "SERVFAIL from 192.0.2.53";
    if (spoiler->no_tcp && query->tcp_only)
        failure = "no answer from 192.0.2.1: Connection refused";
    if (spoiler->no_route && query->servers)
        failure = "cannot reach 192.0.2.1: Network is unreachable";
    if (failure) {
        query->answered = false;
        query->failure = failure;
        query->answer = (struct dns_message){ 0 };
    }
}

static bool run_spoiled(struct resolver *resolver, struct op *op, struct dns_query *queries, size_t n)
{
    const struct spoiler *spoiler = (const struct spoiler *)resolver;

    TRY(spoiler->inner->run(spoiler->inner, op, queries, n));
    for (size_t i = 0; i < n; i++)
        spoil(spoiler, &queries[i]);
    return true;
}

static struct nameservers look_spoiled(struct op *op, struct spoiler *spoiler)
{
    struct nameservers ns = { .zone = "example.com" };

    spoiler->inner = &fake_dns(op, zone, COUNT(zone))->resolver;
    spoiler->door.run = run_spoiled;
    op->world->resolver = &spoiler->door;
    CHECK(nameservers_look(op, &ns));
    return ns;
}

TEST(check_dnssec_that_fails)
{
    struct op *op = kit_op();
    struct spoiler spoiler = { .validates = true };
    struct nameservers ns = look_spoiled(op, &spoiler);

    CHECK(ns.dnssec_broken);
    CHECK_STR(ns.resolver_failure, "SERVFAIL from 192.0.2.53");
    CHECK_INT(ns.good, 3); /* they are found all the same */
}

TEST(check_name_servers_without_tcp)
{
    struct op *op = kit_op();
    struct spoiler spoiler = { .no_tcp = true };
    struct nameservers ns = look_spoiled(op, &spoiler);

    CHECK_INT(ns.at[0].state, NAMESERVER_GOOD);
    CHECK_STR(ns.at[0].tcp_failure, "no answer from 192.0.2.1: Connection refused");
}

TEST(check_name_servers_out_of_reach)
{
    struct op *op = kit_op();
    struct spoiler spoiler = { .no_route = true };
    struct nameservers ns = look_spoiled(op, &spoiler);

    CHECK_INT(ns.at[0].state, NAMESERVER_NO_ROUTE);
    CHECK_INT(ns.good, 0);
}

static struct findings check_zone(struct op *op, struct spoiler *spoiler, const char *alias)
{
    struct findings findings = { .op = op };
    struct check check = { .op = op, .findings = &findings, .cert = "example.com" };

    look_spoiled(op, spoiler);
    strings_add(op, &check.policy.names, "example.com");
    strings_add(op, &check.policy.names, "*.example.com");
    strings_add(op, &check.policy.names, "192.0.2.7");
    check.policy.domain_alias = alias;
    check.policy.challenge_type = "dns-01";
    check_dns(&check);
    CHECK(op_ok(op));
    return findings;
}

TEST(check_dns_tells_what_it_found)
{
    struct op *op = kit_op();
    struct spoiler good = { 0 }, no_tcp = { .no_tcp = true }, no_route = { .no_route = true };
    struct findings findings = check_zone(op, &good, NULL);

    CHECK_INT(findings.count, 2);
    CHECK_STR(find(&findings, CHECK_ZONE_FOUND)->subject, "_acme-challenge.example.com");
    CHECK_INT(count(&findings, CHECK_SERVER_UNKNOWN), 1);
    findings = check_zone(op, &no_tcp, NULL);
    CHECK_INT(count(&findings, CHECK_SERVER_NO_TCP), 3);
    findings = check_zone(op, &no_route, NULL);
    CHECK_INT(count(&findings, CHECK_SERVER_NO_ROUTE), 3);
    CHECK_INT(count(&findings, CHECK_SERVERS_DEAD), 1);
    CHECK_INT(findings_status(&findings), ERR_PROVIDER);
    findings = check_zone(op, &good, "alias.example.org");
    CHECK_STR(find(&findings, CHECK_ZONE_MISSING)->subject, "alias.example.org");
}

/* ---- a record's way ---- */

static struct watch watch(struct op *op, bool there, const char *value, int64_t patience)
{
    struct nameservers *ns = op_new(op, struct nameservers);
    struct watch watch = { .fqdn = "_acme-challenge.example.com", .value = value, .servers = ns };

    ns->zone = "example.com";
    fake_dns(op, zone, COUNT(zone));
    CHECK(nameservers_look(op, ns));
    watch.began = op_ticks(op);
    CHECK(watch_record(op, &watch, there, patience));
    return watch;
}

TEST(check_watches_each_server)
{
    struct op *op = kit_op();
    struct watch w = watch(op, true, "v", 2000);

    CHECK(!w.done);
    CHECK_INT(w.count, 3);
    CHECK(w.sights[0].done && !w.sights[1].done && !w.sights[2].done);
    CHECK_STR(watch_done(op, &w), "ns1.example.net (192.0.2.1) after 0.0 s");
    CHECK_STR(watch_missing(op, &w, "none"),
              "ns1.example.net (2001:db8::1) (none), ns2.example.net (192.0.2.2) (none)");
    w = watch(op, true, "v", 5000);
    CHECK(w.sights[2].done);
    CHECK(w.sights[2].millis >= 2500 && w.sights[2].millis < 5000);
}

TEST(check_watches_a_record_go)
{
    struct op *op = kit_op();
    struct watch w = watch(op, false, "v", 500);

    CHECK(!w.done);
    CHECK(!w.sights[0].done && w.sights[1].done);
    w = watch(op, false, "another", 500);
    CHECK(w.done);
    CHECK_INT(w.sights[0].millis / 100, 0);
}

TEST(check_watches_through_the_resolver_where_no_server_is_good)
{
    struct op *op = kit_op();
    struct watch w = { .fqdn = "_acme-challenge.example.com", .value = "v", .began = op_ticks(op) };

    fake_dns(op, zone, COUNT(zone));
    CHECK(watch_record(op, &w, true, 500));
    CHECK_STR(watch_missing(op, &w, "none"), "the resolver (none)");
}
