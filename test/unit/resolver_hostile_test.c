#include "kit.h"
#include "resolver_kit.h"

#include <poll.h>

/* Everything that is not the answer, and then the answer. */
static void noise(struct server *s)
{
    struct packet right = txt_answer(s, "right"), p = txt_answer(s, "wrong");

    p.at[0] ^= 1;
    say_packet(s, p); /* another id */
    p = txt_answer(s, "wrong");
    p.at[14] ^= 1;
    say_packet(s, p); /* another name */
    p = txt_answer(s, "wrong");
    p.at[s->length - 11 - 3] = DNS_A;
    say_packet(s, p); /* another type */
    p = txt_answer(s, "wrong");
    p.at[2] &= 0x7f;
    say_packet(s, p); /* a question */
    p = txt_answer(s, "wrong");
    p.at[2] |= 0x28;
    say_packet(s, p); /* of UPDATE */
    p = answer(s, DNS_NOERROR);
    p.at[5] = 0;
    say_packet(s, p);     /* NOERROR without the question */
    say(s, right.at, 0);  /* nothing */
    say(s, right.at, 2);  /* an id */
    say(s, right.at, 20); /* half a question */
    memset(p.at, 0xff, 1000);
    say(s, p.at, 1000); /* garbage */
    say_packet(s, right);
}

TEST(resolver_passes_over_what_is_not_the_answer)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, noise);
    struct dns_query q = ask_one(op, s, &patient);

    check_answer(&q, "right");
    CHECK_INT(s->asked_udp, 1);
    server_stop(s);
}

TEST(resolver_gives_up_where_all_is_truncated)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, truncated);
    struct dns_query q = ask_one(op, s, &patient);

    check_failure(&q, op_text(op, "answer cut short over TCP from %s", s->address));
    CHECK_INT(s->asked_tcp, 1);
    server_stop(s);
}

static void hang_up(struct server *s)
{
    struct packet p = txt_answer(s, "cut");
    const uint8_t prefix[] = { 0, (uint8_t)p.length };
    ssize_t sent = send(s->stream, prefix, 2, MSG_NOSIGNAL) + send(s->stream, p.at, 20, MSG_NOSIGNAL);

    (void)sent;
}

static void empty(struct server *s)
{
    say(s, s->question, 0);
}

static void check_tcp(void (*behave)(struct server *), const char *before, const char *behind)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, behave);
    struct strings servers = list(op, s->address, NULL);
    struct dns_query q = ask(op, &servers, &patient, true);

    check_failure(&q, op_text(op, "%s%s%s", before, s->address, behind));
    CHECK_INT(s->asked_tcp, 1);
    server_stop(s);
}

TEST(resolver_survives_bad_tcp)
{
    check_tcp(hang_up, "no answer from ", ": Connection reset by peer");
    check_tcp(silent, "no answer from ", ": Connection reset by peer");
    check_tcp(empty, "no answer from ", ": Bad message");
    check_tcp(wrong_id, "an answer to another question from ", "");
    check_tcp(malformed, "malformed answer from ", "");
}

/* Nobody accepts: the connection stands (the kernel's doing), but nothing comes. */
TEST(resolver_leaves_a_silent_tcp_server)
{
    struct op *op = kit_op();
    struct server *s = server_asleep(op);
    struct strings servers = list(op, s->address, NULL);
    struct dns_query q = ask(op, &servers, &quick, true);

    check_failure(&q, op_text(op, "no answer from %s over TCP", s->address));
    server_close(s);
}

/* A server that never stops talking: the question ends in time all the same. */
static void flood(struct server *s)
{
    struct packet p = txt_answer(s, "wrong");
    struct pollfd end = { s->stop[0], POLLIN, 0 };

    p.at[0] ^= 1;
    while (poll(&end, 1, 0) == 0)
        say_packet(s, p);
}

TEST(resolver_ends_in_a_flood)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, flood);
    struct dns_query q = ask_one(op, s, &quick);

    check_failure(&q, op_text(op, "no answer from %s", s->address));
    server_stop(s);
}
