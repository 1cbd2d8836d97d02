/*
 * origin: who has issued the certificate that a mailcow serves now: whether it is ours to replace.
 *
 * It is when its issuer is
 *   - mailcow's own snake-oil: the organisation "mailcow", as its set-up script writes it;
 *   - a CA that hands out certificates by ACME: the organisations of Let's Encrypt (its staging too), Google
 *     Trust Services, ZeroSSL, SSL.com, Actalis, Buypass;
 *   - or anybody, where the certificate itself is in our store: we have got it;
 *   - or anybody, where mailcow.conf names an ACME directory of its own and the certificate is the one that
 *     an ACME client keeps in its folder <certname>/ beside a list of domains.
 * Anything else, a file that holds no certificate, and a link that somebody has made are the administrator's
 * own. CAs that are known for selling certificates (Sectigo, DigiCert, GlobalSign) are left out on purpose.
 */
#ifndef MCACME_MAILCOW_ORIGIN_H
#define MCACME_MAILCOW_ORIGIN_H

#include "crypto/cert.h"
#include "store/store.h"

enum origin_kind {
    ORIGIN_NOTHING,   /* no certificate, or an empty file */
    ORIGIN_SNAKE_OIL, /* mailcow's own */
    ORIGIN_ACME,
    ORIGIN_FOREIGN, /* the administrator's */
};

struct origin {
    enum origin_kind kind;
    const char *issuer; /* in words for people; NULL where nothing is there */
    const char *server; /* which --server it came from; NULL: unknown */
};

/* The certificate at the top of data/assets/ssl. `server` is the value of --server. */
struct origin origin_of_mailcow(struct op *op, const struct store *store, const char *ssl,
                                const char *server);

/* The one that stands in a folder <certname>/, whose text is `cert` (NULL: none). */
struct origin origin_of_folder(struct op *op, const struct store *store, const char *folder, const char *cert,
                               const char *server);

#endif
