/*
 * Azure DNS, API 2018-05-01: whole sets of records at names relative to the zone, which lies in a resource
 * group.
 *
 * Each item of TXTRecords is one record, whose "value" is the list of its strings: two challenges are two
 * items. An item of several strings is kept in our list as its JSON. Sets have etags against lost changes,
 * and metadata that a PUT without them would drop.
 */
#include "provider.h"

#include <string.h>

#define API "api-version=2018-05-01"

static const struct field fields[] = {
    { .name = "AZUREDNS_SUBSCRIPTIONID",
      .help = "id of the subscription that the zone belongs to; besides it AZUREDNS_TENANTID, AZUREDNS_APPID "
              "and AZUREDNS_CLIENTSECRET, or AZUREDNS_MANAGEDIDENTITY=true",
      .flags = FIELD_REQUIRED,
      .also = { "AZURE_SUBSCRIPTION_ID" } },
    CLOUD_AZURE_FIELDS,
    { .name = "AZUREDNS_RESOURCEGROUP",
      .help = "resource group of the zone: the right to list zones is not needed then",
      .also = { "AZURE_RESOURCE_GROUP" } },
    { .name = "AZUREDNS_ZONE", .help = "not needed: the zone is found", .also = { "AZURE_ZONE_NAME" } },
    { 0 },
};

/* "/subscriptions/S/resourceGroups/G/providers/...": G. */
static const char *group_in(struct op *op, const char *id)
{
    struct strings parts = text_split(op, id ? id : "", "/");

    if (parts.count > 3 && text_same_nocase(parts.at[2], "resourceGroups"))
        return parts.at[3];
    op_fail(op, ERR_PROVIDER, "a zone without a resource group in its id");
    return NULL;
}

static const char *look_up_group(struct op *op, const char *name)
{
    struct rest_pages pages = { .url = rest_url(op, "/%s/providers/Microsoft.Network/dnszones?" API,
                                                field(op, "AZUREDNS_SUBSCRIPTIONID")),
                                .next = "nextLink" };
    const struct json *page, *zone;
    const char *found = NULL;

    while ((page = rest_page(op, &pages)) && rest_list(op, page, "value")) {
        for (size_t i = 0; (zone = json_each(page, "value", i)); i++) {
            const char *called = json_str(op, zone, "name");

            if (!called || !text_same_nocase(called, name))
                continue;
            if (found)
                op_fail(op, ERR_CONFIG, "there are two zones %s: set AZUREDNS_RESOURCEGROUP", name);
            found = group_in(op, json_str(op, zone, "id"));
        }
    }
    if (op_ok(op) && !found)
        op_fail(op, ERR_PROVIDER, "there is no zone %s among those that these credentials may see", name);
    return found;
}

static const char *set_url(struct op *op, const struct record *r)
{
    const char *group = field(op, "AZUREDNS_RESOURCEGROUP"), *key = op_text(op, "group of %s", r->zone);

    if (!group && !field(op, key))
        session_keep(op, key, look_up_group(op, r->zone));
    return rest_url(op, "/%s/resourceGroups/%s/providers/Microsoft.Network/dnsZones/%s/TXT/%s?" API,
                    field(op, "AZUREDNS_SUBSCRIPTIONID"), group ? group : field(op, key), r->zone, r->name);
}

static bool load(struct op *op, const struct record *r, struct values *values)
{
    struct rest_call call = { .method = "GET", .url = set_url(op, r) };
    const struct json *set, *one;

    TRY(rest_call(op, &call));
    if (call.answer.status == 404)
        return true;
    set = rest_judge(op, &call.answer);
    if (!rest_list(op, set, "properties.TXTRecords"))
        return false;
    for (size_t i = 0; (one = json_each(set, "properties.TXTRecords", i)); i++) {
        struct strings parts = json_strings(op, one, "value");
        bool plain = parts.count == 1 && *parts.at[0] != '[';

        strings_add(op, &values->list, plain ? parts.at[0] : json_print(op, json_at(one, "value")));
    }
    values->ttl = (unsigned)json_int(set, "properties.TTL", r->ttl);
    values->version = json_print(op, set);
    return op_ok(op);
}

static const char *body(struct op *op, const struct values *values, const struct json *before)
{
    const struct json *metadata = json_at(before, "properties.metadata");
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_open(&out, "properties", '{');
    json_put_int(&out, "TTL", values->ttl);
    if (metadata)
        json_put_raw(&out, "metadata", json_print(op, metadata));
    json_open(&out, "TXTRecords", '[');
    for (size_t i = 0; i < values->list.count; i++) {
        const char *value = values->list.at[i];

        json_put_raw(&out, NULL,
                     *value == '[' ? op_text(op, "{\"value\":%s}", value)
                                   : json_text(op, "{'value':[%s]}", value));
    }
    json_close(&out, ']');
    json_close(&out, '}');
    json_close(&out, '}');
    return out.data;
}

/* If-Match where a set was read, so that only that one is written over; else none may be there. */
static bool replace(struct op *op, const struct record *r, const struct values *values)
{
    const struct json *before =
        values->version ? json_parse(op, values->version, strlen(values->version)) : NULL;
    struct rest_call call = { .method = values->list.count ? "PUT" : "DELETE", .url = set_url(op, r) };

    if (values->list.count)
        call.body = body(op, values, before);
    call.headers[0] = before ? op_text(op, "If-Match: %s", json_str(op, before, "etag")) : "If-None-Match: *";
    TRY(rest_call(op, &call));
    if (call.answer.status == 412)
        return op_fail(op, ERR_BUSY, "somebody else changes the TXT records of %s as well", r->fqdn);
    return (!values->list.count && call.answer.status == 404) || rest_judge(op, &call.answer);
}

const struct provider provider_azure = {
    .title = "Azure DNS",
    .docs = "https://learn.microsoft.com/en-us/rest/api/dns/record-sets",
    .alias = "dns_azure",
    .notes =
        "the role DNS Zone Contributor on the zone; with AZUREDNS_RESOURCEGROUP set the right to list the "
        "zones of the subscription is not needed.\nOnly the public cloud.",
    .fields = fields,
    .min_ttl = 60,
    .settle = 20,
    .base = "https://management.azure.com/subscriptions",
    .headers = { "Authorization: Bearer {access token}" },
    .error = "error.message,error.code error_description,error message,code",
    .expired = "error.code=ExpiredAuthenticationToken",
    .check = cloud_azure_check,
    .open = cloud_azure_open,
    .load = load,
    .replace = replace,
};
