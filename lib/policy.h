/*
 * policy: the settings of one certificate, read and checked: what to ask which CA for, and how to prove it.
 *
 * Strings live as long as the operation. Wrong values fail with USAGE or CONFIG before anything is asked.
 */
#ifndef MCACME_POLICY_H
#define MCACME_POLICY_H

#include "config/conf.h"
#include "config/settings.h"
#include "crypto/csr.h"
#include "crypto/key.h"
#include "dns01/spread.h"

struct policy {
    struct strings names;
    const struct csr *csr; /* the user's own request; NULL: key and request are made here */
    const char *directory; /* URL */
    const char *ca_bundle, *email, *profile, *preferred_chain;
    const char *eab_kid; /* NULL: none */
    struct bytes eab_key;
    enum hash_kind eab_hash;
    enum key_kind key_kind;
    bool reuse_key;
    struct spread_options spread;
    const char *challenge_alias, *domain_alias;
    const char *challenge_type; /* of the names that are proved by DNS: "dns-01" */
    bool partial;               /* names that cannot be proved may be left out */
    const char *not_after;      /* RFC 3339, or NULL */
    const char *shape; /* names, CA, profile and key policy in one line: two orders with one shape are one */
};

/* `settings` are complete: all layers merged. `conf` (may be NULL) knows the [ca NAME] sections. */
bool policy_read(struct op *op, const struct settings *settings, const struct conf *conf,
                 struct policy *policy);

/* The `shape` of a policy whose names were changed. */
const char *policy_shape(struct op *op, const struct policy *policy);

/* The names that are wanted: of -d, or of the request of --csr. */
bool policy_names(struct op *op, const struct settings *settings, struct strings *names);

/*
 * --key-type has one kind or two of different families ("ec256,rsa2048": a certificate for each). *second is
 * KEY_KIND_COUNT where there is one only.
 */
bool key_kinds_parse(struct op *op, const char *text, enum key_kind *first, enum key_kind *second);

/* Only the CA's part: directory, bundle, e-mail, EAB, profile, chain, kind of key. */
bool policy_read_ca(struct op *op, const struct settings *settings, const struct conf *conf,
                    struct policy *policy);

/* Whether --staging means something for this value of --server. */
bool ca_has_staging(const char *server);

/* "letsencrypt" and so on, for messages and the manual; ends with NULL. */
extern const char *const ca_preset_names[];

#endif
