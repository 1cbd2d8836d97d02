/*
 * bunny.net, DNS: zones and records are addressed by id; names are relative, "" is the top.
 *
 * PUT makes a record and POST changes one. The type is a number, 3 for TXT. A search for a zone finds all
 * whose names contain the word.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "BUNNY_API_KEY",
      .help = "API key of the account, from Account Settings, API Key",
      .flags = FIELD_REQUIRED | FIELD_SECRET },
    { 0 },
};

static const struct listing zones = { .items = "Items", .id = "Id", .name = "Domain" };
static const struct listing records = {
    .items = "Records", .id = "Id", .type = "Type", .txt = "3", .name = "Name", .value = "Value"
};

static const char *zone_id(struct op *op, const struct record *r)
{
    struct rest_pages pages = {
        .url = rest_url(op, "/dnszone?search=%s&perPage=100", r->zone),
        .page_parameter = "page",
        .page_size = 100,
    };

    return listing_zone(op, &zones, &pages, r->zone);
}

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages pages = { .url = rest_url(op, "/dnszone/%s", zone_id(op, r)) };

    return listing_find(op, &records, &pages, record_name(r, ""), r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call put = {
        .method = "PUT",
        .url = rest_url(op, "/dnszone/%s/records", zone_id(op, r)),
        .body = json_text(op, "{'Type': 3, 'Name': %s, 'Value': %s, 'Ttl': %u}", record_name(r, ""), r->value,
                          r->ttl),
    };

    (void)n;
    return record_make(op, r, &put, "Id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *zone = zone_id(op, r);
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/dnszone/%s/records/%s", zone, id) : op_ok(op);
}

const struct provider provider_bunny = {
    .title = "bunny.net",
    .docs = "https://docs.bunny.net/reference/dnszonepublic_index",
    .alias = "dns_bunny",
    .notes = "the key owns the whole account, CDN included: there is nothing smaller",
    .fields = fields,
    .min_ttl = 60,
    .settle = 15,
    .base = "https://api.bunny.net",
    .headers = { "AccessKey: {BUNNY_API_KEY}" },
    .error = "Message,ErrorKey",
    .add = add,
    .remove = del,
};
