/* rest_parts: what the files of rest share, and nobody else needs. */
#ifndef MCACME_DNS01_REST_PARTS_H
#define MCACME_DNS01_REST_PARTS_H

#include "dns01/rest.h"

#include <stdarg.h>

/* rest_url for a caller with arguments of its own. */
const char *rest_vurl(struct op *op, const char *path, va_list *args);

/* The provider's header lines, filled in. */
struct strings rest_headers(struct op *op);

/* Whether the URL may be called at all; *plain tells that the user wrote it as http://. */
bool rest_url_ok(struct op *op, const char *url, bool *plain);

/* "https://host:port" of an URL, lower case. */
const char *rest_origin(struct op *op, const char *url);

/* Whether the document has one of the values "a|b" at the path. */
bool rest_value_is(struct op *op, const struct json *json, const char *path, const char *values);

/* Seconds that Retry-After asks for; -1 where there is none. */
int64_t rest_retry_after(struct op *op, const struct http_response *answer);

#endif
