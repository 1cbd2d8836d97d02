/* ECDSA signatures: JOSE and PSA put r and s side by side, X.509 makes a SEQUENCE of two INTEGERs. */
#include "base/op.h"
#include "crypto/der.h"
#include "crypto/key_parts.h"

#include <string.h>

bool number_fit(struct bytes number, uint8_t *out, size_t size)
{
    while (number.length && number.at[0] == 0) {
        number.at++;
        number.length--;
    }
    if (number.length > size)
        return false;
    memset(out, 0, size);
    if (number.length)
        memcpy(out + size - number.length, number.at, number.length);
    return true;
}

struct bytes ecdsa_to_der(struct op *op, struct bytes raw)
{
    size_t size = raw.length / 2;
    struct bytes r = der_unsigned(op, (struct bytes){ raw.at, size });
    struct bytes s = der_unsigned(op, (struct bytes){ raw.at + size, size });

    return der_wrap(op, DER_SEQUENCE, der_join(op, r, s));
}

bool ecdsa_from_der(struct bytes der, uint8_t *raw, size_t size)
{
    struct der whole = der_read(der), pair;
    struct bytes r, s;

    return der_enter(&whole, DER_SEQUENCE, &pair) && der_peek(&whole) == -1 && der_next_unsigned(&pair, &r) &&
           der_next_unsigned(&pair, &s) && der_peek(&pair) == -1 && number_fit(r, raw, size) &&
           number_fit(s, raw + size, size);
}
