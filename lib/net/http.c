#include "net/http.h"

#include "base/text.h"

#include <string.h>

bool http_run(struct op *op, const struct http_request *requests, struct http_response *responses, size_t n)
{
    memset(responses, 0, n * sizeof *responses);
    for (size_t i = 0; i < n; i++)
        TRY(op_effect(op, requests[i].method));
    return op_alive(op) && op->world->http->run(op->world->http, op, requests, responses, n);
}

const char *http_header(const struct http_response *response, const char *name, size_t nth)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (text_same_nocase(response->headers[i].name, name) && nth-- == 0)
            return response->headers[i].value;
    return NULL;
}

static bool printable(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text >= 0x7f)
            return false;
    return true;
}

/* By name or address, with or without a port. */
static bool loopback(const char *host)
{
    static const char *const loops[] = { "localhost", "127.0.0.1", "[::1]" };

    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++)
        if (text_starts(host, loops[i]) && strchr(":", host[strlen(loops[i])]))
            return true;
    return false;
}

bool http_url_ok(struct op *op, const char *url, bool loopback_http, const char **host)
{
    bool https = text_starts(url, "https://");
    bool plain = text_starts(url, "http://");
    const char *start = url + (https ? 8 : 7);
    const char *name;

    if (strlen(url) > HTTP_MOST_URL || !printable(url))
        return op_fail(op, ERR_UNTRUSTED, "an URL with control characters or of more than %u bytes",
                       HTTP_MOST_URL);
    if (!https && !plain)
        return op_fail(op, ERR_UNTRUSTED, "the URL %s is not https", text_printable(op, url, 200));
    name = text_lower(op, text_cut(op, start, strcspn(start, "/?#")));
    if (!*name || *name == ':' || strchr(name, '@') || strchr(name, '\\'))
        return op_fail(op, ERR_UNTRUSTED, "the URL %s has no plain host name", text_printable(op, url, 200));
    if (plain && !(loopback_http && loopback(name)))
        return op_fail(op, ERR_UNTRUSTED, "the URL %s is not https", text_printable(op, url, 200));
    if (host)
        *host = name;
    return true;
}
