/*
 * fake_provider: a vendor in memory, and the table of providers that the unit tests see. "fake" knows single
 * records, "fake_batch" takes many at once, "fake_set" whole sets, "fake_rest" nothing but REST calls.
 */
#ifndef MCACME_TEST_FAKE_PROVIDER_H
#define MCACME_TEST_FAKE_PROVIDER_H

#include "dns01/registry.h"

#define FAKE_ROOM 32u

struct fake_vendor {
    struct fake_record {
        char name[128], value[128];
    } records[FAKE_ROOM]; /* what the vendor holds */
    size_t count;
    char calls[2048];     /* what was called: "open;add a=1,b=2;replace x(1,2);close;" */
    const char *refuses;  /* a value whose adding or removing fails; NULL: none */
    const char *login;    /* what a failing `open` says; NULL: it works */
    unsigned ttl;         /* of the last change */
    char handle[64];      /* that the last removal was given; "" for none */
    char record_name[64]; /* that the last change was given */
};

extern struct fake_vendor fake_vendor;

/* Empties it, and puts these records into it: "name=value", the list ends in NULL. */
void fake_reset(const char *const *records);
bool fake_has(const char *name, const char *value);

/* Credentials "NAME=value", ends in NULL; source is "/etc/test.conf", or NULL for the environment. */
struct credentials;
const struct credentials *fake_credentials(struct op *op, const char *source, const char *const *lines);

#endif
