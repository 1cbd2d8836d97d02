/* matching: whether a request is the one that a transcript expects. "*" in what is expected stands for
 * anything. */
#ifndef MCACME_TEST_MATCHING_H
#define MCACME_TEST_MATCHING_H

#include "net/http.h"

bool glob_matches(const char *pattern, const char *text);

/* The request's whole line of the header that `line` names up to its colon; NULL where there is none. */
const char *header_of(const struct http_request *request, const char *line);

/* JSON is compared as a tree, a form as pairs in any order, all else as it is. NULL is no body. */
bool body_matches(struct op *op, const char *want, const char *is, const char *content_type);

#endif
