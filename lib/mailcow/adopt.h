/*
 * adopt: the first run of mcacme on an installation that has certificates already. What mailcow's own client
 * has got becomes ours, so that nothing is issued that need not be and the keys stay (with the TLSA records
 * that name them, RFC 7672 section 3.1.1):
 *
 *   - the account key, acme/account.pem, where the store has no account with that CA: the CA knows the
 *     account by it;
 *   - a certificate in <certname>/ (also the "*.example.com/" that mailcow's client has made of it), or the
 *     server's at the top, with its key, when an ACME CA has issued it: the first generation;
 *   - where there is no such certificate the installation's own key alone, which the first order then uses.
 *
 * Nothing below data/assets/ssl changes; what is not in its place is owed to the deploy step. So is, in later
 * runs, what somebody has taken away from there.
 *
 *     mailcow_adopt(run, op, &settings, &lineage) && converge(...)
 */
#ifndef MCACME_MAILCOW_ADOPT_H
#define MCACME_MAILCOW_ADOPT_H

#include "run.h"

/*
 * `settings` are complete, OPT_MAILCOW among them. A certificate that the store knows already is left as it
 * is there. The kind of the key that is taken over stands in `settings` and in lineage->wanted afterwards,
 * where nothing but the installation's had been asked for. Fails with STORE or BUSY.
 */
bool mailcow_adopt(struct run *run, struct op *op, struct settings *settings, struct lineage *lineage);

#endif
