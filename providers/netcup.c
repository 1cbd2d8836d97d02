/*
 * netcup, CCP API: one URL for all actions, a session, the records of a zone in one list.
 *
 * updateDnsRecords changes the records that it is given and no others: one without an id is added, one with
 * "deleterecord" goes. Errors come as HTTP 200. A session lives for some minutes only, less than the name
 * servers may need to show a record.
 */
#include "provider.h"

#define API      "/endpoint.php?JSON"
#define SESSIONS 3 /* at times not even a new one is known to all of their servers (4001) */

static const struct field fields[] = {
    { .name = "NC_CID",
      .help = "customer number, beside the name at the top of the Customer Control Panel",
      .flags = FIELD_REQUIRED,
      .also = { "NETCUP_CUSTOMER_NUMBER" } },
    { .name = "NC_Apikey",
      .help = "API key, from Master Data, API in the Customer Control Panel",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "NETCUP_API_KEY" } },
    { .name = "NC_Apipw",
      .help = "API password, from the same page; there is one for all keys",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "NETCUP_API_PASSWORD" } },
    { 0 },
};

static const struct listing zone_records = {
    .items = "responsedata.dnsrecords", .id = "id", .type = "type", .name = "hostname", .value = "destination"
};

static bool log_in(struct op *op)
{
    const char *body =
        json_text(op, "{'action': 'login', 'param': {'customernumber': %s, 'apikey': %s, 'apipassword': %s}}",
                  field(op, "NC_CID"), field(op, "NC_Apikey"), field(op, "NC_Apipw"));

    session_set(op, "session", json_str(op, rest_post(op, body, API), "responsedata.apisessionid"));
    return op_ok(op);
}

static const char *body_of(struct op *op, const char *action, const char *more)
{
    const char *start =
        json_text(op, "{'action': %s, 'param': {'customernumber': %s, 'apikey': %s, 'apisessionid': %s",
                  action, field(op, "NC_CID"), field(op, "NC_Apikey"), field(op, "session"));

    return start && more ? op_text(op, "%s%s}}", start, more) : NULL;
}

/* With a session that is over nothing was done. A zone without records (5029) is no failure. */
static const struct json *ask(struct op *op, const char *action, const char *more)
{
    static const char empty[] = "{\"responsedata\": {\"dnsrecords\": []}}";
    struct rest_call call = { .method = "POST", .url = rest_url(op, API) };

    for (int i = 0; i < SESSIONS; i++) {
        if (i && !log_in(op))
            return NULL;
        call.body = body_of(op, action, more);
        if (!rest_call(op, &call) || !rest_says(op, &call.answer, "statuscode", "4001"))
            break;
    }
    if (rest_says(op, &call.answer, "statuscode", "5029"))
        return json_parse(op, empty, sizeof empty - 1);
    return rest_judge(op, &call.answer);
}

static bool log_out(struct op *op)
{
    return rest_post(op, body_of(op, "logout", ""), API) != NULL;
}

/* Adds those that are not there, or removes those that are: one change for all records of a zone. */
static bool change(struct op *op, struct record *records, size_t n, bool adding)
{
    const char *zone = json_text(op, ", 'domainname': %s", records->zone);
    const struct json *list = ask(op, "infoDnsRecords", zone);
    struct text out = text_begin(op->arena);
    size_t changes = 0;

    TRY(list);
    text_add(&out, "%s, \"dnsrecordset\": {\"dnsrecords\": [", zone);
    for (size_t i = 0; i < n; i++) {
        const struct record *r = &records[i];
        const struct json *there = listing_item(op, &zone_records, list, r->name, r->value);

        if (!op_ok(op) || adding == (there != NULL))
            continue;
        json_open(&out, NULL, '{');
        json_put(&out, "id", there ? json_str(op, there, "id") : "");
        json_put(&out, "hostname", r->name);
        json_put(&out, "type", "TXT");
        json_put(&out, "priority", "0");
        json_put(&out, "destination", r->value);
        json_put_bool(&out, "deleterecord", !adding);
        json_close(&out, '}');
        changes++;
    }
    text_add(&out, "]}");
    return op_ok(op) && (!changes || ask(op, "updateDnsRecords", out.data));
}

static bool add(struct op *op, struct record *records, size_t n)
{
    return change(op, records, n, true);
}

static bool del(struct op *op, struct record *records, size_t n)
{
    return change(op, records, n, false);
}

const struct provider provider_netcup = {
    .title = "netcup",
    .docs = "https://ccp.netcup.net/run/webservice/servers/endpoint.php",
    .alias = "dns_netcup",
    .notes =
        "A key can change all of the customer's domains: there is nothing smaller.\n"
        "The name servers show a change after 10 to 15 minutes. Zones that were moved to netcup's newer\n"
        "CloudDNS are not in this API (\"zone could not be found\").",
    .fields = fields,
    .caps = CAP_BATCH,
    .settle = 900,
    .base = "https://ccp.netcup.net/run/webservice/servers",
    .error = "longmessage,statuscode shortmessage,statuscode",
    .good = "status=success",
    .per_second = 3,
    .open = log_in,
    .close = log_out,
    .add = add,
    .remove = del,
};
