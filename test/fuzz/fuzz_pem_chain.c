/*
 * A chain as a hostile CA might send it: PEM text, or the DER of one certificate, which the fuzzer can change
 * where in PEM it would only break the base64. What is accepted must read the same after we wrote it anew.
 */
#include "crypto/cert.h"
#include "fuzz.h"

#define NOW 1795564800 /* 2026-11-25 */

static void check_against_itself(struct op *op, const struct chain *chain)
{
    struct chain_wants wants = { chain->certs[0].spki, &chain->certs[0].names, NOW };

    fuzz_expect(chain_check(op, chain, &wants) == op_ok(op));
}

static const char *as_pem(struct op *op, const uint8_t *data, size_t size)
{
    if (size && data[0] == '-')
        return fuzz_text(op, data, size);
    return pem_encode(op, "CERTIFICATE", (struct bytes){ data, size });
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op *op = fuzz_begin();
    struct chain chain = chain_parse(op, as_pem(op, data, size)), again;

    fuzz_expect(op_ok(op) == (chain.count > 0));
    if (chain.count) {
        again = chain_parse(op, chain_pem(op, &chain, 0, chain.count));
        fuzz_expect(again.count == chain.count);
        for (size_t i = 0; i < chain.count; i++)
            fuzz_expect(bytes_same(chain.certs[i].der, again.certs[i].der));
        check_against_itself(op, &chain);
    }
    op_end(op);
    return 0;
}
