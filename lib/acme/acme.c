#include "acme/acme.h"

#include "acme/problem.h"
#include "base/when.h"
#include "crypto/jws.h"

#include <string.h>

/* How often a request is sent again. */
#define NONCE_REFUSED 24u /* a CA may refuse half of its own nonces */
#define LOST_ANSWERS  3u  /* of a request that changes nothing */
#define PAUSES        3u  /* asked for by Retry-After */

#define MOST_IDENTITIES 16u
#define IDENTITY_MOST   253u /* a host name */

#define FIRST_NONCES 8u /* Let's Encrypt lets ten pass at once */
#define PAUSE_MOST   60 /* seconds: a longer Retry-After ends the attempt */

bool acme_url_ok(struct op *op, const struct acme *ca, const char *url, const char *what)
{
    const char *host;

    TRY(op_ok(op));
    if (!url)
        return op_fail(op, ERR_UNTRUSTED, "the CA's answer has no URL for %s", what);
    op_enter(op, "the CA's URL for %s", what);
    if (http_url_ok(op, url, false, &host) && !text_same(host, ca->host))
        op_fail(op, ERR_UNTRUSTED, "%s is not on the CA's own host %s", text_printable(op, url, 200),
                ca->host);
    op_leave(op);
    return op_ok(op);
}

static const char *directory_url(struct op *op, struct acme *ca, const struct json *directory,
                                 const char *name, bool needed)
{
    const char *url = json_opt(op, directory, name);

    if (!url && !needed)
        return NULL;
    return acme_url_ok(op, ca, url, name) ? url : NULL;
}

/*
 * Whether the same request may be sent again after this answer; *pause grows to the seconds to wait before.
 */
static bool again(struct op *op, struct acme_call *call, int64_t *pause)
{
    const struct http_response *answer = &call->answer;
    bool harmless = !call->payload || (!answer->status && !answer->maybe_sent);
    int64_t seconds;

    if (answer->status == 400 && text_same(problem_type(op, call->json), "badNonce"))
        return ++call->nonces_refused < NONCE_REFUSED;
    if (answer->status == 429 || answer->status == 503) {
        seconds = acme_retry_after(op, answer, 2, INT64_MAX);
        if (seconds > PAUSE_MOST || ++call->pauses > PAUSES)
            return false;
        *pause = seconds > *pause ? seconds : *pause;
        return true;
    }
    if ((!answer->status || answer->status >= 500) && harmless && ++call->lost < LOST_ANSWERS) {
        *pause = *pause ? *pause : 1;
        return true;
    }
    return false;
}

static bool fetch_directory(struct op *op, struct acme *ca, struct acme_call *call)
{
    struct http_request request = { .method = "GET", .url = ca->directory };
    bool repeat;

    call->url = ca->directory;
    do {
        int64_t pause = 0;

        TRY(http_run(op, &request, &call->answer, 1));
        repeat = again(op, call, &pause);
        TRY(!pause || op_wait(op, pause * 1000));
    } while (repeat);
    if (call->answer.status != 200) {
        problem_fail(op, call);
        return call->answer.status == 404 ? op_hint(op, "is this the URL of an ACME directory?") : false;
    }
    ca->round_trip = call->answer.micros;
    call->json = json_parse(op, call->answer.body, call->answer.length);
    if (!call->json)
        return op_hint(op, "is this the URL of an ACME directory?");
    return true;
}

/* RFC 8555 section 7.1.1: host names. What is none can match no CAA record either. */
static void read_identities(struct op *op, struct acme *ca, const struct json *directory)
{
    const struct json *item;

    for (size_t i = 0; i < MOST_IDENTITIES && (item = json_each(directory, "meta.caaIdentities", i)); i++) {
        const char *name = json_opt(op, item, "");

        if (name && *name && strlen(name) <= IDENTITY_MOST &&
            strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == strlen(name))
            strings_add(op, &ca->caa_identities, text_lower(op, name));
    }
}

