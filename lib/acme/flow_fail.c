/* Why an order failed, in words for people, and the names that are to blame. */
#include "acme/flow_parts.h"
#include "acme/order_names.h"
#include "acme/problem.h"

/* The names that a refusal is about (RFC 8555 section 6.7.1). */
void flow_blame(struct op *op, const struct json *problem, const struct strings *names)
{
    const struct json *sub;

    for (size_t i = 0; i < 100 && (sub = json_each(problem, "subproblems", i)); i++) {
        const char *name = order_name_of(op, json_at(sub, "identifier"), names);

        if (name)
            op_blame(op, name);
    }
}

static bool proof_failed(struct op *op, const struct authz *authz)
{
    op_enter(op, "the proof for %s failed", authz->challenge.name);
    if (authz->problem)
        problem_fail_json(op, authz->problem, 0);
    else
        op_fail(op, ERR_REFUSED, "the CA gives no reason");
    if (text_same(authz->challenge.type, "http-01"))
        op_hint(
            op,
            "does http://%s/ on port 80 lead to this machine, and is the folder of --webroot what its web "
            "server shows?",
            authz->challenge.name);
    if (text_same(authz->challenge.type, "tls-alpn-01"))
        op_hint(
            op,
            "does port 443 of %s lead to this machine, without a proxy or load balancer that ends TLS on the "
            "way?",
            authz->challenge.name);
    return false;
}

bool flow_authz_failed(const struct authz *authz)
{
    return authz->status != AUTHZ_VALID && !authz_open(authz);
}

/* The words of one name's failure, without those of what we were doing. */
static const char *why_failed(struct op *op, const struct authz *authz)
{
    struct op *child = op_child(op);
    const char *text;

    child->frames = NULL;
    proof_failed(child, authz);
    text = text_dup(op, child->err.text);
    op_end(child);
    return text;
}

bool flow_proofs_failed(struct op *op, const struct order *order)
{
    struct strings others = { 0 };
    const struct authz *first = NULL;

    for (size_t i = 0; i < order->authz_count; i++) {
        if (!flow_authz_failed(&order->authzs[i]))
            continue;
        if (first)
            strings_add(op, &others, why_failed(op, &order->authzs[i]));
        else
            first = &order->authzs[i];
    }
    if (!first)
        return false;
    proof_failed(op, first);
    if (others.count)
        op->err.text = op_text(op, "%s; %s", op->err.text, strings_join(op, &others, "; "));
    for (size_t i = 0; i < order->authz_count; i++)
        if (flow_authz_failed(&order->authzs[i]))
            op_blame(op, order->authzs[i].challenge.name);
    return true;
}
