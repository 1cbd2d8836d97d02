/*
 * Njalla: JSON-RPC over one URL. Zones are addressed by name, records by id; names are relative, "@" is the
 * top. Failures come with status 200.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "NJALLA_Token",
      .help = "API token, from Account settings, API tokens at njal.la",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "NJALLA_TOKEN" } },
    { 0 },
};

static const struct listing records = {
    .items = "records", .type = "type", .name = "name", .value = "content"
};

/* The result of a call. */
static const struct json *ask(struct op *op, const char *body)
{
    struct rest_call call = { .method = "POST", .url = rest_url(op, "/1/"), .body = body };
    const struct json *result = NULL;

    if (rest_call(op, &call) && !(result = json_at(rest_judge(op, &call.answer), "result")))
        rest_refused(op, &call.answer);
    return result;
}

static const struct json *find(struct op *op, const struct record *r)
{
    const char *body =
        json_text(op, "{'jsonrpc': '2.0', 'method': 'list-records', 'params': {'domain': %s}}", r->zone);

    return listing_item(op, &records, ask(op, body), r->name, r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    const char *body = json_text(op,
                                 "{'jsonrpc': '2.0', 'method': 'add-record', 'params': "
                                 "{'domain': %s, 'type': 'TXT', 'name': %s, 'content': %s, 'ttl': %u}}",
                                 r->zone, r->name, r->value, r->ttl);

    (void)n;
    return find(op, r) || ask(op, body);
}

/* An id goes back as it came, a string or a number. */
static bool remove_item(struct op *op, const struct record *r, const struct json *item)
{
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_put(&out, "jsonrpc", "2.0");
    json_put(&out, "method", "remove-record");
    json_open(&out, "params", '{');
    json_put(&out, "domain", r->zone);
    json_put_raw(&out, "id", json_print(op, json_at(item, "id")));
    text_add(&out, "}}");
    return json_str(op, item, "id") && ask(op, out.data);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const struct json *ours = find(op, r);

    (void)n;
    return ours ? remove_item(op, r, ours) : op_ok(op);
}

const struct provider provider_njalla = {
    .title = "Njalla",
    .docs = "https://njal.la/api/",
    .alias = "dns_njalla",
    .notes =
        "a token can be limited to domains and methods: it needs add-record, list-records and remove-record",
    .fields = fields,
    .min_ttl = 60,
    .settle = 30,
    .base = "https://njal.la/api",
    .headers = { "Authorization: Njalla {NJALLA_Token}" },
    .error = "error.message,error.code Error.message,Error.code",
    .add = add,
    .remove = del,
};
