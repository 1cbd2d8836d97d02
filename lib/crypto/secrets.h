/*
 * secrets: the values that no output may hold, in any of the forms in which the other side may echo them.
 *
 * Whoever reads or is given a secret adds it; whoever prints (the log, the report, --json, the failures kept
 * in the store) passes its text through secrets_hide first. A form of a secret that was cut off by
 * text_printable is hidden too, so the order of cutting and hiding does not matter.
 *
 *     world.secrets = secrets_new(op);
 *     secrets_add(op, token);
 *     secrets_hide(op, "bad token abc123");      // "bad token [hidden]"
 *
 * The list is wiped with the operation that made it. All three calls work on a failed operation.
 */
#ifndef MCACME_CRYPTO_SECRETS_H
#define MCACME_CRYPTO_SECRETS_H

#include <stdbool.h>

struct op;
struct secrets;

struct secrets *secrets_new(struct op *op);

/*
 * Raw, URL-encoded, JSON- and XML-escaped, hex and base64. Values under 6 bytes are ignored: they stand in
 * every text.
 */
void secrets_add(struct op *op, const char *value);

/*
 * The text with every secret replaced by "[hidden]"; the same pointer where there is none. NULL stays NULL.
 */
const char *secrets_hide(struct op *op, const char *text);

bool secrets_in(struct op *op, const char *text);

#endif
