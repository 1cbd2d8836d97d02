/*
 * Mythic Beasts, DNS API v2: a token for some minutes; records are addressed by name, type and value. A POST
 * adds to what is there, a DELETE with "data" takes that value alone.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "MB_AK",
      .help = "API key (its id), from www.mythic-beasts.com/customer/api-users",
      .flags = FIELD_REQUIRED,
      .also = { "MYTHICBEASTS_USERNAME" } },
    { .name = "MB_AS",
      .help = "the key's secret, which is shown once",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "MYTHICBEASTS_PASSWORD" } },
    { 0 },
};

static const struct listing records = {
    .items = "records", .id = "data", .type = "type", .name = "host", .value = "data"
};

static bool log_in(struct op *op)
{
    const char *both = base64(op, bytes_of(op_text(op, "%s:%s", field(op, "MB_AK"), field(op, "MB_AS"))));
    struct rest_call call = {
        .method = "POST",
        .url = rest_url(op, "https://auth.mythic-beasts.com/login"),
        .bare = true,
        .headers = { op_text(op, "Authorization: Basic %s", both) },
        .content_type = "application/x-www-form-urlencoded",
        .body = "grant_type=client_credentials",
    };

    session_set(op, "basic", both);
    TRY(rest_call(op, &call));
    session_set(op, "token", json_str(op, rest_judge(op, &call.answer), "access_token"));
    return op_ok(op);
}

/* A name without records may be answered 404, as an unknown zone is, of which the POST then tells. */
static bool is_there(struct op *op, const struct record *r)
{
    const struct json *found = rest_look(op, "/zones/%s/records/%s/TXT", r->zone, r->name);

    return found && listing_item(op, &records, found, r->name, r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    const char *body = json_text(op, "{'records': [{'host': %s, 'type': 'TXT', 'data': %s, 'ttl': %u}]}",
                                 r->name, r->value, r->ttl);

    (void)n; /* no CAP_BATCH: always one */
    if (is_there(op, r) || !op_ok(op))
        return op_ok(op);
    return rest_post(op, body, "/zones/%s/records/%s/TXT", r->zone, r->name) != NULL;
}

static bool del(struct op *op, struct record *r, size_t n)
{
    (void)n;
    return rest_delete(op, "/zones/%s/records/%s/TXT?data=%s", r->zone, r->name, r->value);
}

const struct provider provider_mythicbeasts = {
    .title = "Mythic Beasts",
    .docs = "https://www.mythic-beasts.com/support/api/dnsv2",
    .alias = "dns_mythic_beasts",
    .notes = "A key can be limited to TXT records of single zones, and even to names, when it is made.",
    .fields = fields,
    .min_ttl = 60,
    .settle = 60,
    .base = "https://api.mythic-beasts.com/dns/v2",
    .headers = { "Authorization: Bearer {token}" },
    .error = "errors.0 error_description,error error",
    .expired = "401",
    .open = log_in,
    .add = add,
    .remove = del,
};
