/*
 * tls_hello: what a TLS listener of ours says to a ClientHello, byte by byte, so that it can be one that no
 * library would send. TLS 1.2, whose ServerHello and Certificate are not encrypted (RFC 5246).
 *
 *     unsigned port = tls_free_port();
 *     struct tls_heard heard = tls_ask(op, port, &(struct tls_hello){ .name = "a.example",
 *                                                                     .protocols = "acme-tls/1" });
 *     CHECK_INT(heard.alert, 0);
 */
#ifndef MCACME_TEST_TLS_HELLO_H
#define MCACME_TEST_TLS_HELLO_H

#include "crypto/encode.h"

#define TLS_ALERT_HANDSHAKE_FAILURE 40 /* RFC 5246 section 7.2 */
#define TLS_ALERT_PROTOCOL_VERSION  70
#define TLS_ALERT_UNRECOGNIZED_NAME 112 /* RFC 6066 section 3 */
#define TLS_ALERT_NO_PROTOCOL       120 /* RFC 7301 section 3.2 */

struct op;

struct tls_hello {
    const char *name;      /* SNI; NULL: without */
    const char *protocols; /* ALPN, with blanks between; NULL: without */
    bool name_last;        /* SNI behind ALPN, not before */
    unsigned version;      /* 0: TLS 1.2 */
};

struct tls_heard {
    bool there;               /* somebody listens */
    int alert;                /* fatal; 0: none */
    const char *protocol;     /* what the ServerHello has chosen; NULL: none */
    struct bytes certificate; /* at NULL: none was shown */
    size_t certificates;
    bool closed; /* by the other side */
};

unsigned tls_free_port(void);

/* A connection to that port of 127.0.0.1; -1 when nobody listens. It waits a few seconds at most. */
int tls_dial(unsigned port);

/* The whole record. */
struct bytes tls_hello(struct op *op, const struct tls_hello *hello);

/* What comes until ServerHelloDone, an alert or the end. */
struct tls_heard tls_hear(struct op *op, int fd);

struct tls_heard tls_ask(struct op *op, unsigned port, const struct tls_hello *hello);

#endif
