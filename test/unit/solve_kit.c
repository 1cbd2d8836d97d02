#include "solve_kit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct fake_rr zones[] = {
    { .name = "example.com", .type = DNS_SOA },
    { .name = "sub.example.com", .type = DNS_SOA },
    { .name = "example.net", .type = DNS_SOA },
    { .name = "_acme-challenge.far.example.com", .type = DNS_CNAME, .text = "here.example.net" },
};

static struct store *store_here(struct op *op)
{
    return store_open(op, op_text(op, "%s/state", kit_folder()));
}

const struct credentials *stage_credentials(struct op *op, const char *source)
{
    static const char *const lines[] = { "FAKE_Token=token-of-fake", "SET_Url=https://panel.test",
                                         "SET_Key=key-of-panel", NULL };

    return fake_credentials(op, source, lines);
}

void stage_at(struct stage *s, struct op *op)
{
    *s = (struct stage){ .op = op, .journal = journal_open(op, store_here(op), "example.com") };
    s->dns01 = (struct dns01){ .instances = s->instances, .journal = s->journal };
    s->dns01.spread.mode = SPREAD_NONE;
    dns01_solver(&s->dns01);
    if (!op->world->resolver)
        fake_dns(op, zones, COUNT(zones));
}

void stage(struct stage *s, const char *first, const char *second)
{
    const char *const wanted[] = { first, second };

    stage_at(s, kit_op());
    for (size_t i = 0; i < 2 && wanted[i]; i++)
        s->instances[s->dns01.count++] = instance_parse(s->op, wanted[i], stage_credentials(s->op, NULL));
    CHECK(op_ok(s->op));
}

void stage_with(struct stage *s, const struct provider *provider)
{
    stage_at(s, kit_op());
    s->instances[0] = instance_parse(s->op, "fake_nozone", stage_credentials(s->op, NULL));
    s->instances[0]->label = "own";
    s->instances[0]->provider = provider;
    s->dns01.count = 1;
}

bool stage_publish(struct stage *s, const char *const *wanted)
{
    const struct challenge *challenges[COUNT(s->taken)];
    size_t n = 0;

    for (; wanted[n]; n++) {
        struct challenge *c = op_new(s->op, struct challenge);

        c->name = text_cut(s->op, wanted[n], strcspn(wanted[n], "="));
        c->base = text_starts(c->name, "*.") ? c->name + 2 : c->name;
        c->label = s->label ? s->label : CHALLENGE_LABEL;
        c->value = strchr(wanted[n], '=') + 1;
        challenges[n] = c;
    }
    memset(s->taken, 0, sizeof s->taken);
    return s->dns01.solver.publish(&s->dns01.solver, s->op, challenges, n, s->taken);
}

bool stage_publish_one(struct stage *s, const char *wanted)
{
    const char *const list[] = { wanted, NULL };

    return stage_publish(s, list);
}

bool stage_withdraw(struct stage *s)
{
    return s->dns01.solver.withdraw(&s->dns01.solver, s->op);
}

const char *stage_journal_text(struct stage *s)
{
    struct op *op = kit_op();
    const char *text = file_read_if_there(op, s->journal->path);

    return text ? text : "";
}

struct journal *stage_journal_again(struct op *op)
{
    return journal_open(op, store_here(op), "example.com");
}
