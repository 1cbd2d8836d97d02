/*
 * verify: the last step of deploying: the services of --verify have to show the new certificate. A daemon
 * that was told to reload needs a moment, so each is asked again for half a minute.
 *
 *     verify_probes_ok(op, &settings)                                  // before anything is asked of a CA
 *     verify_served(op, peers, store, &settings, "mail", &names)       // behind the deploy hook
 *
 * The certificate is asked for by the probe's HOST where that is a name, else by the first name of the
 * certificate, without "*.".
 */
#ifndef MCACME_VERIFY_H
#define MCACME_VERIFY_H

#include "net/peer.h"
#include "store/store.h"

/* Those that are to be asked: "none" stands for none, whatever was saved. */
struct strings verify_probes(const struct settings *settings);

/* Whether all probes can be read. Fails with USAGE. */
bool verify_probes_ok(struct op *op, const struct settings *settings);

/*
 * `peers` NULL: the real ones. Fails with DEPLOY and what each service shows that is behind; content without
 * --verify.
 */
bool verify_served(struct op *op, struct peers *peers, const struct store *store,
                   const struct settings *settings, const char *cert, const struct strings *names);

#endif
