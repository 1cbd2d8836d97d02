/*
 * acme: a CA as we talk to it: its directory, the nonce pool and signed requests (RFC 8555 sections 6
 * and 7.1.1).
 *
 * All requests of a run go through one struct acme, so nonces and the connection are shared. Arrays of
 * requests are sent together, as many at once as there are nonces; each answer brings the next nonce.
 * badNonce, rate limits with a short Retry-After and lost answers to harmless requests are dealt with here
 * and nowhere else.
 *
 *     struct acme *ca = acme_open(op, "https://acme-v02.api.letsencrypt.org/directory");
 *     struct acme_call call = { .url = order_url };              // POST-as-GET
 *     if (acme_post(op, ca, &call, 1))
 *         status = json_str(op, call.json, "status");
 *
 * URLs that the CA hands out are used only when they are https on the directory's own host.
 */
#ifndef MCACME_ACME_ACME_H
#define MCACME_ACME_ACME_H

#include "base/json.h"
#include "base/text.h"
#include "crypto/key.h"
#include "net/http.h"

#define ACME_MOST_NONCES 16u /* also the most requests in flight */
#define ACME_NONCE_LIMIT 200u

struct acme {
    const char *directory, *host;
    const char *new_nonce, *new_account, *new_order, *revoke_cert, *key_change; /* the last may be NULL */
    const char *renewal_info;      /* where windows for renewals are asked for (RFC 9773), or NULL */
    const char *terms;             /* URL of the terms of service, or NULL */
    struct strings caa_identities; /* what CAA records call this CA (RFC 8555 section 7.1.1) */
    int64_t clock_skew; /* seconds that our clock is ahead of the CA's, by the directory's Date; 0: unknown */
    bool eab_required;
    const struct json *profiles; /* name -> description, or NULL */
    const struct key *key;       /* of the account; set by account.c */
    const char *kid;             /* account URL; set by account.c */
    char nonces[ACME_MOST_NONCES][ACME_NONCE_LIMIT + 1];
    size_t nonce_count;
    int64_t round_trip; /* microseconds, of the last signed request */
};

struct acme_call {
    const char *url;
    const char *payload;     /* JSON text; NULL: POST-as-GET */
    size_t ahead;            /* so many calls follow together: nonces for them are asked for alongside */
    const struct key *key;   /* sign with this key and its JWK instead of the account; NULL: the account */
    const struct json *json; /* the answer's document; NULL when it has none */
    struct http_response answer;
    unsigned nonces_refused, lost, pauses; /* kept by acme.c */
    bool done;
};

/* Reads the directory. Lives as long as `op`. */
struct acme *acme_open(struct op *op, const char *directory);

/* Sends all; fails with the problem of the first call that was refused (or redirected). */
bool acme_post(struct op *op, struct acme *ca, struct acme_call *calls, size_t n);

/* The same, but answers other than 2xx are for the caller to judge (see problem.h); fails only without
 * answers. */
bool acme_send(struct op *op, struct acme *ca, struct acme_call *calls, size_t n);

/* Checks an URL that the CA has sent. Fails with UNTRUSTED; `what` names it. */
bool acme_url_ok(struct op *op, const struct acme *ca, const char *url, const char *what);

/* The Retry-After of an answer as seconds from now, in 0..most; `otherwise` where there is none. */
int64_t acme_retry_after(struct op *op, const struct http_response *answer, int64_t otherwise, int64_t most);

#endif
