/*
 * Porkbun, API v3: every request is a POST with the keys in its body. Zones are addressed by name, records by
 * id; names are relative in requests ("" is the top) and whole in answers.
 *
 * Deleting by name and type would take the values of others along: only ids are used.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "PORKBUN_API_KEY",
      .help = "API key, from Account, API Access",
      .flags = FIELD_REQUIRED | FIELD_SECRET },
    { .name = "PORKBUN_SECRET_API_KEY",
      .help = "secret key that was shown when the API key was made",
      .flags = FIELD_REQUIRED | FIELD_SECRET },
    { 0 },
};

static const struct listing records = {
    .items = "records", .id = "id", .type = "type", .name = "name", .value = "content"
};

static const char *keys(struct op *op)
{
    return json_text(op, "{'apikey': %s, 'secretapikey': %s}", field(op, "PORKBUN_API_KEY"),
                     field(op, "PORKBUN_SECRET_API_KEY"));
}

static const char *find(struct op *op, const struct record *r)
{
    const struct json *all = rest_post(op, keys(op), "/dns/retrieve/%s", r->zone);

    return json_str(op, listing_item(op, &records, all, r->fqdn, r->value), "id");
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/dns/create/%s", r->zone),
        .body = json_text(op,
                          "{'apikey': %s, 'secretapikey': %s, 'type': 'TXT', 'name': %s, 'content': %s, "
                          "'ttl': '%u'}",
                          field(op, "PORKBUN_API_KEY"), field(op, "PORKBUN_SECRET_API_KEY"),
                          record_name(r, ""), r->value, r->ttl),
    };

    (void)n;
    return record_make(op, r, &post, "id", find);
}

/* Looks even where the id is known: that a record is gone is said in words alone. */
static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = find(op, r);

    (void)n;
    if (id)
        rest_post(op, keys(op), "/dns/delete/%s/%s", r->zone, id);
    return op_ok(op);
}

const struct provider provider_porkbun = {
    .title = "Porkbun",
    .docs = "https://porkbun.com/api/json/v3/documentation",
    .alias = "dns_porkbun",
    .notes =
        "API Access must be switched on for the domain, in its Details; the keys hold for all such domains",
    .fields = fields,
    .min_ttl = 600,
    .settle = 150,
    .base = "https://api.porkbun.com/api/json/v3",
    .error = "message",
    .good = "status=SUCCESS",
    .per_second = 1,
    .add = add,
    .remove = del,
};
