/*
 * PowerDNS Authoritative Server, HTTP API v1: whole sets of records, replaced at once.
 *
 * Names are absolute. A set may hold records that are switched off ("disabled"): they are no values, and they
 * are kept. A listing by name leaves them out (issue 11473 of PowerDNS, all versions), a search does not, and
 * where there is no search the back end has no such records. Comments stay because we never send any.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "PDNS_Url",
      .help = "where the API is, for example http://127.0.0.1:8081; may have a path, as behind a proxy",
      .flags = FIELD_REQUIRED,
      .also = { "PDNS_API_URL" } },
    { .name = "PDNS_Token",
      .help = "api-key of pdns.conf",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "PDNS_API_KEY" } },
    { .name = "PDNS_ServerId",
      .help = "name of the server in the API",
      .otherwise = "localhost",
      .also = { "PDNS_SERVER_NAME" } },
    { 0 },
};

static const char *absolute(struct op *op, const char *name)
{
    return op_text(op, "%s.", name);
}

/* The longest of our zones that holds the name. Old servers ignore the filter and give all zones. */
static const char *zone(struct op *op, const char *fqdn)
{
    for (const char *name = fqdn; name && op_ok(op); name = name_parent(name)) {
        const struct json *zones = rest_get(op, "/zones?zone=%s", absolute(op, name)), *one;

        if (!rest_list(op, zones, ""))
            return NULL;
        for (size_t i = 0; (one = json_each(zones, "", i)); i++)
            if (json_is(one, "name", absolute(op, name)))
                return name;
    }
    return NULL;
}

static void put_record(struct text *out, const char *content, bool disabled)
{
    json_open(out, NULL, '{');
    json_put(out, "content", content);
    json_put_bool(out, "disabled", disabled);
    json_close(out, '}');
}

/* Those of the set that are switched off, as JSON ready to be sent again; "" for none. */
static const char *disabled_records(struct op *op, const struct record *r)
{
    const struct json *found = rest_try(op, "GET", "/search-data?q=%s&object_type=record&max=100", r->fqdn),
                      *one;
    struct text out = text_begin(op->arena);

    for (size_t i = 0; (one = json_each(found, "", i)); i++)
        if (json_true(one, "disabled") && json_is(one, "type", "TXT") &&
            json_is(one, "name", absolute(op, r->fqdn)) && json_is(one, "zone", absolute(op, r->zone)))
            put_record(&out, json_str(op, one, "content"), true);
    return out.data;
}

static bool load(struct op *op, const struct record *r, struct values *values)
{
    const struct json *answer =
        rest_get(op, "/zones/%s?rrset_name=%s&rrset_type=TXT", absolute(op, r->zone), absolute(op, r->fqdn));
    const struct json *set, *one;

    TRY(rest_list(op, answer, "rrsets"));
    for (size_t i = 0; (set = json_each(answer, "rrsets", i)); i++) {
        if (!json_is(set, "type", "TXT") || !json_is(set, "name", absolute(op, r->fqdn)))
            continue;
        values->ttl = (unsigned)json_int(set, "ttl", r->ttl);
        for (size_t k = 0; (one = json_each(set, "records", k)); k++)
            if (!json_true(one, "disabled"))
                strings_add(op, &values->list, txt_value(op, json_str(op, one, "content")));
    }
    values->version = disabled_records(op, r);
    session_keep(op, op_text(op, "kind of %s", r->zone), json_opt(op, answer, "kind"));
    return op_ok(op);
}

/* An empty list of records deletes the set. */
static const char *change_of(struct op *op, const struct record *r, const struct values *values)
{
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_open(&out, "rrsets", '[');
    json_open(&out, NULL, '{');
    json_put(&out, "name", absolute(op, r->fqdn));
    json_put(&out, "type", "TXT");
    json_put(&out, "changetype", "REPLACE");
    json_put_int(&out, "ttl", values->ttl);
    json_open(&out, "records", '[');
    for (size_t i = 0; i < values->list.count; i++)
        put_record(&out, txt_content(op, values->list.at[i]), false);
    if (*values->version)
        json_put_raw(&out, NULL, values->version);
    text_add(&out, "]}]}");
    return out.data;
}

static bool replace(struct op *op, const struct record *r, const struct values *values)
{
    const char *kind = field(op, op_text(op, "kind of %s", r->zone));

    rest_patch(op, change_of(op, r, values), "/zones/%s", absolute(op, r->zone));
    if (text_same(kind, "Master") || text_same(kind, "Primary")) /* the others have nobody to tell */
        rest_try(op, "PUT", "/zones/%s/notify", absolute(op, r->zone));
    return op_ok(op);
}

const struct provider provider_powerdns = {
    .title = "PowerDNS Authoritative Server",
    .docs = "https://doc.powerdns.com/authoritative/http-api/",
    .alias = "dns_pdns",
    .notes = "pdns.conf needs webserver=yes, api=yes, api-key=..., and webserver-allow-from with our address",
    .fields = fields,
    .base = "{PDNS_Url}/api/v1/servers/{PDNS_ServerId}",
    .headers = { "X-API-Key: {PDNS_Token}" },
    .error = "error errors.0",
    .zone = zone,
    .load = load,
    .replace = replace,
};
