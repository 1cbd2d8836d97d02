/*
 * tsig: signed DNS messages (RFC 8945): hmac-sha256, hmac-sha384, hmac-sha512 (and hmac-sha1, hmac-md5 for
 * old servers).
 *
 *     struct tsig_key key = { 0 };
 *     tsig_parse(op, "hmac-sha256:acme-key:c2VjcmV0", "NSUPDATE_KEY", &key);
 *     struct bytes mac = tsig_sign(&w, &key, op_now(op));
 *     dns_exchange(op, server, (struct bytes){ w.at, w.length }, true, &answer);
 *     tsig_verify(op, answer, &key, mac);
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
 * dnssec-keygen (which lacks the name: key->name must be set before), or one line "[algorithm:]name:base64"
 * as nsupdate -y and knsupdate take it (hmac-sha256 where no algorithm is named; blanks may stand for the
 * colons). Fails with CONFIG; `what` names the source in the error; the secret never stands in it.
 */
bool tsig_parse(struct op *op, const char *text, const char *what, struct tsig_key *key);

/*
 * Appends the TSIG record to a finished message; returns the MAC, which the answer's verification needs.
 * Fails with INTERNAL when the message has no room for it.
 */
struct bytes tsig_sign(struct dns_writer *w, const struct tsig_key *key, int64_t now);

/*
 * Checks the answer's TSIG against the request's MAC. Fails with PROVIDER in words: an unsigned answer,
 * BADKEY, BADSIG, BADTIME (with both clocks), a signature that is wrong or too old.
 */
bool tsig_verify(struct op *op, struct bytes packet, const struct tsig_key *key, struct bytes request_mac);

const char *tsig_algorithm(enum hash_kind kind); /* its name on the wire: "hmac-sha256" */

#endif
