#include "player.h"

#include "kit.h"
#include "matching.h"

#include <string.h>

static const struct exchange *coming(const struct player *player)
{
    const struct action *action = player->action;

    return action && player->at < action->exchange_count ? action->exchanges[player->at] : NULL;
}

static bool headers_match(const struct exchange *e, const struct http_request *request, bool quiet)
{
    for (size_t i = 0; i < e->headers.count; i++) {
        const char *want = e->headers.at[i];
        const char *is = header_of(request, *want == '!' ? want + 1 : want);
        bool good = *want == '!' ? !is : is && glob_matches(want, is);

        if (!good)
            return !quiet && kit_check(false, e->path, e->line, "the header \"%s\" is \"%s\"", want,
                                       is ? is : "(none)");
    }
    return true;
}

static bool matches(struct op *op, const struct exchange *e, const struct http_request *request, bool quiet)
{
    const char *body = request->body && *request->body ? request->body : NULL;

    if (!text_same(e->method, request->method) || !glob_matches(e->url, request->url))
        return !quiet && kit_check(false, e->path, e->line, "another request:\n    is  %s %s\n    not %s %s",
                                   request->method, request->url, e->method, e->url);
    if (text_starts(request->url, "http://") && !request->plain)
        return !quiet && kit_check(false, e->path, e->line, "http:// without the user's word for it");
    if (!body_matches(op, e->body, body, header_of(request, "Content-Type:")))
        return !quiet && kit_check(false, e->path, e->line, "another body:\n    is  %s\n    not %s",
                                   body ? body : "(none)", e->body ? e->body : "(none)");
    return headers_match(e, request, quiet);
}

static void put_answer(struct op *op, const struct exchange *e, struct http_response *response)
{
    if (e->no_answer) {
        *response = (struct http_response){ .failure = "the line is cut", .maybe_sent = true };
        return;
    }
    response->status = e->status;
    response->body = e->answer ? e->answer : "";
    response->length = strlen(response->body);
    response->headers = op_array(op, e->answer_headers.count, struct http_header);
    response->header_count = e->answer_headers.count;
    for (size_t i = 0; i < e->answer_headers.count; i++) {
        const char *line = e->answer_headers.at[i], *colon = strchr(line, ':');

        response->headers[i].name = text_cut(op, line, (size_t)(colon - line));
        response->headers[i].value = text_trim(op, colon + 1);
    }
}

/* A hostile server's answer: all that it was told, secrets included. */
static const char *echo_of(struct op *op, const struct http_request *request)
{
    struct text out = text_begin(op->arena);

    for (size_t i = 0; request->headers && request->headers[i]; i++)
        text_add(&out, "%s, ", request->headers[i]);
    text_add(&out, "%s %s %s", request->method, request->url, request->body ? request->body : "");
    return out.data;
}

static void put_broken(struct op *op, enum breakage breakage, const struct http_request *request,
                       struct http_response *response)
{
    if (breakage == BREAK_LINE) {
        *response = (struct http_response){ .failure = "the line is cut", .maybe_sent = true };
        return;
    }
    response->status = breakage == BREAK_SERVER ? 500 : 200;
    response->body = breakage == BREAK_SENSE ? "{}" : echo_of(op, request);
    response->length = strlen(response->body);
}

/*
 * Whether the exchange that shall break is up, or being repeated; moves on behind it where that is allowed.
 */
static bool breaks(struct op *op, struct player *player, const struct http_request *request)
{
    const struct exchange *e = coming(player);

    if (!player->breakage || player->over || !e || player->played + player->at != player->break_at)
        return false;
    if (matches(op, e, request, player->broken)) {
        player->broken = true;
        player->over = !e->may_fail && (player->breakage == BREAK_SYNTAX || player->breakage == BREAK_SENSE);
        return true;
    }
    if (!player->broken)
        return false;
    player->at++;
    player->over = !e->may_fail;
    return false;
}

static void play(struct op *op, struct player *player, const struct http_request *request,
                 struct http_response *response)
{
    const struct exchange *e;

    *response = (struct http_response){ .failure = "the transcript knows no answer" };
    if (breaks(op, player, request)) {
        put_broken(op, player->breakage, request, response);
        return;
    }
    if (player->over)
        return;
    e = coming(player);
    if (!e)
        kit_check(false, "request", 0, "nobody expects it: %s %s %s", request->method, request->url,
                  request->body ? request->body : "");
    else if (matches(op, e, request, false))
        put_answer(op, e, response);
    player->at++;
}

static bool run(struct http *http, struct op *op, const struct http_request *requests,
                struct http_response *responses, size_t n)
{
    for (size_t i = 0; i < n; i++)
        play(op, (struct player *)http, &requests[i], &responses[i]);
    return op_alive(op);
}

void player_init(struct player *player)
{
    *player = (struct player){ .http = { run } };
}

void player_begin(struct player *player, const struct action *action)
{
    player->action = action;
    player->at = 0;
}

void player_end(struct player *player)
{
    size_t count = player->action ? player->action->exchange_count : 0;

    for (size_t i = player->at; !player->broken && i < count; i++) {
        const struct exchange *e = player->action->exchanges[i];

        kit_check(false, e->path, e->line, "was not asked: %s %s", e->method, e->url);
    }
    player->played += count;
    player->action = NULL;
}
