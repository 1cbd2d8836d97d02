/* flow_parts: what the flow*.c files share. For these files only. */
#ifndef MCACME_ACME_FLOW_PARTS_H
#define MCACME_ACME_FLOW_PARTS_H

#include "acme/flow.h"

/* Blames the names that a refusal is about (RFC 8555 section 6.7.1) for the error just recorded. */
void flow_blame(struct op *op, const struct json *problem, const struct strings *names);

bool flow_authz_failed(const struct authz *authz);

/*
 * Fails for the authorizations that failed: the first name is the error, the others are told of behind it,
 * and all are to blame. False without an error when none did.
 */
bool flow_proofs_failed(struct op *op, const struct order *order);

/*
 * *pem, which is the answer to `first`, or one of the alternates that its links name, when that has the
 * issuer at its top. Where none has, the default stays and a warning names those offered.
 */
bool flow_prefer(struct op *op, struct acme *ca, const char *issuer, const struct acme_call *first,
                 const char **pem);

#endif
