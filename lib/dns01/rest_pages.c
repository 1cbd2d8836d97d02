/* Page after page of a listing. */
#include "base/json.h"
#include "base/text.h"
#include "dns01/rest_parts.h"

#include <string.h>

#define MOST_PAGES 100u

static const char *with_parameter(struct op *op, const char *url, const char *name, const char *value)
{
    return op_text(op, "%s%c%s=%s", url, strchr(url, '?') ? '&' : '?', name, text_url(op, value));
}

/* A next page elsewhere would be handed our credentials. */
static const char *same_host(struct op *op, const char *url, const char *next)
{
    const char *origin = rest_origin(op, url);

    if (*next == '/' && next[1] != '/')
        return op_text(op, "%s%s", origin, next);
    if (text_same(origin, rest_origin(op, next)))
        return next;
    op_fail(op, ERR_PROVIDER, "the next page lies on another host: %s",
            text_printable(op, next, SERVER_WORDS_LIMIT));
    return NULL;
}

/* The URL behind this page; NULL when it was the last one. */
static const char *following(struct op *op, const struct rest_pages *pages, const struct json *page)
{
    const char *next = pages->next ? json_opt(op, page, pages->next) : NULL;

    if (pages->page_parameter) {
        if (json_count(page, pages->items) < pages->page_size)
            return NULL;
        return with_parameter(op, pages->url, pages->page_parameter, op_text(op, "%u", pages->page + 1));
    }
    if (!next || !*next)
        return NULL;
    return pages->cursor_parameter ? with_parameter(op, pages->url, pages->cursor_parameter, next)
                                   : same_host(op, pages->url, next);
}

static const char *first(struct op *op, const struct rest_pages *pages)
{
    return pages->page_parameter && pages->url ? with_parameter(op, pages->url, pages->page_parameter, "1")
                                               : pages->url;
}

const struct json *rest_page(struct op *op, struct rest_pages *pages)
{
    struct rest_call call = { .method = "GET", .url = pages->page ? pages->coming : first(op, pages) };
    const struct json *page;

    if (!op_ok(op) || pages->ended)
        return NULL;
    if (pages->page++ == MOST_PAGES) {
        op_fail(op, ERR_PROVIDER, "a listing of more than %u pages", MOST_PAGES);
        return NULL;
    }
    page = rest_call(op, &call) ? rest_judge(op, &call.answer) : NULL;
    pages->coming = page ? following(op, pages, page) : NULL;
    pages->ended = !pages->coming;
    return op_ok(op) ? page : NULL;
}
