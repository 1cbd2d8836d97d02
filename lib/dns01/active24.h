/*
 * active24: the API of Active24 and Websupport, two houses of one: records of a service, addressed by ids. A
 * request is signed with HMAC-SHA1 over its method, path and time, and the signature is a Basic password.
 *
 * Providers give their fields; the base URL is the provider's own.
 */
#ifndef MCACME_DNS01_ACTIVE24_H
#define MCACME_DNS01_ACTIVE24_H

#include "dns01/provider.h"

struct active24 {
    const char *key, *secret;
};

bool active24_add(struct op *op, const struct active24 *account, struct record *record);
bool active24_remove(struct op *op, const struct active24 *account, struct record *record);

#endif
