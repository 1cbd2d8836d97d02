/*
 * ping: tells a watchdog on the web that a run begins, and how it ended, so that somebody learns of runs that
 * do not happen at all: URL/start, URL, URL/fail, as healthchecks.io and those that are like it have them.
 *
 * The URL often is a secret: no output has it. A watchdog that cannot be reached is a warning and nothing
 * more.
 */
#ifndef MCACME_PING_H
#define MCACME_PING_H

#include "net/http.h"

enum ping { PING_START, PING_SUCCESS, PING_FAIL };

/* https, or http on this very machine. Fails with USAGE. The URL is a secret from then on. */
bool ping_url_ok(struct op *op, const char *url);

/* `text` (may be NULL) goes with a failure. */
void ping_send(struct op *op, const char *url, enum ping what, const char *text);

#endif
