#include "acme/flow_parts.h"

#include "acme/order_names.h"
#include "acme/order_read.h"
#include "acme/problem.h"

#include <string.h>

#define POLL_LEAST_MS 2   /* on a loopback CA */
#define POLL_FIRST_MS 100 /* at most before the first look */
#define POLL_MOST_MS  10000
#define ASKED_MOST    60 /* seconds that a Retry-After may keep us */

static const char *new_order(struct op *op, const struct flow_wants *wants, const char *replaces)
{
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    order_put_names(&out, wants->names);
    if (wants->profile)
        json_put(&out, "profile", wants->profile);
    if (wants->not_after)
        json_put(&out, "notAfter", wants->not_after);
    if (replaces)
        json_put(&out, "replaces", replaces);
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

/*
 * Whether a refusal may concern `replaces`: CAs answer all kinds of things to a certificate that they do not
 * know, or know under another account. What clearly is about something else is not asked for twice.
 */
static bool may_be_replaces(struct op *op, const struct acme_call *call)
{
    static const char *const others[] = { "rateLimited",
                                          "rejectedIdentifier",
                                          "unsupportedIdentifier",
                                          "invalidProfile",
                                          "userActionRequired",
                                          "accountDoesNotExist",
                                          "unsupportedContact",
                                          "externalAccountRequired",
                                          "badNonce",
                                          "caa" };
    const char *type = problem_type(op, call->json);
    long status = call->answer.status;

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (text_same(type, others[i]))
            return false;
    return status == 400 || status == 403 || status == 404 || status == 409 || status == 500;
}

/* An account that was given up or is not known any more is named: nobody replaces it behind the user's back.
 */
static bool tell_account(struct op *op, const struct acme *ca, const struct acme_call *call)
{
    const char *type = problem_type(op, call->json);

    if (!text_same(type, "unauthorized") && !text_same(type, "accountDoesNotExist"))
        return false;
    op->err.text = op_text(op, "%s; the account is %s", op->err.text, ca->kid);
    return op_hint(
        op, "mcacme account show tells what the CA thinks of it; account import takes another one over, "
            "and where accounts/ is moved away a new one is made");
}

/* RFC 9773 section 5: what it replaces is a kindness to the CA, and never a reason to go without an order. */
static bool ask_for_order(struct op *op, struct acme *ca, const struct flow_wants *wants,
                          struct acme_call *call)
{
    const struct acme_call fresh = { .url = ca->new_order, .ahead = wants->names->count };

    *call = fresh;
    call->payload = new_order(op, wants, wants->replaces);
    TRY(acme_send(op, ca, call, 1));
    if (call->answer.status < 300)
        return true;
    if (!wants->replaces || !may_be_replaces(op, call)) {
        problem_fail(op, call);
        return tell_account(op, ca, call);
    }
    op_log(op, LOG_NOTE, "the CA does not take the order as a replacement (%ld): asking for a plain one",
           call->answer.status);
    *call = fresh;
    call->payload = new_order(op, wants, NULL);
    return acme_post(op, ca, call, 1);
}

bool flow_place(struct op *op, struct acme *ca, const struct flow_wants *wants, struct order *order)
{
    struct acme_call call = { 0 };

    op_enter(op, "asking the CA for an order");
    if (profile_offered(op, ca, wants->profile)) {
        if (!ask_for_order(op, ca, wants, &call))
            flow_blame(op, call.json, wants->names);
        else if (order_read(op, ca, &call, order))
            order_names_ok(op, call.json, wants->names);
    }
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

static int64_t longest_pause(struct op *op, const struct acme_call *calls, size_t n)
{
    int64_t longest = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t pause = acme_retry_after(op, &calls[i].answer, 0, ASKED_MOST) * 1000;

        longest = pause > longest ? pause : longest;
    }
    return longest;
}

/* With `pause` those that were answered are read again; *pause is the longest that an answer asks for. */
static bool read_authzs(struct op *op, struct acme *ca, const struct flow_wants *wants, struct solver *solver,
                        struct order *order, int64_t *pause)
{
    struct acme_call *calls = op_array(op, order->authz_count, struct acme_call);
    struct authz **which = op_array(op, order->authz_count, struct authz *);
    size_t n = 0;

    for (size_t i = 0; i < order->authz_count; i++) {
        struct authz *a = &order->authzs[i];

        if (pause ? a->answered && authz_open(a) : !a->read) {
            which[n] = a;
            calls[n++].url = a->url;
        }
    }
    op_enter(op, "reading the authorizations");
    if (acme_post(op, ca, calls, n))
        for (size_t i = 0; op_ok(op) && i < n; i++)
            authz_read(op, ca, &calls[i], wants->names, solver, which[i]);
    if (pause)
        *pause = longest_pause(op, calls, n);
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

/* What the CA says to that is of no interest, and goes. */
static bool answer(struct op *op, struct acme *ca, struct order *order)
{
    struct authz **which = op_array(op, order->authz_count, struct authz *);
    size_t n = collect(order, true, which);
    struct op *aside = op_child(op);
    struct acme_call *calls = op_array(aside, n, struct acme_call);
    bool good;

    for (size_t i = 0; i < n; i++) {
        calls[i].url = which[i]->challenge.url;
        calls[i].payload = "{}";
    }
    op_enter(aside, "telling the CA to look at the challenges");
    acme_post(aside, ca, calls, n);
    for (size_t i = 0; i < n; i++)
        which[i]->answered = true;
    good = op_adopt(op, aside);
    op_end(aside);
    return good;
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

/* Why the order failed: the authorizations say it; they are read only now. */
static bool explain(struct op *op, struct acme *ca, const struct flow_wants *wants, struct solver *solver,
                    struct order *order)
{
    for (size_t i = 0; i < order->authz_count; i++)
        order->authzs[i].read = false;
    TRY(read_authzs(op, ca, wants, solver, order, NULL));
    if (flow_proofs_failed(op, order))
        return false;
    if (order->problem) {
        problem_fail_json(op, order->problem, 0);
        flow_blame(op, order->problem, wants->names);
        return false;
    }
    return op_fail(op, ERR_REFUSED, "the CA made the order invalid and gives no reason");
}

static bool download(struct op *op, struct acme *ca, const struct flow_wants *wants, struct order *order,
                     const char **pem)
{
    struct acme_call call = { .url = order->certificate };

    op_enter(op, "downloading the certificate");
    if (acme_post(op, ca, &call, 1)) {
        *pem = call.answer.body;
        order->downloaded =
            !wants->preferred_chain || flow_prefer(op, ca, wants->preferred_chain, &call, pem);
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
            TRY(read_authzs(op, ca, wants, solver, order, NULL));
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
            TRY(op_wait(op, poll_pause(ca, asked, waits)) &&
                read_authzs(op, ca, wants, solver, order, &asked));
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

bool flow_abandon(struct op *op, struct acme *ca, const struct order *order)
{
    struct acme_call *calls = op_array(op, order->authz_count, struct acme_call);
    struct op *child = op_child(op);
    size_t n = 0;

    for (size_t i = 0; i < order->authz_count; i++)
        if (!flow_authz_failed(&order->authzs[i]) && order->authzs[i].status != AUTHZ_VALID)
            calls[n++] =
                (struct acme_call){ .url = order->authzs[i].url, .payload = "{\"status\":\"deactivated\"}" };
    if (!acme_send(child, ca, calls, n))
        op_log(op, LOG_INFO, "the pending authorizations stay: %s", child->err.text);
    op_end(child);
    return op_ok(op);
}
