/*
 * pebble-challtestsrv, the DNS helper of the test CA Pebble. For tests only: everybody may change everything.
 *
 * set-txt adds a value, and again the same value; clear-txt removes all values of a name; nothing can be
 * read. So what this run has set is remembered, and what shall stay is set again after a name was cleared.
 */
#include "provider.h"

#include <string.h>

static const struct field fields[] = {
    { .name = "CHALLTESTSRV_URL", .help = "its management address", .otherwise = "http://127.0.0.1:8055" },
    { 0 },
};

/* A value that this run has set. */
struct known {
    struct known *next;
    const char *fqdn, *value;
    bool gone;
};

static const char *keep(struct op *op, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = session_alloc(op, size);

    memcpy(copy, text, size);
    return copy;
}

static void remember(struct op *op, const struct record *r)
{
    struct known *k = session_alloc(op, sizeof *k);

    *k = (struct known){ *session_state(op), keep(op, r->fqdn), keep(op, r->value), false };
    *session_state(op) = k;
}

static struct known *find(struct op *op, const struct record *r)
{
    struct known *k = *session_state(op);

    while (k && (k->gone || !text_same(k->fqdn, r->fqdn) || !text_same(k->value, r->value)))
        k = k->next;
    return k;
}

static struct rest_call post(const char *url, const char *body)
{
    return (struct rest_call){ .method = "POST", .url = url, .body = body };
}

static struct rest_call set_txt(struct op *op, const char *fqdn, const char *value)
{
    return post(rest_url(op, "/set-txt"),
                json_text(op, "{'host': %s, 'value': %s}", op_text(op, "%s.", fqdn), value));
}

static struct rest_call clear_txt(struct op *op, const char *fqdn)
{
    return post(rest_url(op, "/clear-txt"), json_text(op, "{'host': %s}", op_text(op, "%s.", fqdn)));
}

/* All at once. */
static bool send(struct op *op, struct rest_call *calls, size_t n)
{
    TRY(rest_calls(op, calls, n));
    for (size_t i = 0; i < n; i++)
        TRY(rest_judge(op, &calls[i].answer));
    return true;
}

static bool add(struct op *op, struct record *records, size_t n)
{
    struct rest_call *calls = op_array(op, n, struct rest_call);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        if (find(op, &records[i]))
            continue;
        calls[count++] = set_txt(op, records[i].fqdn, records[i].value);
        remember(op, &records[i]);
    }
    return send(op, calls, count);
}

/* The values that were cleared with ours although they shall stay. */
static bool restore(struct op *op, const struct strings *names)
{
    struct known *all = *session_state(op);
    struct rest_call *calls;
    size_t count = 0;

    for (const struct known *k = all; k; k = k->next)
        count += !k->gone && strings_have(names, k->fqdn);
    calls = op_array(op, count, struct rest_call);
    count = 0;
    for (const struct known *k = all; k; k = k->next)
        if (!k->gone && strings_have(names, k->fqdn))
            calls[count++] = set_txt(op, k->fqdn, k->value);
    return send(op, calls, count);
}

static bool del(struct op *op, struct record *records, size_t n)
{
    struct rest_call *calls = op_array(op, n, struct rest_call);
    struct strings names = { 0 };

    for (size_t i = 0; i < n; i++) {
        struct known *k = find(op, &records[i]);

        if (k)
            k->gone = true;
        if (strings_have(&names, records[i].fqdn))
            continue;
        calls[names.count] = clear_txt(op, records[i].fqdn);
        strings_add(op, &names, records[i].fqdn);
    }
    return send(op, calls, names.count) && restore(op, &names);
}

const struct provider provider_challtestsrv = {
    .title = "pebble-challtestsrv, for tests with the CA Pebble",
    .docs = "https://github.com/letsencrypt/pebble/tree/main/cmd/pebble-challtestsrv",
    .fields = fields,
    .caps = CAP_NO_ZONE | CAP_BATCH,
    .base = "{CHALLTESTSRV_URL}",
    .add = add,
    .remove = del,
};
