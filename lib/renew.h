/*
 * renew: is a certificate due, and why? Pure: facts in, verdict out.
 *
 * A certificate is renewed when a third of its lifetime is left, or half of it when it lives less than ten
 * days (Let's Encrypt's integration guide); never at a fixed number of days.
 */
#ifndef MCACME_RENEW_H
#define MCACME_RENEW_H

#include <stdbool.h>
#include <stdint.h>

struct op;

struct renew_facts {
    int64_t now;
    bool held; /* there is a certificate; else the dates mean nothing */
    int64_t not_before, not_after;
    bool names_changed;
    const char *policy_changed; /* what differs from the certificate held, in words; NULL: nothing */
    bool revoked, forced;
    bool interrupted; /* a former run has left an order for just this */
};

struct renew_verdict {
    bool due;
    int64_t at;         /* when it is or was due by its lifetime */
    const char *reason; /* "two thirds of its lifetime are over", one line for people */
};

struct renew_verdict renew_decide(struct op *op, const struct renew_facts *facts);

/* When the lifetime rule makes a certificate due. */
int64_t renew_at(int64_t not_before, int64_t not_after);

#endif
