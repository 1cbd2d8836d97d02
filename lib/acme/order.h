/*
 * order: what a CA has told us about an order, and the next thing to do with it.
 *
 * order_next is a pure function: no I/O, no clock, no allocation. flow.c carries its steps out; the tests
 * walk it at random. Statuses are those of RFC 8555 section 7.1.6.
 */
#ifndef MCACME_ACME_ORDER_H
#define MCACME_ACME_ORDER_H

#include "base/json.h"
#include "base/text.h"

enum order_status { ORDER_PENDING, ORDER_READY, ORDER_PROCESSING, ORDER_VALID, ORDER_INVALID };
enum authz_status {
    AUTHZ_PENDING,
    AUTHZ_VALID,
    AUTHZ_INVALID,
    AUTHZ_DEACTIVATED,
    AUTHZ_EXPIRED,
    AUTHZ_REVOKED
};

#define CHALLENGE_LABEL "_acme-challenge"
#define PERSIST_LABEL   "_validation-persist"

/* What a solver gets: how one name is proved. What a type of challenge does not have is NULL, or empty. */
struct challenge {
    const char *name; /* the name asked for, as we wrote it: "*.example.com" */
    const char *base; /* without "*." */
    const char *type; /* "dns-01" */
    const char
        *label; /* what a DNS record's name has before `base`: "_acme-challenge"; NULL: no DNS challenge */
    const char *url, *token;
    const char *key_authorization; /* what an HTTP resource must say (RFC 8555 section 8.3) */
    const char *value;             /* what a TXT record must say (section 8.4) */
    struct challenge_persist {
        struct strings issuers; /* what the CA calls itself in the record; any of them is good */
        const char *account;    /* the account's URL */
    } persist;                  /* dns-persist-01: the record stays, and we may not have put it there */
};

struct authz {
    const char *url;
    enum authz_status status;
    bool read;      /* the CA was asked for it */
    bool published; /* the solver has put the challenge up and it can be seen */
    bool answered;  /* the CA was told to look */
    struct challenge challenge;
    const struct json *problem; /* why it is invalid; NULL: not said */
};

struct order {
    const char *url, *finalize, *certificate; /* certificate: NULL until valid */
    enum order_status status;
    bool finalized; /* we sent the CSR and know no more yet */
    bool downloaded;
    const struct json *problem;
    struct authz *authzs;
    size_t authz_count;
};

enum todo {
    TODO_READ,       /* read the authorizations that were not read */
    TODO_PUBLISH,    /* put up challenges: as many as the solver can hold at once */
    TODO_ANSWER,     /* tell the CA to look at those published */
    TODO_WAIT,       /* read the order again in a while */
    TODO_WAIT_AUTHZ, /* read the answered authorizations again: the solver holds no more until they are
                        settled */
    TODO_FINALIZE,
    TODO_DOWNLOAD,
    TODO_DONE,
    TODO_FAIL
};

enum todo order_next(const struct order *order);

/* An authorization that the CA has yet to prove; those that are valid already need nothing. */
bool authz_open(const struct authz *authz);

bool order_status_parse(const char *word, enum order_status *status);
bool authz_status_parse(const char *word, enum authz_status *status);

#endif
