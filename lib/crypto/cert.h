/*
 * cert: reading certificates, and the checks that stand between an answer of the CA and the disk.
 *
 * struct cert is plain data in the operation's arena.
 */
#ifndef MCACME_CRYPTO_CERT_H
#define MCACME_CRYPTO_CERT_H

#include "base/text.h"
#include "crypto/encode.h"
#include "crypto/key.h"

#define CHAIN_MOST_CERTS 10u
#define CHAIN_MOST_BYTES (256u * 1024)

/* Stands among the names for what is neither a host name nor an IP address; no wanted name equals it. */
#define CERT_OTHER_NAME "(other)"

/* How far ahead of our clock a certificate may begin: CAs back-date, but machines start with slow clocks. */
#define CHAIN_CLOCK_SKEW 3600

struct cert {
    struct strings names; /* subjectAltName: DNS names in lower case, IP addresses in text form */
    int64_t not_before, not_after;
    const char *serial; /* hex, lower case, with the leading 00 of the DER content where it has one */
    const char *ari_id; /* RFC 9773 section 4.1: base64url(AKI) "." base64url(serial); NULL without AKI */
    const char *issuer_cn, *subject_cn; /* "" where there is none */
    const char *issuer_org;             /* the issuer's organisation; likewise */
    struct bytes der, spki;
    struct bytes subject, issuer;           /* the whole Name, DER, to link chains by */
    struct bytes tbs, algorithm, signature; /* what the issuer signed, how, and the signature */
    bool is_ca;
};

struct chain {
    struct cert *certs; /* leaf first */
    size_t count;
};

/*
 * The certificates of a PEM text. Refused: other kinds of blocks, more than CHAIN_MOST_CERTS, more than
 * CHAIN_MOST_BYTES, trailing bytes in a block. Fails with UNTRUSTED.
 */
struct chain chain_parse(struct op *op, const char *pem);

/*
 * What a chain must be before it is installed (reliability requirement 1): our key, exactly our names, in
 * date, and each certificate signed by the next. Fails with UNTRUSTED and says why.
 */
struct chain_wants {
    struct bytes spki;           /* of our key */
    const struct strings *names; /* exactly these, in any order */
    int64_t now;
};
bool chain_check(struct op *op, const struct chain *chain, const struct chain_wants *wants);

/* PEM text made by us from the DER: certificates first .. first+count-1; "" for none. */
const char *chain_pem(struct op *op, const struct chain *chain, size_t first, size_t count);

#endif
