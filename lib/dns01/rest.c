#include "dns01/rest.h"

#include "base/text.h"
#include "crypto/secrets.h"
#include "dns01/instance.h"
#include "dns01/rest_parts.h"

#include <string.h>

#define ATTEMPTS     3
#define LONGEST_WAIT 60 /* seconds of Retry-After that we wait out; what is longer is told to the user */

static bool has_header(const struct strings *lines, const char *name)
{
    for (size_t i = 0; i < lines->count; i++) {
        size_t length = strlen(name);

        if (strncasecmp(lines->at[i], name, length) == 0 && lines->at[i][length] == ':')
            return true;
    }
    return false;
}

/* A line break in a credential would start a header of its own. */
static bool lines_ok(struct op *op, const struct strings *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        for (const char *c = lines->at[i]; *c; c++)
            if ((unsigned char)*c < ' ' || *c == 0x7f)
                return op_fail(op, ERR_CONFIG,
                               "a credential for the header \"%s\" has a control character in it",
                               text_cut(op, lines->at[i], strcspn(lines->at[i], ":")));
    return true;
}

static const char *const *all_headers(struct op *op, const struct rest_call *call)
{
    struct strings lines = call->bare ? (struct strings){ 0 } : rest_headers(op);

    for (size_t i = 0; i < sizeof call->headers / sizeof *call->headers && call->headers[i]; i++)
        strings_add(op, &lines, call->headers[i]);
    if (!has_header(&lines, "Accept"))
        strings_add(op, &lines, "Accept: application/json");
    if (call->body && *call->body && !has_header(&lines, "Content-Type"))
        strings_add(
            op, &lines,
            op_text(op, "Content-Type: %s", call->content_type ? call->content_type : "application/json"));
    if (!lines_ok(op, &lines))
        return NULL;
    strings_add(op, &lines, NULL);
    return (const char *const *)lines.at;
}

static bool build(struct op *op, const struct rest_call *call, struct http_request *request)
{
    TRY(op_ok(op));
    *request = (struct http_request){ .method = call->method, .url = call->url, .body = call->body };
    request->headers = all_headers(op, call);
    request->body_length = call->body ? strlen(call->body) : 0;
    /* while it is being opened a provider answers with secrets that nobody knows yet */
    request->secret =
        !op->instance->open || call->bare || secrets_in(op, call->url) || secrets_in(op, call->body);
    request->local = call->bare && rest_metadata(op, call->url);
    return request->headers && rest_url_ok(op, call->url, request->local, &request->plain);
}

static bool wait_turn(struct op *op)
{
    struct instance *instance = op->instance;

    if (!instance->provider->per_second)
        return true;
    TRY(op_wait(op, instance->next_request - op_ticks(op)));
    instance->next_request = op_ticks(op) + 1000 / instance->provider->per_second;
    return true;
}

/* One round: all at once, or one after the other where the vendor counts requests. */
static bool run(struct op *op, struct rest_call **calls, size_t n)
{
    size_t step = op->instance->provider->per_second ? 1 : n;
    struct http_request *requests = op_array(op, n, struct http_request);
    struct http_response *answers = op_array(op, n, struct http_response);

    for (size_t i = 0; i < n; i++)
        TRY(build(op, calls[i], &requests[i]));
    for (size_t i = 0; i < n; i += step) {
        TRY(wait_turn(op));
        TRY(http_run(op, requests + i, answers + i, step));
    }
    for (size_t i = 0; i < n; i++)
        calls[i]->answer = answers[i];
    return true;
}

/* Milliseconds after which a call may be made again; -1: it may not. */
static int64_t pause_before_repeat(struct op *op, const struct rest_call *call, int attempt)
{
    const struct http_response *answer = &call->answer;
    int64_t asked = answer->status ? rest_retry_after(op, answer) : -1;
    bool safe = text_same(call->method, "GET") && (answer->status == 0 || answer->status >= 500);

    if (asked > LONGEST_WAIT || !(safe || rest_busy(op, answer)))
        return -1;
    if (asked >= 0)
        return asked * 1000;
    return attempt == 0 ? 1000 : 4000;
}

/* Keeps the calls that shall be made again, after the longest of their pauses. */
static size_t sift(struct op *op, struct rest_call **calls, size_t n, int attempt)
{
    int64_t longest = 0;
    size_t left = 0;

    for (size_t i = 0; i < n; i++) {
        int64_t pause = pause_before_repeat(op, calls[i], attempt);

        if (pause >= 0)
            calls[left++] = calls[i];
        if (pause > longest)
            longest = pause;
    }
    return left && op_wait(op, longest) ? left : 0;
}

/* Makes the calls, again and again where that may be. */
static bool insist(struct op *op, struct rest_call **calls, size_t n)
{
    size_t left = n;

    for (int attempt = 0; left && attempt < ATTEMPTS; attempt++) {
        TRY(run(op, calls, left));
        left = attempt + 1 < ATTEMPTS ? sift(op, calls, left, attempt) : 0;
    }
    return op_ok(op);
}

