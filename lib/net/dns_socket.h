/*
 * dns_socket: one DNS message out and packets in, on one connected socket that never blocks.
 *
 * A fresh socket for each attempt has a random port of the kernel's choice, and being connected it gives only
 * packets from the address that was asked (RFC 5452 section 9). Over TCP messages stand behind their length
 * (RFC 1035 section 4.2.2) and may come in pieces.
 *
 *     dns_socket_open(op, &s, "192.0.2.1", packet, false) or strerror(errno);
 *     poll s.fd for dns_socket_events(&s), then
 *     switch (dns_socket_step(op, &s, &answer)) ...
 *     dns_socket_close(&s);
 */
#ifndef MCACME_NET_DNS_SOCKET_H
#define MCACME_NET_DNS_SOCKET_H

#include "base/op.h"
#include "crypto/encode.h"

struct dns_socket {
    int fd; /* -1: closed */
    bool tcp;
    struct bytes out; /* still to be sent */
    uint8_t *in;
    size_t room, got; /* over TCP `room` is what is awaited: the length, then the message */
    bool sized;
};

enum dns_io { DNS_IO_WAIT, DNS_IO_PACKET, DNS_IO_ERROR /* errno says what */ };

/*
 * False with errno when the address cannot be reached (EDESTADDRREQ: it is no address). To be closed in any
 * case. The packet must stay; memory comes from `op`.
 */
bool dns_socket_open(struct op *op, struct dns_socket *s, const char *server, struct bytes packet, bool tcp);
short dns_socket_events(const struct dns_socket *s);

/* To be called when poll sees something; a packet is valid until the next step. */
enum dns_io dns_socket_step(struct op *op, struct dns_socket *s, struct bytes *packet);
void dns_socket_close(struct dns_socket *s);

/*
 * The kernel's monotonic clock in milliseconds: sockets live in real time, also where the run's clock is not.
 */
int64_t dns_socket_clock(void);

#endif
