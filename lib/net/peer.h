/*
 * peer: which certificate a server shows, whoever it is. Nothing is verified and nothing is sent but the few
 * words that lead to TLS: the caller looks at the certificate, not at the server.
 *
 *     struct peers *peers = peers_curl(op);
 *     struct peer peer = { PEER_SMTP, "mail.example.com", "127.0.0.1:25", false };
 *     struct peer_answer answer;
 *
 *     if (peers->look(peers, op, &peer, &answer) && answer.pem) ...
 */
#ifndef MCACME_NET_PEER_H
#define MCACME_NET_PEER_H

#include "base/op.h"

/* What comes before TLS: nothing, or STARTTLS (RFC 3207; RFC 3501 section 6.2.1). */
enum peer_talk { PEER_TLS, PEER_SMTP, PEER_IMAP };

struct peer {
    enum peer_talk talk;
    const char *name;    /* whose certificate is asked for (RFC 6066 section 3) */
    const char *address; /* "HOST:PORT", "[V6]:PORT" */
    bool proxy_protocol; /* the server takes connections from a proxy, which begin with a line of its own */
};

struct peer_answer {
    const char *pem;     /* the leaf; NULL: none was seen */
    const char *failure; /* why, in words */
};

struct peers {
    /* False only when the operation failed (stopped, out of time). */
    bool (*look)(struct peers *peers, struct op *op, const struct peer *peer, struct peer_answer *answer);
};

/* The real thing, closed when `op` ends; NULL when libcurl does not start. A look takes 15 s at most. */
struct peers *peers_curl(struct op *op);

#endif
