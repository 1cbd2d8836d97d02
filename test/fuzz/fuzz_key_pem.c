/*
 * A private key file: PEM text, or DER behind a letter that names its form (P for PKCS#8, E for SEC1, R for
 * PKCS#1), which the fuzzer can change where in PEM it would only break the base64. What is accepted must be
 * the same key after we wrote it as PKCS#8.
 */
#include "crypto/key.h"
#include "fuzz.h"

static const char *as_pem(struct op *op, const uint8_t *data, size_t size)
{
    int form = size ? data[0] : 0;

    if (form != 'P' && form != 'E' && form != 'R')
        return fuzz_text(op, data, size);
    return pem_encode(op,
                      form == 'P'   ? "PRIVATE KEY"
                      : form == 'E' ? "EC PRIVATE KEY"
                                    : "RSA PRIVATE KEY",
                      (struct bytes){ data + 1, size - 1 });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op *op = fuzz_begin();
    struct key *key = key_from_pem(op, as_pem(op, data, size), "the input"), *again;

    fuzz_expect(op_ok(op) == (key != NULL));
    if (key) {
        again = key_from_pem(op, key_pem(op, key), "our own text");
        fuzz_expect(again && bytes_same(key_public(op, key), key_public(op, again)));
    }
    op_end(op);
    return 0;
}
