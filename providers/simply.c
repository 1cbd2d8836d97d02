/*
 * Simply.com, API 2: a zone is addressed by the name of the product that it belongs to, records by id.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "SIMPLY_AccountName",
      .help = "name of the account (S123456), from the control panel",
      .flags = FIELD_REQUIRED,
      .also = { "SIMPLY_ACCOUNT_NAME" } },
    { .name = "SIMPLY_ApiKey",
      .help = "API key of the account, from the control panel",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "SIMPLY_API_KEY" } },
    { 0 },
};

static const struct listing records = {
    .items = "records", .id = "record_id", .type = "type", .name = "name", .value = "data"
};

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages one = { .url = rest_url(op, "/my/products/%s/dns/records/", r->zone) };

    return listing_find(op, &records, &one, r->name, r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/my/products/%s/dns/records/", r->zone),
        .body = json_text(op, "{'type': 'TXT', 'name': %s, 'data': %s, 'ttl': %u, 'priority': 0}", r->name,
                          r->value, r->ttl),
    };

    (void)n; /* no CAP_BATCH: always one */
    return record_make(op, r, &post, "record.id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/my/products/%s/dns/records/%s/", r->zone, id) : op_ok(op);
}

const struct provider provider_simply = {
    .title = "Simply.com",
    .docs = "https://www.simply.com/en/docs/api/",
    .alias = "dns_simply",
    .notes = "The key can change all products of the account: there is nothing smaller.",
    .fields = fields,
    .min_ttl = 120,
    .settle = 120,
    .base = "https://api.simply.com/2",
    .headers = { "Authorization: Basic {SIMPLY_AccountName:SIMPLY_ApiKey}" },
    .error = "error message",
    .add = add,
    .remove = del,
};
