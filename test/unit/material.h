/*
 * material: what the tests of lib/crypto work on: the files of test/unit/data, and certificates made to
 * order, lies included.
 */
#ifndef MCACME_TEST_MATERIAL_H
#define MCACME_TEST_MATERIAL_H

#include "crypto/cert.h"
#include "kit.h"

/* The text of a file of test/unit/data; ends the program when there is none. */
const char *fixture(struct op *op, const char *name);

/* The key of a file of test/unit/data. */
struct key *fixture_key(struct op *op, const char *name);

/* The bytes that hex digits stand for. */
struct bytes unhex(struct op *op, const char *digits);

/* A copy that ends where its block of memory ends, so that the sanitizer sees a step beyond. */
struct bytes at_the_edge(struct op *op, struct bytes data);

struct forged {
    const struct key *key, *signer;
    const char *subject, *issuer; /* common names */
    const char *organisation;     /* of the issuer; NULL: none */
    const char *from, *until;     /* the text of a UTCTime or a GeneralizedTime, whichever has that length */
    struct bytes names;           /* GeneralName values, one behind the other; at NULL: no such extension */
    struct bytes extensions;      /* more of them, whole */
    struct bytes serial;          /* at NULL: 77 */
    bool ca;
};

struct bytes forge(struct op *op, const struct forged *wish);
const char *forge_pem(struct op *op, const struct forged *wish);

/* Pieces for the two lists above. */
struct bytes san_dns(struct op *op, const char *name);
struct bytes extension(struct op *op, const char *oid, struct bytes value);

#endif
