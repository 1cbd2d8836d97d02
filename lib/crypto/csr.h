/* csr: certificate signing requests (RFC 2986) by the DER writer. */
#ifndef MCACME_CRYPTO_CSR_H
#define MCACME_CRYPTO_CSR_H

#include "base/text.h"
#include "crypto/key.h"

/*
 * DER of a request for these names (DNS names as A-labels, IP addresses in text form): empty subject, all
 * names in subjectAltName, no other extension (never an EKU: CAs that dropped clientAuth refuse it).
 */
struct bytes csr_make(struct op *op, const struct key *key, const struct strings *names);

#endif
