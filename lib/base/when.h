/*
 * when: points in time and spans as the protocols write them. Seconds since the epoch (UTC), int64_t; no time
 * zone and no locale of the machine plays a part.
 */
#ifndef MCACME_BASE_WHEN_H
#define MCACME_BASE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

struct op;

/* "2026-11-25T23:18:12Z", also with fractions and offsets (RFC 3339). */
bool when_rfc3339(const char *text, int64_t *when);
const char *when_print(struct op *op, int64_t when);

/* Retry-After in both forms: "120" or "Wed, 25 Nov 2026 23:18:12 GMT" (RFC 9110 section 10.2.3). */
bool when_retry_after(const char *text, int64_t now, int64_t *when);

/* "90s", "10m", "6h", "30d"; a lone number is seconds. */
bool when_duration(const char *text, int64_t *seconds);

/* A civil date and time in UTC, as X.509 and the formats above need it; checks the ranges. */
bool when_civil(int year, int month, int day, int hour, int minute, int second, int64_t *when);

/* A span for people: "3 days", "20 hours", "5 minutes". */
const char *when_span(struct op *op, int64_t seconds);

#endif
