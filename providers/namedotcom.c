/*
 * Name.com, API v4: zones are addressed by name, records by id; a listing has the whole names as "fqdn".
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "Namecom_Username",
      .help = "user name of the account",
      .flags = FIELD_REQUIRED,
      .also = { "NAMECOM_USERNAME" } },
    { .name = "Namecom_Token",
      .help = "API token, from www.name.com/account/settings/api",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "NAMECOM_API_TOKEN" } },
    { 0 },
};

static const struct listing records = {
    .items = "records", .id = "id", .type = "type", .name = "fqdn", .value = "answer"
};

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages pages = { .url = rest_url(op, "/domains/%s/records?perPage=1000", r->zone),
                                .next = "nextPage",
                                .cursor_parameter = "page" };

    return listing_find(op, &records, &pages, r->fqdn, r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/domains/%s/records", r->zone),
        .body = json_text(op, "{'host': %s, 'type': 'TXT', 'answer': %s, 'ttl': %u}", record_name(r, ""),
                          r->value, r->ttl),
    };

    (void)n; /* no CAP_BATCH: always one */
    return record_make(op, r, &post, "id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/domains/%s/records/%s", r->zone, id) : op_ok(op);
}

const struct provider provider_namedotcom = {
    .title = "Name.com",
    .docs = "https://www.name.com/api-docs",
    .alias = "dns_namecom",
    .notes =
        "The token can change all domains of the account. Two-step login must be off for the API, or API\n"
        "access be allowed beside it; the address of this machine may have to be on the token's list.",
    .fields = fields,
    .min_ttl = 300,
    .settle = 60,
    .base = "https://api.name.com/v4",
    .headers = { "Authorization: Basic {Namecom_Username:Namecom_Token}" },
    .error = "details message",
    .per_second = 20,
    .add = add,
    .remove = del,
};
