/*
 * GoDaddy, API v1: whole sets of records; names are relative, "@" is the top of a zone.
 *
 * A PUT without a name would replace all TXT records of the zone, one without a type the whole zone: neither
 * is done here. An empty PUT deletes nothing. Older clients left records of one blank behind: they are no
 * values.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "GD_Key",
      .help = "API key for Production (not OTE), from developer.godaddy.com/keys",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "GODADDY_API_KEY" } },
    { .name = "GD_Secret",
      .help = "the secret of that key",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "GODADDY_API_SECRET" } },
    { 0 },
};

static bool load(struct op *op, const struct record *r, struct values *values)
{
    const struct json *set = rest_get(op, "/domains/%s/records/TXT/%s", r->zone, r->name), *one;

    TRY(rest_list(op, set, ""));
    for (size_t i = 0; (one = json_each(set, "", i)); i++) {
        const char *value = txt_unquote(op, json_str(op, one, "data"));

        values->ttl = (unsigned)json_int(one, "ttl", r->ttl);
        if (value && *text_trim(op, value))
            strings_add(op, &values->list, value);
    }
    return op_ok(op);
}

static const char *body_of(struct op *op, const struct values *values)
{
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '[');
    for (size_t i = 0; i < values->list.count; i++) {
        json_open(&out, NULL, '{');
        json_put(&out, "data", values->list.at[i]);
        json_put_int(&out, "ttl", values->ttl);
        json_close(&out, '}');
    }
    json_close(&out, ']');
    return out.data;
}

static bool replace(struct op *op, const struct record *r, const struct values *values)
{
    if (!values->list.count)
        return rest_delete(op, "/domains/%s/records/TXT/%s", r->zone, r->name);
    return rest_put(op, body_of(op, values), "/domains/%s/records/TXT/%s", r->zone, r->name);
}

const struct provider provider_godaddy = {
    .title = "GoDaddy",
    .docs = "https://developer.godaddy.com/doc/endpoint/domains",
    .alias = "dns_gd",
    .notes =
        "GoDaddy refuses its DNS API (ACCESS_DENIED) to accounts with fewer than 10 domains that have no\n"
        "paid plan, whatever the key; a key holds for the whole account",
    .fields = fields,
    .min_ttl = 600,
    .settle = 60,
    .base = "https://api.godaddy.com/v1",
    .headers = { "Authorization: sso-key {GD_Key}:{GD_Secret}" },
    .error = "fields.0.message,code message,code",
    .per_second = 1,
    .load = load,
    .replace = replace,
};
