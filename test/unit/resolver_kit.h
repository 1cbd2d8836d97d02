/*
 * resolver_kit: questions to the servers of dns_server.h, asked by a resolver without patience, and checks of
 * what came of them.
 */
#ifndef MCACME_TEST_UNIT_RESOLVER_KIT_H
#define MCACME_TEST_UNIT_RESOLVER_KIT_H

#include "base/text.h"
#include "dns_server.h"
#include "net/flight.h"

extern const struct pace patient, hasty, quick;

/* Puts a resolver with this pace in the world. */
void use(struct op *op, const struct pace *pace);

struct strings list(struct op *op, const char *first, const char *second);
struct dns_query ask(struct op *op, const struct strings *servers, const struct pace *pace, bool tcp);
struct dns_query ask_one(struct op *op, const struct server *s, const struct pace *pace);
struct dns_query ask_two(struct op *op, const struct server *a, const struct server *b,
                         const struct pace *pace);

/* One TXT record with this text; no answer, for this reason. */
void check_answer(const struct dns_query *q, const char *text);
void check_failure(const struct dns_query *q, const char *words);

#endif
