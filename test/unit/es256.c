#include "es256.h"

#include "base/op.h"
#include "crypto/der.h"

static struct bytes decode(struct op *op, const struct json *json, const char *name)
{
    const char *text = json_str(op, json, name);

    return text ? base64url_decode(op, text, name) : (struct bytes){ 0 };
}

const struct json *es256_json(struct op *op, const struct json *json, const char *name)
{
    struct bytes plain = decode(op, json, name);

    return plain.at ? json_parse(op, (const char *)plain.at, plain.length) : NULL;
}

struct bytes es256_spki(struct op *op, const struct json *jwk)
{
    static const uint8_t uncompressed = 0x04;
    struct bytes algorithm = der_wrap(
        op, DER_SEQUENCE, der_join(op, der_oid(op, "1.2.840.10045.2.1"), der_oid(op, "1.2.840.10045.3.1.7")));
    struct bytes point =
        der_join(op, (struct bytes){ &uncompressed, 1 }, decode(op, jwk, "x"), decode(op, jwk, "y"));

    return der_wrap(op, DER_SEQUENCE, der_join(op, algorithm, der_bits(op, point)));
}

/* r and s side by side as X.509 writes them, for key_verify. */
static struct bytes signature_der(struct op *op, struct bytes raw)
{
    struct bytes r = { raw.at, raw.length / 2 }, s = { raw.at + raw.length / 2, raw.length / 2 };

    return der_wrap(op, DER_SEQUENCE, der_join(op, der_unsigned(op, r), der_unsigned(op, s)));
}

bool es256_verifies(struct op *op, const struct json *jws, struct bytes spki)
{
    struct bytes es256 = der_wrap(op, DER_SEQUENCE, der_oid(op, "1.2.840.10045.4.3.2"));
    struct bytes signature = signature_der(op, decode(op, jws, "signature"));
    const char *input = op_text(op, "%s.%s", json_str(op, jws, "protected"), json_str(op, jws, "payload"));

    return key_verify(op, spki, es256, bytes_of(input), signature);
}