static int64_t skew(struct op *op, const struct http_response *answer)
{
    const char *date = http_header(answer, "Date", 0);
    int64_t there;

    return date && strchr(date, ',') && when_retry_after(date, 0, &there) ? op_now(op) - there : 0;
}

static void read_directory(struct op *op, struct acme *ca, const struct acme_call *call)
{
    const struct json *directory = call->json;

    ca->new_nonce = directory_url(op, ca, directory, "newNonce", true);
    ca->new_account = directory_url(op, ca, directory, "newAccount", true);
    ca->new_order = directory_url(op, ca, directory, "newOrder", true);
    ca->revoke_cert = directory_url(op, ca, directory, "revokeCert", true);
    ca->key_change = directory_url(op, ca, directory, "keyChange", false);
    ca->renewal_info = directory_url(op, ca, directory, "renewalInfo", false);
    ca->terms = json_opt(op, directory, "meta.termsOfService");
    ca->eab_required = json_true(directory, "meta.externalAccountRequired");
    ca->profiles = json_at(directory, "meta.profiles");
    ca->clock_skew = skew(op, &call->answer);
    read_identities(op, ca, directory);
}

struct acme *acme_open(struct op *op, const char *directory)
{
    struct acme *ca = op_new(op, struct acme);
    struct acme_call call = { 0 };

    ca->directory = arena_strdup(op->arena, directory);
    op_enter(op, "reading the CA's directory %s", directory);
    if (http_url_ok(op, directory, false, &ca->host) && fetch_directory(op, ca, &call))
        read_directory(op, ca, &call);
    op_leave(op);
    return op_ok(op) ? ca : NULL;
}

