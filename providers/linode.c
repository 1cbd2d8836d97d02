/*
 * Linode (Akamai), API v4: domains and records are addressed by id, names are relative.
 *
 * Changes reach the name servers in batches, in some minutes; times to live are rounded to a list of which
 * 300 is the smallest that is of use. acme.sh's older plugin dns_linode spoke an API that is gone.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "LINODE_V4_API_KEY",
      .help =
          "personal access token with Domains: Read/Write, from My Profile, API Tokens in the Cloud Manager",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "LINODE_API_KEY", "LINODE_TOKEN" } },
    { 0 },
};

static const struct listing zones = { .items = "data", .id = "id", .name = "domain" };
static const struct listing records = {
    .items = "data", .id = "id", .type = "type", .name = "name", .value = "target"
};

static const char *zone_id(struct op *op, const struct record *r)
{
    struct rest_pages pages = { .url = rest_url(op, "/domains?page_size=500"),
                                .page_parameter = "page",
                                .page_size = 500 };

    return listing_zone(op, &zones, &pages, r->zone);
}

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages pages = {
        .url = rest_url(op, "/domains/%s/records?page_size=500", zone_id(op, r)),
        .page_parameter = "page",
        .page_size = 500,
    };

    return listing_find(op, &records, &pages, record_name(r, ""), r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/domains/%s/records", zone_id(op, r)),
        .body = json_text(op, "{'type': 'TXT', 'name': %s, 'target': %s, 'ttl_sec': %u}", record_name(r, ""),
                          r->value, r->ttl),
    };

    (void)n;
    return record_make(op, r, &post, "id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *zone = zone_id(op, r);
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/domains/%s/records/%s", zone, id) : op_ok(op);
}

const struct provider provider_linode = {
    .title = "Linode (Akamai)",
    .docs = "https://techdocs.akamai.com/linode-api/reference/post-domain-record",
    .alias = "dns_linode_v4 dns_linode",
    .notes = "the token needs Domains: Read/Write and nothing else; a restricted user's token holds for the\n"
             "domains granted to the user; it must be one of API v4 (keys of the older API are refused)",
    .fields = fields,
    .min_ttl = 300,
    .settle = 300,
    .base = "https://api.linode.com/v4",
    .headers = { "Authorization: Bearer {LINODE_V4_API_KEY}" },
    .error = "errors.0.reason,errors.0.field",
    .add = add,
    .remove = del,
};
