/*
 * fake_ca: a CA in memory behind struct http. It speaks as much of RFC 8555 as we do, checks what it is sent
 * as a strict CA would (signatures, nonces, URLs, the names of a CSR), issues certificates for the CSR's key,
 * and lies where a test tells it to.
 *
 *     struct fake_ca *fake = fake_ca(kit_op());
 *     struct acme *ca = fake_ca_open(fake, op);        // the directory read, an account known
 *     static const struct fake_lie lies[] = { { .page = FAKE_ORDER, .from = "pending", .to = "weird" } };
 *     fake_lies(fake, lies, 1);
 *     ...
 *     CHECK_STR(fake_complaints(fake), "");            // we did nothing that a CA would frown at
 */
#ifndef MCACME_TEST_FAKE_CA_H
#define MCACME_TEST_FAKE_CA_H

#include "acme/acme.h"
#include "acme/order.h"
#include "family.h"

#define FAKE_CA      "https://ca.test"
#define FAKE_TRIP_MS 20 /* what a round of requests takes */

enum fake_page {
    FAKE_DIRECTORY,
    FAKE_NONCE,
    FAKE_ACCOUNT,
    FAKE_NEW_ORDER,
    FAKE_ORDER,
    FAKE_AUTHZ,
    FAKE_CHALLENGE,
    FAKE_FINALIZE,
    FAKE_CERT,
    FAKE_ALTERNATE,
    FAKE_REVOKE,
    FAKE_ELSEWHERE, /* an URL that the CA does not have */
    FAKE_PAGES
};

/* What is done to the answers of a page. */
struct fake_lie {
    enum fake_page page;
    unsigned after; /* so many answers are left alone first */
    unsigned times; /* and so many are spoiled; 0: all */
    long status;    /* 0: as it is */
    const char *from,
        *to;            /* `from` in the body becomes `to`, wherever it stands; from NULL: the whole body */
    const char *header; /* "Name: value" in place of what there is of that name; "Name:" removes it */
    bool lost, unsent;  /* no answer; the CA has acted, or has not even been reached */
};
#define FAKE_MOST_LIES 4u

struct fake_authz {
    const char *name, *token;
    enum authz_status status;
    bool told; /* by a challenge answered */
};

struct fake_order {
    struct strings names;
    enum order_status status;
    struct fake_authz *authzs;
    unsigned polls;    /* until something happens */
    struct bytes leaf; /* SPKI of the CSR */
    const char *profile;
};
#define FAKE_MOST_ORDERS 8u

struct fake_ca {
    struct http http;
    struct op *op; /* what is remembered; ended by the kit */

    /* how it is made to behave */
    unsigned valid_already;  /* so many authorizations of a new order are valid */
    unsigned validating;     /* polls that find an order pending, after all is answered */
    unsigned processing;     /* polls that find it processing, after it is finalized */
    const char *refused;     /* the name whose proof fails; "": all names */
    const char *profiles;    /* JSON object of the directory, or NULL */
    const char *retry_after; /* on orders that are not settled yet */
    bool eab_required;
    unsigned refuse_nonces; /* percent */
    unsigned alternates;    /* chains besides the default one, under "Root 1", "Root 2" ... */
    bool (*visible)(const char *name, const char *value); /* looks for the TXT value; NULL: it is there */
    void (*forge)(struct fake_ca *fake, struct family *family); /* spoils a certificate; may be NULL */

    /* what has happened */
    unsigned asked[FAKE_PAGES], requests;
    size_t most_at_once;
    struct fake_order *orders[FAKE_MOST_ORDERS];
    size_t order_count;
    struct text complaints;

    /* its own */
    struct bytes account; /* SPKI; at NULL: not registered */
    const char *thumbprint;
    struct family family; /* made for the first certificate */
    unsigned nonces;
    bool nonce_used[1u << 14];
    unsigned lot;
    const struct fake_lie *lies;
    size_t lie_count;
    unsigned lied[FAKE_MOST_LIES];
};

/* The CA, which is from then on the HTTP door of the world. */
struct fake_ca *fake_ca(struct op *op);

void fake_lies(struct fake_ca *fake, const struct fake_lie *lies, size_t count);

/* The directory read in `op`, with an account that both sides know. */
struct acme *fake_ca_open(struct fake_ca *fake, struct op *op);

/* What a CA would frown at; "" when all was well. */
const char *fake_complaints(const struct fake_ca *fake);

/* ---- for the fake_ca_*.c files ---- */

struct fake_call {
    struct fake_ca *fake;
    enum fake_page page;
    const char *url;
    unsigned number[3];         /* that stand in the URL's path */
    const struct json *payload; /* NULL: POST-as-GET */
    struct bytes signer;        /* SPKI */
    bool by_account;
    struct http_response *answer;
    struct strings headers;
};

void fake_complain(struct fake_ca *fake, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The answer, so far: status, content type, body. */
void fake_say(struct fake_call *call, long status, const char *type, const char *body);
void fake_header(struct fake_call *call, const char *line);
bool fake_refuse(struct fake_call *call, long status, const char *type, const char *detail); /* false */

/* Checks the JWS and takes it apart; false when the answer is a refusal already. */
bool fake_open_jws(struct fake_call *call, const struct http_request *request);
void fake_give_nonce(struct fake_call *call);

void fake_account(struct fake_call *call, const struct json *jwk);
void fake_new_order(struct fake_call *call);
void fake_order_page(struct fake_call *call);
void fake_authz_page(struct fake_call *call);
void fake_challenge(struct fake_call *call);
void fake_finalize(struct fake_call *call);
void fake_cert(struct fake_call *call);
void fake_revoke(struct fake_call *call);

/* The CSR's public key and names; false when it is no good request. */
bool fake_read_csr(struct op *op, struct bytes csr, struct bytes *spki, struct strings *names);

#endif
