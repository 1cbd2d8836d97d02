/*
 * sign: how providers prove who they are where a token in a header is not enough.
 *
 *     sign_v4      AWS's Signature Version 4, and what others made after it
 *     sign_query   HMAC-SHA1 over a sorted query, Alibaba's "RPC" style
 *     sign_rsa     RSA PKCS#1 v1.5 with a key in PEM
 *     sign_jwt     a JWT with RS256, to be exchanged for a token (RFC 7523)
 *     totp         the six digits of an authenticator (RFC 6238)
 *
 * All are pure but for the error; results live as long as the operation.
 */
#ifndef MCACME_NET_SIGN_H
#define MCACME_NET_SIGN_H

#include "base/text.h"
#include "crypto/hash.h"

/* What the schemes after AWS's own have changed in it. */
struct sign_style {
    const char *algorithm;   /* "AWS4-HMAC-SHA256" */
    const char *prefix;      /* of the secret: "AWS4" */
    const char *ending;      /* of the scope: "aws4_request" */
    const char *time_header; /* "X-Amz-Date" */
    bool epoch;              /* the time is seconds since the epoch and its header not signed */
};
extern const struct sign_style sign_style_aws;     /* AWS4-HMAC-SHA256 */
extern const struct sign_style sign_style_tencent; /* TC3-HMAC-SHA256 */

struct sign_v4 {
    const struct sign_style *style;
    const char *id, *secret;
    const char *region; /* NULL: not part of the scope */
    const char *service;
    const char *method, *url; /* as it will be sent: percent-encoded, no "." or ".." in the path */
    const char *body;         /* NULL: none */
    const char *headers[6];   /* "Name: value", signed besides Host; each name once */
    int64_t now;              /* seconds since the epoch */
};

/* The header lines to send: those given, the time and Authorization. Empty after a failure. */
struct strings sign_v4(struct op *op, const struct sign_v4 *request);

/* The query "a=1&b=2" (percent-encoded) sorted, with "&Signature=" behind it. */
const char *sign_query(struct op *op, const char *method, const char *query, const char *secret);

/* base64 of the signature. Fails with CONFIG where the PEM text is no RSA key; `what` names it. */
const char *sign_rsa(struct op *op, enum hash_kind kind, const char *pem, const char *text, const char *what);

/* `claims` is JSON; `kid` may be NULL. Fails as sign_rsa does. */
const char *sign_jwt(struct op *op, const char *pem, const char *kid, const char *claims, const char *what);

/* `secret` is base32 as vendors show it: blanks and case do not count. Fails with CONFIG; `what` names it. */
const char *totp(struct op *op, const char *secret, int64_t now, const char *what);

#endif
