/*
 * names: what may stand in a certificate, in one form: lower case, A-labels, no final dot.
 *
 * Input is UTF-8 whatever the locale (cron runs in C). "Bücher.example." becomes "xn--bcher-kva.example". IP
 * addresses (RFC 8738) are kept in the form of inet_ntop.
 */
#ifndef MCACME_NAMES_H
#define MCACME_NAMES_H

#include "base/op.h"
#include "base/text.h"

/* NULL and USAGE with the reason when the name can never be in a certificate. */
const char *name_normalise(struct op *op, const char *input);

/* All of them, without duplicates, order kept. Fails when there are more than 100 or none. */
#define NAMES_MOST 100u
bool names_normalise(struct op *op, const struct strings *input, struct strings *names);

bool name_is_ip(const char *name);
bool name_is_wildcard(const char *name);
const char *name_base(const char *name); /* without "*." */

/* The same names, whatever the order and how often each is there. */
bool names_same(const struct strings *a, const struct strings *b);

/* What a certificate is called when nobody says: the first name without "*.". */
const char *names_title(const struct strings *names);

/* Letters, digits, '.', '-', '_' and ':' only, not too long: fit for a folder. Fails with USAGE. */
bool title_ok(struct op *op, const char *title);

#endif
