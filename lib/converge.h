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
    const char *mailcow;  /* the folder whose services have to load it; NULL: none */
    struct renew_verdict verdict;
    bool held, changed, first, deploy_owed, deployed, off, revoked; /* first: there was none before */
    int64_t not_before, not_after; /* of the certificate held now; 0 without one */
    const char *serial;
    const char *folder;     /* where the files are */
    const char *last_error; /* of an earlier attempt */
    struct err err;         /* what went wrong now; code 0 when all is well */
};

/* What would be done, and why; nothing is changed and nobody is asked. Fails only where the store cannot be
 * read. */
bool converge_plan(struct run *run, struct op *op, const struct settings *settings,
                   const struct lineage *lineage, bool force, struct outcome *outcome);

/*
 * Does it: under the certificate's lock, after looking again. `save_policy` keeps lineage->wanted although
 * nothing was due (issue). The outcome's error is also op's.
 */
bool converge(struct run *run, struct op *op, const struct settings *settings, struct lineage *lineage,
              bool force, bool save_policy, struct outcome *outcome);

#endif
