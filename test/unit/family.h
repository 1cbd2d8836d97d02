/*
 * family: a chain of three certificates made to order, which any test may then spoil, and the verdict on it.
 */
#ifndef MCACME_TEST_FAMILY_H
#define MCACME_TEST_FAMILY_H

#include "material.h"

struct family {
    struct forged leaf, middle, root; /* the leaf is for a.example */
    struct chain_wants wants;         /* satisfied */
};

struct family family(struct op *op);
const char *family_pem(struct op *op, const struct family *f);

/* `names` with commas between; now is the kit's. */
struct chain_wants wants_of(struct op *op, const struct key *key, const char *names);

/* Parses and checks in an operation of its own, which lives as long as the test. */
struct op *verdict(const char *pem, const struct chain_wants *wants);
struct op *family_verdict(struct op *op, const struct family *f);

#endif
