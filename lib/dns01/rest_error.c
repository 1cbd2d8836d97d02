/* What a vendor's answer means: success, or an error in the vendor's own words. */
#include "base/json.h"
#include "base/text.h"
#include "base/when.h"
#include "crypto/secrets.h"
#include "dns01/instance.h"
#include "dns01/rest_parts.h"
#include "net/xml.h"

#include <string.h>

/* An answer in one of the two languages; both are NULL where it is in neither. */
struct document {
    const struct json *json;
    const struct xml *xml;
};

static struct document read_document(struct op *op, const struct http_response *answer)
{
    const char *body = answer->length ? answer->body : "";

    if (*text_trim(op, body) == '<')
        return (struct document){ .xml = xml_parse(op, body, answer->length) };
    return (struct document){ .json = *body ? json_parse(op, body, answer->length) : NULL };
}

/* A string or number as it is, other values as JSON; NULL where there is nothing. */
static const char *value_at(struct op *op, struct document document, const char *path)
{
    const struct json *at = json_at(document.json, path);
    const char *value = document.xml ? xml_opt(document.xml, path) : json_opt(op, at, "");

    return value || !at ? value : json_print(op, at);
}

/* Words for people: nothing for null and empty lists. */
static const char *words_at(struct op *op, struct document document, const char *path)
{
    const char *words = value_at(op, document, path);
    const struct json *at = json_at(document.json, path);

    return words && *words && (!at || json_opt(op, at, "") || json_count(at, "")) ? words : NULL;
}

/* One alternative of provider->error: "words" or "words,code". */
static const char *words_by(struct op *op, struct document document, const char *alternative)
{
    const char *comma = strchr(alternative, ',');
    const char *words = words_at(op, document, text_cut(op, alternative, strcspn(alternative, ",")));
    const char *code = comma ? words_at(op, document, comma + 1) : NULL;

    return words && code ? op_text(op, "%s (%s)", words, code) : words;
}

static const char *vendor_words(struct op *op, const struct http_response *answer)
{
    const char *paths = op->instance->provider->error;
    struct strings alternatives = text_split(op, paths ? paths : "", " ");
    struct document document = read_document(op, answer);
    const char *words = NULL;

    for (size_t i = 0; !words && i < alternatives.count; i++)
        words = words_by(op, document, alternatives.at[i]);
    return words ? words : text_trim(op, answer->body);
}

/* "from FILE" or "from the environment": which credentials the vendor did not like. */
static void hint_credentials(struct op *op)
{
    const struct instance *instance = op->instance;
    const char *source = instance->credentials->source;
    const char *notes = instance->provider->notes;
    struct strings used = { 0 };

    for (const struct field *f = instance->provider->fields; f && f->name; f++)
        if ((f->flags & FIELD_SECRET) && field(op, f->name))
            strings_add(op, &used, f->name);
    op_hint(op, "asked with %s from %s%s%s", used.count ? strings_join(op, &used, ", ") : "no secret",
            source ? source : "the environment", notes ? ": " : "", notes ? notes : "");
}

bool rest_rule(struct op *op, const struct http_response *answer, const char *rule)
{
    size_t path = rule ? strcspn(rule, "=") : 0;
    int64_t status;

    if (rule && !rule[path])
        return text_number(rule, 100, 599, &status) && answer->status == status;
    return rule && rest_says(op, answer, text_cut(op, rule, path), rule + path + 1);
}

bool rest_busy(struct op *op, const struct http_response *answer)
{
    return answer->status == 429 || rest_rule(op, answer, op->instance->provider->busy);
}

static enum err_code code_of(struct op *op, const struct http_response *answer)
{
    if (rest_busy(op, answer))
        return ERR_RATE_LIMIT;
    return answer->status >= 502 && answer->status <= 504 ? ERR_NETWORK : ERR_PROVIDER;
}

int64_t rest_retry_after(struct op *op, const struct http_response *answer)
{
    const char *header = http_header(answer, "Retry-After", 0);
    int64_t when;

    if (!header || !when_retry_after(header, op_now(op), &when) || when < op_now(op))
        return -1;
    return when - op_now(op);
}

/* The vendor's words, one line, without a word of ours. Works aside: reading them may fail and must not
 * matter. */
static const char *one_line(struct op *op, const struct http_response *answer)
{
    struct op *aside = op_child(op);
    const char *words = vendor_words(aside, answer);
    const char *line = text_printable(op, secrets_hide(aside, words), SERVER_WORDS_LIMIT);

    op_end(aside);
    return line;
}

bool rest_refused(struct op *op, const struct http_response *answer)
{
    const char *place = http_header(answer, "Location", 0);
    const char *words;
    int64_t wait;

    if (!op_ok(op))
        return false;
    if (answer->status / 100 == 3 && place)
        return op_fail(op, ERR_PROVIDER, "redirected to %s, which is not followed, HTTP %ld",
                       text_printable(op, place, SERVER_WORDS_LIMIT), answer->status);
    words = one_line(op, answer);
    wait = rest_retry_after(op, answer);
    op_fail(op, code_of(op, answer), "%s%sHTTP %ld", words, *words ? ", " : "", answer->status);
    op->err.http_status = answer->status;
    op->err.retry_at = wait >= 0 ? op_now(op) + wait : 0;
    if (answer->status == 401 || answer->status == 403)
        hint_credentials(op);
    return false;
}

static bool value_is(struct op *op, struct document document, const char *path, const char *values)
{
    const char *value = value_at(op, document, path);
    struct strings wanted = text_split(op, values, "|");

    return value && strings_have(&wanted, value);
}

bool rest_says(struct op *op, const struct http_response *answer, const char *path, const char *values)
{
    struct op *aside;
    bool says;

    if (!op_ok(op) || !answer->length)
        return false;
    aside = op_child(op);
    says = value_is(aside, read_document(aside, answer), path, values);
    op_end(aside);
    return says;
}

bool rest_list(struct op *op, const struct json *json, const char *path)
{
    const struct json *at = json_at(json, path);

    TRY(op_ok(op));
    if (at && *json_print(op, at) == '[')
        return true;
    return op_fail(op, ERR_PROVIDER, "the answer has no list%s%s: %s", *path ? " at " : "", path,
                   text_printable(op, json_print(op, json), SERVER_WORDS_LIMIT));
}

static bool good(struct op *op, struct document document)
{
    const char *rule = op->instance->provider->good;
    size_t path = rule ? strcspn(rule, "=") : 0;

    return !rule || value_is(op, document, text_cut(op, rule, path), rule + path + 1);
}

static bool success(struct op *op, const struct http_response *answer)
{
    return op_ok(op) && (answer->status / 100 == 2 || rest_refused(op, answer));
}

const struct json *rest_judge(struct op *op, const struct http_response *answer)
{
    const struct json *json;

    if (!success(op, answer))
        return NULL;
    json =
        *text_trim(op, answer->body) ? json_parse(op, answer->body, answer->length) : json_parse(op, "{}", 2);
    if (!json || good(op, (struct document){ .json = json }))
        return json;
    rest_refused(op, answer);
    return NULL;
}

const struct xml *rest_xml(struct op *op, const struct http_response *answer)
{
    const struct xml *xml = success(op, answer) ? xml_parse(op, answer->body, answer->length) : NULL;

    if (!xml || good(op, (struct document){ .xml = xml }))
        return xml;
    rest_refused(op, answer);
    return NULL;
}
