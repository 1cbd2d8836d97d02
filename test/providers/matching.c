#include "matching.h"

#include "base/json.h"
#include "base/text.h"

#include <string.h>
#include <strings.h>

bool glob_matches(const char *pattern, const char *text)
{
    while (*pattern && *pattern != '*' && *pattern == *text) {
        pattern++;
        text++;
    }
    if (*pattern != '*')
        return *pattern == *text;
    for (; *text; text++)
        if (glob_matches(pattern + 1, text))
            return true;
    return glob_matches(pattern + 1, text);
}

const char *header_of(const struct http_request *request, const char *line)
{
    size_t length = strcspn(line, ":");

    for (size_t i = 0; request->headers && request->headers[i]; i++)
        if (strncasecmp(request->headers[i], line, length) == 0 && request->headers[i][length] == ':')
            return request->headers[i];
    return NULL;
}

static const struct json *member(const struct json *object, const char *name)
{
    const struct json *one;

    for (size_t i = 0; (one = json_each(object, "", i)); i++)
        if (text_same(json_name(one), name))
            return one;
    return NULL;
}

static bool same_tree(struct op *op, const struct json *want, const struct json *is)
{
    const char *wanted = json_print(op, want), *printed = json_print(op, is);
    const struct json *one, *other;

    if (*wanted != '{' && *wanted != '[')
        return glob_matches(wanted, printed);
    if (*wanted != *printed || json_count(want, "") != json_count(is, ""))
        return false;
    for (size_t i = 0; (one = json_each(want, "", i)); i++) {
        other = *wanted == '{' ? member(is, json_name(one)) : json_each(is, "", i);
        if (!other || !same_tree(op, one, other))
            return false;
    }
    return true;
}

static bool same_json(struct op *op, const char *want, const char *is)
{
    struct op *aside = op_child(op);
    const struct json *wanted = json_parse(aside, want, strlen(want));
    const struct json *sent = json_parse(aside, is, strlen(is));
    bool same = wanted && sent && same_tree(aside, wanted, sent);

    op_end(aside);
    return same;
}

/* Each pair that is wanted takes one that was sent away; none may be left. */
static bool same_form(struct op *op, const char *want, const char *is)
{
    struct strings wanted = text_split(op, want, "&\n"), sent = text_split(op, is, "&");

    for (size_t i = 0; i < wanted.count; i++) {
        size_t k = 0;

        while (k < sent.count && !glob_matches(wanted.at[i], sent.at[k]))
            k++;
        if (k == sent.count)
            return false;
        sent.at[k] = sent.at[--sent.count];
    }
    return sent.count == 0;
}

bool body_matches(struct op *op, const char *want, const char *is, const char *content_type)
{
    if (!want || !is)
        return want == is;
    if (text_same(want, "*"))
        return true;
    if (*want == '{' || *want == '[')
        return same_json(op, want, is);
    if (content_type && strstr(content_type, "x-www-form-urlencoded"))
        return same_form(op, want, is);
    return glob_matches(want, is);
}
