/* Orders, authorizations and challenges (RFC 8555 section 7.1.6), and how they go on. */
#include "fake_ca.h"

static const char *const order_words[] = { "pending", "ready", "processing", "valid", "invalid" };
static const char *const authz_words[] = {
    "pending", "valid", "invalid", "deactivated", "expired", "revoked"
};

#define REFUSAL "{'type': 'urn:ietf:params:acme:error:unauthorized', 'detail': %s, 'status': 403}"

static const char *base_of(const char *name)
{
    return text_starts(name, "*.") ? name + 2 : name;
}

/* ---- how they go on ---- */

static bool any(const struct fake_order *order, enum authz_status status)
{
    for (size_t i = 0; i < order->names.count; i++)
        if (order->authzs[i].status == status)
            return true;
    return false;
}

static void settle_authz(const struct fake_ca *fake, struct fake_authz *authz)
{
    bool refused = fake->refused && (!*fake->refused || text_same(fake->refused, authz->name));

    if (authz->status == AUTHZ_PENDING && authz->told)
        authz->status = refused ? AUTHZ_INVALID : AUTHZ_VALID;
}

static void settle_proofs(const struct fake_ca *fake, struct fake_order *order)
{
    for (size_t i = 0; i < order->names.count; i++)
        settle_authz(fake, &order->authzs[i]);
    if (any(order, AUTHZ_INVALID))
        order->status = ORDER_INVALID;
    else if (!any(order, AUTHZ_PENDING))
        order->status = ORDER_READY;
}

/* A look at the order: what was slow may have got done. */
static void polled(const struct fake_ca *fake, struct fake_order *order)
{
    if (order->polls) {
        order->polls--;
        return;
    }
    if (order->status == ORDER_PENDING)
        settle_proofs(fake, order);
    else if (order->status == ORDER_PROCESSING)
        order->status = ORDER_VALID;
}

/* ---- orders ---- */

static struct fake_order *order_of(struct fake_call *call)
{
    struct fake_ca *fake = call->fake;

    if (!call->number[0] || call->number[0] > fake->order_count) {
        fake_complain(fake, "no such order: %s", call->url);
        return NULL;
    }
    return fake->orders[call->number[0] - 1];
}

static void show_order(struct fake_call *call, unsigned number, long status)
{
    struct fake_ca *fake = call->fake;
    struct op *op = fake->op;
    const struct fake_order *order = fake->orders[number - 1];
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_put(&out, "status", order_words[order->status]);
    json_put(&out, "expires", "2026-12-02T00:00:00Z");
    json_open(&out, "identifiers", '[');
    for (size_t i = 0; i < order->names.count; i++)
        json_put_raw(&out, NULL, json_text(op, "{'type': 'dns', 'value': %s}", order->names.at[i]));
    json_close(&out, ']');
    json_open(&out, "authorizations", '[');
    for (size_t i = order->names.count; i > 0; i--)
        json_put(&out, NULL, op_text(op, FAKE_CA "/authz/%u/%zu", number, i));
    json_close(&out, ']');
    json_put(&out, "finalize", op_text(op, FAKE_CA "/finalize/%u", number));
    if (order->status == ORDER_VALID)
        json_put(&out, "certificate", op_text(op, FAKE_CA "/cert/%u", number));
    if (order->status == ORDER_INVALID)
        json_put_raw(&out, "error", json_text(op, REFUSAL, "proofs failed"));
    json_close(&out, '}');
    fake_say(call, status, "application/json", out.data);
    if (fake->retry_after && (order->status == ORDER_PENDING || order->status == ORDER_PROCESSING))
        fake_header(call, op_text(op, "Retry-After: %s", fake->retry_after));
}

static bool take_names(struct fake_call *call, struct fake_order *order)
{
    struct op *op = call->fake->op;
    const struct json *one;

    for (size_t i = 0; (one = json_each(call->payload, "identifiers", i)); i++) {
        const char *name = json_str(op, one, "value");

        if (!name || !json_is(one, "type", "dns") || strings_have(&order->names, name))
            return fake_refuse(call, 400, "malformed", "identifiers");
        strings_add(op, &order->names, name);
    }
    return order->names.count || fake_refuse(call, 400, "malformed", "no identifiers");
}

static void make_authzs(struct fake_ca *fake, struct fake_order *order)
{
    order->authzs = op_array(fake->op, order->names.count, struct fake_authz);
    for (size_t i = 0; i < order->names.count; i++)
        order->authzs[i] =
            (struct fake_authz){ .name = order->names.at[i],
                                 .token = op_text(fake->op, "token_of_authorization-%zu-%zu",
                                                  fake->order_count, i),
                                 .status = i < fake->valid_already ? AUTHZ_VALID : AUTHZ_PENDING };
}

void fake_new_order(struct fake_call *call)
{
    struct fake_ca *fake = call->fake;
    struct fake_order *order = op_new(fake->op, struct fake_order);

    if (!take_names(call, order))
        return;
    order->profile = json_opt(fake->op, call->payload, "profile");
    if (fake->order_count == FAKE_MOST_ORDERS) {
        fake_refuse(call, 429, "rateLimited", "too many orders");
        return;
    }
    make_authzs(fake, order);
    if (!any(order, AUTHZ_PENDING))
        order->status = ORDER_READY;
    order->polls = fake->validating;
    fake->orders[fake->order_count++] = order;
    show_order(call, (unsigned)fake->order_count, 201);
    fake_header(call, op_text(fake->op, "Location: " FAKE_CA "/order/%zu", fake->order_count));
}

