#include "base/clock.h"
#include "dns_server.h"
#include "kit.h"
#include "net/update.h"

#define ZONE "example.test"
#define NAME "_acme-challenge.www.example.test"

static const struct update_record records[] = { { NAME, "one", 60 },
                                                { "_acme-challenge.example.test", "two", 90 } };

static struct update_server at(struct op *op, const struct server *s)
{
    struct update_server server = { .host = "ns1" };

    strings_add(op, &server.addresses, s->address);
    return server;
}

static const struct tsig_key *key(struct op *op)
{
    struct tsig_key *k = op_new(op, struct tsig_key);

    CHECK(tsig_parse(op, "hmac-sha256:tester:c2VjcmV0LXNlY3JldC1zZWNyZXQ=", "the test", k));
    return k;
}

/* ---- ways to answer; the server's thread has operations of its own ---- */

static void reply(struct server *s, unsigned flags, int rcode, void (*fill)(struct dns_writer *w))
{
    struct world world = { .clock = clock_system() };
    struct op *op = op_begin(&world);
    struct dns_message m;
    struct dns_writer w;

    if (dns_decode(op, (struct bytes){ s->question, s->length }, &m)) {
        w = dns_write(op, 4096, m.id, DNS_FLAG_QR | flags, m.opcode, rcode);
        dns_put_question(&w, m.question.name, m.question.type, DNS_IN);
        if (fill)
            fill(&w);
        say(s, w.at, w.length);
    }
    op_end(op);
}

static void content(struct server *s)
{
    reply(s, 0, DNS_NOERROR, NULL);
}

static void refuses(struct server *s)
{
    reply(s, 0, DNS_REFUSED, NULL);
}

static void not_authoritative(struct server *s)
{
    reply(s, 0, DNS_NOTAUTH, NULL);
}

static void knows_no_update(struct server *s)
{
    reply(s, 0, DNS_NOTIMP, NULL);
}

static void fails(struct server *s)
{
    reply(s, 0, DNS_SERVFAIL, NULL);
}

static bool asks_for(const struct server *s, int type)
{
    return s->question[s->length - 4] == 0 && s->question[s->length - 3] == type;
}

static void put_soa(struct dns_writer *w, int section, const char *zone)
{
    dns_put_rr(w, section, zone, DNS_SOA, DNS_IN, 60, dns_rdata_soa(w->op, "ns1", "root", 1, 60));
}

static void fill_soa(struct dns_writer *w)
{
    put_soa(w, 1, ZONE);
}

static void fill_negative(struct dns_writer *w)
{
    put_soa(w, 2, ZONE);
}

static void fill_foreign(struct dns_writer *w)
{
    put_soa(w, 2, "other.test");
}

static void fill_cname(struct dns_writer *w)
{
    dns_put_rr(w, 1, NAME, DNS_CNAME, DNS_IN, 60, dns_rdata_name(w->op, "x.other.test"));
    put_soa(w, 2, "other.test");
}

static void fill_referral(struct dns_writer *w)
{
    dns_put_rr(w, 2, "www.example.test", DNS_NS, DNS_IN, 60, dns_rdata_name(w->op, "ns.elsewhere.test"));
}

static void has_nothing_there(struct server *s)
{
    reply(s, DNS_FLAG_AA, DNS_NXDOMAIN, fill_negative);
}

static void has_the_soa(struct server *s)
{
    reply(s, DNS_FLAG_AA, DNS_NOERROR, fill_soa);
}

static void has_no_authority(struct server *s)
{
    reply(s, 0, DNS_NOERROR, fill_soa);
}

static void has_another_zone(struct server *s)
{
    reply(s, DNS_FLAG_AA, DNS_NXDOMAIN, fill_foreign);
}

static void delegates(struct server *s)
{
    reply(s, 0, DNS_NOERROR, fill_referral);
}

/* A CNAME at NAME; nothing above it. */
static void has_a_cname(struct server *s)
{
    bool first = s->asked_udp == 1;

    reply(s, DNS_FLAG_AA, first ? DNS_NOERROR : DNS_NXDOMAIN, first ? fill_cname : fill_negative);
}

