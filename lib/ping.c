#include "ping.h"

#include "base/text.h"
#include "crypto/secrets.h"

#include <string.h>

#define PATIENCE_MS 10000

bool ping_url_ok(struct op *op, const char *url)
{
    bool good;

    secrets_add(op, url);
    op_enter(op, "--ping");
    good = http_url_ok(op, url, true, NULL);
    if (!good)
        op->err.code = ERR_USAGE;
    op_leave(op);
    return good;
}

/* The word goes behind the path and before a query. */
static const char *url_for(struct op *op, const char *url, enum ping what)
{
    static const char *const words[] = { "/start", "", "/fail" };
    size_t path = strcspn(url, "?#");
    size_t bare = path && url[path - 1] == '/' ? path - 1 : path;

    return what == PING_SUCCESS ? url : op_text(op, "%.*s%s%s", (int)bare, url, words[what], url + path);
}

void ping_send(struct op *op, const char *url, enum ping what, const char *text)
{
    struct op *child = op_child(op);
    const char *body = text ? secrets_hide(child, text) : NULL;
    struct http_request request = { .method = body ? "POST" : "GET",
                                    .url = url_for(child, url, what),
                                    .body = body,
                                    .body_length = body ? strlen(body) : 0,
                                    .secret = true,
                                    .plain = true };
    struct http_response answer = { 0 };

    child->shielded = true;
    child->deadline = op_ticks(op) + PATIENCE_MS;
    if (!http_run(child, &request, &answer, 1) || answer.status / 100 != 2)
        op_log(op, LOG_WARN, "the watchdog of --ping was not told: %s",
               child->err.text      ? child->err.text
               : answer.status == 0 ? answer.failure
                                    : op_text(child, "it answers %ld", answer.status));
    op_end(child);
}
