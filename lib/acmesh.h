/*
 * acmesh: the plugins of an installed acme.sh (dnsapi/dns_NAME.sh), driven as they are, one call a process.
 *
 *     struct acmesh plugin;
 *
 *     if (acmesh_find(op, NULL, "dns_example", &plugin))
 *         for (size_t i = 0; i < plugin.variables.count; i++)   // what it would like to know
 *             ...
 *     acmesh_run(op, &plugin, "add", env, "_acme-challenge.example.com", value, &state);
 *
 * The plugin finds the functions of acme.sh, the variables that it reads, and nothing else of ours: its
 * account and domain files are in a folder of its own that goes with the call, and neither its options nor
 * what it was given get into them. What else it saves with _savedomainconf (an id) is its state: the next
 * call for this record needs it.
 *
 * acme.sh is a program that runs as we do: files of another user, or that everybody may change, are refused.
 */
#ifndef MCACME_ACMESH_H
#define MCACME_ACMESH_H

#include "base/op.h"
#include "base/text.h"

struct acmesh {
    const char *name;         /* "dns_example" */
    const char *script;       /* path of acme.sh */
    const char *plugin;       /* path of the plugin */
    struct strings variables; /* that the plugin reads */
    struct strings options;   /* those of them that it describes: credentials and settings of the user */
};

/*
 * In `home`, or where that is NULL in the usual places. Fails with CONFIG or USAGE where there is none, or
 * none that is safe.
 */
bool acmesh_find(struct op *op, const char *home, const char *name, struct acmesh *found);

/*
 * The variables that a plugin's text reads: its options, what it gets from acme.sh's files, what has "$NAME".
 */
struct strings acmesh_variables(struct op *op, const char *text);
struct strings acmesh_options(struct op *op, const char *text);

/*
 * dns_NAME_add or dns_NAME_rm. `env` is "NAME=value", ends in NULL. *state is what an earlier call has left
 * (NULL: nothing) and becomes what this one leaves. Fails with PROVIDER in the plugin's last words.
 */
bool acmesh_run(struct op *op, const struct acmesh *plugin, const char *verb, const char *const *env,
                const char *fqdn, const char *value, const char **state);

#endif
