/*
 * deploy: what happens after a certificate has changed, in this order: copies at the places that services
 * read (those of a mailcow, and the user's), the user's hook, and the proof that services show the
 * certificate. A step that fails leaves the certificate installed and the deployment owed: every renew begins
 * again with the first step, so each can be repeated at will.
 *
 *     install_targets_ok(op, &settings)              // before anything is asked of a CA
 *     deploy(op, store, &settings, "mail", &names)   // false: owed
 */
#ifndef MCACME_DEPLOY_H
#define MCACME_DEPLOY_H

#include "store/store.h"

/* Everything that deploying will read of the settings: places, owners, passwords, probes. Fails with USAGE or
 * CONFIG. */
bool install_targets_ok(struct op *op, const struct settings *settings);

/* Fails with DEPLOY, or STOPPED. */
bool deploy(struct op *op, const struct store *store, const struct settings *settings, const char *cert,
            const struct strings *names);

/*
 * One hook of the user ("the pre hook"); content when none is set. A JSON array of strings is a program and
 * its arguments and meets no shell; all else is a line for /bin/sh. Fails with `code`.
 *
 * Its environment tells of the certificate: MCACME_CERT, MCACME_NAMES, MCACME_DIR, MCACME_KEY (where we have
 * it), MCACME_FULLCHAIN, and of the one in use now MCACME_SERIAL and MCACME_NOT_AFTER.
 */
bool hook_of_user(struct op *op, const struct store *store, const struct settings *settings,
                  enum option_id which, enum err_code code, const char *cert, const struct strings *names);

#endif
