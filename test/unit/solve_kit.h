/*
 * solve_kit: the DNS-01 solver with its journal on the disk, as certify makes it, and zones in memory:
 * example.com, sub.example.com and example.net.
 *
 *     struct stage s;
 *     stage(&s, "fake_batch", NULL);                    // as --dns has it: "fake_batch:example.com"
 *     CHECK(stage_publish_one(&s, "example.com=v1"));
 */
#ifndef MCACME_TEST_SOLVE_KIT_H
#define MCACME_TEST_SOLVE_KIT_H

#include "dns01/solve.h"

#include "fake_dns.h"
#include "fake_provider.h"
#include "kit.h"

struct stage {
    struct op *op;
    struct journal *journal;
    struct instance *instances[2];
    struct dns01 dns01;
    const char *label; /* of the challenges; NULL: that of dns-01 */
    bool taken[8];
};

void stage(struct stage *s, const char *first, const char *second);
void stage_with(struct stage *s, const struct provider *provider); /* one that is in no table */
void stage_at(struct stage *s, struct op *op);                     /* without any instance */
const struct credentials *stage_credentials(struct op *op, const char *source);

/* "name=value"; the list ends in NULL. */
bool stage_publish(struct stage *s, const char *const *wanted);
bool stage_publish_one(struct stage *s, const char *wanted);
bool stage_withdraw(struct stage *s);

const char *stage_journal_text(struct stage *s);    /* what stands on the disk */
struct journal *stage_journal_again(struct op *op); /* as the next run reads it */

#endif