/* A nonce is base64url (RFC 8555 section 6.5.1); anything else never reaches a request of ours. */
static bool nonce_ok(const char *nonce)
{
    size_t length = strlen(nonce);

    return length > 0 && length <= ACME_NONCE_LIMIT &&
           strspn(nonce, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == length;
}

static void keep_nonce(struct acme *ca, const struct http_response *answer)
{
    const char *nonce = http_header(answer, "Replay-Nonce", 0);

    if (nonce && nonce_ok(nonce) && ca->nonce_count < ACME_MOST_NONCES)
        memcpy(ca->nonces[ca->nonce_count++], nonce, strlen(nonce) + 1);
}

/*
 * How many nonces to ask for besides what is in the pool: the pool grows by small steps, out of politeness.
 */
static size_t nonces_wanted(const struct acme *ca, size_t of_use)
{
    size_t goal = of_use < ACME_MOST_NONCES ? of_use : ACME_MOST_NONCES;
    size_t more = goal > ca->nonce_count ? goal - ca->nonce_count : 0;

    return more < FIRST_NONCES ? more : FIRST_NONCES;
}

/* Aside, because it takes several times the memory of what comes of it. */
static const char *sign(struct op *op, struct acme *ca, const struct acme_call *call)
{
    const char *nonce = ca->nonces[--ca->nonce_count];
    struct op *aside = op_child(op);
    const char *body;

    if (call->key)
        body = jws_sign(aside, call->key, NULL, nonce, call->url, call->payload);
    else
        body = jws_sign(aside, ca->key, ca->kid, nonce, call->url, call->payload);
    body = text_dup(op, body);
    op_adopt(op, aside);
    op_end(aside);
    return body;
}

static struct http_request signed_request(struct op *op, struct acme *ca, const struct acme_call *call)
{
    static const char *const headers[] = { "Content-Type: application/jose+json", "Accept-Language: en",
                                           NULL };
    const char *body = sign(op, ca, call);

    return (struct http_request){ .method = "POST",
                                  .url = call->url,
                                  .headers = headers,
                                  .body = body,
                                  .body_length = body ? strlen(body) : 0 };
}

static bool is_json(const struct http_response *answer)
{
    const char *type = http_header(answer, "Content-Type", 0);

    return answer->length && type &&
           (text_starts(type, "application/json") || text_starts(type, "application/problem"));
}

static bool take_answer(struct op *op, struct acme *ca, struct acme_call *call, int64_t *pause)
{
    keep_nonce(ca, &call->answer);
    if (call->answer.status)
        ca->round_trip = call->answer.micros;
    call->json = is_json(&call->answer) ? json_parse(op, call->answer.body, call->answer.length) : NULL;
    TRY(op_ok(op));
    if (again(op, call, pause))
        return true;
    call->done = true;
    return call->answer.status != 0 || problem_fail(op, call);
}

static size_t count_pending(const struct acme_call *calls, size_t n)
{
    size_t pending = 0;

    for (size_t i = 0; i < n; i++)
        pending += !calls[i].done;
    return pending;
}

/* Nothing could be sent for want of a nonce: asks again, within bounds. */
static bool no_nonce(struct op *op, struct acme_call *asking, int64_t *pause)
{
    if (again(op, asking, pause))
        return true;
    if (asking->answer.status / 100 == 2)
        return op_fail(op, ERR_UNTRUSTED, "%s gives no nonce", asking->url);
    return problem_fail(op, asking);
}

/* As many calls as there are nonces, and beside them requests for more nonces. */
static bool wave(struct op *op, struct acme *ca, struct acme_call *calls, size_t n, struct acme_call *asking,
                 int64_t *pause)
{
    size_t pending = count_pending(calls, n), ahead = calls[0].ahead;
    size_t fresh = nonces_wanted(ca, pending > ahead ? pending : ahead), sent = 0;
    struct http_request requests[2 * ACME_MOST_NONCES];
    struct http_response answers[2 * ACME_MOST_NONCES];
    struct acme_call *under_way[ACME_MOST_NONCES];

    for (size_t i = 0; i < n && ca->nonce_count; i++) {
        if (calls[i].done)
            continue;
        requests[sent] = signed_request(op, ca, &calls[i]);
        under_way[sent++] = &calls[i];
    }
    for (size_t i = 0; i < fresh; i++)
        requests[sent + i] = (struct http_request){ .method = "HEAD", .url = ca->new_nonce };
    TRY(op_ok(op) && http_run(op, requests, answers, sent + fresh));
    for (size_t i = 0; i < fresh; i++)
        keep_nonce(ca, &answers[sent + i]);
    for (size_t i = 0; i < sent; i++) {
        under_way[i]->answer = answers[i];
        TRY(take_answer(op, ca, under_way[i], pause));
    }
    if (sent || ca->nonce_count)
        return true;
    asking->answer = answers[0];
    return no_nonce(op, asking, pause);
}

bool acme_send(struct op *op, struct acme *ca, struct acme_call *calls, size_t n)
{
    struct acme_call asking = { .url = ca->new_nonce };

    for (size_t i = 0; i < n; i++)
        TRY(acme_url_ok(op, ca, calls[i].url, "a request"));
    while (op_ok(op) && count_pending(calls, n)) {
        int64_t pause = 0;

        TRY(wave(op, ca, calls, n, &asking, &pause));
        TRY(!pause || op_wait(op, pause * 1000));
    }
    return op_ok(op);
}

bool acme_post(struct op *op, struct acme *ca, struct acme_call *calls, size_t n)
{
    TRY(acme_send(op, ca, calls, n));
    for (size_t i = 0; i < n; i++)
        if (calls[i].answer.status >= 300) /* no redirect is followed: what is signed is for one URL */
            return problem_fail(op, &calls[i]);
    return true;
}

int64_t acme_retry_after(struct op *op, const struct http_response *answer, int64_t otherwise, int64_t most)
{
    const char *header = http_header(answer, "Retry-After", 0);
    int64_t when, seconds = otherwise;

    if (header && when_retry_after(header, op_now(op), &when))
        seconds = when - op_now(op);
    if (seconds < 0)
        seconds = 0;
    return seconds < most ? seconds : most;
}
