#include "base/json.h"

#include "base/op.h"
#include "base/text.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define DEPTH_LIMIT  32
#define CROWD_LIMIT  10000
#define INTEGER_MOST 9007199254740992.0 /* 2^53: doubles are exact up to here */

/* struct json is never defined: a pointer to it is a cJSON in disguise, so no other file can look inside. */
static const cJSON *inside(const struct json *json)
{
    return (const cJSON *)(const void *)json;
}

static const struct json *disguise(const cJSON *json)
{
    return (const struct json *)(const void *)json;
}

static void release(void *tree)
{
    cJSON_Delete(tree);
}

/* Depth of nesting, counted before cJSON recurses. */
static bool too_deep(const char *bytes, size_t length)
{
    bool quoted = false;
    int depth = 0;

    for (size_t i = 0; i < length; i++) {
        char c = bytes[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
        if (depth > DEPTH_LIMIT)
            return true;
    }
    return false;
}

static const char *repeated_member(const cJSON *object)
{
    const cJSON *child, *other;

    cJSON_ArrayForEach(child, object)
    {
        for (other = child->next; other; other = other->next)
            if (strcmp(child->string, other->string) == 0)
                return child->string;
    }
    return NULL;
}

/* Why a parsed document is unfit, or NULL. The limit bounds the time of every walk along cJSON's lists. */
static const char *fault(struct op *op, const cJSON *json)
{
    const cJSON *child;
    const char *found = NULL;

    if (cJSON_GetArraySize(json) > CROWD_LIMIT)
        return op_text(op, "more than %d values side by side", CROWD_LIMIT);
    if (cJSON_IsObject(json) && (found = repeated_member(json)))
        return op_text(op, "the member \"%s\" twice", found);
    for (child = json->child; child && !found; child = child->next)
        found = fault(op, child);
    return found;
}

static bool only_blanks(const char *from, const char *end)
{
    while (from < end && strchr(" \t\r\n", *from) && *from)
        from++;
    return from == end;
}

const struct json *json_parse(struct op *op, const char *bytes, size_t length)
{
    const char *end = NULL;
    const char *why;
    cJSON *tree;

    if (!op_ok(op))
        return NULL;
    if (too_deep(bytes, length)) {
        op_fail(op, ERR_UNTRUSTED, "JSON nested deeper than %d", DEPTH_LIMIT);
        return NULL;
    }
    tree = cJSON_ParseWithLengthOpts(bytes, length, &end, false);
    if (!tree || !only_blanks(end, bytes + length)) {
        cJSON_Delete(tree);
        op_fail(op, ERR_UNTRUSTED, "not JSON: %s",
                text_printable(op, text_cut(op, bytes, strnlen(bytes, length)), 80));
        return NULL;
    }
    arena_defer(op->arena, release, tree);
    why = fault(op, tree);
    if (why) {
        op_fail(op, ERR_UNTRUSTED, "JSON with %s", why);
        return NULL;
    }
    return disguise(tree);
}

static const cJSON *step(const cJSON *json, const char *name, size_t length)
{
    const cJSON *child;
    size_t index = 0;

    if (cJSON_IsArray(json)) {
        for (size_t i = 0; i < length; i++) {
            if (name[i] < '0' || name[i] > '9' || index > 1000000)
                return NULL;
            index = index * 10 + (size_t)(name[i] - '0');
        }
        return cJSON_GetArrayItem(json, (int)index);
    }
    cJSON_ArrayForEach(child, json) if (child->string && strlen(child->string) == length &&
                                        memcmp(child->string, name, length) == 0) return child;
    return NULL;
}

const struct json *json_at(const struct json *json, const char *path)
{
    const cJSON *at = inside(json);

    while (at && *path) {
        size_t length = strcspn(path, ".");

        at = step(at, path, length);
        path += length;
        path += *path == '.';
    }
    return disguise(at);
}

static bool whole(const cJSON *json)
{
    return cJSON_IsNumber(json) && fabs(json->valuedouble) <= INTEGER_MOST &&
           floor(json->valuedouble) == json->valuedouble;
}

const char *json_opt(struct op *op, const struct json *json, const char *path)
{
    const cJSON *at = inside(json_at(json, path));

    if (cJSON_IsString(at))
        return at->valuestring;
    return whole(at) ? op_text(op, "%" PRId64, (int64_t)at->valuedouble) : NULL;
}

const char *json_str(struct op *op, const struct json *json, const char *path)
{
    const char *value;

    if (!op_ok(op) || !json)
        return NULL;
    value = json_opt(op, json, path);
    if (!value)
        op_fail(op, ERR_UNTRUSTED, "the answer has no \"%s\": %s", path,
                text_printable(op, json_print(op, json), SERVER_WORDS_LIMIT));
    return value;
}

int64_t json_int(const struct json *json, const char *path, int64_t otherwise)
{
    const cJSON *at = inside(json_at(json, path));

    return whole(at) ? (int64_t)at->valuedouble : otherwise;
}

bool json_true(const struct json *json, const char *path)
{
    return cJSON_IsTrue(inside(json_at(json, path)));
}

bool json_is(const struct json *json, const char *path, const char *value)
{
    const cJSON *at = inside(json_at(json, path));

    return value && cJSON_IsString(at) && strcmp(at->valuestring, value) == 0;
}

const struct json *json_each(const struct json *json, const char *path, size_t i)
{
    const cJSON *at = inside(json_at(json, path));

    return cJSON_IsArray(at) || cJSON_IsObject(at) ? disguise(cJSON_GetArrayItem(at, (int)i)) : NULL;
}

size_t json_count(const struct json *json, const char *path)
{
    const cJSON *at = inside(json_at(json, path));

    return cJSON_IsArray(at) || cJSON_IsObject(at) ? (size_t)cJSON_GetArraySize(at) : 0;
}

const char *json_name(const struct json *member)
{
    return inside(member)->string;
}

struct strings json_strings(struct op *op, const struct json *json, const char *path)
{
    const cJSON *at = inside(json_at(json, path)), *item;
    struct strings list = { 0 };

    if (cJSON_IsString(at))
        strings_add(op, &list, at->valuestring);
    if (!cJSON_IsArray(at))
        return list;
    cJSON_ArrayForEach(item, at)
    {
        if (cJSON_IsString(item))
            strings_add(op, &list, item->valuestring);
        else
            op_fail(op, ERR_UNTRUSTED, "\"%s\" holds something that is not a string", path);
    }
    return list;
}

const char *json_print(struct op *op, const struct json *json)
{
    char *printed = cJSON_PrintUnformatted(inside(json));
    const char *copy = printed ? arena_strdup(op->arena, printed) : "";

    cJSON_free(printed);
    return copy;
}
