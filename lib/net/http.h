/*
 * http: the door through which all HTTPS goes. The one real implementation is curl.c; tests put in a player
 * of transcripts.
 *
 * An array of requests runs at once over as few connections as possible (one a host with HTTP/2, kept for the
 * whole run); answers stand in the same places. A request that got no HTTP answer has status 0 and the reason
 * in `failure`; it does not fail the operation, for the caller knows what to make of it.
 *
 * Bounds for every request: https only (except where `plain` says so), certificates verified (except where
 * `unverified` says why not), no redirects followed, answer 1 MiB after decompression, headers 64 KiB, 60 s
 * in all, 30 s to connect, and at least 100 B/s.
 */
#ifndef MCACME_NET_HTTP_H
#define MCACME_NET_HTTP_H

#include "base/op.h"

#define HTTP_MOST_BODY    (1024u * 1024)
#define HTTP_MOST_HEADERS (64u * 1024)
#define HTTP_MOST_URL     2048u

struct http_request {
    const char *method; /* "GET", "HEAD", "POST", ... */
    const char *url;
    const char *const *headers; /* "Name: value", ends in NULL; may be NULL */
    const char *body;           /* NULL: none */
    size_t body_length;
    bool secret; /* the bodies are never shown at -vv, nor the URL's query */
    bool plain;  /* the user wrote this http:// URL: allowed */
    bool local;  /* a service of this very machine (metadata): behind no proxy, and quick or not there */
};

struct http_header {
    const char *name, *value;
};

struct http_response {
    long status;         /* 0: no answer, see failure */
    const char *failure; /* curl's words */
    bool maybe_sent;     /* no answer, but the other side may have acted */
    bool untrusted;      /* no answer, because the server's certificate does not verify */
    const char *body;    /* never NULL when status is not 0; ends in NUL */
    size_t length;
    struct http_header *headers;
    size_t header_count;
    int64_t micros; /* how long the request took, connection included */
};

struct http {
    /* Fills responses[0..n-1]; false only when the operation failed (stopped, out of time). */
    bool (*run)(struct http *http, struct op *op, const struct http_request *requests,
                struct http_response *responses, size_t n);
};

bool http_run(struct op *op, const struct http_request *requests, struct http_response *responses, size_t n);

/* The n-th header of this name (case-insensitive), or NULL. */
const char *http_header(const struct http_response *response, const char *name, size_t nth);

/*
 * Whether an URL is one that we call: https (http to a loopback address where allowed), a host, no userinfo,
 * no control characters, at most HTTP_MOST_URL bytes. The host goes to *host (lower case, with ":port" where
 * one is written) when it is not NULL.
 */
bool http_url_ok(struct op *op, const char *url, bool loopback_http, const char **host);

struct http_curl_options {
    const char *ca_bundle;            /* PEM file; NULL = the system's trust store */
    const struct strings *connect_to; /* HOST:PORT:ADDR:PORT, as curl's; NULL = none */
    bool unverified; /* whoever answers: for what learns no secret, and is not taken at its word */
};

/* The real thing, closed when `op` ends. libcurl is first touched by the first request. */
struct http *http_curl(struct op *op, const struct http_curl_options *options);

/* For the User-Agent line. */
#define HTTP_AGENT "mcacme/" MCACME_VERSION

#endif
