/*
 * certify: one certificate from what is wanted to what is installed.
 *
 * Holds the certificate's lock, finishes or undoes what a former run has left in the journal, places or
 * resumes an order, proves the names, checks what the CA sent, switches to the new generation and takes the
 * records away again, whatever happened. Only then come the deploy steps (see deploy.h).
 *
 * With --partial allow, names that the CA or the provider has refused are left out, and a second order asks
 * for the others; never for fewer than the certificate in use has while that one is good.
 */
#ifndef MCACME_CERTIFY_H
#define MCACME_CERTIFY_H

#include "crypto/cert.h"
#include "run.h"

/* Why, as far as the order depends on it. */
struct certify_wish {
    bool suggested;   /* by the CA: remembered, so that it is heard again only after a while */
    bool for_missing; /* only names that were left out are asked for; a certificate without them changes
                         nothing */
};

struct certificate {
    bool changed; /* a new generation is current */
    bool placed;  /* the CA was asked for an order, and has made it */
    int64_t not_before, not_after;
    const char *serial, *directory;
    const struct strings *names;
    struct bytes key;     /* public, SubjectPublicKeyInfo */
    const char *left_out; /* why some names are not in it; NULL: all are */
};

/*
 * `settings` are complete; `lineage->wanted` is what is saved of them. Fails with the code of what went
 * wrong; the certificate held before is untouched then.
 */
bool certify(struct run *run, struct op *op, const struct settings *settings, struct lineage *lineage,
             const struct certify_wish *wish, struct certificate *out);

/*
 * To be called once a generation is current and before the journal is closed: from here on a deploy step is
 * owed, whatever happens to this run.
 */
bool certificate_installed(struct op *op, const struct store *store, struct lineage *lineage);

/* A run that died between the new generation and the end of its journal leaves both: it is noted down now. */
struct journal;
bool certificate_note(struct op *op, const struct store *store, const char *name, struct journal *journal);

/* The certificate held was revoked: the next renew replaces it (unless `off`), never with a compromised key.
 */
bool certificate_revoked(struct op *op, const struct store *store, const char *name, bool compromised,
                         bool off);

/* The files of a generation that a chain makes; key and meta.json are the caller's. */
struct generation certificate_files(struct op *op, const struct chain *chain);

/* The leaf of the current generation, parsed; false without an error when none is held. */
bool certificate_held(struct op *op, const struct store *store, const char *name, struct cert *cert);

#endif