/* YXRRSET to the update, then the CNAME to who asks for it. */
static void has_a_cname_in_the_way(struct server *s)
{
    bool asked = asks_for(s, DNS_CNAME);

    reply(s, DNS_FLAG_AA, asked ? DNS_NOERROR : 7, asked ? fill_cname : NULL);
}

static void claims_a_cname(struct server *s)
{
    reply(s, DNS_FLAG_AA, asks_for(s, DNS_CNAME) ? DNS_NXDOMAIN : 7, NULL);
}

static void wants_tcp(struct server *s)
{
    reply(s, s->over_tcp ? 0 : DNS_FLAG_TC, DNS_NOERROR, NULL);
}

static void babbles(struct server *s)
{
    uint8_t packet[20] = { s->question[0], s->question[1], 0xa8, 0, 0xff, 0xff, 0xff };

    say(s, packet, sizeof packet);
}

/* ---- what goes out ---- */

static struct dns_message question(struct op *op, const struct server *s)
{
    struct dns_message m = { 0 };

    CHECK(dns_decode(op, (struct bytes){ s->question, s->length }, &m));
    return m;
}

TEST(update_adds_values_where_no_cname_is)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, content);
    struct update_server server = at(op, s);
    struct dns_message m;

    CHECK(update_add(op, &server, ZONE, records, 2));
    server_stop(s);
    m = question(op, s);
    CHECK_INT(m.opcode, DNS_UPDATE);
    CHECK(!m.rd && !m.qr);
    CHECK_STR(m.question.name, ZONE);
    CHECK_INT(m.question.type, DNS_SOA);
    CHECK_INT(m.answer.count, 2); /* prerequisites */
    CHECK_STR(m.answer.at[0].name, NAME);
    CHECK_INT(m.answer.at[0].type, DNS_CNAME);
    CHECK_INT(m.answer.at[0].klass, DNS_CLASS_NONE);
    CHECK_INT(m.authority.count, 2); /* updates */
    CHECK_STR(m.authority.at[1].name, "_acme-challenge.example.test");
    CHECK_INT(m.authority.at[1].klass, DNS_IN);
    CHECK_INT(m.authority.at[1].ttl, 90);
    CHECK_STR(m.authority.at[1].text, "two");
    CHECK_INT(m.additional.count, 0);
}

TEST(update_deletes_values_and_no_sets)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, content);
    struct update_server server = at(op, s);
    struct dns_message m;

    CHECK(update_delete(op, &server, ZONE, records, 1));
    server_stop(s);
    m = question(op, s);
    CHECK_INT(m.answer.count, 0);
    CHECK_INT(m.authority.count, 1);
    CHECK_INT(m.authority.at[0].klass, DNS_CLASS_NONE); /* ANY would take what others have put there */
    CHECK_INT(m.authority.at[0].ttl, 0);
    CHECK(bytes_same(m.authority.at[0].rdata, bytes_of("\3one")));
}

TEST(update_signs_with_a_key)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, content);
    struct update_server server = at(op, s);
    struct dns_message m;

    server.key = key(op);
    CHECK(!update_add(op, &server, ZONE, records, 1));
    CHECK_FAILED(op, ERR_PROVIDER, "ns1: the server's answer (NOERROR) is not signed");
    op_recover(op);
    server_stop(s);
    m = question(op, s);
    CHECK_INT(m.additional.count, 1);
    CHECK_INT(m.additional.at[0].type, DNS_TSIG);
    CHECK_STR(m.additional.at[0].name, "tester");
}

TEST(update_of_nothing_asks_nobody)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, content);
    struct update_server server = at(op, s);

    CHECK(update_add(op, &server, ZONE, records, 0));
    server_stop(s);
    CHECK_INT(s->asked_udp + s->asked_tcp, 0);
}

TEST(update_over_512_bytes_goes_over_tcp)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, content);
    struct update_server server = at(op, s);
    struct update_record many[8];

    for (size_t i = 0; i < 8; i++)
        many[i] = (struct update_record){ NAME, op_text(op, "value %zu", i), 60 };
    CHECK(update_add(op, &server, ZONE, many, 8));
    server.tcp = true;
    CHECK(update_add(op, &server, ZONE, many, 1));
    server_stop(s);
    CHECK_INT(s->asked_udp, 0);
    CHECK_INT(s->asked_tcp, 2);
}

