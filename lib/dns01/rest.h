/*
 * rest: a provider's requests to its vendor.
 *
 * Paths are templates: %s is percent-encoded, %u and %d are numbers, %% is a percent sign; the provider's
 * `base` stands before them (a template that begins with "https://" is taken as it is, host unchanged or
 * not).
 *
 *     const struct json *zones = rest_get(op, "/zones?name=%s", r->zone);
 *
 * A body is JSON text (see json_text). The answer is the parsed document; an empty body is an empty object.
 * Every status from 400 on is an error (PROVIDER) in the vendor's own words; 429 is RATE_LIMIT, 502 to 504
 * are NETWORK, with the time of Retry-After. Redirects are errors: credentials are never sent on. A GET that
 * got no answer or 5xx is repeated twice; nothing else is, for it may have been done. A 429 says that nothing
 * was done: any request is repeated after it where Retry-After is a minute at most.
 *
 * A %s in a path may be neither empty nor "." nor "..": an id that the vendor sent cannot lead to another
 * place.
 */
#ifndef MCACME_DNS01_REST_H
#define MCACME_DNS01_REST_H

#include "net/http.h"

struct json;
struct xml;

const struct json *rest_get(struct op *op, const char *path, ...) __attribute__((format(printf, 2, 3)));
const struct json *rest_post(struct op *op, const char *body, const char *path, ...)
    __attribute__((format(printf, 3, 4)));
const struct json *rest_put(struct op *op, const char *body, const char *path, ...)
    __attribute__((format(printf, 3, 4)));
const struct json *rest_patch(struct op *op, const char *body, const char *path, ...)
    __attribute__((format(printf, 3, 4)));

/* rest_get for what need not be there: NULL, op being ok, where the vendor says 404. */
const struct json *rest_look(struct op *op, const char *path, ...) __attribute__((format(printf, 2, 3)));

/* 404 and 410 are success: what shall go is gone. The answer's body does not matter. */
bool rest_delete(struct op *op, const char *path, ...) __attribute__((format(printf, 2, 3)));

/*
 * A request that we can do without (a notification, a nicety): a failure is logged and forgotten, NULL comes.
 */
const struct json *rest_try(struct op *op, const char *method, const char *path, ...)
    __attribute__((format(printf, 3, 4)));

/* name=value&name=value from a template, each %s form-encoded, for rest_form and query strings. */
const char *form_text(struct op *op, const char *template, ...) __attribute__((format(printf, 2, 3)));

/* POST of application/x-www-form-urlencoded. */
const struct json *rest_form(struct op *op, const char *form, const char *path, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The way out: any method, more headers, any body, statuses judged by the caller. `call` is filled in; fails
 * only when there was no answer.
 */
struct rest_call {
    const char *method, *url; /* the URL whole, see rest_url */
    const char *headers[8];   /* besides the provider's own */
    bool bare;                /* without those: for other hosts, where tokens come from */
    const char *body, *content_type;
    struct http_response answer;
};
const char *rest_url(struct op *op, const char *path, ...) __attribute__((format(printf, 2, 3)));
bool rest_call(struct op *op, struct rest_call *call);

/* Several calls at once (CAP_BATCH), each judged by the caller. */
bool rest_calls(struct op *op, struct rest_call *calls, size_t n);

/* What the verbs above do with an answer: the document of a success, else rest_refused and NULL. */
const struct json *rest_judge(struct op *op, const struct http_response *answer);

/*
 * The same for a vendor who answers in XML (rest_call; "Accept: application/xml" among its headers): the
 * paths of `error` and `good` are then those of xml.h.
 */
const struct xml *rest_xml(struct op *op, const struct http_response *answer);

/*
 * The value of a cookie that the answer sets, the last one of that name (RFC 6265); NULL where it sets none.
 */
const char *rest_cookie(struct op *op, const struct http_response *answer, const char *name);

/* Whether the answer has one of these values at the path: rest_says(op, &a, "code", "7|81058"). */
bool rest_says(struct op *op, const struct http_response *answer, const char *path, const char *values);

/*
 * Whether there is a list at the path; fails with PROVIDER where there is none. Whoever takes "nothing found"
 * for an answer asks this first: what was not told is not empty.
 */
bool rest_list(struct op *op, const struct json *json, const char *path);

/* Fails with PROVIDER in the vendor's words for an answer that the caller found wanting. Returns false. */
bool rest_refused(struct op *op, const struct http_response *answer);

/*
 * Runs through all pages, at most 100. NULL behind the last one, or when the operation failed:
 *
 *     struct rest_pages p = { .url = rest_url(op, "/zones?per_page=100"), .next = "links.next" };
 *     while ((page = rest_page(op, &p)))
 *         ...
 * `next` is the JSON path of the next page's URL, which must lie on the same host, or of a cursor (or page
 * number) that is appended as `cursor_parameter=`. With `page_parameter` pages are counted from 1 until one
 * has fewer than `page_size` items at `items`.
 */
struct rest_pages {
    const char *url;
    const char *next;
    const char *cursor_parameter;
    const char *page_parameter;
    const char *items;
    unsigned page_size;
    unsigned page;      /* used by rest_page */
    const char *coming; /* used by rest_page: URL of the next page */
    bool ended;
};
const struct json *rest_page(struct op *op, struct rest_pages *pages);

#endif
