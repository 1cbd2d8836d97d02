#include "acme/flow.h"

#include "acme/order_read.h"
#include "acme/problem.h"
#include "crypto/cert.h"

#include <string.h>

#define POLL_LEAST_MS 2   /* on a loopback CA */
#define POLL_FIRST_MS 100 /* at most before the first look */
#define POLL_MOST_MS  10000
#define ASKED_MOST    60 /* seconds that a Retry-After may keep us */

static bool is_ip(const char *name)
{
    return strchr(name, ':') || name[strspn(name, "0123456789.")] == '\0';
}

static const char *identifiers(struct op *op, const struct flow_wants *wants)
{
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_open(&out, "identifiers", '[');
    for (size_t i = 0; i < wants->names->count; i++) {
        json_open(&out, NULL, '{');
        json_put(&out, "type", is_ip(wants->names->at[i]) ? "ip" : "dns");
        json_put(&out, "value", wants->names->at[i]);
        json_close(&out, '}');
    }
    json_close(&out, ']');
    if (wants->profile)
        json_put(&out, "profile", wants->profile);
    json_close(&out, '}');
    return out.data;
}

static bool profile_offered(struct op *op, const struct acme *ca, const char *profile)
{
    struct strings offered = { 0 };
    const struct json *member;

    for (size_t i = 0; (member = json_each(ca->profiles, "", i)); i++)
        strings_add(op, &offered, json_name(member));
    if (!profile || strings_have(&offered, profile))
        return true;
    op_fail(op, ERR_CONFIG, "the CA does not offer the profile \"%s\"", profile);
    return op_hint(op, offered.count ? "it offers: %s" : "it offers no profiles%s",
                   text_printable(op, strings_join(op, &offered, ", "), SERVER_WORDS_LIMIT));
}

bool flow_place(struct op *op, struct acme *ca, const struct flow_wants *wants, struct order *order)
{
    struct acme_call call = { .url = ca->new_order,
                              .payload = identifiers(op, wants),
                              .ahead = wants->names->count };

    op_enter(op, "asking the CA for an order");
    if (profile_offered(op, ca, wants->profile) && acme_post(op, ca, &call, 1))
        order_read(op, ca, &call, order);
    op_leave(op);
    return op_ok(op);
}

bool flow_resume(struct op *op, struct acme *ca, const char *url, struct order *order, bool *usable)
{
    struct acme_call call = { .url = url };

    *usable = false;
    op_enter(op, "looking at the order that a former run has left");
    if (acme_send(op, ca, &call, 1) && call.answer.status == 200 && order_read(op, ca, &call, order))
        *usable = order->status != ORDER_INVALID;
    op_leave(op);
    return op_ok(op);
}

static bool read_authzs(struct op *op, struct acme *ca, const struct flow_wants *wants, struct solver *solver,
                        struct order *order, bool again)
{
    struct acme_call *calls = op_array(op, order->authz_count, struct acme_call);
    struct authz **which = op_array(op, order->authz_count, struct authz *);
    size_t n = 0;

    for (size_t i = 0; i < order->authz_count; i++) {
        struct authz *a = &order->authzs[i];

        if (again ? a->answered && authz_open(a) : !a->read) {
            which[n] = a;
            calls[n++].url = a->url;
        }
    }
    op_enter(op, "reading the authorizations");
    if (acme_post(op, ca, calls, n))
        for (size_t i = 0; op_ok(op) && i < n; i++)
            authz_read(op, ca, &calls[i], wants->names, solver, which[i]);
    op_leave(op);
    return op_ok(op);
}

/* The authorizations whose challenges are to be published (or else answered). */
static size_t collect(const struct order *order, bool published, struct authz **which)
{
    size_t n = 0;

    for (size_t i = 0; i < order->authz_count; i++) {
        struct authz *a = &order->authzs[i];

        if (authz_open(a) && !a->answered && a->published == published)
            which[n++] = a;
    }
    return n;
}

