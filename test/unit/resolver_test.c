#include "net/resolver.h"

#include "kit.h"
#include "resolver_kit.h"

#include <unistd.h>

static void servfail(struct server *s)
{
    say_packet(s, answer(s, DNS_SERVFAIL));
}

static void refused(struct server *s)
{
    say_packet(s, answer(s, DNS_REFUSED));
}

static void nxdomain(struct server *s)
{
    say_packet(s, answer(s, DNS_NXDOMAIN));
}

static void truncated_udp(struct server *s)
{
    if (s->over_tcp)
        hello(s);
    else
        truncated(s);
}

TEST(resolver_asks_by_udp)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, hello);
    struct dns_query q = ask_one(op, s, &patient);

    check_answer(&q, "by udp");
    CHECK_STR(q.server, s->address);
    CHECK(q.answer.aa && !q.answer.rd);
    CHECK_INT(s->asked_udp, 1);
    CHECK(has_edns(s));
    CHECK(strstr(kit_logged(), "_acme-challenge.example.com TXT: NOERROR, 1 in the answer"));
    server_stop(s);
}

TEST(resolver_wants_recursion_of_its_own_servers)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, hello);
    struct strings servers = list(op, s->address, NULL);
    struct dns_query q = { .name = "a.b", .type = DNS_TXT };

    op->world->resolver = resolver_system(op, &servers);
    CHECK(resolver_run(op, &q, 1));
    check_answer(&q, "by udp");
    CHECK(q.answer.rd);
    q.servers = &servers;
    q.recursive = true;
    CHECK(resolver_run(op, &q, 1));
    CHECK(q.answer.rd);
    server_stop(s);
}

TEST(resolver_asks_without_validation)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, hello);
    struct strings servers = list(op, s->address, NULL);
    struct dns_query q = { .name = "a.b", .type = DNS_TXT };

    op->world->resolver = resolver_system(op, &servers);
    CHECK(resolver_run(op, &q, 1));
    CHECK_INT(s->question[3] & DNS_FLAG_CD, 0);
    q.unchecked = true;
    CHECK(resolver_run(op, &q, 1));
    CHECK_INT(s->question[3] & DNS_FLAG_CD, DNS_FLAG_CD);
    server_stop(s);
}

static void shout(struct server *s)
{
    struct packet p = txt_answer(s, "loud");

    for (size_t i = DNS_HEADER; i < DNS_HEADER + 20; i++)
        if (p.at[i] >= 'a' && p.at[i] <= 'z')
            p.at[i] = (uint8_t)(p.at[i] - 'a' + 'A');
    say_packet(s, p);
}

TEST(resolver_takes_the_question_in_any_case)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, shout);
    struct dns_query q = ask_one(op, s, &patient);

    check_answer(&q, "loud");
    CHECK_STR(q.answer.question.name, "_acme-challenge.example.com");
    server_stop(s);
}

TEST(resolver_goes_to_tcp_on_truncation)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, truncated_udp);
    struct dns_query q = ask_one(op, s, &patient);

    check_answer(&q, "by tcp");
    CHECK_INT(s->asked_udp, 1);
    CHECK_INT(s->asked_tcp, 1);
    server_stop(s);
}

/* Octet by octet. */
static void dribble(struct server *s)
{
    struct packet p = txt_answer(s, "in pieces");
    const uint8_t prefix[] = { 0, (uint8_t)p.length };

    for (size_t i = 0; i < p.length + 2; i++)
        if (send(s->stream, i < 2 ? &prefix[i] : &p.at[i - 2], 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1)
            return;
}

TEST(resolver_reads_tcp_in_pieces)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, dribble);
    struct strings servers = list(op, s->address, NULL);
    struct dns_query q = ask(op, &servers, &patient, true);

    check_answer(&q, "in pieces");
    CHECK_INT(s->asked_udp, 0);
    server_stop(s);
}

TEST(resolver_goes_on_to_the_next_server)
{
    static void (*const first[])(struct server *) = { servfail, refused, malformed };

    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        struct op *op = kit_op();
        struct server *a = server_start(op, first[i]), *b = server_start(op, hello);
        struct dns_query q = ask_two(op, a, b, &patient);

        check_answer(&q, "by udp");
        CHECK_STR(q.server, b->address);
        CHECK_INT(a->asked_udp, 1);
        server_stop(a);
        server_stop(b);
    }
}

TEST(resolver_says_what_all_servers_said)
{
    struct op *op = kit_op();
    struct server *a = server_start(op, servfail), *b = server_start(op, refused);
    struct dns_query q = ask_two(op, a, b, &patient);

    check_failure(&q, op_text(op, "SERVFAIL from %s; REFUSED from %s", a->address, b->address));
    CHECK_INT(a->asked_udp, 1);
    CHECK_INT(b->asked_udp, 1);
    CHECK(op_ok(op));
    server_stop(a);
    server_stop(b);
}

TEST(resolver_repeats_what_seems_lost)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, silent);
    struct dns_query q;

    op->deadline = op_ticks(op) + 20; /* of the run's clock, which stands still here */
    q = ask_one(op, s, &quick);
    check_failure(&q, op_text(op, "no answer from %s", s->address));
    CHECK_INT(s->asked_udp, 2);
    server_stop(s);
}

TEST(resolver_goes_on_from_a_silent_server)
{
    static void (*const first[])(struct server *) = { silent, wrong_id };

    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        struct op *op = kit_op();
        struct server *a = server_start(op, first[i]), *b = server_start(op, hello);
        struct dns_query q = ask_two(op, a, b, &hasty);

        check_answer(&q, "by udp");
        CHECK_STR(q.server, b->address);
        server_stop(a);
        server_stop(b);
    }
}

