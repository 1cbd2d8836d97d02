/* Signing requests and queries with a shared secret: canonical forms, sorted, under an HMAC. */
#include "base/op.h"
#include "base/when.h"
#include "net/sign.h"

#include <inttypes.h>
#include <string.h>

const struct sign_style sign_style_aws = { "AWS4-HMAC-SHA256", "AWS4", "aws4_request", "X-Amz-Date", false };
const struct sign_style sign_style_tencent = { "TC3-HMAC-SHA256", "TC3", "tc3_request", "X-TC-Timestamp",
                                               true };

/* Everything that depends on the time. */
struct moment {
    const char *stamp; /* "20150830T123600Z" or "1440938160" */
    const char *scope; /* "20150830/us-east-1/service/aws4_request" */
    const char *date;  /* "20150830" or "2015-08-30" */
};

/* The end of a name comes before all characters: "a=" before "a-b=", though '-' comes before '='. */
static int rank(char c, char separator)
{
    return c == separator ? 0 : (unsigned char)c;
}

static int compare(const char *a, const char *b, char separator)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return rank(*a, separator) - rank(*b, separator);
}

/* By the names in front of the separator. */
static void sort(struct strings *list, char separator)
{
    for (size_t i = 1; i < list->count; i++) {
        const char *item = list->at[i];
        size_t k = i;

        for (; k > 0 && compare(item, list->at[k - 1], separator) < 0; k--)
            list->at[k] = list->at[k - 1];
        list->at[k] = item;
    }
}

static const char *sorted_query(struct op *op, const char *query)
{
    struct strings pairs = text_split(op, query, "&");

    for (size_t i = 0; i < pairs.count; i++)
        if (!strchr(pairs.at[i], '='))
            pairs.at[i] = op_text(op, "%s=", pairs.at[i]);
    sort(&pairs, '=');
    return pairs.count ? strings_join(op, &pairs, "&") : "";
}

static const char *host_of(struct op *op, const char *url)
{
    const char *host = strstr(url, "://") + 3;

    return text_cut(op, host, strcspn(host, "/?"));
}

/* AWS has what is percent-encoded in an URL's path encoded once more. */
static const char *path_of(struct op *op, const char *url)
{
    const char *at = strstr(url, "://") + 3;
    struct text out = text_begin(op->arena);

    for (at += strcspn(at, "/?"); *at == '/';) {
        size_t length = strcspn(at + 1, "/?");

        text_add(&out, "/%s", text_url(op, text_cut(op, at + 1, length)));
        at += 1 + length;
    }
    return out.length ? out.data : "/";
}

static const char *query_of(struct op *op, const char *url)
{
    const char *mark = strchr(url, '?');

    return sorted_query(op, mark ? mark + 1 : "");
}

/* "name:value", lower case and without needless blanks. */
static const char *canonical_header(struct op *op, const char *line)
{
    size_t name = strcspn(line, ":");
    struct strings words = text_split(op, line[name] ? line + name + 1 : "", " ");

    return op_text(op, "%s:%s", text_lower(op, text_cut(op, line, name)), strings_join(op, &words, " "));
}

static struct strings canonical_headers(struct op *op, const struct sign_v4 *request, const char *time_line)
{
    struct strings lines = { 0 };

    strings_add(op, &lines, op_text(op, "host:%s", host_of(op, request->url)));
    if (!request->style->epoch)
        strings_add(op, &lines, canonical_header(op, time_line));
    for (size_t i = 0; i < sizeof request->headers / sizeof *request->headers && request->headers[i]; i++)
        strings_add(op, &lines, canonical_header(op, request->headers[i]));
    sort(&lines, ':');
    return lines;
}

static const char *names_of(struct op *op, const struct strings *lines)
{
    struct strings names = { 0 };

    for (size_t i = 0; i < lines->count; i++)
        strings_add(op, &names, text_cut(op, lines->at[i], strcspn(lines->at[i], ":")));
    return strings_join(op, &names, ";");
}

static const char *digest(struct op *op, const char *text)
{
    return hex(op, hash(op, HASH_SHA256, bytes_of(text)));
}

static struct moment moment_of(struct op *op, const struct sign_v4 *request)
{
    const struct sign_style *style = request->style;
    const char *printed = when_print(op, request->now);
    struct text compact = text_begin(op->arena);
    struct moment m;

    for (const char *c = printed; *c; c++)
        if (*c != '-' && *c != ':')
            text_char(&compact, *c);
    m.stamp = style->epoch ? op_text(op, "%" PRId64, request->now) : compact.data;
    m.date = style->epoch ? text_cut(op, printed, strlen("2015-08-30"))
                          : text_cut(op, compact.data, strlen("20150830"));
    m.scope = op_text(op, "%s/%s%s%s/%s", m.date, request->region ? request->region : "",
                      request->region ? "/" : "", request->service, style->ending);
    return m;
}

static struct bytes chain(struct op *op, struct bytes key, const char *text)
{
    return hmac(op, HASH_SHA256, key, bytes_of(text));
}

static const char *signature(struct op *op, const struct sign_v4 *request, const struct moment *m,
                             const char *canonical_request)
{
    struct bytes key =
        chain(op, bytes_of(op_text(op, "%s%s", request->style->prefix, request->secret)), m->date);

    if (request->region)
        key = chain(op, key, request->region);
    key = chain(op, chain(op, key, request->service), request->style->ending);
    return hex(op, chain(op, key,
                         op_text(op, "%s\n%s\n%s\n%s", request->style->algorithm, m->stamp, m->scope,
                                 digest(op, canonical_request))));
}

struct strings sign_v4(struct op *op, const struct sign_v4 *request)
{
    struct strings lines = { 0 }, canonical;
    const char *time_line, *names, *text;
    struct moment m;

    if (!op_ok(op))
        return lines;
    m = moment_of(op, request);
    time_line = op_text(op, "%s: %s", request->style->time_header, m.stamp);
    canonical = canonical_headers(op, request, time_line);
    names = names_of(op, &canonical);
    text = op_text(op, "%s\n%s\n%s\n%s\n\n%s\n%s", request->method, path_of(op, request->url),
                   query_of(op, request->url), strings_join(op, &canonical, "\n"), names,
                   digest(op, request->body ? request->body : ""));
    for (size_t i = 0; i < sizeof request->headers / sizeof *request->headers && request->headers[i]; i++)
        strings_add(op, &lines, request->headers[i]);
    strings_add(op, &lines, time_line);
    strings_add(op, &lines,
                op_text(op, "Authorization: %s Credential=%s/%s, SignedHeaders=%s, Signature=%s",
                        request->style->algorithm, request->id, m.scope, names,
                        signature(op, request, &m, text)));
    return op_ok(op) ? lines : (struct strings){ 0 };
}

const char *sign_query(struct op *op, const char *method, const char *query, const char *secret)
{
    const char *sorted, *key, *text;

    if (!op_ok(op))
        return NULL;
    sorted = sorted_query(op, query);
    key = op_text(op, "%s&", secret);
    text = op_text(op, "%s&%%2F&%s", method, text_url(op, sorted));
    return op_text(op, "%s&Signature=%s", sorted,
                   text_url(op, base64(op, hmac(op, HASH_SHA1, bytes_of(key), bytes_of(text)))));
}