static bool publish(struct op *op, struct solver *solver, struct order *order)
{
    struct authz **which = op_array(op, order->authz_count, struct authz *);
    const struct challenge **challenges = op_array(op, order->authz_count, const struct challenge *);
    size_t n = collect(order, false, which);
    bool *taken = op_array(op, n, bool);
    bool any = false;

    for (size_t i = 0; i < n; i++)
        challenges[i] = &which[i]->challenge;
    TRY(solver->publish(solver, op, challenges, n, taken));
    for (size_t i = 0; i < n; i++) {
        which[i]->published = taken[i];
        any = any || taken[i];
    }
    return any || op_fail(op, ERR_INTERNAL, "no challenge was published");
}

static bool answer(struct op *op, struct acme *ca, struct order *order)
{
    struct authz **which = op_array(op, order->authz_count, struct authz *);
    size_t n = collect(order, true, which);
    struct acme_call *calls = op_array(op, n, struct acme_call);

    for (size_t i = 0; i < n; i++) {
        calls[i].url = which[i]->challenge.url;
        calls[i].payload = "{}";
    }
    op_enter(op, "telling the CA to look at the challenges");
    acme_post(op, ca, calls, n);
    for (size_t i = 0; i < n; i++)
        which[i]->answered = true;
    op_leave(op);
    return op_ok(op);
}

/* Reads the order again; *pause is what the CA asks for before the next time, 0 where it asks nothing. */
static bool poll_order(struct op *op, struct acme *ca, struct order *order, int64_t *pause)
{
    struct acme_call call = { .url = order->url };

    TRY(acme_post(op, ca, &call, 1) && order_read(op, ca, &call, order));
    *pause = acme_retry_after(op, &call.answer, 0, ASKED_MOST) * 1000;
    return true;
}

static bool finalize(struct op *op, struct acme *ca, const struct flow_wants *wants, struct order *order,
                     int64_t *pause)
{
    struct acme_call call = { .url = order->finalize,
                              .payload = json_text(op, "{'csr': %s}", base64url(op, wants->csr)) };

    op_enter(op, "finalizing the order");
    if (op_ok(op) && acme_post(op, ca, &call, 1) && order_read(op, ca, &call, order))
        order->finalized = true;
    *pause = acme_retry_after(op, &call.answer, 0, ASKED_MOST) * 1000;
    op_leave(op);
    return op_ok(op);
}

/*
 * How long to wait before the order is read for the nth time in a row: what the CA asks for, else a time that
 * fits how far away it is, doubled each time. The first look comes soon, for the CA has the time that the
 * request is on its way, too.
 */
static int64_t poll_pause(const struct acme *ca, int64_t asked, unsigned nth)
{
    int64_t pause = ca->round_trip / 8 / 1000;

    if (asked > 0)
        return asked;
    if (pause < POLL_LEAST_MS)
        pause = POLL_LEAST_MS;
    if (pause > POLL_FIRST_MS)
        pause = POLL_FIRST_MS;
    for (unsigned i = 1; i < nth && pause < POLL_MOST_MS; i++)
        pause *= 2;
    return pause < POLL_MOST_MS ? pause : POLL_MOST_MS;
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
    return false;
}

/* The first name that failed is the error; the others are told of in the log. */
static bool proofs_failed(struct op *op, const struct order *order)
{
    for (size_t i = 0; i < order->authz_count; i++) {
        const struct authz *a = &order->authzs[i];
        struct op *child;

        if (a->status == AUTHZ_VALID || authz_open(a))
            continue;
        child = op_child(op);
        proof_failed(child, a);
        if (!op_ok(op))
            op_log(op, LOG_WARN, "%s", child->err.text);
        op_adopt(op, child);
        op_end(child);
    }
    return !op_ok(op);
}

/* Why the order failed: the authorizations say it; they are read only now. */
static bool explain(struct op *op, struct acme *ca, const struct flow_wants *wants, struct solver *solver,
                    struct order *order)
{
    for (size_t i = 0; i < order->authz_count; i++)
        order->authzs[i].read = false;
    TRY(read_authzs(op, ca, wants, solver, order, false));
    if (proofs_failed(op, order))
        return false;
    if (order->problem)
        return problem_fail_json(op, order->problem, 0);
    return op_fail(op, ERR_REFUSED, "the CA made the order invalid and gives no reason");
}

