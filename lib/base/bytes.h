/* bytes: a stretch of memory and its length; plain data, owned by whoever made it. */
#ifndef MCACME_BASE_BYTES_H
#define MCACME_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    const uint8_t *at; /* NULL when the step that should have made them failed */
    size_t length;
};

struct bytes bytes_of(const char *text);         /* without the NUL */
bool bytes_same(struct bytes a, struct bytes b); /* takes as long for any content: fit for MACs */

#endif
