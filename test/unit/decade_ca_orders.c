/* Orders, proofs and certificates of the CA that lives for years, and when to renew them. */
#include "base/when.h"
#include "crypto/der.h"
#include "crypto/key_parts.h"
#include "decade_ca.h"
#include "fake_ca.h"
#include "fake_provider.h"

#include <stdio.h>
#include <stdlib.h>

static const char *base_of(const char *name)
{
    return text_starts(name, "*.") ? name + 2 : name;
}

/* RFC 9110 section 5.6.7; nobody looks at the day of the week. */
const char *http_date(struct op *op, int64_t when)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *text = when_print(op, when);
    int month = (text[5] - '0') * 10 + text[6] - '0';

    return op_text(op, "Mon, %.2s %.3s %.4s %.8s GMT", text + 8, months + 3 * (month - 1), text, text + 11);
}

/* ---- orders ---- */

static struct decade_order *find(struct decade_ca *ca, unsigned long number)
{
    struct decade_order *order = &ca->orders[number % ORDERS_KEPT];
    bool good = number && order->number == number && real_now() < order->made + ORDER_LIVES;

    return good ? order : NULL;
}

static void settle(struct decade_ca *ca, struct decade_order *order)
{
    bool all = true;

    if (order->state != DECADE_PENDING)
        return;
    for (size_t i = 0; i < order->count; i++) {
        struct decade_authz *a = &order->authzs[i];
        char name[96];

        if (a->told && !a->valid && !a->refused) {
            snprintf(name, sizeof name, "_acme-challenge.%s", base_of(a->name));
            a->valid = !ca->refuses && fake_has(name, a->value);
            a->refused = !a->valid;
        }
        if (a->refused)
            order->state = DECADE_INVALID;
        all = all && a->valid;
    }
    if (all)
        order->state = DECADE_READY;
}

static void show_order(struct decade_call *call, const struct decade_order *order, long status)
{
    static const char *const words[] = { "pending", "ready", "valid", "invalid" };
    const char *base = call->ca->base;
    struct op *op = call->aside;
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_put(&out, "status", words[order->state]);
    json_put(&out, "expires", when_print(op, order->made + ORDER_LIVES));
    json_open(&out, "identifiers", '[');
    for (size_t i = 0; i < order->count; i++)
        json_put_raw(&out, NULL, json_text(op, "{'type': 'dns', 'value': %s}", order->authzs[i].name));
    json_close(&out, ']');
    json_open(&out, "authorizations", '[');
    for (size_t i = 0; i < order->count; i++)
        json_put(&out, NULL, op_text(op, "%s/authz/%lu/%zu", base, order->number, i + 1));
    json_close(&out, ']');
    json_put(&out, "finalize", op_text(op, "%s/finalize/%lu", base, order->number));
    if (order->state == DECADE_VALID)
        json_put(&out, "certificate", op_text(op, "%s/cert/%lu", base, order->number));
    json_close(&out, '}');
    decade_say(call, status, "application/json", out.data);
}

static void make_authz(struct decade_call *call, struct decade_authz *authz, const char *name, size_t i)
{
    struct op *op = call->aside;

    *authz = (struct decade_authz){ .told = false };
    snprintf(authz->name, sizeof authz->name, "%s", name);
    snprintf(authz->token, sizeof authz->token, "token-of-the-decade-%08lu-%zu", call->ca->orders_made, i);
    snprintf(authz->value, sizeof authz->value, "%s",
             base64url(op, hash(op, HASH_SHA256,
                                bytes_of(op_text(op, "%s.%s", authz->token, call->ca->thumbprint)))));
}

/* In seconds and as a date, in turn. */
static void limit(struct decade_call *call)
{
    static unsigned turn;
    int64_t left = call->ca->limited_until - real_now();

    decade_refuse(call, 429, "rateLimited", "too many orders lately");
    decade_header(call, turn++ % 2
                            ? op_text(call->op, "Retry-After: %lld", (long long)left)
                            : op_text(call->op, "Retry-After: %s", http_date(call->op, real_now() + left)));
}

