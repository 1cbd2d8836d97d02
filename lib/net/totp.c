/* One-time passwords by time (RFC 6238): six digits, SHA-1, steps of 30 seconds, as all authenticators do. */
#include "base/op.h"
#include "net/sign.h"

#include <string.h>

#define STEP 30

/* RFC 4648 section 6 without padding; people add blanks, dashes and small letters. */
static struct bytes base32_decode(struct op *op, const char *text, const char *what)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint8_t *out = op_array(op, strlen(text) + 1, uint8_t);
    size_t length = 0;
    unsigned held = 0, bits = 0;

    for (const char *c = text_lower(op, text); *c; c++) {
        const char *place = strchr(alphabet, *c);

        if (strchr(" -=", *c))
            continue;
        if (!place) {
            op_fail(op, ERR_CONFIG, "%s is not base32 (letters and the digits 2 to 7)", what);
            return (struct bytes){ 0 };
        }
        held = (held << 5 | (unsigned)(place - alphabet)) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            out[length++] = (uint8_t)(held >> bits);
        }
    }
    if (!length)
        op_fail(op, ERR_CONFIG, "%s is empty", what);
    return (struct bytes){ out, length };
}

/* Dynamic truncation (RFC 4226 section 5.3). */
static uint32_t truncated(struct bytes mac)
{
    const uint8_t *at = mac.at + (mac.at[mac.length - 1] & 0xf);

    return (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

const char *totp(struct op *op, const char *secret, int64_t now, const char *what)
{
    uint64_t step = (uint64_t)(now / STEP);
    struct bytes key, mac;
    uint8_t counter[8];

    if (!op_ok(op))
        return NULL;
    key = base32_decode(op, secret, what);
    for (size_t i = sizeof counter; i-- > 0; step >>= 8)
        counter[i] = (uint8_t)step;
    mac =
        op_ok(op) ? hmac(op, HASH_SHA1, key, (struct bytes){ counter, sizeof counter }) : (struct bytes){ 0 };
    return mac.at ? op_text(op, "%06u", (unsigned)(truncated(mac) % 1000000)) : NULL;
}
