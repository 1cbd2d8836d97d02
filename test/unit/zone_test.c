#include "dns01/zone.h"

#include "fake_dns.h"
#include "kit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ASKED        "_acme-challenge.www.example.com"

static struct place find(struct op *op, const char *name)
{
    struct place place = { .asked = name };

    places_find(op, &place, 1);
    return place;
}

static void check_place(const struct place *place, const char *fqdn, const char *zone)
{
    CHECK_STR(place->fqdn, fqdn);
    CHECK_STR(place->zone, zone);
}

TEST(zone_is_cut_by_the_soa_in_the_authority_section)
{
    static const struct fake_rr rrs[] = { { .name = "com", .type = DNS_SOA },
                                          { .name = "example.com", .type = DNS_SOA } };
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, rrs, COUNT(rrs));
    struct place place = find(op, ASKED);

    check_place(&place, ASKED, "example.com");
    CHECK_STR(dns->asked, "SOA " ASKED ";");
}

TEST(zone_is_cut_by_the_soa_in_the_answer_section)
{
    static const struct fake_rr rrs[] = { { .name = "example.com", .type = DNS_SOA },
                                          { .name = ASKED, .type = DNS_SOA } };
    struct op *op = kit_op();
    struct place place;

    fake_dns(op, rrs, COUNT(rrs));
    place = find(op, ASKED);
    check_place(&place, ASKED, ASKED);
    place = find(op, "_acme-challenge.notexample.com"); /* labels, not letters */
    check_place(&place, "_acme-challenge.notexample.com", NULL);
    CHECK_STR(place.failure, "the answer names no zone");
}

static const struct fake_rr chain[] = {
    { .name = ASKED, .type = DNS_CNAME, .text = "a.example.net" },
    { .name = "a.example.net", .type = DNS_CNAME, .text = "b.acme.example.org" },
    { .name = "example.com", .type = DNS_SOA },
    { .name = "example.net", .type = DNS_SOA },
    { .name = "example.org", .type = DNS_SOA },
    { .name = "acme.example.org", .type = DNS_SOA },
};

TEST(zone_cnames_are_followed_inside_an_answer)
{
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, chain, COUNT(chain));
    struct place place = find(op, ASKED);

    check_place(&place, "b.acme.example.org", "acme.example.org");
    CHECK_INT(dns->questions, 1);
}

TEST(zone_cnames_are_followed_over_several_answers)
{
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, chain, COUNT(chain));
    struct place place;

    dns->one_hop = true;
    place = find(op, ASKED);
    check_place(&place, "b.acme.example.org", "acme.example.org");
    CHECK_STR(dns->asked, "SOA " ASKED ";SOA a.example.net;SOA b.acme.example.org;");
}

TEST(zone_at_the_end_of_cnames_is_found_although_something_is_there)
{
    static const struct fake_rr rrs[] = { { .name = ASKED, .type = DNS_CNAME, .text = "t.example.net" },
                                          { .name = "t.example.net", .type = DNS_TXT, .text = "an old one" },
                                          { .name = "example.net", .type = DNS_SOA } };
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, rrs, COUNT(rrs));
    struct place place;

    dns->one_hop = true;
    place = find(op, ASKED);
    check_place(&place, "t.example.net", "example.net");
}

/* Where CNAMEs lead from n0: n1, n2 ... */
static void make_chain(struct op *op, struct fake_rr *rrs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        rrs[i] = (struct fake_rr){ .name = op_text(op, "n%zu.test", i),
                                   .type = DNS_CNAME,
                                   .text = op_text(op, "n%zu.test", i + 1) };
    rrs[n] = (struct fake_rr){ .name = "test", .type = DNS_SOA };
}

TEST(zone_follows_so_many_cnames_and_no_more)
{
    struct fake_rr rrs[ZONE_MOST_CNAMES + 2];

    for (unsigned one_hop = 0; one_hop < 2; one_hop++) {
        struct op *op = kit_op(), *more = kit_op();
        struct place place;

        make_chain(op, rrs, ZONE_MOST_CNAMES);
        fake_dns(op, rrs, ZONE_MOST_CNAMES + 1)->one_hop = one_hop;
        place = find(op, "n0.test");
        check_place(&place, "n8.test", "test");
        CHECK(op_ok(op));
        make_chain(more, rrs, ZONE_MOST_CNAMES + 1);
        fake_dns(more, rrs, ZONE_MOST_CNAMES + 2)->one_hop = one_hop;
        find(more, "n0.test");
        CHECK_FAILED(more, ERR_PROVIDER, "more than 8 CNAMEs, or a loop of them");
    }
}

