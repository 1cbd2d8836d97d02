#include "tlsalpn01.h"

#include "net/tlsd.h"

/* ---- the listener ---- */

/* Also when an operation ends that has not withdrawn. */
static void close_server(void *holder)
{
    struct tlsd **server = holder;

    if (*server)
        tlsd_stop(*server);
    *server = NULL;
}

static bool open_server(struct op *op, struct tlsalpn01 *tlsalpn01)
{
    if (tlsalpn01->server && *tlsalpn01->server)
        return true;
    tlsalpn01->server = op_new(op, struct tlsd *);
    *tlsalpn01->server = tlsd_start(op, tlsalpn01->listen);
    arena_defer(op->arena, close_server, tlsalpn01->server);
    return op_ok(op);
}

/* ---- the solver ---- */

static bool put_all(struct op *op, struct tlsalpn01 *tlsalpn01, const struct challenge *const *challenges,
                    size_t n, bool *taken)
{
    TRY(open_server(op, tlsalpn01) && op_effect(op, "listen"));
    for (size_t i = 0; op_ok(op) && i < n; i++)
        taken[i] = tlsd_put(op, *tlsalpn01->server, challenges[i]->name, challenges[i]->key_authorization);
    return op_ok(op);
}

static bool publish(struct solver *solver, struct op *op, const struct challenge *const *challenges, size_t n,
                    bool *taken)
{
    op_enter(op, "getting ready for TLS-ALPN-01");
    put_all(op, (struct tlsalpn01 *)solver, challenges, n, taken);
    op_leave(op);
    return op_ok(op);
}

static bool withdraw(struct solver *solver, struct op *op)
{
    struct tlsalpn01 *tlsalpn01 = (struct tlsalpn01 *)solver;

    if (tlsalpn01->server)
        close_server(tlsalpn01->server);
    return op_ok(op);
}

static const char *type_for(struct solver *solver, const char *name)
{
    (void)solver;
    (void)name;
    return "tls-alpn-01";
}

struct solver *tlsalpn01_solver(struct tlsalpn01 *tlsalpn01)
{
    tlsalpn01->solver = (struct solver){ .type_for = type_for, .publish = publish, .withdraw = withdraw };
    return &tlsalpn01->solver;
}
