/*
 * Cloudflare, API v4: zones and records are addressed by id, names are whole and have no final dot.
 *
 * A name may be a zone in several accounts, of which one is active. TXT content is kept as it was sent, with
 * or without quotes, so listings are filtered by name only and the content is compared here.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "CF_Token",
      .help = "API token with the permission Zone / DNS / Edit, from My Profile, API Tokens",
      .flags = FIELD_SECRET | FIELD_SET_A,
      .also = { "CF_DNS_API_TOKEN", "CLOUDFLARE_DNS_API_TOKEN", "CLOUDFLARE_API_TOKEN" } },
    { .name = "CF_Email",
      .help = "e-mail address of the account that CF_Key belongs to",
      .flags = FIELD_SET_B,
      .also = { "CF_API_EMAIL", "CLOUDFLARE_EMAIL" } },
    { .name = "CF_Key",
      .help = "Global API Key; a token is safer",
      .flags = FIELD_SECRET | FIELD_SET_B,
      .also = { "CF_API_KEY", "CLOUDFLARE_API_KEY" } },
    { .name = "CF_Account_ID", .help = "looks for zones in this account only" },
    { .name = "CF_Zone_ID", .help = "id of the one zone: the right to list zones is not needed then" },
    { 0 },
};

/* The id of the zone of exactly this name; of the active one where several accounts have it. */
static const char *look_up_zone(struct op *op, const char *name)
{
    const char *account = field(op, "CF_Account_ID");
    const struct json *zone, *found = NULL;
    const struct json *zones = account ? rest_get(op, "/zones?name=%s&account.id=%s", name, account)
                                       : rest_get(op, "/zones?name=%s", name);

    for (size_t i = 0; (zone = json_each(zones, "result", i)); i++)
        if (json_is(zone, "name", name) && (!found || json_is(zone, "status", "active")))
            found = zone;
    if (rest_list(op, zones, "result") && !found) {
        op_fail(op, ERR_PROVIDER, "there is no zone %s among those that these credentials may see", name);
        op_hint(op, "allow the token Zone / Zone / Read for it too, or set CF_Zone_ID");
    }
    return json_str(op, found, "id");
}

static const char *zone_id(struct op *op, const struct record *r)
{
    const char *key = op_text(op, "id of %s", r->zone);

    if (field(op, "CF_Zone_ID"))
        return field(op, "CF_Zone_ID");
    if (!field(op, key))
        session_keep(op, key, look_up_zone(op, r->zone));
    return field(op, key);
}

/* The id of our record, whoever made it; NULL where there is none. */
static const char *find(struct op *op, const char *zone, const struct record *r)
{
    struct rest_pages pages = {
        .url = rest_url(op, "/zones/%s/dns_records?type=TXT&name=%s&per_page=100", zone, r->fqdn),
        .page_parameter = "page",
        .page_size = 100,
        .items = "result",
    };
    const struct json *page, *one;

    while ((page = rest_page(op, &pages)) && rest_list(op, page, "result"))
        for (size_t i = 0; (one = json_each(page, "result", i)); i++)
            if (json_is(one, "type", "TXT") && json_is(one, "name", r->fqdn) &&
                txt_is(op, json_opt(op, one, "content"), r->value))
                return json_str(op, one, "id");
    return NULL;
}

/* In another zone than its own the name would become "_acme-challenge.example.com.other.org". */
static bool misplaced(struct op *op, const char *zone, const struct record *r, const char *name)
{
    rest_delete(op, "/zones/%s/dns_records/%s", zone, r->handle);
    op_fail(op, ERR_CONFIG, "CF_Zone_ID is not the zone of %s: the record became %s", r->fqdn, name);
    return op_hint(op, "leave CF_Zone_ID out where the names are in several zones");
}

static bool add(struct op *op, struct record *r, size_t n)
{
    const char *zone = zone_id(op, r), *name;
    struct rest_call call = { .method = "POST", .url = rest_url(op, "/zones/%s/dns_records", zone) };
    const struct json *made;

    (void)n;
    call.body = json_text(op, "{'type': 'TXT', 'name': %s, 'content': %s, 'ttl': %u}", r->fqdn,
                          txt_quote(op, r->value), r->ttl);
    TRY(rest_call(op, &call));
    if (rest_says(op, &call.answer, "errors.0.code", "81057|81058")) /* it exists already: true of ours? */
        if ((r->handle = find(op, zone, r)))
            return true;
    made = rest_judge(op, &call.answer);
    r->handle = json_str(op, made, "result.id");
    name = json_str(op, made, "result.name");
    return op_ok(op) && (text_same_nocase(name, r->fqdn) || misplaced(op, zone, r, name));
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *zone = zone_id(op, r);
    const char *id = r->handle ? r->handle : find(op, zone, r);

    (void)n;
    return id ? rest_delete(op, "/zones/%s/dns_records/%s", zone, id) : op_ok(op);
}

const struct provider provider_cloudflare = {
    .title = "Cloudflare",
    .docs = "https://developers.cloudflare.com/api/resources/dns/subresources/records/",
    .alias = "dns_cf",
    .notes =
        "a token needs Zone / DNS / Edit, and Zone / Zone / Read unless CF_Zone_ID is set, on the zone alone",
    .fields = fields,
    .min_ttl = 60,
    .settle = 10,
    .base = "https://api.cloudflare.com/client/v4",
    .headers = { "Authorization: Bearer {CF_Token}", "X-Auth-Email: {CF_Email}", "X-Auth-Key: {CF_Key}" },
    .error = "errors.0.error_chain.0.message,errors.0.error_chain.0.code errors.0.message,errors.0.code",
    .good = "success=true",
    .add = add,
    .remove = del,
};
