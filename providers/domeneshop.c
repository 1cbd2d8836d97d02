/*
 * Domeneshop, API v0: domains and records are addressed by id, names are relative, "@" is the top.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "DOMENESHOP_Token",
      .help = "token, from domene.shop/admin?view=api",
      .flags = FIELD_REQUIRED,
      .also = { "DOMENESHOP_API_TOKEN" } },
    { .name = "DOMENESHOP_Secret",
      .help = "the token's secret, which is shown once",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "DOMENESHOP_API_SECRET" } },
    { 0 },
};

static const struct listing domains = { .items = "", .id = "id", .name = "domain" };
static const struct listing records = {
    .items = "", .id = "id", .type = "type", .name = "host", .value = "data"
};

static const char *domain_id(struct op *op, const struct record *r)
{
    struct rest_pages one = { .url = rest_url(op, "/domains") };

    return listing_zone(op, &domains, &one, r->zone);
}

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages one = { .url = rest_url(op, "/domains/%s/dns", domain_id(op, r)) };

    return listing_find(op, &records, &one, r->name, r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/domains/%s/dns", domain_id(op, r)),
        .body =
            json_text(op, "{'type': 'TXT', 'host': %s, 'data': %s, 'ttl': %u}", r->name, r->value, r->ttl),
    };

    (void)n; /* no CAP_BATCH: always one */
    return record_make(op, r, &post, "id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/domains/%s/dns/%s", domain_id(op, r), id) : op_ok(op);
}

const struct provider provider_domeneshop = {
    .title = "Domeneshop",
    .docs = "https://api.domeneshop.no/docs/",
    .alias = "dns_domeneshop",
    .notes = "The token can change all domains of the account: there is nothing smaller.",
    .fields = fields,
    .min_ttl = 60,
    .settle = 120,
    .base = "https://api.domeneshop.no/v0",
    .headers = { "Authorization: Basic {DOMENESHOP_Token:DOMENESHOP_Secret}" },
    .error = "help,code message",
    .add = add,
    .remove = del,
};
