/*
 * DNSimple, API v2: everything belongs to an account, whose id the token knows. Zones are addressed by name,
 * records by id; names are relative, "" is the top.
 *
 * The vendor can say whether a record has reached all of its name servers, which are anycast: asking them
 * from here alone would tell of the nearest only.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "DNSimple_OAUTH_TOKEN",
      .help = "account token (not a user token), from the account's Access tokens page",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "DNSIMPLE_OAUTH_TOKEN" } },
    { 0 },
};

static const struct listing records = {
    .items = "data", .id = "id", .type = "type", .name = "name", .value = "content"
};

static bool find_account(struct op *op)
{
    const struct json *me = rest_get(op, "/whoami");

    if (json_at(me, "data.user.id")) {
        op_fail(op, ERR_CONFIG, "DNSimple_OAUTH_TOKEN is the token of a user, which belongs to no account");
        return op_hint(op, "make an account token: in the account, Access tokens");
    }
    session_keep(op, "account", json_str(op, me, "data.account.id"));
    return op_ok(op);
}

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages pages = {
        .url = rest_url(op, "/%s/zones/%s/records?type=TXT&name=%s&per_page=100", field(op, "account"),
                        r->zone, record_name(r, "")),
        .page_parameter = "page",
        .page_size = 100,
    };

    return listing_find(op, &records, &pages, record_name(r, ""), r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call post = {
        .method = "POST",
        .url = rest_url(op, "/%s/zones/%s/records", field(op, "account"), r->zone),
        .body = json_text(op, "{'type': 'TXT', 'name': %s, 'content': %s, 'ttl': %u}", record_name(r, ""),
                          r->value, r->ttl),
    };

    (void)n;
    return record_make(op, r, &post, "data.id", find);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);

    (void)n;
    return id ? rest_delete(op, "/%s/zones/%s/records/%s", field(op, "account"), r->zone, id) : op_ok(op);
}

/* Where the vendor cannot tell (504), the name servers are asked all the same. */
static bool settled(struct op *op, const struct record *all, size_t n, bool *done)
{
    for (size_t i = 0; i < n && *done; i++) {
        const struct json *answer = rest_try(op, "GET", "/%s/zones/%s/records/%s/distribution",
                                             field(op, "account"), all[i].zone, all[i].handle);

        *done = json_true(answer, "data.distributed") || !json_at(answer, "data.distributed");
    }
    return op_ok(op);
}

const struct provider provider_dnsimple = {
    .title = "DNSimple",
    .docs = "https://developer.dnsimple.com/v2/zones/records/",
    .alias = "dns_dnsimple",
    .notes =
        "an account token; where the plan has scoped tokens, one with write access to the zone's records",
    .fields = fields,
    .min_ttl = 60,
    .settle = 15,
    .base = "https://api.dnsimple.com/v2",
    .headers = { "Authorization: Bearer {DNSimple_OAUTH_TOKEN}" },
    .error = "errors.content.0 errors.base.0 message",
    .open = find_account,
    .add = add,
    .remove = del,
    .settled = settled,
};
