/*
 * renew: is a certificate due, and why? Pure: facts in, verdict out.
 *
 * The CA's suggestion counts first (RFC 9773): the time chosen inside its window. Without one, a certificate
 * is renewed when a third of its lifetime is left, or half of it when it lives less than ten days (Let's
 * Encrypt's integration guide); never at a fixed number of days.
 *
 * A suggestion moves a renewal inside limits only: not later than half of what the lifetime rule leaves, and
 * it causes at most one renewal in 24 hours or half the lifetime, whichever is shorter.
 */
#ifndef MCACME_RENEW_H
#define MCACME_RENEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct op;

struct renew_facts {
    int64_t now;
    bool held; /* there is a certificate; else the dates mean nothing */
    int64_t not_before, not_after;
    int64_t suggested;       /* chosen inside the CA's window for this certificate; 0: none */
    const char *explanation; /* URL that the CA gives for it, or NULL */
    int64_t suggested_last;  /* when a renewal was last made for that reason; 0: never */
    bool names_changed;
    size_t missing;             /* names that were left out of the certificate, and are still wanted */
    const char *policy_changed; /* what differs from the certificate held, in words; NULL: nothing */
    bool revoked, forced;
    bool interrupted; /* a former run has left an order for just this */
    bool staged;      /* the next private key is there already */
};

/* What failed before, for a certificate that is due. */
struct renew_failures {
    int64_t count, retry_at;
    const char *text;
};

struct renew_verdict {
    bool due;
    bool held_back;     /* due, but it failed before and the next attempt is not due yet */
    bool suggested;     /* due because the CA suggests it */
    bool for_missing;   /* due only for names that were left out */
    int64_t at;         /* when it is or was due, by suggestion or lifetime */
    const char *reason; /* "a third of its lifetime is left", one line for people */
};

struct renew_verdict renew_decide(struct op *op, const struct renew_facts *facts);

/* Waits for the next attempt: a verdict that is due becomes one that is held back. */
void renew_hold_back(struct op *op, struct renew_verdict *verdict, const struct renew_failures *failures);

/* When the lifetime rule makes a certificate due. */
int64_t renew_at(int64_t not_before, int64_t not_after);

/* When half of the time that the rule leaves is over: nothing puts a renewal off for longer. */
int64_t renew_latest(int64_t not_before, int64_t not_after);

#endif
