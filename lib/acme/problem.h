/*
 * problem: what a CA says when it refuses (RFC 8555 section 6.7, RFC 9457), turned into our errors.
 *
 * The CA's words are shown as they are (made printable, 500 bytes at most), subproblems one per name.
 */
#ifndef MCACME_ACME_PROBLEM_H
#define MCACME_ACME_PROBLEM_H

#include "acme/acme.h"

/* The last part of the type ("badNonce" of urn:ietf:params:acme:error:badNonce), or "" . */
const char *problem_type(struct op *op, const struct json *problem);

/* Fails for an answer of 400 and more (or a lost one) by its problem document. Returns false. */
bool problem_fail(struct op *op, const struct acme_call *call);

/*
 * Fails for a problem object inside an order, authorization or challenge. `status` may be 0. Returns false.
 */
bool problem_fail_json(struct op *op, const struct json *problem, long status);

#endif
