/*
 * flow_kit: an order from the first word to the certificate, against a CA and a solver in memory.
 *
 *     struct scene *s = scene("a.example,*.a.example");
 *     s->fake->processing = 2;
 *     CHECK(scene_issue(s));
 */
#ifndef MCACME_TEST_FLOW_KIT_H
#define MCACME_TEST_FLOW_KIT_H

#include "acme/flow.h"
#include "fake_ca.h"

/* What the solver has put up. */
extern struct board {
    struct solver solver;
    struct strings names, values;
    bool one_at_a_time;
    unsigned publishes;
} board;

struct scene {
    struct fake_ca *fake;
    struct op *op;
    struct acme *ca;
    struct strings names;
    struct flow_wants wants;
    struct order order;
    const char *pem;
};

struct scene *scene(const char *names); /* with commas between */
bool scene_place(struct scene *s);
bool scene_run(struct scene *s);
bool scene_issue(struct scene *s); /* both; the CA must have nothing to complain of */
void scene_lies(struct scene *s, const struct fake_lie *lie);

#endif
