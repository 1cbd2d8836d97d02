/* fuzz: what the libFuzzer entry points share: an operation without a world, and the input as text. */
#ifndef MCACME_TEST_FUZZ_H
#define MCACME_TEST_FUZZ_H

#include "base/op.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends with op_end. The world has no doors: what a fuzz target calls must be pure. */
static inline struct op *fuzz_begin(void)
{
    static struct world world;

    return op_begin(&world);
}

static inline const char *fuzz_text(struct op *op, const uint8_t *data, size_t size)
{
    return arena_strndup(op->arena, (const char *)data, size);
}

/* A promise of the code under test that did not hold is a finding, as a crash is. */
static inline void fuzz_expect(bool promise)
{
    if (!promise)
        abort();
}

#endif
