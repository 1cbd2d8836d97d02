/*
 * rest_vendor: the door for HTTP in the tests of rest. It gives prepared answers and notes what it was asked.
 */
#ifndef MCACME_TEST_REST_VENDOR_H
#define MCACME_TEST_REST_VENDOR_H

#include "net/http.h"

#define MOST_REQUESTS 128u

/* A vendor that gives the prepared answers in turn, the last one for ever, and notes what it was asked. */
struct vendor {
    struct http http;
    struct http_response answers[8];
    size_t answer_count;
    struct {
        char method[16], url[512], headers[1024], body[512];
        bool secret, plain;
        int64_t ticks;
    } asked[MOST_REQUESTS];
    size_t count;
};

extern struct vendor vendor;

/* The next answer; status 0 is none. */
void answers(long status, const char *body);

/* As `answers`, with one header. */
void answers_with(long status, struct http_header *header);

/* An operation inside of a provider that is open, with credentials "NAME=value". */
struct op *op_at(const char *provider, const char *const *lines);

/* The same with "fake_rest" and its token "token-of-fake". */
struct op *rest_op(void);

#endif
