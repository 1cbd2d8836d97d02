/*
 * serve: the last step of mailcow's certificates, once for all that a run has put in their place: the
 * services load them, and are asked whether they have.
 *
 *     struct mailcow_proof proof = { "mail.example.com", cert.serial };
 *
 *     mailcow_serve(op, &mailcow, &(struct mailcow_serving){ .proofs = &proof, .count = 1 })
 *
 * A service that shows the certificates already is left alone, so the step can be repeated at will: a run
 * that finds it owed restarts only what still needs it.
 */
#ifndef MCACME_MAILCOW_SERVE_H
#define MCACME_MAILCOW_SERVE_H

#include "mailcow/source.h"

/* What a client that asks for this name is to be shown. */
struct mailcow_proof {
    const char *name, *serial;
};

struct mailcow_serving {
    const struct mailcow_proof *proofs;
    size_t count;
    bool restart;           /* there are other certificates than before: all services start anew */
    struct http *dockerapi; /* NULL here and below: the real ones */
    struct peers *peers;
};

/*
 * STARTTLS on the ports of SMTP and IMAP and TLS on that of HTTPS, at the addresses where mailcow.conf opens
 * them on this machine. Services that are behind are reloaded, then given a minute; those that still are get
 * a second try with a restart. Fails with DEPLOY and what each service shows.
 */
bool mailcow_serve(struct op *op, const struct mailcow *mailcow, const struct mailcow_serving *serving);

#endif
