/*
 * deSEC, API v1: whole sets of records. A path must end in a slash; names are relative, "" is the top of a
 * zone.
 *
 * Values are zone-file text, with quotes. A set that is written without values is deleted. Writing is limited
 * to 15 times a minute and 300 times a day for a domain; the answer says how long to wait.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "DEDYN_TOKEN",
      .help = "API token, from Token Management at desec.io",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "DESEC_TOKEN" } },
    { 0 },
};

static bool load(struct op *op, const struct record *r, struct values *values)
{
    const char *name = record_name(r, "");
    const struct json *sets = rest_get(op, "/domains/%s/rrsets/?subname=%s&type=TXT", r->zone, name), *set;

    TRY(rest_list(op, sets, ""));
    for (size_t i = 0; (set = json_each(sets, "", i)); i++) {
        struct strings found;

        if (!json_is(set, "type", "TXT") || !json_is(set, "subname", name))
            continue;
        found = json_strings(op, set, "records");
        values->ttl = (unsigned)json_int(set, "ttl", r->ttl);
        for (size_t k = 0; k < found.count; k++)
            strings_add(op, &values->list, txt_value(op, found.at[k]));
    }
    return op_ok(op);
}

static bool replace(struct op *op, const struct record *r, const struct values *values)
{
    struct text out = text_begin(op->arena);
    struct strings quoted = { 0 };

    for (size_t i = 0; i < values->list.count; i++)
        strings_add(op, &quoted, txt_content(op, values->list.at[i]));
    json_open(&out, NULL, '[');
    json_open(&out, NULL, '{');
    json_put(&out, "subname", record_name(r, ""));
    json_put(&out, "type", "TXT");
    json_put_int(&out, "ttl", values->ttl);
    json_put_strings(&out, "records", &quoted);
    json_close(&out, '}');
    json_close(&out, ']');
    return rest_put(op, out.data, "/domains/%s/rrsets/", r->zone);
}

const struct provider provider_desec = {
    .title = "deSEC",
    .docs = "https://desec.readthedocs.io/en/latest/dns/rrsets.html",
    .alias = "dns_desec",
    .notes =
        "a token may be limited by policies: one that forbids by default, and for each name one that allows\n"
        "writing: the domain, the subname (_acme-challenge, _acme-challenge.www) and the type TXT",
    .fields = fields,
    .min_ttl = 3600,
    .settle = 60,
    .base = "https://desec.io/api/v1",
    .headers = { "Authorization: Token {DEDYN_TOKEN}" },
    .error = "detail 0.non_field_errors.0 0.ttl.0,0.ttl.1 0.records.0 0",
    .per_second = 2,
    .load = load,
    .replace = replace,
};
