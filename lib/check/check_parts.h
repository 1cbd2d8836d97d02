/* check_parts: what the steps of a check share; each is a look at one side of things. For lib/check only. */
#ifndef MCACME_CHECK_CHECK_PARTS_H
#define MCACME_CHECK_CHECK_PARTS_H

#include "check/check.h"
#include "proofs.h"

struct check {
    struct run *run;
    struct op *op; /* of this certificate */
    struct findings *findings;
    const char *cert;
    const struct settings *settings;
    struct policy policy;
    struct proofs proofs;
    bool proofs_open;
    const struct acme *ca; /* NULL: its directory cannot be read */
    const char *account;   /* our URL at the CA; NULL: none yet */
};

/*
 * The error of a step, made a finding and forgotten. False where there is none, and where it is no finding:
 * the run was stopped.
 */
bool check_error(struct findings *findings, struct op *op, enum finding_code code, const char *subject);

/* ---- the steps; nothing is returned, because each says what it has found ---- */

/* Files of credentials, with the sections [dns NAME]. */
void check_credentials(struct check *check);

/* Hooks, installed copies, the way that HTTP-01 or TLS-ALPN-01 answer. */
void check_host(struct check *check);
void check_hooks(struct findings *findings, struct op *op, const struct settings *settings);
void check_installs(struct findings *findings, struct op *op, const struct settings *settings);

/* Names, directory, profile, clock, account. Sets check->ca and check->account. */
void check_names(struct findings *findings, const struct strings *names, const struct policy *policy);
void check_ca(struct check *check, struct desk *desk);
void check_directory(struct findings *findings, const struct acme *ca, const struct policy *policy,
                     const char *account);
void check_caa(struct check *check);

/* Delegation of the zones, and the round trip of a TXT record in each place. */
void check_dns(struct check *check);

#endif
