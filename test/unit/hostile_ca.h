/*
 * hostile_ca: a CA that means us harm, or does not know what it does: one row an attack. Each goes through
 * all of certify(), with a certificate in the store already, and has to end soon, in clear words, with
 * nothing installed, nobody else called and no record left behind.
 */
#ifndef MCACME_TEST_HOSTILE_CA_H
#define MCACME_TEST_HOSTILE_CA_H

#include "fake_ca.h"

struct attack {
    const char *title;
    struct fake_lie lie, also;
    void (*prepare)(struct fake_ca *fake, struct fake_lie *lie);
    void (*forge)(struct fake_ca *fake, struct family *family);
    enum err_code code;
    const char *words;
    struct kit_test test; /* the kit's, and its name */
    char name[64];
};

/* For a constructor: makes a test "hostile_ca_<title>" of each. */
void attacks_register(struct attack *attacks, size_t count);

/* Text so many times. */
const char *attack_repeat(struct op *op, const char *text, unsigned n);

/* ---- for the rows ---- */

#define AT(where, ...)    .lie = { .page = FAKE_##where, __VA_ARGS__ }
#define SAYS(where, a, b) AT(where, .from = (a), .to = (b))
#define BODY(where, b)    AT(where, .to = (b))
#define HEADER(where, h)  AT(where, .header = (h))
#define UNTRUSTED(words)  ERR_UNTRUSTED, (words)
#define ENDS(which, says) .code = ERR_##which, .words = (says)
#define PROBLEM(where, body)                                                                                 \
    AT(where, .status = 403, .header = "Content-Type: application/problem+json", .to = (body))

#endif
