/*
 * order_names: the names of an order, as they go to the CA and come back (RFC 8555 section 7.1.3, RFC 8738).
 */
#ifndef MCACME_ACME_ORDER_NAMES_H
#define MCACME_ACME_ORDER_NAMES_H

#include "base/json.h"
#include "base/text.h"

/* The member "identifiers" of a new order. */
void order_put_names(struct text *out, const struct strings *names);

/*
 * Whether the order that the CA shows is for exactly the names that were asked for, in any order. Fails with
 * UNTRUSTED.
 */
bool order_names_ok(struct op *op, const struct json *order, const struct strings *names);

/* The name of ours that an identifier object stands for; NULL: none of them. */
const char *order_name_of(struct op *op, const struct json *identifier, const struct strings *names);

#endif
