/*
 * Vultr, API v2: zones are addressed by name, records by id. Names are relative, "" is the top; content
 * stands in quotes.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "VULTR_API_KEY",
      .help = "API key, from Account, API in the customer portal; this host's address must be allowed there",
      .flags = FIELD_REQUIRED | FIELD_SECRET },
    { 0 },
};

static const struct listing records = {
    .items = "records", .id = "id", .type = "type", .name = "name", .value = "data"
};

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages pages = {
        .url = rest_url(op, "/domains/%s/records?per_page=500", r->zone),
        .next = "meta.links.next",
        .cursor_parameter = "cursor",
    };

    return listing_find(op, &records, &pages, record_name(r, ""), r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/domains/%s/records", r->zone),
        .body = json_text(op, "{'type': 'TXT', 'name': %s, 'data': %s, 'ttl': %u}", record_name(r, ""),
                          txt_quote(op, r->value), r->ttl),
    };

    (void)n;
    return record_make(op, r, &post, "record.id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/domains/%s/records/%s", r->zone, id) : op_ok(op);
}

const struct provider provider_vultr = {
    .title = "Vultr",
    .docs = "https://www.vultr.com/api/#tag/dns",
    .alias = "dns_vultr",
    .notes = "the least is the key of a sub-user who has the permission \"Manage DNS\" alone;\n"
             "the key's access control must list the address that requests come from",
    .fields = fields,
    .min_ttl = 120,
    .settle = 15,
    .base = "https://api.vultr.com/v2",
    .headers = { "Authorization: Bearer {VULTR_API_KEY}" },
    .error = "error",
    .add = add,
    .remove = del,
};
