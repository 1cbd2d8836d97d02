/*
 * Infomaniak, API v2: zones are addressed by name, records by id; names are relative. Content is sent without
 * quotes and comes back with them.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "INFOMANIAK_API_TOKEN",
      .help = "API token with the scope Domain, from manager.infomaniak.com/v3/infomaniak-api",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "INFOMANIAK_ACCESS_TOKEN" } },
    { .name = "INFOMANIAK_API_URL",
      .help = "URL of the API",
      .otherwise = "https://api.infomaniak.com",
      .also = { "INFOMANIAK_ENDPOINT" } },
    { 0 },
};

static const struct listing records = {
    .items = "data", .id = "id", .type = "type", .name = "source", .value = "target"
};

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages pages = { .url = rest_url(op, "/2/zones/%s/records", r->zone) };

    return listing_find(op, &records, &pages, r->name, r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/2/zones/%s/records", r->zone),
        .body = json_text(op, "{'type': 'TXT', 'source': %s, 'target': %s, 'ttl': %u}", r->name, r->value,
                          r->ttl),
    };

    (void)n;
    return record_make(op, r, &post, "data.id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/2/zones/%s/records/%s", r->zone, id) : op_ok(op);
}

const struct provider provider_infomaniak = {
    .title = "Infomaniak",
    .docs = "https://developer.infomaniak.com/docs/api",
    .alias = "dns_infomaniak",
    .notes = "the scope Domain is the least; it holds for all domains of the user",
    .fields = fields,
    .min_ttl = 300,
    .settle = 30,
    .base = "{INFOMANIAK_API_URL}",
    .headers = { "Authorization: Bearer {INFOMANIAK_API_TOKEN}" },
    .error = "error.errors.0.description,error.errors.0.code error.description,error.code",
    .good = "result=success",
    .add = add,
    .remove = del,
};
