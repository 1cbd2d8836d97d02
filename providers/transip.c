/*
 * TransIP, API v6: the login is signed with a private key and gives a token; a zone's records have no ids.
 *
 * An entry is removed by naming it whole, TTL included, so it is looked up first.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "TRANSIP_Username",
      .help = "name of the account",
      .flags = FIELD_REQUIRED,
      .also = { "TRANSIP_ACCOUNT_NAME" } },
    { .name = "TRANSIP_Key_File",
      .help = "file with the private key, from the control panel, API",
      .flags = FIELD_REQUIRED | FIELD_FILE,
      .also = { "TRANSIP_PRIVATE_KEY_PATH" } },
    { .name = "TRANSIP_Token_Global_Key",
      .help = "true: the token works from any address, not only from those on the panel's list",
      .otherwise = "false" },
    { 0 },
};

static const struct listing entries = {
    .items = "dnsEntries", .type = "type", .name = "name", .value = "content"
};

static const char *signature(struct op *op, const char *text)
{
    return sign_rsa(op, HASH_SHA512, user_file(op, field(op, "TRANSIP_Key_File")), text,
                    "the key in TRANSIP_Key_File");
}

static bool check(struct op *op)
{
    return signature(op, ""); /* the key is one */
}

static bool open_session(struct op *op)
{
    const char *nonce = hex(op, random_bytes(op, 16));
    const char *global = field(op, "TRANSIP_Token_Global_Key");
    struct rest_call call = { .method = "POST", .url = rest_url(op, "/auth"), .bare = true };

    call.body = op_text(
        op, "%s,\"global_key\":%s}",
        json_text(op, "{'login':%s,'nonce':%s,'read_only':false,'expiration_time':'1 hour','label':%s",
                  field(op, "TRANSIP_Username"), nonce, op_text(op, "mcacme %s", nonce)),
        text_same(global, "true") || text_same(global, "1") ? "true" : "false");
    call.headers[0] = op_text(op, "Signature: %s", signature(op, call.body));
    TRY(rest_call(op, &call));
    session_set(op, "token", json_str(op, rest_judge(op, &call.answer), "token"));
    return op_ok(op);
}

/* Our entry as the vendor has it, whoever made it; NULL where there is none. */
static const struct json *find(struct op *op, const struct record *r)
{
    return listing_item(op, &entries, rest_get(op, "/domains/%s/dns", r->zone), r->name, r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call call = { .method = "POST", .url = rest_url(op, "/domains/%s/dns", r->zone) };

    (void)n;
    call.body = json_text(op, "{'dnsEntry':{'name':%s,'expire':%u,'type':'TXT','content':%s}}", r->name,
                          r->ttl, r->value);
    TRY(rest_call(op, &call));
    if ((call.answer.status == 406 || call.answer.status == 409) && find(op, r)) /* it exists already */
        return true;
    return rest_judge(op, &call.answer);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const struct json *entry = find(op, r);
    struct rest_call call = { .method = "DELETE", .url = rest_url(op, "/domains/%s/dns", r->zone) };

    (void)n;
    if (!entry)
        return op_ok(op);
    call.body = op_text(op, "{\"dnsEntry\":%s}", json_print(op, entry));
    TRY(rest_call(op, &call));
    return call.answer.status == 404 || rest_judge(op, &call.answer);
}

const struct provider provider_transip = {
    .title = "TransIP",
    .docs = "https://api.transip.nl/rest/docs.html",
    .alias = "dns_transip",
    .notes = "a key may change everything in the account; our address must be on the panel's list, unless "
             "TRANSIP_Token_Global_Key=true",
    .fields = fields,
    .min_ttl = 60,
    .settle = 60,
    .base = "https://api.transip.nl/v6",
    .headers = { "Authorization: Bearer {token}" },
    .error = "error",
    .check = check,
    .open = open_session,
    .add = add,
    .remove = del,
};
