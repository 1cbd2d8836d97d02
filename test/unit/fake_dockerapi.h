/* fake_dockerapi: mailcow's dockerapi service behind an HTTP door. */
#ifndef MCACME_TEST_FAKE_DOCKERAPI_H
#define MCACME_TEST_FAKE_DOCKERAPI_H

#include "kit.h"
#include "net/http.h"

#include "base/text.h"

struct fake_dockerapi {
    struct http http;
    const char *containers;             /* the answer to the list */
    const char *exec, *restart;         /* the answers to these; NULL: success */
    long status;                        /* of all answers; 0: 200 */
    const char *failure, *post_failure; /* nobody answers at all, or to what changes something */
    struct text asked;                  /* "POST URL BODY", one a line */
};

struct fake_dockerapi fake_dockerapi(struct op *op);

#endif