TEST(update_repeats_over_tcp_what_was_truncated)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, wants_tcp);
    struct update_server server = at(op, s);

    CHECK(update_add(op, &server, ZONE, records, 1));
    server_stop(s);
    CHECK_INT(s->asked_udp, 1);
    CHECK_INT(s->asked_tcp, 1);
}

TEST(update_takes_the_address_that_answers)
{
    struct op *op = kit_op();
    struct server *closed = server_asleep(op), *s = server_start(op, content);
    struct update_server server = { .host = "ns1" };

    server_close(closed);
    strings_add(op, &server.addresses, closed->address);
    strings_add(op, &server.addresses, s->address);
    CHECK(update_add(op, &server, ZONE, records, 1));
    server_stop(s);
    CHECK(!update_add(op, &server, ZONE, records, 1));
    CHECK_FAILED(op, ERR_PROVIDER, s->address);
}

/* ---- what comes back ---- */

static struct op *failing_add(void (*behave)(struct server *), bool with_key)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, behave);
    struct update_server server = at(op, s);

    server.key = with_key ? key(op) : NULL;
    CHECK(!update_add(op, &server, ZONE, records, 2));
    server_stop(s);
    return op;
}

TEST(update_says_why_it_was_refused)
{
    static const struct {
        void (*behave)(struct server *);
        const char *words, *hint;
    } cases[] = {
        { refuses, "ns1 refuses the update of the zone example.test: REFUSED", "our address" },
        { not_authoritative, "NOTAUTH", "not the primary server" },
        { knows_no_update, "NOTIMP", "does not know dynamic update" },
        { fails, "SERVFAIL", "the log of ns1" },
        { babbles, "ns1 answers what is no DNS message", NULL },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = failing_add(cases[i].behave, false);

        CHECK_FAILED(op, ERR_PROVIDER, cases[i].words);
        CHECK(!cases[i].hint || strstr(op->err.hint, cases[i].hint));
    }
}

TEST(update_believes_an_unsigned_refusal)
{
    struct op *op = failing_add(refuses, true);

    CHECK_FAILED(op, ERR_PROVIDER, "REFUSED");
    CHECK(strstr(op->err.hint, "the key \"tester\""));
}

TEST(update_names_the_cname_in_the_way)
{
    struct op *op = failing_add(has_a_cname_in_the_way, false);

    CHECK_FAILED(op, ERR_PROVIDER, "ns1 has a CNAME record at " NAME " (to x.other.test)");
    op = failing_add(claims_a_cname, false);
    CHECK_FAILED(op, ERR_PROVIDER, "ns1 says that a CNAME record is in the way");
}

TEST(update_stops_when_told_to)
{
    static const volatile int stop = 15;
    struct op *op = kit_op();
    struct server *s = server_start(op, silent);
    struct update_server server = at(op, s);

    op->world->stop = &stop;
    CHECK(!update_add(op, &server, ZONE, records, 1));
    CHECK_FAILED(op, ERR_STOPPED, "signal");
    server_stop(s);
}

/* ---- the zone ---- */

static const char *zone_from(struct op *op, void (*behave)(struct server *))
{
    struct server *s = server_start(op, behave);
    struct update_server server = at(op, s);
    const char *zone = update_zone(op, &server, NAME);

    server_stop(s);
    return zone;
}

TEST(update_finds_the_zone)
{
    struct op *op = kit_op();

    CHECK_STR(zone_from(op, has_the_soa), ZONE);
    CHECK_STR(zone_from(op, has_nothing_there), ZONE);
    CHECK_STR(zone_from(op, has_a_cname), ZONE);
    CHECK(op_ok(op));
}

TEST(update_finds_no_zone)
{
    static const struct {
        void (*behave)(struct server *);
        const char *words;
    } cases[] = {
        { refuses, "ns1 has no zone for " NAME " (it answers REFUSED)" },
        { has_no_authority, "ns1 has no zone" },
        { has_another_zone, "ns1 has no zone" },
        { delegates, "ns1 delegates www.example.test to other servers (ns.elsewhere.test)" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = kit_op();

        CHECK(!zone_from(op, cases[i].behave));
        CHECK_FAILED(op, ERR_PROVIDER, cases[i].words);
    }
}
