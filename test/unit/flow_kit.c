#include "flow_kit.h"

#include "crypto/csr.h"

struct board board;

static const char *by_dns(struct solver *solver, const char *name)
{
    (void)solver;
    (void)name;
    return "dns-01";
}

static bool put_up(struct solver *solver, struct op *op, const struct challenge *const *challenges, size_t n,
                   bool *taken)
{
    (void)solver;
    board.publishes++;
    for (size_t i = 0; i < n && (!i || !board.one_at_a_time); i++) {
        strings_add(op, &board.names, op_text(op, "_acme-challenge.%s", challenges[i]->base));
        strings_add(op, &board.values, challenges[i]->value);
        taken[i] = true;
    }
    return op_ok(op);
}

static bool on_board(const char *name, const char *value)
{
    for (size_t i = 0; i < board.names.count; i++)
        if (text_same(board.names.at[i], name) && text_same(board.values.at[i], value))
            return true;
    return false;
}

struct scene *scene(const char *names)
{
    struct fake_ca *fake = fake_ca(kit_op());
    struct scene *s = op_new(fake->op, struct scene);

    board = (struct board){ .solver = { .type_for = by_dns, .publish = put_up } };
    s->fake = fake;
    s->fake->visible = on_board;
    s->op = kit_op();
    s->op->deadline = op_ticks(s->op) + 600000;
    s->names = text_split(s->op, names, ",");
    s->wants = (struct flow_wants){ .names = &s->names };
    return s;
}

bool scene_place(struct scene *s)
{
    const struct key *key = key_generate(s->op, KEY_EC256);

    if (!s->ca)
        s->ca = fake_ca_open(s->fake, s->op);
    s->wants.csr = csr_make(s->op, key, &s->names);
    return flow_place(s->op, s->ca, &s->wants, &s->order);
}

bool scene_run(struct scene *s)
{
    return flow_run(s->op, s->ca, &s->wants, &board.solver, &s->order, &s->pem);
}

bool scene_issue(struct scene *s)
{
    bool good = scene_place(s) && scene_run(s);

    CHECK(good == op_ok(s->op));
    CHECK_STR(fake_complaints(s->fake), "");
    return good;
}

void scene_lies(struct scene *s, const struct fake_lie *lie)
{
    fake_lies(s->fake, lie, 1);
}
