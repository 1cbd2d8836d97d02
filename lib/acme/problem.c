#include "acme/problem.h"

#include "base/when.h"

#include <string.h>

#define TYPE_PREFIX "urn:ietf:params:acme:error:"
#define RETRY_MOST  (24 * 3600)
#define LINK_MOST   2048u

static const struct {
    const char *type;
    enum err_code code;
    const char *hint;
} kinds[] = {
    { "rateLimited", ERR_RATE_LIMIT, NULL },
    { "serverInternal", ERR_NETWORK, "the CA has a fault of its own: try again later" },
    { "badNonce", ERR_NETWORK, "the CA refuses every nonce that it gives out: try again later" },
    { "externalAccountRequired", ERR_CONFIG,
      "this CA binds accounts to a customer: get a key id and an HMAC key from it and give --eab-kid and "
      "--eab-hmac-key-file" },
    { "invalidProfile", ERR_CONFIG, "leave --profile out, or name one that the CA offers" },
    { "caa", ERR_REFUSED, "the CAA records of the name forbid this CA: change them, or use another CA" },
    { "accountDoesNotExist", ERR_REFUSED, NULL },
    { "userActionRequired", ERR_REFUSED, "visit the page that the CA names" },
};

const char *problem_type(struct op *op, const struct json *problem)
{
    const char *type = json_opt(op, problem, "type");

    return type && text_starts(type, TYPE_PREFIX) ? type + strlen(TYPE_PREFIX) : "";
}

static const char *words(struct op *op, const struct json *problem, const char *type)
{
    struct text out = text_begin(op->arena);
    const char *detail = json_opt(op, problem, "detail");
    const struct json *sub;

    if (detail)
        text_add(&out, "%s", text_printable(op, detail, SERVER_WORDS_LIMIT));
    if (*type)
        text_add(&out, "%s(%s)", out.length ? " " : "", text_printable(op, type, 100));
    for (size_t i = 0; i < 100 && (sub = json_each(problem, "subproblems", i)); i++) {
        const char *name = json_opt(op, sub, "identifier.value");
        const char *why = json_opt(op, sub, "detail");

        text_add(&out, "; %s: %s", name ? text_printable(op, name, 300) : "?",
                 why ? text_printable(op, why, SERVER_WORDS_LIMIT) : "refused");
    }
    return out.length ? out.data : "no reason given";
}

bool problem_fail_json(struct op *op, const struct json *problem, long status)
{
    const char *type = problem_type(op, problem);
    enum err_code code = status == 429 ? ERR_RATE_LIMIT : status >= 500 ? ERR_NETWORK : ERR_REFUSED;
    const char *hint = NULL;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (text_same(kinds[i].type, type)) {
            code = kinds[i].code;
            hint = kinds[i].hint;
        }
    }
    if (!op_ok(op))
        return false;
    op_fail(op, code, "the CA says: %s", words(op, problem, type));
    op->err.problem = *type ? text_printable(op, type, 100) : NULL;
    op->err.http_status = status;
    return hint ? op_hint(op, "%s", hint) : false;
}

static bool fail_without_answer(struct op *op, const struct http_response *answer)
{
    op_fail(op, ERR_NETWORK, "%s", answer->failure);
    if (answer->untrusted)
        return op_hint(
            op, "for a private CA give the certificate that it is to be trusted by: --ca-bundle FILE; else "
                "check the clock and the system's ca-certificates");
    return op_hint(op, "check the network, and the CA's status page");
}

static bool fail_without_document(struct op *op, const struct http_response *answer)
{
    if (answer->status == 429)
        op_fail(op, ERR_RATE_LIMIT, "the CA says: too many requests (429)");
    else
        op_fail(op, answer->status >= 500 ? ERR_NETWORK : ERR_REFUSED, "the CA answers %ld: %s",
                answer->status, text_printable(op, answer->body, SERVER_WORDS_LIMIT));
    op->err.http_status = answer->status;
    return false;
}

static void set_retry(struct op *op, int64_t when)
{
    op->err.retry_at = when < op_now(op) + RETRY_MOST ? when : op_now(op) + RETRY_MOST;
    op_hint(op, "not before %s", when_print(op, op->err.retry_at));
}

/* Let's Encrypt names the time in words: "... retry after 2026-11-26 12:34:56 UTC: see https://..." */
static bool retry_in_words(struct op *op, const char *detail, int64_t *when)
{
    const char *at = detail ? strstr(detail, "retry after ") : NULL;

    at = at ? at + strlen("retry after ") : "";
    if (strlen(at) < strlen("2026-11-26 12:34:56") || at[10] != ' ')
        return false;
    return when_rfc3339(op_text(op, "%.10sT%.8sZ", at, at + 11), when);
}

/* A link of the CA's to a page that lifts a pause; whole, or not at all. */
static const char *link_in(struct op *op, const char *detail)
{
    const char *at = detail ? strstr(detail, "https://") : NULL;
    const char *link = at ? text_cut(op, at, strcspn(at, " \t\r\n\"<>")) : NULL;

    return link && text_same(text_printable(op, link, LINK_MOST), link) ? link : NULL;
}

/* Accounts and names that failed for very long are paused until somebody visits a page. */
static void tell_unpause(struct op *op, const char *detail)
{
    const char *link = detail && strstr(detail, "unpause") ? link_in(op, detail) : NULL;

    if (link)
        op_hint(op, "the CA has paused this account or name: lift that at %s", link);
}

static void note_retry(struct op *op, const struct acme_call *call)
{
    const char *after = http_header(&call->answer, "Retry-After", 0);
    const char *detail = json_opt(op, call->json, "detail");
    int64_t when;

    tell_unpause(op, detail);
    /* However far off: a day later things may have changed. */
    if (after ? when_retry_after(after, op_now(op), &when) : retry_in_words(op, detail, &when))
        set_retry(op, when);
}

bool problem_fail(struct op *op, const struct acme_call *call)
{
    const struct http_response *answer = &call->answer;

    if (!op_ok(op))
        return false;
    if (!answer->status)
        return fail_without_answer(op, answer);
    if (json_at(call->json, "type") || json_at(call->json, "detail"))
        problem_fail_json(op, call->json, answer->status);
    else
        fail_without_document(op, answer);
    note_retry(op, call);
    return false;
}
