/*
 * IONOS, hosting DNS API v1: zones and records are addressed by id, names are whole and have no final dot.
 *
 * Content is sent without quotes and comes back with them. Records are made by POST alone: PATCH of a zone
 * would replace all of the same name and type, PUT all there are.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "IONOS_PREFIX",
      .help = "public prefix of the API key, from developer.hosting.ionos.com/keys",
      .flags = FIELD_SET_A },
    { .name = "IONOS_SECRET", .help = "secret of that API key", .flags = FIELD_SECRET | FIELD_SET_A },
    { .name = "IONOS_API_KEY",
      .help = "the whole API key: prefix, dot, secret",
      .flags = FIELD_SECRET | FIELD_SET_B },
    { 0 },
};

static const struct listing zones = { .items = "", .id = "id", .name = "name" };
static const struct listing records = {
    .items = "records", .id = "id", .type = "type", .name = "name", .value = "content"
};

static const char *zone_id(struct op *op, const struct record *r)
{
    struct rest_pages pages = { .url = rest_url(op, "/zones") };

    return listing_zone(op, &zones, &pages, r->zone);
}

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages pages = {
        .url = rest_url(op, "/zones/%s?recordName=%s&recordType=TXT", zone_id(op, r), r->fqdn),
    };

    return listing_find(op, &records, &pages, r->fqdn, r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/zones/%s/records", zone_id(op, r)),
        .body = json_text(op, "[{'name': %s, 'type': 'TXT', 'content': %s, 'ttl': %u, 'prio': 0}]", r->fqdn,
                          r->value, r->ttl),
    };

    (void)n;
    return record_make(op, r, &post, "0.id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *zone = zone_id(op, r);
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/zones/%s/records/%s", zone, id) : op_ok(op);
}

const struct provider provider_ionos = {
    .title = "IONOS",
    .docs = "https://developer.hosting.ionos.com/docs/dns",
    .alias = "dns_ionos",
    .notes = "a key holds for all domains of the contract: there is nothing smaller;\n"
             "IONOS Cloud DNS (IONOS_TOKEN) is another product",
    .fields = fields,
    .min_ttl = 60,
    .settle = 225,
    .base = "https://api.hosting.ionos.com/dns/v1",
    .headers = { "X-API-Key: {IONOS_PREFIX}.{IONOS_SECRET}", "X-API-Key: {IONOS_API_KEY}" },
    .error = "0.message,0.code message,code",
    .add = add,
    .remove = del,
};
