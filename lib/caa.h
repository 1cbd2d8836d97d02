/*
 * caa: whether the CAA records of a name let a CA issue (RFC 8659, with the parameters of RFC 8657), asked
 * before the CA is, which would refuse and count the attempt.
 *
 * The records that count are the closest ones: of the name, or else of the name above, and so on up to the
 * top-level domain. For a wildcard "issuewild" counts where there is one, else "issue", as for all other
 * names. IP addresses have none. Names that cannot be asked about are no failure of the operation: each has
 * its own verdict.
 *
 *     struct caa_wants wants = { &names, types, &ca->caa_identities, account.kid };
 *     struct caa_verdict *verdicts = op_array(op, names.count, struct caa_verdict);
 *
 *     if (caa_check(op, &wants, verdicts) && verdicts[0].state == CAA_FORBIDDEN) ... verdicts[0].text
 *
 * Limits: CAA_MOST_CNAMES in one answer. Whoever answers the questions is believed.
 */
#ifndef MCACME_CAA_H
#define MCACME_CAA_H

#include "base/text.h"

struct op;

#define CAA_MOST_CNAMES 8u

enum caa_state {
    CAA_ALLOWED,
    CAA_FORBIDDEN,
    CAA_UNANSWERED, /* a question failed: a CA in our place would refuse (RFC 8659 section 3) */
    CAA_UNCLEAR     /* the CA has not said by which names records call it, or what a critical one is to it */
};

struct caa_verdict {
    enum caa_state state;
    const char *owner; /* whose records decided, or whose could not be asked for; NULL: there are none */
    bool named;        /* when forbidden: a record names the CA, but not this account or way of proof */
    const char *text;  /* why, for people; when allowed, what that hangs on, or NULL */
};

struct caa_wants {
    const struct strings *names;
    const char *const *types;         /* of the challenge that proves each name, "dns-01"; NULL: unknown */
    const struct strings *identities; /* how records call the CA (RFC 8555 section 7.1.1) */
    const char *account;              /* our URL at the CA; NULL: not known yet */
};

/* verdicts[i] is of names[i]. Fails only when the operation does. */
bool caa_check(struct op *op, const struct caa_wants *wants, struct caa_verdict *verdicts);

/* ---- the parts, for tests ---- */

struct caa_property {
    bool critical;
    const char *tag, *value;
};

/* What was found for one name. */
struct caa_answer {
    const char *owner;   /* of the closest records; NULL: none up to the top */
    const char *failure; /* of the question about `owner`; NULL: it was answered */
    struct caa_property *properties;
    size_t count;
};

/* Pure: no question is asked. `type` may be NULL. */
struct caa_verdict caa_judge(struct op *op, const struct caa_answer *answer, bool wildcard,
                             const struct strings *identities, const char *account, const char *type);

/* The properties of an answer's text, "0 issue ca.example"; false where that is none. */
bool caa_property_parse(struct op *op, const char *text, struct caa_property *property);

#endif
