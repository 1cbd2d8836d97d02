/* The lines of requests and answers. */
#include "transcript_parts.h"

#include <string.h>

static bool is_header(const char *line)
{
    size_t name = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    return name && line[name] == ':' && line[name + 1] == ' ';
}

static const char *more(struct reader *r, const char *body, const char *line)
{
    return body ? op_text(r->op, "%s\n%s", body, line) : text_dup(r->op, line);
}

struct exchange *new_exchange(struct reader *r)
{
    struct action *action = r->action;
    struct exchange *exchange = op_new(r->op, struct exchange);

    if (!action || action->exchange_count == MOST_EXCHANGES || action->outcome) {
        WRONG(r, "a request stands behind an action and before its outcome");
        return NULL;
    }
    action->exchanges[action->exchange_count++] = exchange;
    return exchange;
}

/* "> METHOD URL" */
static bool begin_request(struct reader *r, const char *text)
{
    struct strings words = text_split(r->op, text, " ");
    bool fresh = r->exchange && !r->exchange->method; /* behind "exchange NAME" */

    if (words.count != 2 || !strstr(words.at[1], "://"))
        return WRONG(r, "a request begins with \"METHOD URL\", not with \"%s\"", text);
    if (!fresh)
        r->exchange = new_exchange(r);
    if (!r->exchange)
        return false;
    r->exchange->path = r->path;
    r->exchange->line = r->line;
    r->exchange->method = words.at[0];
    r->exchange->url = words.at[1];
    r->part = IN_REQUEST;
    return true;
}

bool request_line(struct reader *r, const char *text)
{
    struct exchange *e = r->exchange;

    if (!e || !e->method || r->part == IN_ANSWER || r->part == IN_ANSWER_BODY)
        return begin_request(r, text);
    if (r->part == IN_REQUEST && (is_header(text) || *text == '!')) {
        strings_add(r->op, &e->headers, text);
        return true;
    }
    r->part = IN_REQUEST_BODY;
    if (*text || e->body)
        e->body = more(r, e->body, text);
    return true;
}

/* "< 200", "< no answer" */
static bool begin_answer(struct reader *r, const char *text)
{
    int64_t status = 0;

    if (!r->exchange || !r->exchange->method)
        return WRONG(r, "an answer without a request");
    r->exchange->no_answer = text_same(text, "no answer");
    if (!r->exchange->no_answer && !text_number(text, 100, 599, &status))
        return WRONG(r, "an answer begins with its status, not with \"%s\"", text);
    r->exchange->status = (long)status;
    r->part = IN_ANSWER;
    return true;
}

bool answer_line(struct reader *r, const char *text)
{
    struct exchange *e = r->exchange;

    if (!e || r->part == IN_REQUEST || r->part == IN_REQUEST_BODY)
        return begin_answer(r, text);
    if (r->part == IN_ANSWER && is_header(text)) {
        strings_add(r->op, &e->answer_headers, text);
        return true;
    }
    r->part = IN_ANSWER_BODY;
    e->answer = more(r, e->answer, text);
    return true;
}
