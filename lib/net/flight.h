/*
 * flight: one DNS question on its way through its servers. It knows what to do next; who flies it
 * (resolver.c) polls the socket and tells the time.
 *
 * Each round asks every server that is still worth asking: one second for an answer over UDP in the first
 * round, twice as long in the next one. A truncated answer is asked for again over TCP; a server that does
 * not know EDNS is asked again without. A server that refused, failed or talked nonsense is not asked again.
 * What each one did is kept in words.
 *
 *     flight_begin(&f, now);
 *     while (f.flying) poll f.socket until f.attempt_end, then flight_ready(&f, now) or flight_late(&f, now);
 *     f.query->answered ...
 */
#ifndef MCACME_NET_FLIGHT_H
#define MCACME_NET_FLIGHT_H

#include "net/dns_socket.h"
#include "net/resolver.h"

/* How patient we are, in milliseconds. Tests are less so. */
struct pace {
    int64_t udp_wait; /* doubled each round */
    int64_t tcp_wait;
    int64_t whole; /* a question in all */
    size_t rounds;
};

/* What is known of one server of the question. */
struct stop {
    const char *said; /* why there is no answer from it, or NULL */
    bool over;        /* not to be asked again */
};

struct flight {
    struct op *op;      /* of the answer */
    struct op *scratch; /* of all that dies with the run */
    const struct pace *pace;
    struct dns_query *query;
    const struct strings *servers;
    struct stop *stops;
    struct bytes packet; /* the question as it was sent */
    size_t round, at;    /* `at` is the server's place */
    bool edns, tcp, flying;
    struct dns_socket socket;
    int64_t attempt_end, end;
};

void flight_begin(struct flight *f, int64_t now);
void flight_ready(struct flight *f, int64_t now);
void flight_late(struct flight *f, int64_t now);

/* A resolver with a pace of its own. `servers` as in resolver_system. */
struct resolver *resolver_paced(struct op *op, const struct strings *servers, const struct pace *pace);

#endif
