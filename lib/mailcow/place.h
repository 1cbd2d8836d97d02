/*
 * place: where mailcow's containers find a certificate, below data/assets/ssl:
 *
 *     <certname>/cert.pem key.pem domains       <certname>: the first name, without "*."
 *     cert.pem key.pem                          the same of the server's certificate: the one that is good
 *                                               for MAILCOW_HOSTNAME
 *     backups/<certname>/<date>/                what was there, copied before anything changes
 *
 * At no instant does a cert.pem stand beside the key of another one, see pair.h. What the administrator has
 * put there himself is left alone, see origin.h.
 *
 *     mailcow_place(op, store, "/opt/mailcow-dockerized", cert, &names)     // a deploy step: again at will
 *     mailcow_tidy(op, store, "/opt/mailcow-dockerized", &titles)           // behind a run without failures
 */
#ifndef MCACME_MAILCOW_PLACE_H
#define MCACME_MAILCOW_PLACE_H

#include "store/store.h"

/*
 * Brings the current generation of `cert` to its places. `names` are its names in mailcow's order. Nothing
 * is written where all is as it should be; otherwise the services owe loading it, see owed.h. Fails with
 * STORE or CONFIG.
 */
bool mailcow_place(struct op *op, const struct store *store, const char *dir, const char *cert,
                   const struct strings *names);

/*
 * What is wanted no more goes: folders of certificates that are none of `titles` move to the backups, and
 * their entries in the store to its archive; force_renew is removed when all that are wanted are younger.
 */
bool mailcow_tidy(struct op *op, const struct store *store, const char *dir, const struct strings *titles);

/*
 * Whether the file force_renew asks for a new certificate: one that is younger than the file has been
 * renewed since.
 */
bool mailcow_forced(struct op *op, const struct store *store, const char *dir, const char *cert);

/* Whether these are the names of the server's own certificate. Fails with CONFIG when mailcow.conf cannot
 * tell. */
bool mailcow_is_server(struct op *op, const char *dir, const struct strings *names);

/*
 * Why nothing is to be done: the certificate that mailcow serves is the administrator's own. NULL: it is not.
 */
const char *mailcow_hands_off(struct op *op, const struct store *store, const char *dir, const char *server);

#endif