static void new_order(struct decade_call *call)
{
    struct decade_ca *ca = call->ca;
    struct decade_order *order = &ca->orders[(ca->orders_made + 1) % ORDERS_KEPT];
    const struct json *one;
    const char *first = json_opt(call->aside, call->payload, "identifiers.0.value");

    if (ca->ordered)
        ca->ordered(ca, first ? first : "?");
    if (real_now() < ca->limited_until) {
        limit(call);
        return;
    }
    *order = (struct decade_order){ .number = ++ca->orders_made, .made = real_now() };
    for (size_t i = 0; i < NAMES_MOST && (one = json_each(call->payload, "identifiers", i)); i++)
        make_authz(call, &order->authzs[order->count++], json_str(call->aside, one, "value"), i);
    ca->new_orders++;
    show_order(call, order, 201);
    decade_header(call, op_text(call->op, "Location: %s/order/%lu", ca->base, order->number));
}

/* ---- proofs ---- */

static void show_challenge(struct decade_call *call, const struct decade_order *order, size_t i, bool alone)
{
    const struct decade_authz *a = &order->authzs[i];
    const char *status = a->valid ? "valid" : a->refused ? "invalid" : "pending";
    struct op *op = call->aside;
    const char *challenge = json_text(
        op, "{'type': 'dns-01', 'url': %s, 'token': %s, 'status': %s}",
        op_text(op, "%s/challenge/%lu/%zu", call->ca->base, order->number, i + 1), a->token, status);
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_put_raw(&out, "identifier", json_text(op, "{'type': 'dns', 'value': %s}", base_of(a->name)));
    json_put(&out, "status", status);
    json_open(&out, "challenges", '[');
    json_put_raw(&out, NULL, challenge);
    json_close(&out, ']');
    if (text_starts(a->name, "*."))
        json_put_bool(&out, "wildcard", true);
    json_close(&out, '}');
    decade_say(call, 200, "application/json", alone ? challenge : out.data);
}

static void challenge_page(struct decade_call *call, struct decade_order *order, size_t i)
{
    struct decade_authz *a = &order->authzs[i];

    if (a->told || order->state != DECADE_PENDING)
        decade_complain(call->ca, "a challenge answered that is not open: %s", a->name);
    a->told = true;
    if (call->ca->told)
        call->ca->told(call->ca, a->value);
    show_challenge(call, order, i, true);
}

static void authz_page(struct decade_call *call, struct decade_order *order, size_t i)
{
    if (call->payload && json_is(call->payload, "status", "deactivated")) {
        order->authzs[i].refused = true;
        order->authzs[i].valid = false;
        order->state = DECADE_INVALID;
    }
    settle(call->ca, order);
    show_challenge(call, order, i, false);
}

/* ---- certificates ---- */

static struct bytes serial_of(struct op *op, unsigned long number)
{
    return unhex(op, op_text(op, "5%07lx", number));
}

static const char *date(struct op *op, int64_t when)
{
    const char *text = when_print(op, when); /* 2026-11-25T00:00:00Z */

    return op_text(op, "%.2s%.2s%.2s%.2s%.2s%.2sZ", text + 2, text + 5, text + 8, text + 11, text + 14,
                   text + 17);
}

static void issue(struct decade_call *call, struct decade_order *order, struct bytes spki)
{
    struct decade_ca *ca = call->ca;
    struct op *op = call->aside;
    struct decade_issued *issued = &ca->issued[ca->issued_count++ % ISSUED_KEPT];
    struct key *leaf = op_new(op, struct key); /* its public half */
    struct forged wish = ca->leaf;
    const char *pem;

    *issued = (struct decade_issued){ order->number, real_now() - 3600, real_now() - 3600 + ca->life - 1, 0 };
    leaf->spki = spki;
    wish.key = leaf;
    wish.from = date(op, issued->not_before);
    wish.until = date(op, issued->not_after);
    wish.serial = serial_of(op, order->number);
    wish.extensions = ca->authority;
    for (size_t i = 0; i < order->count; i++)
        wish.names = der_join(op, wish.names, san_dns(op, order->authzs[i].name));
    pem = op_text(op, "%s%s", forge_pem(op, &wish), ca->issuers);
    snprintf(order->pem, sizeof order->pem, "%s", pem);
    order->state = DECADE_VALID;
}

static bool same_names(const struct decade_order *order, const struct strings *names)
{
    for (size_t i = 0; i < order->count; i++)
        if (!strings_have(names, order->authzs[i].name))
            return false;
    return order->count == names->count;
}

