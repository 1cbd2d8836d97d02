/* The templates of rest: paths and forms with %s, bases and headers with {FIELD}. */
#include "base/text.h"
#include "crypto/secrets.h"
#include "dns01/instance.h"
#include "dns01/rest_parts.h"

#include <arpa/inet.h>
#include <string.h>

/*
 * An id that the vendor chose must stay one segment of the path: "/zones/" or "/zones/.." are other places.
 */
static bool put_value(struct op *op, struct text *out, const char *value, bool in_path)
{
    if (!value)
        return op_fail(op, ERR_INTERNAL, "a value for a request is missing");
    if (in_path && (!*value || text_same(value, ".") || text_same(value, "..")))
        return op_fail(op, ERR_PROVIDER, "\"%s\" cannot be part of a request's path", value);
    text_add(out, "%s", text_url(op, value));
    return true;
}

static bool put_argument(struct op *op, struct text *out, char conversion, va_list *args, bool in_path)
{
    switch (conversion) {
    case 's':
        return put_value(op, out, va_arg(*args, const char *), in_path);
    case 'u':
        text_add(out, "%u", va_arg(*args, unsigned));
        return true;
    case 'd':
        text_add(out, "%d", va_arg(*args, int));
        return true;
    case '%':
        text_char(out, '%');
        return true;
    default:
        return op_fail(op, ERR_INTERNAL, "a request template with %%%c", conversion);
    }
}

static const char *fill_in(struct op *op, struct text *out, const char *template, va_list *args, bool in_path)
{
    for (const char *t = template; op_ok(op) && *t; t++) {
        in_path = in_path && *t != '?';
        if (*t == '%')
            put_argument(op, out, *++t, args, in_path);
        else
            text_char(out, *t);
    }
    return op_ok(op) ? out->data : NULL;
}

const char *form_text(struct op *op, const char *template, ...)
{
    struct text out = text_begin(op->arena);
    const char *form;
    va_list args;

    va_start(args, template);
    form = fill_in(op, &out, template, &args, false);
    va_end(args);
    return form;
}

/* The value of {FIELD} or {USER:PASSWORD}; NULL where one is unset. */
static const char *placeholder(struct op *op, const char *name)
{
    const char *colon = strchr(name, ':');
    const char *user, *password, *basic;

    if (!colon)
        return field(op, name);
    user = field(op, text_cut(op, name, (size_t)(colon - name)));
    password = field(op, colon + 1);
    if (!user || !password)
        return NULL;
    basic = base64(op, bytes_of(op_text(op, "%s:%s", user, password)));
    secrets_add(op, basic);
    return basic;
}

/* Everything behind the host of an URL is its path. */
static bool has_path(const char *url)
{
    const char *host = strstr(url, "://");

    return host && strchr(host + 3, '/');
}

/* Appends a template with {FIELD}s; false, op being ok, when one of them is unset. */
static bool expand(struct op *op, struct text *out, const char *template, bool url)
{
    while (*template) {
        size_t plain = strcspn(template, "{");
        size_t name = strcspn(template + plain, "}");
        const char *value;

        text_put(out, template, plain);
        template += plain;
        if (!*template)
            break;
        value = placeholder(op, text_cut(op, template + 1, name - 1));
        if (!value)
            return false;
        text_add(out, "%s", url && has_path(out->data) ? text_url(op, value) : value);
        template += name + 1;
    }
    return true;
}

/* The URL that the user wrote into a field, fit to have a path put behind it. */
static bool put_own_url(struct op *op, struct text *out, const char *name)
{
    const char *url = field(op, name);
    size_t length = url ? strlen(url) : 0;

    if (!url || (!text_starts(url, "https://") && !text_starts(url, "http://"))) {
        op_fail(op, ERR_CONFIG, "%s is no URL", name);
        return op_hint(op,
                       "write https:// (or http:// in a network that you trust) in front of the host name");
    }
    while (url[length - 1] == '/')
        length--;
    text_put(out, url, length);
    return true;
}

static const char *base_url(struct op *op)
{
    const char *base = op->instance->provider->base;
    struct text out = text_begin(op->arena);

    if (!base) {
        op_fail(op, ERR_INTERNAL, "the provider has no base URL");
        return NULL;
    }
    if (*base == '{') {
        size_t name = strcspn(base, "}");

        if (!put_own_url(op, &out, text_cut(op, base + 1, name - 1)))
            return NULL;
        base += name + 1;
    }
    if (!expand(op, &out, base, true)) {
        op_fail(op, ERR_INTERNAL, "the base URL %s needs a field that is unset", base);
        return NULL;
    }
    return out.data;
}

const char *rest_vurl(struct op *op, const char *path, va_list *args)
{
    struct text out = text_begin(op->arena);

    if (!op_ok(op))
        return NULL;
    if (!text_starts(path, "https://")) {
        const char *base = base_url(op);

        if (!base)
            return NULL;
        text_put(&out, base, strlen(base));
    }
    return fill_in(op, &out, path, args, true);
}

const char *rest_url(struct op *op, const char *path, ...)
{
    const char *url;
    va_list args;

    va_start(args, path);
    url = rest_vurl(op, path, &args);
    va_end(args);
    return url;
}

struct strings rest_headers(struct op *op)
{
    const struct provider *provider = op->instance->provider;
    struct strings lines = { 0 };

    for (size_t i = 0; i < sizeof provider->headers / sizeof *provider->headers && provider->headers[i];
         i++) {
        struct text line = text_begin(op->arena);

        if (expand(op, &line, provider->headers[i], false))
            strings_add(op, &lines, line.data);
    }
    return lines;
}

const char *rest_origin(struct op *op, const char *url)
{
    const char *host = strstr(url, "://");
    size_t scheme = host ? (size_t)(host - url) + 3 : 0;

    return text_lower(op, text_cut(op, url, scheme + strcspn(url + scheme, "/?#")));
}

/* Whether an http:// URL lies where the user's own one leads. */
static bool users_own(struct op *op, const char *url)
{
    const char *template = op->instance->provider->base;
    const char *base = template && *template == '{' ? base_url(op) : NULL;

    return base && text_same(rest_origin(op, url), rest_origin(op, base));
}

bool rest_metadata(struct op *op, const char *url)
{
    static const char *const places[] = { "localhost", "127.0.0.1", "[::1]", "[fd00:ec2::254]",
                                          "[fd00:ec2::23]" };
    struct in_addr address;
    const char *host;
    size_t length;

    if (!text_starts(url, "http://"))
        return false;
    host = rest_origin(op, url) + strlen("http://");
    length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    host = text_cut(op, host, length);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (text_same(host, places[i]))
            return true;
    return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 16 == 0xa9fe; /* RFC 3927 */
}

bool rest_url_ok(struct op *op, const char *url, bool local, bool *plain)
{
    *plain = local || (text_starts(url, "http://") && users_own(op, url));
    /* the same is asked of both, the scheme aside */
    return http_url_ok(op, *plain ? op_text(op, "https://%s", url + strlen("http://")) : url, false, NULL);
}
