#include "acme/order_read.h"

#include "acme/challenge.h"

#define MOST_AUTHZS 100u

static struct authz *known(const struct order *order, const char *url)
{
    for (size_t i = 0; i < order->authz_count; i++)
        if (text_same(order->authzs[i].url, url))
            return &order->authzs[i];
    return NULL;
}

static bool read_authz_urls(struct op *op, const struct acme *ca, const struct json *json,
                            struct order *order)
{
    struct strings urls = json_strings(op, json, "authorizations");
    struct authz *authzs = op_array(op, urls.count, struct authz);

    TRY(op_ok(op));
    if (urls.count == 0 || urls.count > MOST_AUTHZS)
        return op_fail(op, ERR_UNTRUSTED, "the CA's order has %zu authorizations", urls.count);
    for (size_t i = 0; i < urls.count; i++) {
        const struct authz *before = known(order, urls.at[i]);

        TRY(acme_url_ok(op, ca, urls.at[i], "an authorization"));
        authzs[i] = before ? *before : (struct authz){ .url = urls.at[i] };
    }
    order->authzs = authzs;
    order->authz_count = urls.count;
    return true;
}

bool order_read(struct op *op, const struct acme *ca, const struct acme_call *call, struct order *order)
{
    const char *status = json_str(op, call->json, "status");
    const char *location = http_header(&call->answer, "Location", 0);

    TRY(op_ok(op));
    if (!call->json)
        return op_fail(op, ERR_UNTRUSTED, "the CA's answer is no order");
    if (!order_status_parse(status, &order->status))
        return op_fail(op, ERR_UNTRUSTED, "the CA's order has the unknown status \"%s\"", status);
    if (!order->url)
        order->url = text_same(call->url, ca->new_order) ? location : call->url;
    order->finalize = json_str(op, call->json, "finalize");
    order->certificate = json_opt(op, call->json, "certificate");
    order->problem = json_at(call->json, "error");
    TRY(acme_url_ok(op, ca, order->url, "the order") && acme_url_ok(op, ca, order->finalize, "finalizing"));
    if (order->certificate || order->status == ORDER_VALID)
        TRY(acme_url_ok(op, ca, order->certificate, "the certificate"));
    return read_authz_urls(op, ca, call->json, order);
}

/* The name of ours that an authorization is for: what the server says must be something that we asked for. */
static const char *our_name(struct op *op, const struct json *json, const struct strings *names)
{
    const char *value = json_str(op, json, "identifier.value");
    const char *name;

    if (!value)
        return NULL;
    name = json_true(json, "wildcard") && !text_starts(value, "*.") ? op_text(op, "*.%s", value) : value;
    for (size_t i = 0; i < names->count; i++)
        if (text_same_nocase(names->at[i], name))
            return names->at[i];
    op_fail(op, ERR_UNTRUSTED, "the CA's authorization is for %s, which was not asked for",
            text_printable(op, name, 300));
    return NULL;
}

bool authz_read(struct op *op, const struct acme *ca, const struct acme_call *call,
                const struct strings *names, struct solver *solver, struct authz *authz)
{
    const char *status = json_str(op, call->json, "status");
    const char *name = our_name(op, call->json, names);

    TRY(op_ok(op));
    if (!call->json)
        return op_fail(op, ERR_UNTRUSTED, "the CA's answer is no authorization");
    if (!authz_status_parse(status, &authz->status))
        return op_fail(op, ERR_UNTRUSTED, "the CA's authorization for %s has the unknown status \"%s\"", name,
                       status);
    authz->read = true;
    authz->challenge.name = name;
    authz->challenge.base = text_starts(name, "*.") ? name + 2 : name;
    return challenge_read(op, ca, call->json, solver->type_for(solver, name), authz);
}
