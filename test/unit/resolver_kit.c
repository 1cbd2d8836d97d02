#include "resolver_kit.h"

#include "kit.h"

const struct pace patient = { .udp_wait = 3000, .tcp_wait = 5000, .whole = 10000, .rounds = 2 };
const struct pace hasty = { .udp_wait = 100, .tcp_wait = 5000, .whole = 10000, .rounds = 6 };
const struct pace quick = { .udp_wait = 100, .tcp_wait = 300, .whole = 1500, .rounds = 2 };

struct strings list(struct op *op, const char *first, const char *second)
{
    struct strings servers = { 0 };

    strings_add(op, &servers, first);
    if (second)
        strings_add(op, &servers, second);
    return servers;
}

void use(struct op *op, const struct pace *pace)
{
    op->world->resolver = resolver_paced(op, NULL, pace);
}

struct dns_query ask(struct op *op, const struct strings *servers, const struct pace *pace, bool tcp)
{
    struct dns_query q = {
        .name = "_acme-challenge.example.com", .type = DNS_TXT, .servers = servers, .tcp_only = tcp
    };

    use(op, pace);
    CHECK(resolver_run(op, &q, 1));
    return q;
}

struct dns_query ask_one(struct op *op, const struct server *s, const struct pace *pace)
{
    struct strings servers = list(op, s->address, NULL);

    return ask(op, &servers, pace, false);
}

struct dns_query ask_two(struct op *op, const struct server *a, const struct server *b,
                         const struct pace *pace)
{
    struct strings servers = list(op, a->address, b->address);

    return ask(op, &servers, pace, false);
}

void check_answer(const struct dns_query *q, const char *text)
{
    CHECK(q->answered);
    CHECK_STR(q->failure, NULL);
    CHECK_INT(q->answer.answer.count, 1);
    CHECK_STR(q->answer.answer.count ? q->answer.answer.at[0].text : NULL, text);
}

void check_failure(const struct dns_query *q, const char *words)
{
    CHECK(!q->answered);
    CHECK_STR(q->failure, words);
}
