/* Both decoders: one text for one content, so whatever base64url accepts comes back as the same text. */
#include "crypto/encode.h"
#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op *op = fuzz_begin();
    const char *text = fuzz_text(op, data, size);
    struct bytes plain = base64url_decode(op, text, "the input"), again;

    fuzz_expect(op_ok(op) == (plain.at != NULL));
    if (plain.at)
        fuzz_expect(strcmp(base64url(op, plain), text) == 0);
    op_recover(op);
    plain = base64_decode(op, text, "the input");
    if (plain.at) {
        again = base64_decode(op, base64(op, plain), "our own text");
        fuzz_expect(bytes_same(plain, again));
    }
    op_end(op);
    return 0;
}