/* Those that were refused for the session's end; while it is being begun no session can be over. */
static size_t expired(struct op *op, struct rest_call *calls, size_t n, struct rest_call **which)
{
    size_t count = 0;

    for (size_t i = 0; op->instance->open && i < n; i++)
        if (rest_rule(op, &calls[i].answer, op->instance->provider->expired))
            which[count++] = &calls[i];
    return count;
}

static bool renew_session(struct op *op)
{
    bool good;

    op->instance->open = false;
    good = op->instance->provider->open(op);
    op->instance->open = true; /* so that it is closed, too */
    return good && op_ok(op);
}

bool rest_calls(struct op *op, struct rest_call *calls, size_t n)
{
    struct rest_call **todo = op_array(op, n, struct rest_call *);
    size_t stale;

    TRY(op_ok(op));
    for (size_t i = 0; i < n; i++)
        todo[i] = &calls[i];
    TRY(insist(op, todo, n));
    stale = expired(op, calls, n, todo);
    if (stale)
        TRY(renew_session(op) && insist(op, todo, stale));
    for (size_t i = 0; op_ok(op) && i < n; i++)
        if (!calls[i].answer.status)
            op_fail(op, ERR_NETWORK, "%s: %s", rest_origin(op, calls[i].url), calls[i].answer.failure);
    return op_ok(op);
}

bool rest_call(struct op *op, struct rest_call *call)
{
    return rest_calls(op, call, 1);
}

/* A NULL body with an operation that is ok is meant: then "Content-Length: 0" is sent. */
static struct rest_call with_body(const char *method, const char *body)
{
    return (struct rest_call){ .method = method, .body = body ? body : "" };
}

static const struct json *ask(struct op *op, struct rest_call call, const char *path, va_list *args)
{
    call.url = rest_vurl(op, path, args);
    return rest_call(op, &call) ? rest_judge(op, &call.answer) : NULL;
}

const struct json *rest_get(struct op *op, const char *path, ...)
{
    const struct json *answer;
    va_list args;

    va_start(args, path);
    answer = ask(op, (struct rest_call){ .method = "GET" }, path, &args);
    va_end(args);
    return answer;
}

const struct json *rest_look(struct op *op, const char *path, ...)
{
    struct rest_call call = { .method = "GET" };
    va_list args;

    va_start(args, path);
    call.url = rest_vurl(op, path, &args);
    va_end(args);
    if (!rest_call(op, &call) || call.answer.status == 404)
        return NULL;
    return rest_judge(op, &call.answer);
}

const struct json *rest_post(struct op *op, const char *body, const char *path, ...)
{
    const struct json *answer;
    va_list args;

    va_start(args, path);
    answer = ask(op, with_body("POST", body), path, &args);
    va_end(args);
    return answer;
}

const struct json *rest_put(struct op *op, const char *body, const char *path, ...)
{
    const struct json *answer;
    va_list args;

    va_start(args, path);
    answer = ask(op, with_body("PUT", body), path, &args);
    va_end(args);
    return answer;
}

const struct json *rest_patch(struct op *op, const char *body, const char *path, ...)
{
    const struct json *answer;
    va_list args;

    va_start(args, path);
    answer = ask(op, with_body("PATCH", body), path, &args);
    va_end(args);
    return answer;
}

const struct json *rest_form(struct op *op, const char *form, const char *path, ...)
{
    struct rest_call call = with_body("POST", form);
    const struct json *answer;
    va_list args;

    call.content_type = "application/x-www-form-urlencoded";
    va_start(args, path);
    answer = ask(op, call, path, &args);
    va_end(args);
    return answer;
}

bool rest_delete(struct op *op, const char *path, ...)
{
    struct rest_call call = { .method = "DELETE" };
    va_list args;

    va_start(args, path);
    call.url = rest_vurl(op, path, &args);
    va_end(args);
    TRY(rest_call(op, &call));
    if (call.answer.status == 404 || call.answer.status == 410)
        return true;
    if (call.answer.status / 100 != 2)
        return rest_refused(op, &call.answer);
    return !op->instance->provider->good || rest_judge(op, &call.answer);
}

const char *rest_cookie(struct op *op, const struct http_response *answer, const char *name)
{
    const char *start = op_text(op, "%s=", name), *line, *value = NULL;

    for (size_t i = 0; (line = http_header(answer, "Set-Cookie", i)); i++)
        if (text_starts(line, start))
            value = text_cut(op, line + strlen(start), strcspn(line + strlen(start), "; "));
    return value;
}

/* A stopped run stays stopped; everything else was between us and the vendor. */
static void forget_failure(struct op *op)
{
    if (op_ok(op) || op->err.code == ERR_STOPPED || op->err.code == ERR_TIMEOUT)
        return;
    op_log(op, LOG_INFO, "%s (it goes on without)", secrets_hide(op, op->err.text));
    op_recover(op);
}

const struct json *rest_try(struct op *op, const char *method, const char *path, ...)
{
    const struct json *answer;
    va_list args;

    if (!op_ok(op))
        return NULL;
    va_start(args, path);
    answer = ask(op, (struct rest_call){ .method = method }, path, &args);
    va_end(args);
    forget_failure(op);
    return answer;
}
