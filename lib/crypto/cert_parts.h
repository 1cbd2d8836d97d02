/* cert_parts: what the cert_*.c files share. For the files of lib/crypto only. */
#ifndef MCACME_CRYPTO_CERT_PARTS_H
#define MCACME_CRYPTO_CERT_PARTS_H

#include "crypto/cert.h"
#include "crypto/der.h"

/* Fails with UNTRUSTED and the words "malformed <part>". */
bool cert_malformed(struct op *op, const char *part);

/*
 * Reads the extensions that concern us into the certificate: subjectAltName, authorityKeyIdentifier and
 * basicConstraints. `serial` is the content of the serial number, the second half of the ARI identifier.
 */
bool cert_read_extensions(struct op *op, struct der extensions, struct bytes serial, struct cert *cert);

#endif
