/* ddns_key: TSIG keys as users give them. */
#ifndef MCACME_DNS01_DDNS_KEY_H
#define MCACME_DNS01_DDNS_KEY_H

#include "net/tsig.h"

/*
 * A key from a setting: the path of a key file (BIND's key statement, or the pair of files of dnssec-keygen),
 * or the text of a key as tsig_parse takes it. `what` is the setting's name, for errors. A file that others
 * may write to is refused, one that they may read draws a warning.
 */
bool ddns_key(struct op *op, const char *setting, const char *what, struct tsig_key *key);

#endif
