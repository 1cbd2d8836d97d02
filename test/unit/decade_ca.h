/*
 * decade_ca: a CA in memory that lives for years. fake_ca is strict and remembers all that it is told; this
 * one forgets what is done, numbers its orders for ever, issues for the time that it is (by the world's own
 * clock, not by the one that we may have set wrong), and names windows for renewals (RFC 9773).
 *
 *     struct decade_ca *ca = decade_ca(op, "https://one.test", 90 * DAY);
 *     ca->http;                                    // the door
 *     ca->windows = WINDOWS_NOW;                   // from here on it asks for renewals all the time
 */
#ifndef MCACME_TEST_DECADE_CA_H
#define MCACME_TEST_DECADE_CA_H

#include "base/json.h"
#include "crypto/cert.h"
#include "kit.h"
#include "material.h"
#include "net/http.h"

#define DAY              86400
#define DECADE_TRIP_MS   20
#define DECADE_LOOK      (6 * 3600) /* Retry-After of windows */
#define ORDER_LIVES      (7 * DAY)
#define NONCES_KEPT      (1u << 14)
#define NAMES_MOST       4u
#define ISSUED_KEPT      64u /* certificates whose windows are known */
#define DECADE_DIRECTORY "/directory"

/* What is said about the time to renew. */
enum windows {
    WINDOWS_NONE,   /* the CA does not do this */
    WINDOWS_USUAL,  /* a day around two thirds of the lifetime */
    WINDOWS_NOW,    /* an hour around now, whatever the certificate */
    WINDOWS_LATE,   /* when it has expired */
    WINDOWS_GARBAGE /* no JSON, no window, a window that ends before it begins */
};

enum order_state { DECADE_PENDING, DECADE_READY, DECADE_VALID, DECADE_INVALID };

struct decade_authz {
    char name[64], token[48], value[64]; /* value: of the TXT record */
    bool told, valid, refused;
};

struct decade_order {
    unsigned long number; /* 0: the place is free */
    int64_t made;         /* real time */
    enum order_state state;
    struct decade_authz authzs[NAMES_MOST];
    size_t count;
    char pem[6144];
};
#define ORDERS_KEPT 16u

struct decade_issued {
    unsigned long number; /* of the order: the serial */
    int64_t not_before, not_after;
    int64_t look_at; /* real time: not to be asked again before */
};

struct decade_ca {
    struct http http;
    struct op *op; /* keys */
    const char *base;
    int64_t life;
    enum windows windows;
    bool refuses; /* all proofs */

    /* what has happened */
    unsigned long requests, new_orders, issued_count, window_looks, early_looks;
    bool clock_wrong;      /* ours, lately: early looks are no fault */
    int64_t limited_until; /* real time: until then no order is taken (429) */
    void (*ordered)(struct decade_ca *ca, const char *first_name); /* at each newOrder; may be NULL */
    void *owner;                                                   /* of who listens */
    void (*told)(struct decade_ca *ca, const char *value);         /* that a challenge is up; may be NULL */
    struct text complaints;

    /* its own */
    struct bytes account;
    const char *thumbprint;
    struct forged leaf;
    const char *issuers; /* PEM of those above */
    struct bytes authority;
    unsigned long nonces, orders_made;
    bool nonce_used[NONCES_KEPT];
    struct decade_order orders[ORDERS_KEPT];
    struct decade_issued issued[ISSUED_KEPT];
};

struct decade_ca *decade_ca(struct op *op, const char *base, int64_t life);

/* What was said about windows has got lost, or could not be kept: asking again soon is no fault. */
void decade_forget_looks(struct decade_ca *ca);

/* Seconds since the epoch, whatever our clock says. */
int64_t real_now(void);
const char *http_date(struct op *op, int64_t when);

/* ---- for the decade_ca*.c files ---- */

struct decade_call {
    struct decade_ca *ca;
    struct op *op;    /* of the client: the answer lives there */
    struct op *aside; /* for all else */
    const struct http_request *request;
    const char *path; /* behind the base */
    const struct json *payload;
    struct bytes signer;
    struct http_response *answer;
    struct strings headers;
};

void decade_complain(struct decade_ca *ca, const char *format, ...) __attribute__((format(printf, 2, 3)));
void decade_say(struct decade_call *call, long status, const char *type, const char *body);
void decade_header(struct decade_call *call, const char *line);
bool decade_refuse(struct decade_call *call, long status, const char *type, const char *detail); /* false */

/* Checks the JWS; false where the answer is a refusal. */
bool decade_open_jws(struct decade_call *call);
void decade_give_nonce(struct decade_call *call);

/* order, finalize, authz, challenge, cert; false: there is no such page. */
bool decade_order_pages(struct decade_call *call);
void decade_window(struct decade_call *call, const char *id);

#endif
