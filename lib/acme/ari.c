#include "acme/ari.h"

#include "base/when.h"
#include "crypto/hash.h"

#define AT_ONCE     16u
#define LOOK_LEAST  60
#define LOOK_MOST   (24 * 3600)
#define LOOK_USUAL  (6 * 3600) /* where the CA names no time (RFC 9773 section 4.3.3) */
#define LOOK_FAILED 3600
#define LINK_MOST   1024u
#define WINDOW_MOST (400ll * 24 * 3600) /* seconds: longer than any certificate lives */

static int64_t look_at(struct op *op, const struct http_response *answer, int64_t otherwise)
{
    int64_t pause = acme_retry_after(op, answer, otherwise, LOOK_MOST);

    return op_now(op) + (pause < LOOK_LEAST ? LOOK_LEAST : pause);
}

/* Shown to people as it is: a link that is whole, or none. */
static const char *link_of(struct op *op, const struct json *json)
{
    const char *url = json_opt(op, json, "explanationURL");

    if (!url || (!text_starts(url, "https://") && !text_starts(url, "http://")))
        return NULL;
    return text_same(text_printable(op, url, LINK_MOST), url) ? url : NULL;
}

static void read_window(struct op *op, const struct http_response *response, struct ari *answer)
{
    const struct json *json = json_parse(op, response->body, response->length);
    const char *start = json_opt(op, json, "suggestedWindow.start");
    const char *end = json_opt(op, json, "suggestedWindow.end");

    if (!op_ok(op))
        answer->failure = "the CA's answer is no JSON object";
    else if (!start || !end || !when_rfc3339(start, &answer->start) || !when_rfc3339(end, &answer->end))
        answer->failure = "the CA's answer has no window";
    else if (answer->end <= answer->start || answer->start <= 0 || answer->end - answer->start > WINDOW_MOST)
        answer->failure = "the CA's window is none: it ends before it begins, or is longer than any lifetime";
    else
        answer->known = true;
    if (answer->known)
        answer->explanation = link_of(op, json);
}

/* In an operation of its own: nothing that a CA says here is a failure of ours. */
static void read_answer(struct op *op, const struct http_response *response, struct ari *answer)
{
    struct op *child = op_child(op);
    bool passing = !response->status || response->status >= 500 || response->status == 429;

    *answer = (struct ari){ .look_at = look_at(op, response, passing ? LOOK_FAILED : LOOK_USUAL) };
    if (!response->status)
        answer->failure = text_dup(op, response->failure);
    else if (response->status != 200)
        answer->failure = op_text(op, "the CA answers %ld", response->status);
    else
        read_window(child, response, answer);
    answer->explanation = text_dup(op, answer->explanation);
    op_end(child);
}

static bool fetch_some(struct op *op, struct acme *ca, const char *const *ids, struct ari *answers, size_t n)
{
    struct http_request requests[AT_ONCE] = { { 0 } };
    struct http_response responses[AT_ONCE];

    for (size_t i = 0; i < n; i++)
        requests[i] =
            (struct http_request){ .method = "GET",
                                   .url = op_text(op, "%s%s%s", ca->renewal_info,
                                                  text_ends(ca->renewal_info, "/") ? "" : "/", ids[i]) };
    TRY(http_run(op, requests, responses, n));
    for (size_t i = 0; i < n; i++)
        read_answer(op, &responses[i], &answers[i]);
    return true;
}

bool ari_fetch(struct op *op, struct acme *ca, const char *const *ids, struct ari *answers, size_t n)
{
    for (size_t i = 0; i < n; i += AT_ONCE)
        TRY(fetch_some(op, ca, ids + i, answers + i, n - i < AT_ONCE ? n - i : AT_ONCE));
    return op_ok(op);
}

int64_t ari_choose(struct op *op, const struct ari *window)
{
    return window->start + (int64_t)random_below(op, (uint64_t)(window->end - window->start) + 1);
}
