/*
 * DigitalOcean, API v2: zones are addressed by name, records by id. Names are relative, "@" is the top; only
 * the filter of a listing wants the whole name.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "DO_API_KEY",
      .help = "personal access token, from API, Tokens in the control panel",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "DO_AUTH_TOKEN" } },
    { 0 },
};

static const struct listing records = {
    .items = "domain_records", .id = "id", .type = "type", .name = "name", .value = "data"
};

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages pages = {
        .url = rest_url(op, "/domains/%s/records?type=TXT&name=%s&per_page=200", r->zone, r->fqdn),
        .next = "links.pages.next",
    };

    return listing_find(op, &records, &pages, r->name, r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/domains/%s/records", r->zone),
        .body =
            json_text(op, "{'type': 'TXT', 'name': %s, 'data': %s, 'ttl': %u}", r->name, r->value, r->ttl),
    };

    (void)n;
    return record_make(op, r, &post, "domain_record.id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/domains/%s/records/%s", r->zone, id) : op_ok(op);
}

const struct provider provider_digitalocean = {
    .title = "DigitalOcean",
    .docs = "https://docs.digitalocean.com/reference/api/",
    .alias = "dns_dgon",
    .notes = "a token with custom scopes needs domain:read, domain:create, domain:update and domain:delete;\n"
             "it then holds for all domains of the team",
    .fields = fields,
    .min_ttl = 30,
    .settle = 15,
    .base = "https://api.digitalocean.com/v2",
    .headers = { "Authorization: Bearer {DO_API_KEY}" },
    .error = "message,id",
    .add = add,
    .remove = del,
};
