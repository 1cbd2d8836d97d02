/*
 * Hetzner DNS Console, the older API: zones and records are addressed by id, names are relative.
 *
 * A zone that was moved to the Hetzner Console is no longer here but in the Cloud API
 * (providers/hetznercloud.c), whose tokens are others. The variables of the two differ in case alone.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "HETZNER_Token",
      .help =
          "API token of the DNS Console (dns.hetzner.com, Manage API tokens); not one of the Cloud Console",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "HETZNER_API_KEY" } },
    { 0 },
};

static const struct listing zones = { .items = "zones", .id = "id", .name = "name" };
static const struct listing records = {
    .items = "records", .id = "id", .type = "type", .name = "name", .value = "value"
};

static const char *zone_id(struct op *op, const struct record *r)
{
    struct rest_pages pages = { .url = rest_url(op, "/zones?name=%s", r->zone) };

    return listing_zone(op, &zones, &pages, r->zone);
}

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages pages = {
        .url = rest_url(op, "/records?zone_id=%s&per_page=100", zone_id(op, r)),
        .page_parameter = "page",
        .page_size = 100,
    };

    return listing_find(op, &records, &pages, r->name, r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/records"),
        .body = json_text(op, "{'zone_id': %s, 'type': 'TXT', 'name': %s, 'value': %s, 'ttl': %u}",
                          zone_id(op, r), r->name, r->value, r->ttl),
    };

    (void)n;
    return record_make(op, r, &post, "record.id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/records/%s", id) : op_ok(op);
}

const struct provider provider_hetzner = {
    .title = "Hetzner DNS Console (older API)",
    .docs = "https://dns.hetzner.com/api-docs",
    .alias = "dns_hetzner",
    .notes = "zones that were moved to the Hetzner Console need dns_hetznercloud and HETZNER_TOKEN instead;\n"
             "a token can change all zones of the account",
    .fields = fields,
    .min_ttl = 60,
    .settle = 15,
    .base = "https://dns.hetzner.com/api/v1",
    .headers = { "Auth-API-Token: {HETZNER_Token}" },
    .error = "error.message,error.code message",
    .add = add,
    .remove = del,
};
