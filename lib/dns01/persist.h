/*
 * persist: the record of dns-persist-01, and nothing else knows what it looks like: the draft is still
 * moving. This is draft-ietf-acme-dns-persist-01: an issue-value of RFC 8659 section 4.2.
 *
 *     _validation-persist.example.com. IN TXT
 *         "ca.example; accounturi=https://ca.example/acct/1; policy=wildcard; persistUntil=1798761600"
 *
 * It says that this CA may give certificates for the name to this account: for "*.name" as well with the
 * policy, and not any more after the time. Many may stand at one name, of several CAs and accounts; one that
 * is good is enough. All here is pure: no I/O, no clock.
 *
 *     struct persist_wants wants = { .issuers = &issuers, .account = kid, .now = op_now(op) };
 *     struct persist_verdict verdict = persist_judge(op, &values, &wants);
 *     if (verdict.state != PERSIST_FITS)
 *         say(persist_words(op, &verdict, &wants));    // "the record there is for the account https://..."
 *
 * What is read comes from anybody: nothing in it is believed, and words made of it are printable and short.
 */
#ifndef MCACME_DNS01_PERSIST_H
#define MCACME_DNS01_PERSIST_H

#include "base/op.h"
#include "base/text.h"

struct persist_record {
    const char *issuer;  /* lower case, no final dot */
    const char *account; /* URL; NULL: the record has none */
    bool wildcard;
    bool ends;     /* it is good up to `until`, else for ever */
    int64_t until; /* seconds since the epoch */
};

/*
 * The value of a TXT record. NULL and UNTRUSTED where the CA's own words (issuer, account) cannot stand in
 * one.
 */
const char *persist_write(struct op *op, const struct persist_record *record);

/*
 * Reads a value. Returns what is wrong with it in a few words, NULL where nothing is; what could be read
 * stands in `record` even then. Something that is no such record at all has no issuer (NULL).
 */
const char *persist_read(struct op *op, const char *value, struct persist_record *record);

struct persist_wants {
    const struct strings *issuers; /* any of them is good */
    const char *account;
    bool wildcard;
    int64_t now;
};

/* From the best to the worst; of several records at a name the best one counts. */
enum persist_state {
    PERSIST_FITS,
    PERSIST_NARROW, /* good but for the wildcard */
    PERSIST_EXPIRED,
    PERSIST_OTHER_ACCOUNT,
    PERSIST_MALFORMED, /* of this CA, but the CA cannot read it either */
    PERSIST_OTHER_CA,
    PERSIST_ABSENT
};

struct persist_verdict {
    enum persist_state state;
    struct persist_record record; /* that it is about; empty where ABSENT */
    const char *value;            /* and as it stands there */
    const char *fault;            /* MALFORMED: what is wrong with it */
};

struct persist_verdict persist_judge(struct op *op, const struct strings *values,
                                     const struct persist_wants *wants);

/* "the record there ended 3 days ago"; for FITS "good for ever", "good for another 20 days". */
const char *persist_words(struct op *op, const struct persist_verdict *verdict,
                          const struct persist_wants *wants);

/* "fits", "no-wildcard", "expired", "other-account", "malformed", "other-ca", "absent": for programs. */
const char *persist_state_name(enum persist_state state);

/* Whether a record that fits ends so soon that people have to know (30 days). */
bool persist_ends_soon(const struct persist_verdict *verdict, int64_t now);

#endif
