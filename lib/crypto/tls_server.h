/*
 * tls_server: the server's side of TLS handshakes, for the listener of TLS-ALPN-01. Mbed TLS's ssl ends here.
 *
 *     struct tls_server *server = tls_server_new(op, &terms);
 *     struct tls_peer *peer = tls_server_accept(op, server, fd);     // a socket that does not block
 *
 *     while ((state = tls_handshake(peer)) == TLS_READS || state == TLS_WRITES)
 *         poll(...);
 *
 * TLS 1.2, and 1.3 where the library has it; no resumption, no renegotiation, no data. Who asks for no name,
 * or for one that nobody knows, and who does not offer our protocol by ALPN gets a fatal alert before the
 * certificate. A peer can make us read TLS_MOST_BYTES at most; how long it may take is for the caller to
 * bound.
 *
 * All of it is freed with its operation; the socket is the caller's. One server belongs to one thread, which
 * need not be the one that made it.
 */
#ifndef MCACME_CRYPTO_TLS_SERVER_H
#define MCACME_CRYPTO_TLS_SERVER_H

#include "crypto/encode.h"

#define TLS_MOST_BYTES 16384u /* of a handshake; a large ClientHello has 2 KiB */
#define TLS_MOST_NAME  255u

struct tls_identity {
    struct bytes certificate; /* DER */
    const char *key;          /* PEM, PKCS#8 */
};
struct tls_identity tls_identity_copy(struct op *op, const struct tls_identity *identity);

struct tls_terms {
    const char *protocol; /* the only one that is spoken, for ALPN (RFC 7301) */

    /* Who is called so (SNI, RFC 6066 section 3); it lives in `op`. False: nobody. */
    bool (*find)(void *context, struct op *op, const char *name, struct tls_identity *identity);
    void *context;
};

struct tls_server;
struct tls_peer;

/* `terms` must outlive it. Fails with INTERNAL, and with CONFIG where Mbed TLS cannot do it. */
struct tls_server *tls_server_new(struct op *op, const struct tls_terms *terms);

struct tls_peer *tls_server_accept(struct op *op, struct tls_server *server, int fd);

enum tls_state {
    TLS_READS,  /* it waits for the other side */
    TLS_WRITES, /* it waits until it can send more */
    TLS_DONE,   /* the handshake is over, and we have said that nothing follows */
    TLS_FAILED
};

/* Goes on as far as it can without waiting. Not to be called again once it is done or has failed. */
enum tls_state tls_handshake(struct tls_peer *peer);

#endif