static void finalize(struct decade_call *call, struct decade_order *order)
{
    const char *csr = json_str(call->aside, call->payload, "csr");
    struct strings names = { 0 };
    struct bytes spki = { 0 };

    settle(call->ca, order);
    if (order->state != DECADE_READY) {
        decade_refuse(call, 403, "orderNotReady", "not now");
    } else if (!csr ||
               !fake_read_csr(call->aside, base64url_decode(call->aside, csr, "csr"), &spki, &names) ||
               !same_names(order, &names)) {
        decade_complain(call->ca, "a bad CSR");
        decade_refuse(call, 400, "badCSR", "not what was ordered");
    } else {
        issue(call, order, spki);
        show_order(call, order, 200);
    }
}

/* ---- pages ---- */

static bool numbers(const char *path, const char *word, unsigned long *order, size_t *item)
{
    char *end;

    if (!text_starts(path, word))
        return false;
    *order = strtoul(path + strlen(word), &end, 10);
    *item = *end == '/' ? strtoul(end + 1, &end, 10) : 0;
    return !*end;
}

static void show_cert(struct decade_call *call, const struct decade_order *order)
{
    if (*order->pem)
        decade_say(call, 200, "application/pem-certificate-chain", order->pem);
}

static void order_page(struct decade_call *call, struct decade_order *order)
{
    settle(call->ca, order);
    show_order(call, order, 200);
}

bool decade_order_pages(struct decade_call *call)
{
    static const struct {
        const char *word;
        void (*whole)(struct decade_call *, struct decade_order *);
        void (*part)(struct decade_call *, struct decade_order *, size_t);
    } pages[] = { { "/order/", order_page, NULL },
                  { "/finalize/", finalize, NULL },
                  { "/authz/", NULL, authz_page },
                  { "/challenge/", NULL, challenge_page } };
    unsigned long number;
    size_t item;

    if (text_same(call->path, "/order")) {
        new_order(call);
        return true;
    }
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct decade_order *order;

        if (!numbers(call->path, pages[i].word, &number, &item))
            continue;
        order = find(call->ca, number);
        if (order && pages[i].whole && !item)
            pages[i].whole(call, order);
        else if (order && pages[i].part && item && item <= order->count)
            pages[i].part(call, order, item - 1);
        else
            decade_refuse(call, 404, "malformed", "no such thing any more");
        return true;
    }
    if (!numbers(call->path, "/cert/", &number, &item) || !find(call->ca, number))
        return false;
    show_cert(call, find(call->ca, number));
    return true;
}

/* ---- windows ---- */

static void say_window(struct decade_call *call, const struct decade_issued *issued)
{
    int64_t due = issued->not_before + (issued->not_after - issued->not_before) / 3 * 2, from = due - DAY / 2;
    static unsigned garbage;
    struct op *op = call->aside;

    if (call->ca->windows == WINDOWS_NOW)
        from = real_now() - DAY;
    if (call->ca->windows == WINDOWS_LATE)
        from = issued->not_after + 1;
    if (call->ca->windows == WINDOWS_GARBAGE && garbage++ % 2) {
        decade_say(call, 200, "application/json", "[\"never\", {}");
        return;
    }
    if (call->ca->windows == WINDOWS_GARBAGE)
        decade_say(call, 200, "application/json",
                   "{\"suggestedWindow\": {\"start\": \"2040-01-01T00:00:00Z\", \"end\": \"1970\"}}");
    else
        decade_say(call, 200, "application/json",
                   json_text(op, "{'suggestedWindow': {'start': %s, 'end': %s}}", when_print(op, from),
                             when_print(op, call->ca->windows == WINDOWS_NOW ? from + 3600 : from + DAY)));
}

void decade_window(struct decade_call *call, const char *id)
{
    struct decade_ca *ca = call->ca;
    const char *serial = strchr(id, '.');

    ca->window_looks++;
    for (size_t i = 0; serial && i < ISSUED_KEPT; i++) {
        struct decade_issued *issued = &ca->issued[i];

        if (!issued->number ||
            !text_same(serial + 1, base64url(call->aside, serial_of(call->aside, issued->number))))
            continue;
        if (real_now() < issued->look_at && !ca->clock_wrong)
            ca->early_looks++;
        issued->look_at = real_now() + DECADE_LOOK;
        say_window(call, issued);
        decade_header(call, op_text(call->op, "Retry-After: %d", DECADE_LOOK));
        return;
    }
    decade_refuse(call, 404, "malformed", "no certificate of ours");
}

void decade_forget_looks(struct decade_ca *ca)
{
    for (size_t i = 0; i < ISSUED_KEPT; i++)
        ca->issued[i].look_at = 0;
}