/* The issuer of the topmost certificate is what people know a chain by; NULL where there is no chain. */
static const char *chain_top(struct op *op, const char *pem)
{
    struct op *child = op_child(op);
    struct chain chain = chain_parse(child, pem);
    const char *top = op_ok(child) ? text_dup(op, chain.certs[chain.count - 1].issuer_cn) : NULL;

    op_end(child);
    return top;
}

/* Whether this is the chain that was asked for; what is offered is kept for the words to the user. */
static bool is_preferred(struct op *op, const char *pem, const char *issuer, struct strings *offered)
{
    const char *top = chain_top(op, pem);

    if (top && !strings_have(offered, top))
        strings_add(op, offered, top);
    return text_same(top, issuer);
}

/* URLs of Link: <...>;rel="alternate" (RFC 8555 section 7.4.2). */
static struct strings alternates(struct op *op, const struct http_response *answer)
{
    struct strings urls = { 0 };
    const char *link;

    for (size_t i = 0; i < 32 && (link = http_header(answer, "Link", i)); i++)
        if (*link == '<' && strstr(link, "rel=\"alternate\"") && strchr(link, '>'))
            strings_add(op, &urls, text_cut(op, link + 1, strcspn(link + 1, ">")));
    return urls;
}

static bool prefer(struct op *op, struct acme *ca, const char *issuer, const struct acme_call *first,
                   const char **pem)
{
    struct strings urls = alternates(op, &first->answer);
    struct acme_call *calls = op_array(op, urls.count, struct acme_call);
    struct strings offered = { 0 };

    if (is_preferred(op, *pem, issuer, &offered))
        return true;
    for (size_t i = 0; i < urls.count; i++)
        calls[i].url = urls.at[i];
    TRY(acme_post(op, ca, calls, urls.count));
    for (size_t i = 0; i < urls.count; i++) {
        if (is_preferred(op, calls[i].answer.body, issuer, &offered)) {
            *pem = calls[i].answer.body;
            return true;
        }
    }
    op_log(op, LOG_WARN,
           "the CA offers no chain whose topmost issuer is \"%s\": its default chain is used (offered: %s)",
           issuer, text_printable(op, strings_join(op, &offered, ", "), SERVER_WORDS_LIMIT));
    return true;
}

static bool download(struct op *op, struct acme *ca, const struct flow_wants *wants, struct order *order,
                     const char **pem)
{
    struct acme_call call = { .url = order->certificate };

    op_enter(op, "downloading the certificate");
    if (acme_post(op, ca, &call, 1)) {
        *pem = call.answer.body;
        order->downloaded = !wants->preferred_chain || prefer(op, ca, wants->preferred_chain, &call, pem);
    }
    op_leave(op);
    return op_ok(op);
}

bool flow_run(struct op *op, struct acme *ca, const struct flow_wants *wants, struct solver *solver,
              struct order *order, const char **pem)
{
    int64_t asked = 0;
    unsigned waits = 0;

    while (op_alive(op)) {
        enum todo todo = order_next(order);

        waits = todo == TODO_WAIT || todo == TODO_WAIT_AUTHZ ? waits + 1 : 0;
        switch (todo) {
        case TODO_READ:
            TRY(read_authzs(op, ca, wants, solver, order, false));
            break;
        case TODO_PUBLISH:
            TRY(publish(op, solver, order));
            break;
        case TODO_ANSWER:
            TRY(answer(op, ca, order));
            asked = 0;
            break;
        case TODO_WAIT:
            op_log(op, LOG_INFO, "waiting for the CA (%u)", waits);
            TRY(op_wait(op, poll_pause(ca, asked, waits)) && poll_order(op, ca, order, &asked));
            break;
        case TODO_WAIT_AUTHZ:
            TRY(op_wait(op, poll_pause(ca, 0, waits)) && read_authzs(op, ca, wants, solver, order, true));
            break;
        case TODO_FINALIZE:
            TRY(finalize(op, ca, wants, order, &asked));
            break;
        case TODO_DOWNLOAD:
            TRY(download(op, ca, wants, order, pem));
            break;
        case TODO_FAIL:
            return explain(op, ca, wants, solver, order);
        case TODO_DONE:
            return true;
        }
    }
    return false;
}
