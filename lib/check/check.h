/*
 * check: looks at everything that an issue or a renewal will need, before it is needed: files, credentials,
 * names, the CA's directory, CAA records, delegation, and a TXT record put up, seen, taken away and seen to
 * be gone. The CA is asked for its directory only, which costs nobody's quota.
 *
 *     struct findings findings = { .op = app->op };
 *
 *     check_state(&findings, op, store);
 *     check_certificate(run, op, "example.com", &settings, &findings);
 *     status = op_exit_status(findings_status(&findings));
 *
 * What is found to be wrong is a finding and no failure of the operation, which fails only when it is stopped
 * or out of time. The test record stands in the certificate's journal, under the certificate's lock: when we
 * die, the next run takes it away.
 */
#ifndef MCACME_CHECK_CHECK_H
#define MCACME_CHECK_CHECK_H

#include "check/finding.h"
#include "run.h"

/* The folder of the store, and the private keys in it. */
bool check_state(struct findings *findings, struct op *op, const struct store *store);

/* `settings` are complete; `cert` is its name in the store, where it need not be. */
bool check_certificate(struct run *run, struct op *op, const char *cert, const struct settings *settings,
                       struct findings *findings);

/*
 * The part that asks nobody, for who is about to order by hand: names, hooks, places of copies. What is wrong
 * is a warning in the log, and not more: the CA may still be asked, and what fails later is owed.
 */
void check_before_order(struct run *run, struct op *op, const struct settings *settings);

/* Takes away the TXT records that journals name, and nothing else, and tells which. */
bool check_clean(struct run *run, struct op *op, struct findings *findings);

#endif
