/* fake_peers: servers that show certificates, or not, as a test wants it. */
#ifndef MCACME_TEST_FAKE_PEERS_H
#define MCACME_TEST_FAKE_PEERS_H

#include "kit.h"
#include "net/peer.h"

#include "base/text.h"

struct fake_peer {
    const char *address;
    const char *pem, *failure;
    const char *later; /* shown from the `turn`-th look on */
    int turn, looks;
};

struct fake_peers {
    struct peers peers;
    struct fake_peer *at;
    size_t count;
    struct text asked; /* "talk address name [proxied]", one a line */
};

struct fake_peers fake_peers(struct op *op, struct fake_peer *at, size_t count);

/* A certificate with this serial, as PEM. */
const char *pem_of_serial(struct op *op, const char *serial);

#endif
