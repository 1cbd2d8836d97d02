/*
 * precheck: what mailcow looks at before it asks a CA for HTTP-01: whether a name leads to this machine
 * (unless SKIP_IP_CHECK), and whether the web server there shows what is put into mailcow's webroot (unless
 * SKIP_HTTP_VERIFICATION). A name that fails would make the whole order fail, so it is left out, with a
 * warning, and the others go on.
 *
 *     struct own own = { 0 };
 *
 *     own_addresses(op, &own) && mailcow_precheck(op, &mailcow, &own, &certs)
 *
 * A certificate that has its names and is not due is not looked at; and one that is not due does not lose a
 * name because of a bad moment.
 */
#ifndef MCACME_MAILCOW_PRECHECK_H
#define MCACME_MAILCOW_PRECHECK_H

#include "mailcow/certs.h"
#include "net/own.h"

/* Through the world's doors. Fails with PROVIDER when the server's certificate would have no name left. */
bool mailcow_precheck(struct op *op, const struct mailcow *mailcow, const struct own *own,
                      struct mailcow_certs *certs);

#endif