void fake_order_page(struct fake_call *call)
{
    struct fake_order *order = order_of(call);

    if (call->payload)
        fake_complain(call->fake, "POST where POST-as-GET is due: %s", call->url);
    if (!order)
        return;
    polled(call->fake, order);
    show_order(call, call->number[0], 200);
}

/* ---- authorizations ---- */

static struct fake_authz *authz_of(struct fake_call *call)
{
    struct fake_order *order = order_of(call);

    if (order && call->number[1] && call->number[1] <= order->names.count)
        return &order->authzs[call->number[1] - 1];
    fake_complain(call->fake, "no such authorization: %s", call->url);
    return NULL;
}

static const char *challenge_json(struct fake_call *call, const struct fake_authz *authz, const char *type)
{
    struct op *op = call->fake->op;
    bool ours = text_same(type, "dns-01");
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_put(&out, "type", type);
    json_put(&out, "url",
             ours ? op_text(op, FAKE_CA "/challenge/%u/%u", call->number[0], call->number[1])
                  : FAKE_CA "/never");
    json_put(&out, "token", ours ? authz->token : "token_of_the_other_challenge");
    json_put(&out, "status",
             !ours || authz->status == AUTHZ_PENDING ? (ours && authz->told ? "processing" : "pending")
                                                     : authz_words[authz->status]);
    if (ours && authz->status == AUTHZ_INVALID)
        json_put_raw(
            &out, "error",
            json_text(op, REFUSAL, op_text(op, "no TXT record at _acme-challenge.%s", base_of(authz->name))));
    json_close(&out, '}');
    return out.data;
}

void fake_authz_page(struct fake_call *call)
{
    struct op *op = call->fake->op;
    struct fake_authz *authz = authz_of(call);
    struct fake_order *order;
    struct text out = text_begin(op->arena);

    if (call->payload && !json_is(call->payload, "status", "deactivated"))
        fake_complain(call->fake, "POST where POST-as-GET is due: %s", call->url);
    if (!authz)
        return;
    if (call->payload) /* RFC 8555 section 7.5.2 */
        authz->status = AUTHZ_DEACTIVATED;
    order = call->fake->orders[call->number[0] - 1];
    if (order->polls)
        order->polls--;
    else
        settle_authz(call->fake, authz);
    json_open(&out, NULL, '{');
    json_put_raw(&out, "identifier", json_text(op, "{'type': 'dns', 'value': %s}", base_of(authz->name)));
    json_put(&out, "status", authz_words[authz->status]);
    json_open(&out, "challenges", '[');
    if (!text_starts(authz->name, "*."))
        json_put_raw(&out, NULL, challenge_json(call, authz, "http-01"));
    json_put_raw(&out, NULL, challenge_json(call, authz, "dns-01"));
    json_close(&out, ']');
    if (text_starts(authz->name, "*."))
        json_put_bool(&out, "wildcard", true);
    json_close(&out, '}');
    fake_say(call, 200, "application/json", out.data);
}

/* The value that the TXT record has to have (RFC 8555 section 8.4). */
static const char *value_of(struct fake_ca *fake, const struct fake_authz *authz)
{
    const char *authorization = op_text(fake->op, "%s.%s", authz->token, fake->thumbprint);

    return base64url(fake->op, hash(fake->op, HASH_SHA256, bytes_of(authorization)));
}

void fake_challenge(struct fake_call *call)
{
    struct fake_ca *fake = call->fake;
    struct fake_authz *authz = authz_of(call);

    if (!call->payload || json_count(call->payload, "") ||
        !text_same(json_print(fake->op, call->payload), "{}"))
        fake_complain(fake, "a challenge is answered by {}: %s", call->url);
    if (!authz)
        return;
    if (authz->status != AUTHZ_PENDING || authz->told)
        fake_complain(fake, "a challenge answered that is not open: %s", authz->name);
    if (fake->visible &&
        !fake->visible(op_text(fake->op, "_acme-challenge.%s", base_of(authz->name)), value_of(fake, authz)))
        fake_complain(fake, "a challenge answered before it can be seen: %s", authz->name);
    authz->told = true;
    fake_say(call, 200, "application/json", challenge_json(call, authz, "dns-01"));
}

/* ---- the end ---- */

static bool same_names(const struct strings *a, const struct strings *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (!strings_have(b, a->at[i]))
            return false;
    return a->count == b->count;
}

void fake_finalize(struct fake_call *call)
{
    struct fake_ca *fake = call->fake;
    struct op *op = fake->op;
    struct fake_order *order = order_of(call);
    const char *csr = json_str(op, call->payload, "csr");
    struct strings names = { 0 };

    if (!order || !csr)
        return;
    if (order->status != ORDER_READY) {
        fake_complain(fake, "an order finalized that is %s", order_words[order->status]);
        fake_refuse(call, 403, "orderNotReady", "wait");
        return;
    }
    if (!fake_read_csr(op, base64url_decode(op, csr, "csr"), &order->leaf, &names) ||
        !same_names(&names, &order->names) || bytes_same(order->leaf, fake->account)) {
        fake_complain(fake, "a bad CSR");
        fake_refuse(call, 400, "badCSR", "not what was ordered");
        return;
    }
    order->status = fake->processing ? ORDER_PROCESSING : ORDER_VALID;
    order->polls = fake->processing ? fake->processing - 1 : 0;
    show_order(call, call->number[0], 200);
}
