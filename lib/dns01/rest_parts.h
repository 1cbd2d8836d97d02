/* rest_parts: what the files of rest share, and nobody else needs. */
#ifndef MCACME_DNS01_REST_PARTS_H
#define MCACME_DNS01_REST_PARTS_H

#include "dns01/rest.h"

#include <stdarg.h>

/* rest_url for a caller with arguments of its own. */
const char *rest_vurl(struct op *op, const char *path, va_list *args);

/* The provider's header lines, filled in. */
struct strings rest_headers(struct op *op);

/* Whether the URL may be called at all; *plain tells that it is http:// and meant so: the user's own, or
 * local. */
bool rest_url_ok(struct op *op, const char *url, bool local, bool *plain);

/*
 * Whether it is that of a metadata service, which platforms offer by http:// on link-local addresses, or on
 * loopback: what is said there does not leave the machine.
 */
bool rest_metadata(struct op *op, const char *url);

/* Whether the answer fits a rule of the provider: "code=2200|2201", or a status; NULL fits nothing. */
bool rest_rule(struct op *op, const struct http_response *answer, const char *rule);

/* Whether the vendor says that he has had too much and done nothing: 429, or provider->busy. */
bool rest_busy(struct op *op, const struct http_response *answer);

/* "https://host:port" of an URL, lower case. */
const char *rest_origin(struct op *op, const char *url);

/* Seconds that Retry-After asks for; -1 where there is none. */
int64_t rest_retry_after(struct op *op, const struct http_response *answer);

#endif
