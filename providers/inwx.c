/*
 * INWX, DomRobot in its JSON-RPC form: all calls are POSTs to one URL, the session is a cookie, records have
 * ids. A failure is HTTP 200 with a code of its own.
 *
 * A one-time password counts once: whoever logs in twice within its 30 seconds has to wait for the next one.
 */
#include "provider.h"

#define TOTP_STEP 30

static const struct field fields[] = {
    { .name = "INWX_User",
      .help = "user name, best that of a sub-account with the right to manage name servers only",
      .flags = FIELD_REQUIRED,
      .also = { "INWX_USERNAME" } },
    { .name = "INWX_Password",
      .help = "its password",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "INWX_PASSWORD" } },
    { .name = "INWX_Shared_Secret",
      .help = "where two-factor login (mobile TAN) is on: the secret that was shown with the QR code",
      .flags = FIELD_SECRET,
      .also = { "INWX_SHARED_SECRET" } },
    { 0 },
};

static const struct listing zone_records = {
    .items = "resData.record", .id = "id", .type = "type", .name = "name", .value = "content"
};

static bool call(struct op *op, const char *body, struct rest_call *call)
{
    *call = (struct rest_call){ .method = "POST", .url = rest_url(op, "/jsonrpc/"), .body = body };
    return rest_call(op, call);
}

static const char *unlocking(struct op *op)
{
    const char *secret = field(op, "INWX_Shared_Secret");

    if (!secret)
        op_fail(op, ERR_CONFIG, "two-factor login is on, and INWX_Shared_Secret is not set");
    return json_text(op, "{'method': 'account.unlock', 'params': {'tan': %s}}",
                     totp(op, secret, op_now(op), "INWX_Shared_Secret"));
}

static bool unlock(struct op *op)
{
    struct rest_call c;

    TRY(call(op, unlocking(op), &c));
    if (rest_says(op, &c.answer, "code", "1000"))
        return true;
    TRY(op_wait(op, (TOTP_STEP - op_now(op) % TOTP_STEP) * 1000));
    return call(op, unlocking(op), &c) && rest_judge(op, &c.answer);
}

static bool log_in(struct op *op)
{
    const char *body = json_text(op, "{'method': 'account.login', 'params': {'user': %s, 'pass': %s}}",
                                 field(op, "INWX_User"), field(op, "INWX_Password"));
    const struct json *answer;
    const char *cookie, *second;
    struct rest_call c;

    TRY(call(op, body, &c) && (answer = rest_judge(op, &c.answer)));
    cookie = rest_cookie(op, &c.answer, "domrobot");
    if (!cookie)
        return op_fail(op, ERR_PROVIDER, "the login gave no session");
    session_set(op, "session", cookie);
    second = json_opt(op, answer, "resData.tfa");
    return !second || text_same(second, "0") || unlock(op);
}

static bool log_out(struct op *op)
{
    return rest_post(op, "{\"method\": \"account.logout\"}", "/jsonrpc/") != NULL;
}

/* The id of our record, whoever made it; NULL where there is none. An empty list is left out by them. */
static const char *find(struct op *op, const struct record *r)
{
    const char *body =
        json_text(op, "{'method': 'nameserver.info', 'params': {'domain': %s, 'type': 'TXT', 'name': %s}}",
                  r->zone, r->fqdn);
    const struct json *answer = rest_post(op, body, "/jsonrpc/");

    if (answer && !json_at(answer, "resData"))
        op_fail(op, ERR_PROVIDER, "the answer does not tell of the zone %s", r->zone);
    if (!json_at(answer, "resData.record"))
        return NULL;
    return json_str(op, listing_item(op, &zone_records, answer, r->fqdn, r->value), "id");
}

static bool add(struct op *op, struct record *r, size_t n)
{
    const char *body = json_text(op,
                                 "{'method': 'nameserver.createRecord', 'params': {'domain': %s, 'type': "
                                 "'TXT', 'name': %s, 'content': %s, 'ttl': %u}}",
                                 r->zone, r->fqdn, r->value, r->ttl);
    struct rest_call c;

    (void)n; /* no CAP_BATCH: always one */
    TRY(call(op, body, &c));
    if (rest_says(op, &c.answer, "code", "2302") && (r->handle = find(op, r))) /* object exists */
        return true;
    r->handle = json_str(op, rest_judge(op, &c.answer), "resData.id");
    return op_ok(op);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = r->handle ? r->handle : find(op, r);
    struct rest_call c;

    (void)n;
    if (!id)
        return op_ok(op);
    TRY(call(op, json_text(op, "{'method': 'nameserver.deleteRecord', 'params': {'id': %s}}", id), &c));
    return rest_says(op, &c.answer, "code", "2303") || rest_judge(op, &c.answer); /* 2303: no such object */
}

const struct provider provider_inwx = {
    .title = "INWX",
    .docs = "https://www.inwx.de/en/help/apidoc",
    .alias = "dns_inwx",
    .notes =
        "A sub-account with the right to manage name servers is enough.\n"
        "Two-factor login by mobile TAN works with INWX_Shared_Secret, which must be kept as safe as the\n"
        "password.",
    .fields = fields,
    .min_ttl = 300,
    .settle = 300,
    .base = "https://api.domrobot.com",
    .headers = { "Cookie: domrobot={session}" },
    .error = "reason,code msg,code",
    .good = "code=1000|1001|1500",
    .expired = "code=2200",
    .open = log_in,
    .close = log_out,
    .add = add,
    .remove = del,
};
