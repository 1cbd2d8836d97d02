/*
 * install: copies of a certificate at the places that services read, in the form that each wants: PEM files,
 * key and chain in one, DER, PKCS#12. Each copy is replaced in one step and has its owner and mode before its
 * content.
 *
 *     install_places_ok(op, &settings)               // before anything is asked of a CA
 *     install_all(op, store, &settings, "web")       // all --install-... of the settings
 *
 * A certificate of the user's own request (--csr) has no key here, so nothing with a key can be installed.
 */
#ifndef MCACME_INSTALL_H
#define MCACME_INSTALL_H

#include "store/store.h"

/* "PATH[:OWNER:GROUP:MODE]" in parts; empty parts keep the default. Fails with USAGE. */
struct install_target {
    const char *path;
    struct file_owner owner;
};
bool install_target_parse(struct op *op, const char *text, mode_t mode, struct install_target *target);

/* Whether all of them can be: places, owners, password. Fails with USAGE, or CONFIG for the password file. */
bool install_places_ok(struct op *op, const struct settings *settings);

/* Fails with STORE or CONFIG. */
bool install_all(struct op *op, const struct store *store, const struct settings *settings, const char *cert);

#endif
