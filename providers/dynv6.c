/*
 * dynv6, REST API v2: zones are the user's domains and hosts below dynv6.net and its like, records have ids.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "DYNV6_TOKEN",
      .help = "HTTP token, from dynv6.com/keys; may be limited to one zone",
      .flags = FIELD_REQUIRED | FIELD_SECRET },
    { 0 },
};

static const struct listing zones = { .items = "", .id = "id", .name = "name" };
static const struct listing records = {
    .items = "", .id = "id", .type = "type", .name = "name", .value = "data"
};

/* A host below dynv6.net is a zone to them, whatever DNS says. */
static const char *zone(struct op *op, const char *fqdn)
{
    const struct json *all = rest_get(op, "/zones");
    const char *name = fqdn;

    while (name && op_ok(op) && !listing_item(op, &zones, all, name, NULL))
        name = name_parent(name);
    return op_ok(op) ? name : NULL;
}

static const char *zone_id(struct op *op, const struct record *r)
{
    struct rest_pages one = { .url = rest_url(op, "/zones") };

    return listing_zone(op, &zones, &one, r->zone);
}

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages one = { .url = rest_url(op, "/zones/%s/records", zone_id(op, r)) };

    return listing_find(op, &records, &one, record_name(r, ""), r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/zones/%s/records", zone_id(op, r)),
        .body = json_text(op, "{'type': 'TXT', 'name': %s, 'data': %s}", record_name(r, ""), r->value),
    };

    (void)n; /* no CAP_BATCH: always one */
    return record_make(op, r, &post, "id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/zones/%s/records/%s", zone_id(op, r), id) : op_ok(op);
}

const struct provider provider_dynv6 = {
    .title = "dynv6",
    .docs = "https://dynv6.github.io/api-spec/",
    .alias = "dns_dynv6",
    .notes = "An HTTP token may be limited to the one zone. The SSH key of acme.sh's KEY is not used.",
    .fields = fields,
    .min_ttl = 60,
    .settle = 30,
    .base = "https://dynv6.com/api/v2",
    .headers = { "Authorization: Bearer {DYNV6_TOKEN}" },
    .error = "error message",
    .zone = zone,
    .add = add,
    .remove = del,
};
