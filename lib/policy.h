/*
 * policy: the settings of one certificate, read and checked: what to ask which CA for, and how to prove it.
 *
 * Strings live as long as the operation. Wrong values fail with USAGE or CONFIG before anything is asked.
 */
#ifndef MCACME_POLICY_H
#define MCACME_POLICY_H

#include "config/conf.h"
#include "config/settings.h"
#include "crypto/key.h"
#include "dns01/spread.h"

struct policy {
    struct strings names;
    const char *directory; /* URL */
    const char *ca_bundle, *email, *profile, *preferred_chain;
    const char *eab_kid; /* NULL: none */
    struct bytes eab_key;
    enum key_kind key_kind;
    bool reuse_key;
    struct spread_options spread;
    const char *challenge_alias, *domain_alias;
    const char *shape; /* names, CA, profile and key policy in one line: two orders with one shape are one */
};

/* `settings` are complete: all layers merged. `conf` (may be NULL) knows the [ca NAME] sections. */
bool policy_read(struct op *op, const struct settings *settings, const struct conf *conf,
                 struct policy *policy);

/* Only the CA's part: directory, bundle, e-mail, EAB, profile, chain, kind of key. */
bool policy_read_ca(struct op *op, const struct settings *settings, const struct conf *conf,
                    struct policy *policy);

/* Whether --staging means something for this value of --server. */
bool ca_has_staging(const char *server);

/* "letsencrypt" and so on, for messages and the manual; ends with NULL. */
extern const char *const ca_preset_names[];

#endif
