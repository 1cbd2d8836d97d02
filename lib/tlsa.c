#include "tlsa.h"

#include "base/op.h"
#include "crypto/hash.h"

const char *tlsa_311(struct op *op, struct bytes spki)
{
    return hex(op, hash(op, HASH_SHA256, spki));
}

const char *tlsa_record(struct op *op, unsigned port, const char *name, const char *digest)
{
    return digest ? op_text(op, "_%u._tcp.%s. IN TLSA 3 1 1 %s", port, name, digest) : NULL;
}
