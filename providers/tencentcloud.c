/*
 * Tencent Cloud DNS (DNSPod), API 2021-03-23: every call is a signed POST that names its action in a header.
 *
 * Zones are addressed by name, records by number. Errors come with status 200. Line "0" is the default one,
 * whose name is Chinese.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "Tencent_SecretId",
      .help = "id of an API key, from the console, Access Management, API Keys",
      .flags = FIELD_REQUIRED,
      .also = { "TENCENTCLOUD_SECRET_ID" } },
    { .name = "Tencent_SecretKey",
      .help = "the secret half of that key",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "TENCENTCLOUD_SECRET_KEY" } },
    { .name = "TENCENTCLOUD_SESSION_TOKEN",
      .help = "third part of keys that are temporary",
      .flags = FIELD_SECRET },
    { 0 },
};

static const struct listing records = {
    .items = "Response.RecordList", .id = "RecordId", .type = "Type", .name = "Name", .value = "Value"
};

static bool ask(struct op *op, struct http_response *answer, const char *action, const char *body)
{
    struct rest_call call = { .method = "POST", .url = rest_url(op, "/"), .body = body };
    struct sign_v4 request = { .style = &sign_style_tencent,
                               .id = field(op, "Tencent_SecretId"),
                               .secret = field(op, "Tencent_SecretKey"),
                               .service = "dnspod",
                               .method = "POST",
                               .url = call.url,
                               .body = body,
                               .headers = { "Content-Type: application/json; charset=utf-8" },
                               .now = op_now(op) };
    struct strings lines = sign_v4(op, &request);

    TRY(op_ok(op));
    strings_add(op, &lines, op_text(op, "X-TC-Action: %s", action));
    for (size_t i = 0; i < lines.count; i++)
        call.headers[i] = lines.at[i];
    TRY(rest_call(op, &call));
    *answer = call.answer;
    return true;
}

/* The document of a success. */
static const struct json *judge(struct op *op, const struct http_response *answer)
{
    const struct json *json = rest_judge(op, answer);

    if (json_at(json, "Response.Error"))
        rest_refused(op, answer);
    return op_ok(op) ? json : NULL;
}

/* The id of our record, whoever made it; NULL where there is none. */
static const char *find(struct op *op, const struct record *r)
{
    const char *body =
        json_text(op, "{'Domain':%s,'Subdomain':%s,'RecordType':'TXT','Limit':3000}", r->zone, r->name);
    struct http_response answer;
    const struct json *item;

    if (!ask(op, &answer, "DescribeRecordList", body) ||
        rest_says(op, &answer, "Response.Error.Code", "ResourceNotFound.NoDataOfRecord"))
        return NULL;
    item = listing_item(op, &records, judge(op, &answer), r->name, r->value);
    return item ? json_str(op, item, "RecordId") : NULL;
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct http_response answer;

    (void)n;
    TRY(ask(
        op, &answer, "CreateRecord",
        json_text(op,
                  "{'Domain':%s,'SubDomain':%s,'RecordType':'TXT','RecordLine':'\xe9\xbb\x98\xe8\xae\xa4',"
                  "'RecordLineId':'0','Value':%s,'TTL':%u}",
                  r->zone, r->name, r->value, r->ttl)));
    if (rest_says(op, &answer, "Response.Error.Code", "InvalidParameter.DomainRecordExist") &&
        (r->handle = find(op, r)))
        return true;
    r->handle = json_str(op, judge(op, &answer), "Response.RecordId");
    return op_ok(op);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);
    struct http_response answer;
    int64_t number;

    (void)n;
    if (!id)
        return op_ok(op);
    if (!text_number(id, 0, INT64_MAX, &number))
        return op_fail(op, ERR_PROVIDER, "\"%s\" is no number of a record", id);
    TRY(ask(op, &answer, "DeleteRecord",
            op_text(op, "{\"Domain\":%s,\"RecordId\":%s}", json_text(op, "%s", r->zone), id)));
    if (rest_says(op, &answer, "Response.Error.Code",
                  "ResourceNotFound.NoDataOfRecord|InvalidParameter.RecordIdInvalid"))
        return true;
    return judge(op, &answer);
}

const struct provider provider_tencentcloud = {
    .title = "Tencent Cloud DNS (DNSPod)",
    .docs = "https://www.tencentcloud.com/document/product/1157",
    .alias = "dns_tencent",
    .notes = "the policy QcloudDNSPodFullAccess, or dnspod:CreateRecord, DeleteRecord and DescribeRecordList",
    .fields = fields,
    .min_ttl = 600,
    .settle = 10,
    .base = "https://dnspod.tencentcloudapi.com",
    .headers = { "X-TC-Version: 2021-03-23", "X-TC-Language: en-US",
                 "X-TC-Token: {TENCENTCLOUD_SESSION_TOKEN}" },
    .error = "Response.Error.Message,Response.Error.Code",
    .busy = "Response.Error.Code=RequestLimitExceeded|RequestLimitExceeded.GlobalRegionUinLimitExceeded|"
            "RequestLimitExceeded.UinLimitExceeded|RequestLimitExceeded.IPLimitExceeded",
    .add = add,
    .remove = del,
};
