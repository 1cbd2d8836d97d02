/*
 * OpenStack Designate, API v2: whole sets of records with ids; changes are made in the background, "ACTIVE"
 * is done.
 *
 * The login is Keystone's (v3); its catalogue says where Designate is. The token comes in a header.
 */
#include "provider.h"

static const struct field fields[] = {
    CLOUD_KEYSTONE_FIELDS,
    { 0 },
};

static bool open_session(struct op *op)
{
    return cloud_keystone_open(op, "dns", "v2");
}

static const char *zone_id(struct op *op, const struct record *r)
{
    static const struct listing zones = { .items = "zones", .id = "id", .name = "name" };
    struct rest_pages pages = { .url = rest_url(op, "/zones?name=%s.", r->zone), .next = "links.next" };

    return listing_zone(op, &zones, &pages, r->zone);
}

static bool load(struct op *op, const struct record *r, struct values *values)
{
    static const struct listing sets = { .items = "recordsets", .id = "id", .type = "type", .name = "name" };
    const struct json *answer =
        rest_get(op, "/zones/%s/recordsets?type=TXT&name=%s.", zone_id(op, r), r->fqdn);
    const struct json *set = listing_item(op, &sets, answer, r->fqdn, NULL);
    struct strings contents = json_strings(op, set, "records");

    for (size_t i = 0; i < contents.count; i++)
        strings_add(op, &values->list, txt_value(op, contents.at[i]));
    values->ttl = (unsigned)json_int(set, "ttl", set ? r->ttl : 0);
    values->version = set ? json_str(op, set, "id") : NULL;
    return op_ok(op);
}

static bool replace(struct op *op, const struct record *r, const struct values *values)
{
    struct text body = text_begin(op->arena);
    struct strings contents = { 0 };
    const char *zone = zone_id(op, r), *id = values->version;
    struct rest_call call = { .method = id ? "PUT" : "POST" };

    if (id && !values->list.count)
        return rest_delete(op, "/zones/%s/recordsets/%s", zone, id);
    for (size_t i = 0; i < values->list.count; i++)
        strings_add(op, &contents, txt_content(op, values->list.at[i]));
    json_open(&body, NULL, '{');
    if (!id) {
        json_put(&body, "name", op_text(op, "%s.", r->fqdn));
        json_put(&body, "type", "TXT");
    }
    json_put_int(&body, "ttl", values->ttl);
    json_put_strings(&body, "records", &contents);
    json_close(&body, '}');
    call.body = body.data;
    call.url =
        id ? rest_url(op, "/zones/%s/recordsets/%s", zone, id) : rest_url(op, "/zones/%s/recordsets", zone);
    TRY(op_ok(op) && rest_call(op, &call));
    if (call.answer.status == (id ? 404 : 409))
        return op_fail(op, ERR_BUSY, "somebody else changes the TXT records of %s as well", r->fqdn);
    session_keep(op, op_text(op, "set of %s", r->fqdn), json_str(op, rest_judge(op, &call.answer), "id"));
    return op_ok(op);
}

static bool settled(struct op *op, const struct record *r, size_t n, bool *done)
{
    for (size_t i = 0; i < n && *done; i++) {
        const char *id = field(op, op_text(op, "set of %s", r[i].fqdn));
        const struct json *set = id ? rest_get(op, "/zones/%s/recordsets/%s", zone_id(op, &r[i]), id) : NULL;

        if (json_is(set, "status", "ERROR"))
            op_fail(op, ERR_PROVIDER, "the change of %s has failed", r[i].fqdn);
        if (set)
            *done = text_same(json_str(op, set, "status"), "ACTIVE");
    }
    return op_ok(op);
}

const struct provider provider_designate = {
    .title = "OpenStack Designate",
    .docs = "https://docs.openstack.org/api-ref/dns/",
    .alias = "dns_openstack",
    .notes = "an application credential with the role member in the zone's project is enough",
    .fields = fields,
    .min_ttl = 60,
    .settle = 30,
    .base = "{endpoint}",
    .headers = { "X-Auth-Token: {token}" },
    .error = "message,type error.message,error.title",
    .expired = "error.code=401",
    .check = cloud_keystone_check,
    .open = open_session,
    .load = load,
    .replace = replace,
    .settled = settled,
};
