/*
 * mailcow_kit: a mailcow folder as its set-up script and its ACME client leave it, made up for a test.
 *
 *     struct cow cow = cow_new(op, "mailcow");                      // mail.example.com, nothing in it yet
 *     struct cow_pair pair = { cow_cert(op, &wish), fixture(op, "rsa2048.pem") };
 *
 *     cow_put(op, &cow, "", &pair, NULL);                           // at the top
 *     cow_put(op, &cow, "mail.example.com", &pair, "mail.example.com imap.example.com");
 */
#ifndef MCACME_TEST_MAILCOW_KIT_H
#define MCACME_TEST_MAILCOW_KIT_H

#include "disk.h"
#include "material.h"

#define COW_HOST "mail.example.com"
#define COW_CONF "MAILCOW_HOSTNAME=" COW_HOST "\n"

struct cow {
    const char *dir, *ssl;
};

struct cow_pair {
    const char *cert, *key; /* texts; NULL: none */
};

/* `path` is absolute or in the test's own folder. */
struct cow cow_new(struct op *op, const char *path);

struct cow_wish {
    const char *key; /* a file of test/unit/data */
    const char *organisation, *issuer;
    const char *names;        /* with commas between */
    const char *from, *until; /* NULL: from 2026-11-01 to 2027-02-01 */
};

/* A leaf and the certificate above it, as cert.pem has them. */
struct cow_pair cow_pair(struct op *op, const struct cow_wish *wish);

/* Into a folder of ssl ("" for the top); `domains` NULL: none. */
void cow_put(struct op *op, const struct cow *cow, const char *folder, const struct cow_pair *pair,
             const char *domains);

/* What a container reads there. */
struct cow_pair cow_get(struct op *op, const struct cow *cow, const char *folder);
bool cow_has(struct op *op, const struct cow *cow, const char *folder, const struct cow_pair *pair);
const char *cow_text(struct op *op, const struct cow *cow, const char *path);

/* Each file below ssl with its mode, and what kind of thing it is when it is no file; a line each, sorted. */
const char *cow_tree(struct op *op, const struct cow *cow);

#endif
