#include "crypto/psa.h"

#include "base/op.h"

static const char *words(struct op *op, psa_status_t status)
{
    switch (status) {
    case PSA_ERROR_INSUFFICIENT_MEMORY:
        return "out of memory or of key slots";
    case PSA_ERROR_INSUFFICIENT_ENTROPY:
        return "the system gives no random numbers";
    case PSA_ERROR_NOT_SUPPORTED:
        return "this build of Mbed TLS does not offer it";
    case PSA_ERROR_INVALID_ARGUMENT:
        return "invalid argument";
    case PSA_ERROR_CORRUPTION_DETECTED:
        return "corruption detected";
    default:
        return op_text(op, "PSA status %ld", (long)status);
    }
}

bool crypto_did(struct op *op, psa_status_t status, const char *doing)
{
    return status == PSA_SUCCESS || op_fail(op, ERR_INTERNAL, "%s: %s", doing, words(op, status));
}

bool crypto_ready(struct op *op)
{
    return op_ok(op) && crypto_did(op, psa_crypto_init(), "starting the cryptography library");
}
