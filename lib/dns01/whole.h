/*
 * whole: for vendors who know a zone, or all values at a name, only as a whole: one client at a time, and
 * what was there is on the disk before it is overwritten.
 *
 *     const char *former = whole_save(op, r->zone, answer);   // before the request that overwrites
 *     ...                                                     // look again: is it as it shall be?
 *     return whole_done(op, former);
 *
 * A file that is left, because a run died or the zone was not as it should be, is for a person to repair the
 * zone by: STATE/journal/CERT.ZONE.TIME.former, readable by its owner alone. Nothing reads or removes it.
 */
#ifndef MCACME_DNS01_WHOLE_H
#define MCACME_DNS01_WHOLE_H

#include <stdbool.h>

struct op;

/* The path of what was saved, to be named in errors; NULL after a failure (STORE), "" where there is no
 * store. */
const char *whole_save(struct op *op, const char *zone, const char *text);
bool whole_done(struct op *op, const char *path);

/*
 * Keeps other runs on this machine from changing the zone until `op` ends; fails with BUSY where one does so
 * for a minute. Nothing in tests and tools without a store.
 */
bool whole_lock(struct op *op, const char *zone);

#endif
