/*
 * DNSPod, classic API: forms with the login in them, answers with status 200 and a code of their own, "1" for
 * good.
 *
 * dnspod.cn and dnspod.com are two services with the same API: which one it is follows from the credentials.
 * Their names for the default line differ.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "DP_Id",
      .help = "id of an API token of dnspod.cn, from its console, API token",
      .flags = FIELD_SET_A },
    { .name = "DP_Key", .help = "the token itself", .flags = FIELD_SECRET | FIELD_SET_A },
    { .name = "DPI_Id", .help = "id of an API token of dnspod.com", .flags = FIELD_SET_B },
    { .name = "DPI_Key", .help = "the token itself", .flags = FIELD_SECRET | FIELD_SET_B },
    { .name = "DNSPOD_API_KEY", .help = "\"ID,TOKEN\" of dnspod.cn", .flags = FIELD_SECRET | FIELD_SET_C },
    { 0 },
};

static const struct listing records = {
    .items = "records", .id = "id", .type = "type", .name = "name", .value = "value"
};

static bool begin(struct op *op)
{
    bool international = field(op, "DPI_Id");
    const char *login = field(op, "DNSPOD_API_KEY");

    if (!login)
        login = op_text(op, "%s,%s", field(op, international ? "DPI_Id" : "DP_Id"),
                        field(op, international ? "DPI_Key" : "DP_Key"));
    session_set(op, "login", login);
    session_keep(op, "host", international ? "api.dnspod.com" : "dnsapi.cn");
    session_keep(op, "line", international ? "default" : "\xe9\xbb\x98\xe8\xae\xa4");
    return op_ok(op);
}

static bool ask(struct op *op, struct http_response *answer, const char *action, const char *form)
{
    struct rest_call call = { .method = "POST",
                              .url = rest_url(op, "/%s", action),
                              .content_type = "application/x-www-form-urlencoded" };

    call.body =
        op_text(op, "%s&%s", form_text(op, "login_token=%s&format=json&lang=en", field(op, "login")), form);
    TRY(rest_call(op, &call));
    *answer = call.answer;
    return true;
}

/* The id of our record, whoever made it; NULL where there is none. */
static const char *find(struct op *op, const struct record *r)
{
    struct http_response answer;
    const struct json *item;

    if (!ask(op, &answer, "Record.List",
             form_text(op, "domain=%s&sub_domain=%s&record_type=TXT&length=3000", r->zone, r->name)) ||
        rest_says(op, &answer, "status.code", "10")) /* no records */
        return NULL;
    item = listing_item(op, &records, rest_judge(op, &answer), r->name, r->value);
    return item ? json_str(op, item, "id") : NULL;
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct http_response answer;

    (void)n;
    TRY(ask(op, &answer, "Record.Create",
            form_text(op, "domain=%s&sub_domain=%s&record_type=TXT&record_line=%s&value=%s&ttl=%u", r->zone,
                      r->name, field(op, "line"), r->value, r->ttl)));
    if (rest_says(op, &answer, "status.code", "31|104") && (r->handle = find(op, r))) /* it exists already */
        return true;
    r->handle = json_str(op, rest_judge(op, &answer), "record.id");
    return op_ok(op);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);
    struct http_response answer;

    (void)n;
    if (!id)
        return op_ok(op);
    TRY(ask(op, &answer, "Record.Remove", form_text(op, "domain=%s&record_id=%s", r->zone, id)));
    return rest_says(op, &answer, "status.code", "8") || rest_judge(op, &answer); /* 8: no such record */
}

const struct provider provider_dnspod = {
    .title = "DNSPod, classic API",
    .docs = "https://docs.dnspod.cn/api/",
    .alias = "dns_dp dns_dpi",
    .notes = "a token may change everything in the account; for keys of Tencent Cloud see tencentcloud",
    .fields = fields,
    .min_ttl = 600,
    .settle = 10,
    .base = "https://{host}",
    .error = "status.message,status.code",
    .good = "status.code=1",
    .open = begin,
    .add = add,
    .remove = del,
};