static void second_time(struct server *s)
{
    if (s->asked_udp >= 2)
        hello(s);
}

TEST(resolver_survives_a_loss)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, second_time);
    struct dns_query q = ask_one(op, s, &hasty);

    check_answer(&q, "by udp");
    server_stop(s);
}

TEST(resolver_takes_nxdomain_for_an_answer)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, nxdomain);
    struct dns_query q = ask_one(op, s, &patient);

    CHECK(q.answered);
    CHECK_INT(q.answer.rcode, DNS_NXDOMAIN);
    CHECK_INT(q.answer.answer.count, 0);
    server_stop(s);
}

/* An old server: FORMERR, and nothing behind the header. */
static void no_edns(struct server *s)
{
    struct packet p = answer(s, DNS_FORMERR);

    if (!has_edns(s)) {
        hello(s);
        return;
    }
    p.at[5] = 0;
    say(s, p.at, DNS_HEADER);
}

static void formerr(struct server *s)
{
    say_packet(s, answer(s, DNS_FORMERR));
}

TEST(resolver_asks_without_edns)
{
    struct op *op = kit_op();
    struct server *a = server_start(op, no_edns), *b = server_start(op, formerr);
    struct dns_query q = ask_one(op, a, &patient);

    check_answer(&q, "by udp");
    CHECK_INT(a->asked_udp, 2);
    q = ask_one(op, b, &patient);
    check_failure(&q, op_text(op, "FORMERR from %s", b->address));
    CHECK_INT(b->asked_udp, 2);
    server_stop(a);
    server_stop(b);
}

TEST(resolver_moves_on_from_a_closed_port)
{
    struct op *op = kit_op();
    struct server *closed = server_start(op, hello), *s = server_start(op, hello);
    struct dns_query q;

    server_stop(closed);
    q = ask_two(op, closed, s, &patient);
    check_answer(&q, "by udp");
    q = ask_one(op, closed, &patient);
    check_failure(&q, op_text(op, "no answer from %s: Connection refused", closed->address));
    server_stop(s);
}

/*
 * The broadcast address stands for all that the kernel refuses at once, as it does a family without a route.
 */
TEST(resolver_moves_on_from_unreachable_addresses)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, hello);
    struct strings servers = list(op, "255.255.255.255", s->address);
    struct dns_query q = ask(op, &servers, &patient, false);

    check_answer(&q, "by udp");
    servers = list(op, "255.255.255.255", "ns.example.com");
    q = ask(op, &servers, &patient, false);
    check_failure(&q,
                  "cannot reach 255.255.255.255: Permission denied; \"ns.example.com\" is not an address");
    server_stop(s);
}

TEST(resolver_asks_many_at_once)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, truncated_udp), *quiet = server_start(op, silent);
    struct strings servers = list(op, s->address, NULL), none = list(op, quiet->address, NULL);
    struct dns_query q[200] = { 0 };

    for (size_t i = 0; i < 200; i++)
        q[i] = (struct dns_query){ .name = op_text(op, "n%zu.example", i),
                                   .type = DNS_TXT,
                                   .servers = &servers };
    q[0].servers = &none;
    q[1].name = "not..a.name";
    q[2].servers = &(struct strings){ 0 };
    use(op, &(struct pace){ .udp_wait = 300, .tcp_wait = 5000, .whole = 10000, .rounds = 2 });
    CHECK(resolver_run(op, q, 200));
    check_failure(&q[0], op_text(op, "no answer from %s", quiet->address));
    check_failure(&q[1], "not a DNS name");
    check_failure(&q[2], "no server to ask");
    for (size_t i = 3; i < 200; i++) {
        check_answer(&q[i], "by tcp");
        CHECK_STR(q[i].answer.question.name, q[i].name);
    }
    server_stop(s);
    server_stop(quiet);
}

static volatile int signalled;

static void *raise_flag(void *unused)
{
    (void)unused;
    usleep(50000);
    signalled = 15;
    return NULL;
}

TEST(resolver_stops_on_a_signal)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, silent);
    struct strings servers = list(op, s->address, NULL);
    struct dns_query q = { .name = "a", .type = DNS_TXT, .servers = &servers };
    pthread_t other;

    signalled = 0;
    op->world->stop = &signalled;
    use(op, &(struct pace){ .udp_wait = 9000, .tcp_wait = 9000, .whole = 9000, .rounds = 1 });
    pthread_create(&other, NULL, raise_flag, NULL);
    CHECK(!resolver_run(op, &q, 1));
    pthread_join(other, NULL);
    CHECK_FAILED(op, ERR_STOPPED, "signal 15");
    server_stop(s);
}

TEST(resolver_stops_at_the_deadline)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, silent);
    struct strings servers = list(op, s->address, NULL);
    struct dns_query q = { .name = "a", .type = DNS_TXT, .servers = &servers };

    use(op, &quick);
    op->deadline = op_ticks(op);
    CHECK(!resolver_run(op, &q, 1));
    CHECK_FAILED(op, ERR_TIMEOUT, NULL);
    server_stop(s);
}

TEST(resolver_needs_no_server_for_no_question)
{
    struct op *op = kit_op();
    struct dns_query q = { .name = "a", .type = DNS_TXT };

    CHECK(resolver_run(op, NULL, 0));
    CHECK(!resolver_run(op, &q, 1));
    CHECK_FAILED(op, ERR_INTERNAL, "without a resolver");
}

TEST(resolver_refuses_bad_servers)
{
    struct op *op = kit_op();
    struct strings servers = list(op, "127.0.0.1", "dns.example");

    CHECK(!resolver_system(op, &servers));
    CHECK_FAILED(op, ERR_CONFIG, "\"dns.example\" is not an address");
}