TEST(zone_loops_of_cnames_are_refused)
{
    static const struct fake_rr loop[] = { { .name = "a.test", .type = DNS_CNAME, .text = "b.test" },
                                           { .name = "b.test", .type = DNS_CNAME, .text = "a.test" },
                                           { .name = "self.test", .type = DNS_CNAME, .text = "self.test" } };
    static const char *const names[] = { "a.test", "b.test", "self.test" };

    for (unsigned i = 0; i < 6; i++) {
        struct op *op = kit_op();
        struct fake_dns *dns = fake_dns(op, loop, COUNT(loop));

        dns->one_hop = i % 2;
        find(op, names[i / 2]);
        CHECK_FAILED(op, ERR_PROVIDER, "a loop of them");
        CHECK(dns->questions <= ZONE_MOST_CNAMES + 1);
    }
}

TEST(zone_of_somebody_else_is_not_believed)
{
    static const struct fake_rr rrs[] = {
        { .name = FAKE_EVERYWHERE, .type = DNS_SOA, .text = "victim.test" },
        { .name = FAKE_EVERYWHERE, .type = DNS_SOA, .text = "ample.com" },
        { .name = FAKE_EVERYWHERE, .type = DNS_SOA, .text = "x." ASKED },
        { .name = FAKE_EVERYWHERE, .type = DNS_SOA, .text = "" },
        { .name = FAKE_EVERYWHERE, .type = DNS_CNAME, .text = "www.example.com" },
        { .name = "example.com", .type = DNS_SOA }
    };
    static const struct fake_server evil[] = { { NULL, FAKE_EVIL }, { NULL, FAKE_GOOD } };
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, rrs, COUNT(rrs));
    struct place place;

    dns->servers = evil;
    place = find(op, ASKED);
    check_place(&place, ASKED, "example.com");
    dns->count--; /* without the true one */
    place = find(op, ASKED);
    check_place(&place, ASKED, NULL);
    CHECK(op_ok(op));
}

TEST(zone_servers_that_know_no_soa_are_asked_for_txt)
{
    static const struct fake_server simple[] = { { NULL, FAKE_NO_SOA }, { NULL, FAKE_GOOD } };
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, chain, 2); /* CNAMEs only */
    struct place place;

    dns->servers = simple;
    place = find(op, ASKED);
    check_place(&place, "b.acme.example.org", NULL);
    CHECK_STR(place.failure, "NOTIMP from the fake");
    CHECK(text_starts(dns->asked, "SOA " ASKED ";TXT " ASKED ";"));
    CHECK(op_ok(op));
}

TEST(zone_servers_that_answer_nothing_are_given_up)
{
    static const struct fake_server silent[] = { { NULL, FAKE_SILENT }, { NULL, FAKE_GOOD } };
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, chain, COUNT(chain));
    struct place place;

    dns->servers = silent;
    place = find(op, ASKED);
    check_place(&place, ASKED, NULL);
    CHECK_STR(place.failure, "no answer from the fake");
    CHECK_STR(dns->asked, "SOA " ASKED ";TXT " ASKED ";");
    CHECK(op_ok(op));
}

TEST(zone_many_names_are_asked_for_in_one_round)
{
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, chain, COUNT(chain));
    struct place places[] = { { .asked = ASKED }, { .asked = "x.example.net" }, { .asked = "x.elsewhere" } };

    CHECK(places_find(op, places, 3));
    check_place(&places[0], "b.acme.example.org", "acme.example.org");
    check_place(&places[1], "x.example.net", "example.net");
    check_place(&places[2], "x.elsewhere", NULL);
    CHECK_INT(dns->rounds, 1);
    CHECK(places_find(op, NULL, 0));
    CHECK_INT(dns->rounds, 1);
}

TEST(zone_search_ends_when_the_time_is_over)
{
    struct op *op = kit_op();

    fake_dns(op, chain, COUNT(chain));
    op->deadline = op_ticks(op) + 5;
    find(op, ASKED);
    CHECK_FAILED(op, ERR_TIMEOUT, NULL);
}
