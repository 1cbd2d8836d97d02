/*
 * dns_server: a name server on loopback for the tests, in a thread of its own, UDP and TCP on one port. What
 * it says is the test's: `behave` gets each question and calls say() as often as it likes, or not at all.
 *
 *     struct server *s = server_start(op, hello);
 *     ...ask s->address...
 *     server_stop(s);
 */
#ifndef MCACME_TEST_UNIT_DNS_SERVER_H
#define MCACME_TEST_UNIT_DNS_SERVER_H

#include "net/wire.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

struct server {
    int udp, tcp, stop[2];
    int port;
    pthread_t thread;
    char address[32];
    void (*behave)(struct server *s);
    atomic_int asked_udp, asked_tcp;
    /* the question at hand */
    bool over_tcp;
    uint8_t question[1024];
    size_t length;
    int stream;
    struct sockaddr_storage peer;
    socklen_t peer_length;
};

struct packet {
    uint8_t at[8192];
    size_t length;
};

struct server *server_start(struct op *op, void (*behave)(struct server *s));
void server_stop(struct server *s);

/* Both sockets are open, but nobody serves them; to be closed by server_close. */
struct server *server_asleep(struct op *op);
void server_close(struct server *s);

/* For `behave`: sends what it is given. */
void say(struct server *s, const uint8_t *packet, size_t length);
void say_packet(struct server *s, struct packet p);

/* An answer to the question at hand, without records or with one TXT record. */
struct packet answer(const struct server *s, int rcode);
struct packet txt_answer(const struct server *s, const char *value);
bool has_edns(const struct server *s);

/* Ways to behave. */
void hello(struct server *s); /* the TXT record "by udp" or "by tcp" */
void silent(struct server *s);
void wrong_id(struct server *s);
void malformed(struct server *s);
void truncated(struct server *s); /* for ever, also over TCP */

#endif
