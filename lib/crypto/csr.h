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

/* One of these names as GeneralName (RFC 5280 section 4.2.1.6), DER. */
struct bytes csr_general_name(struct op *op, const char *name);

/* A request that somebody else has made. */
struct csr {
    struct bytes der, spki;
    struct strings names; /* subjectAltName: DNS names in lower case, IP addresses in text form */
};

/*
 * Reads it, in PEM or DER, and checks the signature by its own key. Fails with CONFIG: when it is none, is
 * damaged, or has no names (a common name alone is not one: CAs do not look at it).
 */
bool csr_read(struct op *op, struct bytes file, struct csr *csr);

#endif
