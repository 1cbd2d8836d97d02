/*
 * challenge_cert: by what TLS-ALPN-01 proves a name (RFC 8737 section 3), a certificate with a key of its
 * own.
 *
 *     struct tls_identity identity;
 *
 *     challenge_cert(op, "a.example", challenge->key_authorization, &identity) &&
 *         show(challenge_server_name(op, "a.example"), &identity);
 *
 * It is signed by its own key, a new one on P-256. It holds exactly one name (for an IP address an iPAddress,
 * RFC 8738 section 3) and the critical extension acmeIdentifier with SHA-256 of the key authorization. Nobody
 * but a CA that looks at the challenge has a use for it, so it is valid for days only.
 */
#ifndef MCACME_CRYPTO_CHALLENGE_CERT_H
#define MCACME_CRYPTO_CHALLENGE_CERT_H

#include "crypto/tls_server.h"

#define CHALLENGE_PROTOCOL "acme-tls/1" /* RFC 8737 section 6.2 */

/* Fails with INTERNAL. The key is in the memory of `op` and nowhere else. */
bool challenge_cert(struct op *op, const char *name, const char *key_authorization,
                    struct tls_identity *identity);

/*
 * What the CA asks for: the name, or of an IP address the name for its reverse mapping (RFC 8738 section 6),
 * since SNI holds no addresses.
 */
const char *challenge_server_name(struct op *op, const char *name);

#endif
