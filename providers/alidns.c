/*
 * Alibaba Cloud DNS, API 2015-01-09: every call is a signed form. Zones are addressed by name, records by id.
 *
 * A signature is good for one request only, so nothing is asked by GET, which may be repeated. The listing's
 * filter finds what contains the word, so names are compared here.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "Ali_Key",
      .help = "AccessKey ID of a RAM user",
      .flags = FIELD_REQUIRED,
      .also = { "ALICLOUD_ACCESS_KEY" } },
    { .name = "Ali_Secret",
      .help = "the secret half of that key",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "ALICLOUD_SECRET_KEY" } },
    { .name = "ALICLOUD_SECURITY_TOKEN",
      .help = "third part of keys that are temporary (STS)",
      .flags = FIELD_SECRET },
    { 0 },
};

static const struct listing records = {
    .items = "DomainRecords.Record", .id = "RecordId", .type = "Type", .name = "RR", .value = "Value"
};

static bool ask(struct op *op, struct http_response *answer, const char *action, const char *form)
{
    const char *token = field(op, "ALICLOUD_SECURITY_TOKEN");
    const char *common =
        form_text(op,
                  "AccessKeyId=%s&Action=%s&Format=JSON&SignatureMethod=HMAC-SHA1&SignatureNonce=%s&"
                  "SignatureVersion=1.0&Timestamp=%s&Version=2015-01-09",
                  field(op, "Ali_Key"), action, hex(op, random_bytes(op, 16)), when_print(op, op_now(op)));
    struct rest_call call = { .method = "POST",
                              .url = rest_url(op, "/"),
                              .content_type = "application/x-www-form-urlencoded" };

    if (token)
        common = op_text(op, "%s&%s", common, form_text(op, "SecurityToken=%s", token));
    call.body = sign_query(op, "POST", op_text(op, "%s&%s", common, form), field(op, "Ali_Secret"));
    TRY(rest_call(op, &call));
    *answer = call.answer;
    return true;
}

/* The id of our record, whoever made it; NULL where there is none. */
static const char *find(struct op *op, const struct record *r)
{
    for (unsigned page = 1; page <= 100; page++) {
        struct http_response answer;
        const struct json *list, *item;

        if (!ask(op, &answer, "DescribeDomainRecords",
                 form_text(op, "DomainName=%s&RRKeyWord=%s&TypeKeyWord=TXT&PageSize=500&PageNumber=%u",
                           r->zone, r->name, page)))
            break;
        list = rest_judge(op, &answer);
        item = listing_item(op, &records, list, r->name, r->value);
        if (item)
            return json_str(op, item, "RecordId");
        if (json_int(list, "TotalCount", 0) <= page * 500)
            break;
    }
    return NULL;
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct http_response answer;

    (void)n;
    TRY(ask(
        op, &answer, "AddDomainRecord",
        form_text(op, "DomainName=%s&RR=%s&Type=TXT&Value=%s&TTL=%u", r->zone, r->name, r->value, r->ttl)));
    if (rest_says(op, &answer, "Code", "DomainRecordDuplicate") && (r->handle = find(op, r)))
        return true;
    r->handle = json_str(op, rest_judge(op, &answer), "RecordId");
    return op_ok(op);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);
    struct http_response answer;

    (void)n;
    if (!id)
        return op_ok(op);
    TRY(ask(op, &answer, "DeleteDomainRecord", form_text(op, "RecordId=%s", id)));
    if (rest_says(op, &answer, "Code", "DomainRecordNotBelongToUser") && !find(op, r))
        return op_ok(op); /* what is gone belongs to nobody */
    return rest_judge(op, &answer);
}

const struct provider provider_alidns = {
    .title = "Alibaba Cloud DNS",
    .docs = "https://www.alibabacloud.com/help/en/dns/api-alidns-2015-01-09-overview",
    .alias = "dns_ali",
    .notes = "a RAM user with alidns:AddDomainRecord, alidns:DeleteDomainRecord and "
             "alidns:DescribeDomainRecords, or "
             "the policy AliyunDNSFullAccess",
    .fields = fields,
    .min_ttl = 600,
    .settle = 10,
    .base = "https://alidns.aliyuncs.com",
    .error = "Message,Code",
    .add = add,
    .remove = del,
};
