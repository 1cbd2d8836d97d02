/*
 * converge: brings one certificate from what it is to what is wanted, and tells what was done and why. The
 * same path serves issue and renew.
 */
#ifndef MCACME_CONVERGE_H
#define MCACME_CONVERGE_H

#include "certify.h"
#include "renew.h"

struct outcome {
    const char *name;
    struct strings names; /* wanted */
    const char *server;   /* directory URL of the CA */
    const char *mailcow;  /* the folder whose services have to load it; NULL: none */
    struct renew_verdict verdict;
    struct renew_failures failures; /* in a row, of former runs; count 0: none */
    struct lineage_ari ari;         /* of the certificate held; no serial: the CA was not asked */
    struct strings missing;         /* wanted names that the certificate lacks */
    bool held, changed, first, deploy_owed, deployed, off, revoked; /* first: there was none before */
    bool staged;                                                    /* the next private key is there */
    bool look_due;                 /* the CA is to be asked when it suggests to renew (see windows.h) */
    int64_t not_before, not_after; /* of the certificate held now; 0 without one */
    const char *serial;
    struct bytes key;       /* public, SubjectPublicKeyInfo */
    struct strings tlsa;    /* `list` only: "3 1 1 <hex>" of the key, then of the staged one */
    const char *folder;     /* where the files are */
    const char *last_error; /* of an earlier attempt */
    struct err err;         /* what went wrong now; code 0 when all is well */
};

/* Who asks, and how. */
struct converge_wish {
    bool force;   /* although not due, and although backing off */
    bool by_hand; /* issue: the policy is kept although nothing is due, and what was mended here is tried at
                     once */
    bool wait;    /* for another run that holds the certificate, as long as the time allows */
};

/* What would be done, and why; nothing is changed and nobody is asked. Fails only where the store cannot be
 * read. */
bool converge_plan(struct run *run, struct op *op, const struct settings *settings,
                   const struct lineage *lineage, const struct converge_wish *wish, struct outcome *outcome);

/* Whether a planned outcome asks for anything to be done. */
bool converge_needed(const struct outcome *outcome, const struct lineage *lineage,
                     const struct converge_wish *wish);

/*
 * Does it: under the certificate's lock, after looking again. The outcome's error is also op's.
 */
bool converge(struct run *run, struct op *op, const struct settings *settings, struct lineage *lineage,
              const struct converge_wish *wish, struct outcome *outcome);

#endif
