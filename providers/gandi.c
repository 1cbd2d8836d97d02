/*
 * Gandi LiveDNS, API v5: whole sets of records; names are relative, "@" is the top of a zone.
 *
 * Values come in quotes. A PUT without a name would replace the whole zone: it is not done here.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "GANDI_LIVEDNS_TOKEN",
      .help = "personal access token, from the organisation's Sharing page",
      .flags = FIELD_SECRET | FIELD_SET_A,
      .also = { "GANDIV5_PERSONAL_ACCESS_TOKEN" } },
    { .name = "GANDI_LIVEDNS_KEY",
      .help = "API key of the older kind, which the vendor gives up",
      .flags = FIELD_SECRET | FIELD_SET_B,
      .also = { "GANDIV5_API_KEY" } },
    { 0 },
};

static bool load(struct op *op, const struct record *r, struct values *values)
{
    const struct json *set = rest_look(op, "/domains/%s/records/%s/TXT", r->zone, r->name);
    struct strings found;

    if (!set)
        return op_ok(op);
    TRY(rest_list(op, set, "rrset_values"));
    found = json_strings(op, set, "rrset_values");
    values->ttl = (unsigned)json_int(set, "rrset_ttl", r->ttl);
    for (size_t i = 0; i < found.count; i++)
        strings_add(op, &values->list, txt_value(op, found.at[i]));
    return op_ok(op);
}

static bool replace(struct op *op, const struct record *r, const struct values *values)
{
    struct text out = text_begin(op->arena);
    struct strings quoted = { 0 };

    if (!values->list.count)
        return rest_delete(op, "/domains/%s/records/%s/TXT", r->zone, r->name);
    for (size_t i = 0; i < values->list.count; i++)
        strings_add(op, &quoted, txt_content(op, values->list.at[i]));
    json_open(&out, NULL, '{');
    json_put_int(&out, "rrset_ttl", values->ttl);
    json_put_strings(&out, "rrset_values", &quoted);
    json_close(&out, '}');
    return rest_put(op, out.data, "/domains/%s/records/%s/TXT", r->zone, r->name);
}

const struct provider provider_gandi = {
    .title = "Gandi LiveDNS",
    .docs = "https://api.gandi.net/docs/livedns/",
    .alias = "dns_gandi_livedns",
    .notes = "the token needs \"See and renew domain names\" and \"Manage domain name technical "
             "configurations\",\n"
             "and may be limited to the domain",
    .fields = fields,
    .min_ttl = 300,
    .settle = 300,
    .base = "https://api.gandi.net/v5/livedns",
    .headers = { "Authorization: Bearer {GANDI_LIVEDNS_TOKEN}", "Authorization: Apikey {GANDI_LIVEDNS_KEY}" },
    .error = "errors.0.description,errors.0.name message,cause",
    .load = load,
    .replace = replace,
};
