#include "acme/order_names.h"

#include "base/op.h"

#include <arpa/inet.h>
#include <string.h>

#define VALUE_MOST 300u

static int family_of(const char *name)
{
    if (strchr(name, ':'))
        return AF_INET6;
    return name[strspn(name, "0123456789.")] == '\0' ? AF_INET : AF_UNSPEC;
}

void order_put_names(struct text *out, const struct strings *names)
{
    json_open(out, "identifiers", '[');
    for (size_t i = 0; i < names->count; i++) {
        json_open(out, NULL, '{');
        json_put(out, "type", family_of(names->at[i]) == AF_UNSPEC ? "dns" : "ip");
        json_put(out, "value", names->at[i]);
        json_close(out, '}');
    }
    json_close(out, ']');
}

/* An address can be written in several ways. */
static bool same_address(const char *a, const char *b)
{
    unsigned char one[sizeof(struct in6_addr)] = { 0 }, other[sizeof(struct in6_addr)] = { 0 };
    int family = family_of(a);

    return family == family_of(b) && inet_pton(family, a, one) == 1 && inet_pton(family, b, other) == 1 &&
           memcmp(one, other, sizeof one) == 0;
}

const char *order_name_of(struct op *op, const struct json *identifier, const struct strings *names)
{
    bool ip = json_is(identifier, "type", "ip");
    const char *value = json_opt(op, identifier, "value");

    for (size_t i = 0; value && i < names->count; i++) {
        const char *name = names->at[i];

        if (ip ? same_address(value, name) : family_of(name) == AF_UNSPEC && text_same_nocase(value, name))
            return name;
    }
    return NULL;
}

static const char *shown(struct op *op, const struct json *identifier)
{
    const char *value = json_opt(op, identifier, "value");

    return value ? text_printable(op, value, VALUE_MOST) : "something without a name";
}

bool order_names_ok(struct op *op, const struct json *order, const struct strings *names)
{
    struct strings seen = { 0 };
    const struct json *identifier;

    for (size_t i = 0; i <= names->count && (identifier = json_each(order, "identifiers", i)); i++) {
        const char *name = order_name_of(op, identifier, names);

        if (!name)
            return op_fail(op, ERR_UNTRUSTED, "the CA's order is for %s, which was not asked for",
                           shown(op, identifier));
        if (!strings_have(&seen, name))
            strings_add(op, &seen, name);
    }
    for (size_t i = 0; i < names->count; i++)
        if (!strings_have(&seen, names->at[i]))
            return op_fail(op, ERR_UNTRUSTED, "the CA's order is not for %s", names->at[i]);
    return op_ok(op);
}
