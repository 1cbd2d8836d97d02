/*
 * tsig: signed DNS messages (RFC 8945): hmac-sha256, hmac-sha384, hmac-sha512 (and hmac-sha1, hmac-md5 for old
 * servers).
 */
#ifndef MCACME_NET_TSIG_H
#define MCACME_NET_TSIG_H

#include "crypto/hash.h"
#include "net/wire.h"

struct tsig_key {
    const char *name; /* as a DNS name, lower case, no final dot */
    enum hash_kind kind;
    struct bytes secret;
};

/*
 * A key from text: BIND's `key "name" { algorithm hmac-sha256; secret "..."; };`, the private file of
 * dnssec-keygen (needs `name`), or one line "[algorithm:]name[:| ]base64" as nsupdate -y and knsupdate take it.
 * Fails with CONFIG; `what` names the source in the error; the secret never stands in it.
 */
bool tsig_parse(struct op *op, const char *text, const char *what, struct tsig_key *key);

/* Appends the TSIG record to a finished message; returns the MAC, which the answer's verification needs. */
struct bytes tsig_sign(struct dns_writer *w, const struct tsig_key *key, int64_t now);

/*
 * Checks the answer's TSIG against the request's MAC. Fails with PROVIDER in words: an unsigned answer, BADKEY,
 * BADSIG, BADTIME (with both clocks).
 */
bool tsig_verify(struct op *op, struct bytes packet, const struct tsig_key *key, struct bytes request_mac);

#endif
