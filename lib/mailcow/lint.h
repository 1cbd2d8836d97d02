/*
 * lint: what is odd in a mailcow's two files, line by line: mailcow.conf and data/conf/acme/dns-01.conf. What
 * makes a certificate impossible fails in mailcow_read with its own words; here is what only surprises.
 *
 *     mailcow_lint(op, "/opt/mailcow-dockerized", &findings);
 */
#ifndef MCACME_MAILCOW_LINT_H
#define MCACME_MAILCOW_LINT_H

#include "check/finding.h"

/* Fails with CONFIG where mailcow.conf cannot be read. */
bool mailcow_lint(struct op *op, const char *dir, struct findings *findings);

#endif
