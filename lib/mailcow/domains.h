/*
 * domains: the mail domains, which mailcow keeps in its database and tells by its own HTTP API.
 *
 *     struct http **doors = mailcow_doors(op, &mailcow);
 *     struct mail_domains domains = { 0 };
 *
 *     mailcow_domains(op, &mailcow, doors, &domains)
 *
 * Active domains count that are not backup MX; "mta-sts" counts where mailcow shows a policy for the domain
 * (RFC 8461). What cannot be asked, for want of a key or because mailcow is down, is as it was: the names in
 * the certificates that there are stay. An API that is silent is a warning, no failure.
 */
#ifndef MCACME_MAILCOW_DOMAINS_H
#define MCACME_MAILCOW_DOMAINS_H

#include "mailcow/certs.h"
#include "net/http.h"

/*
 * The ways to mailcow's web server, best first, NULL-ended: at the address where this machine serves HTTPS,
 * then wherever its name leads to; trusted by the certificate that mailcow uses now (on a fresh installation
 * one that it made itself), then by the system. None of them sends the key to anybody else.
 */
struct http **mailcow_doors(struct op *op, const struct mailcow *mailcow);

/* False only when the operation failed (stopped, out of time). */
bool mailcow_domains(struct op *op, const struct mailcow *mailcow, struct http *const *doors,
                     struct mail_domains *domains);

#endif
