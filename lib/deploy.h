/*
 * deploy: what happens after a certificate has changed: copies at the places that services read (those of a
 * mailcow, and the user's), then the user's hook. A step that fails leaves the certificate installed and the
 * deployment owed: every renew tries again.
 */
#ifndef MCACME_DEPLOY_H
#define MCACME_DEPLOY_H

#include "run.h"

/* Fails with DEPLOY. */
bool deploy(struct op *op, const struct store *store, const struct settings *settings, const char *cert,
            const struct strings *names);

/* One hook of the user ("the pre hook"); content when none is set. Fails with `code`. */
bool hook_of_user(struct op *op, const struct store *store, const struct settings *settings,
                  enum option_id which, enum err_code code, const char *cert, const struct strings *names);

/* "PATH[:OWNER:GROUP:MODE]" in parts; empty parts keep the default. Fails with USAGE. */
struct install_target {
    const char *path;
    struct file_owner owner;
};
bool install_target_parse(struct op *op, const char *text, mode_t mode, struct install_target *target);

/* All --install-… of the settings, looked at before anything is asked of a CA. */
bool install_targets_ok(struct op *op, const struct settings *settings);

#endif
