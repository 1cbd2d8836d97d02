#include "dns_server.h"
#include "kit.h"
#include "net/resolver.h"

#include <unistd.h>

static volatile int signalled;

static void *raise_flag(void *unused)
{
    (void)unused;
    usleep(50000);
    signalled = 15;
    return NULL;
}

static struct bytes update(struct op *op)
{
    struct dns_writer w = dns_write(op, 512, 0x4711, 0, DNS_UPDATE, 0);

    dns_put_question(&w, "example.com", DNS_SOA, DNS_IN);
    dns_put_rr(&w, 2, "a.example.com", DNS_TXT, DNS_IN, 60, dns_rdata_txt(op, "x"));
    return (struct bytes){ w.at, w.length };
}

/* The header only, behind an answer of another id. */
static void accept_update(struct server *s)
{
    uint8_t header[DNS_HEADER] = { s->question[0], (uint8_t)(s->question[1] ^ 1), 0xa8 };

    if (!s->over_tcp)
        say(s, header, sizeof header);
    header[1] ^= 1;
    say(s, header, sizeof header);
}

TEST(exchange_brings_the_answer)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, accept_update);
    struct bytes reply;
    struct dns_message m;

    for (int tcp = 0; tcp < 2; tcp++) {
        CHECK(dns_exchange(op, s->address, update(op), tcp, &reply));
        CHECK(dns_decode(op, reply, &m));
        CHECK_INT(m.id, 0x4711);
        CHECK_INT(m.opcode, DNS_UPDATE);
    }
    CHECK_INT(s->asked_udp, 1);
    CHECK_INT(s->asked_tcp, 1);
    CHECK_INT(op->world->effects, 2);
    server_stop(s);
}

static void check_exchange(void (*behave)(struct server *), bool tcp, const char *words)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, behave);
    struct bytes reply;

    if (!tcp)
        server_stop(s);
    CHECK(!dns_exchange(op, s->address, update(op), tcp, &reply));
    CHECK(!reply.at);
    CHECK_FAILED(op, ERR_PROVIDER, words);
    CHECK_FAILED(op, ERR_PROVIDER, s->address);
    if (tcp)
        server_stop(s);
}

TEST(exchange_fails_in_words)
{
    struct op *op = kit_op();
    struct bytes reply;

    check_exchange(hello, false, "Connection refused");
    check_exchange(silent, true, "reset");
    check_exchange(wrong_id, true, "another question");
    CHECK(!dns_exchange(kit_op(), "255.255.255.255", update(op), false, &reply)); /* refused by the kernel */
    CHECK(!dns_exchange(op, "ns.example", update(op), false, &reply));
    CHECK_FAILED(op, ERR_PROVIDER, "\"ns.example\" is not an address");
}

TEST(exchange_stops_on_a_signal)
{
    struct op *op = kit_op();
    struct server *s = server_start(op, silent);
    struct bytes reply;
    pthread_t other;

    signalled = 0;
    op->world->stop = &signalled;
    pthread_create(&other, NULL, raise_flag, NULL);
    CHECK(!dns_exchange(op, s->address, update(op), false, &reply));
    pthread_join(other, NULL);
    CHECK_FAILED(op, ERR_STOPPED, NULL);
    server_stop(s);
}
