#include "dns01/active24.h"

#include "base/when.h"

#include <inttypes.h>
#include <string.h>

static const struct listing services = { .items = "items", .id = "id", .name = "name" };
static const struct listing records = {
    .items = "data", .id = "id", .type = "type", .name = "name", .value = "content"
};

/* What is signed is the path as it is sent, without its query. */
static const char *signature(struct op *op, const struct active24 *account, const struct rest_call *call)
{
    const char *host = strstr(call->url, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;
    const char *text = op_text(op, "%s %s %" PRId64, call->method,
                               text_cut(op, path ? path : "/", strcspn(path ? path : "/", "?")), op_now(op));
    const char *mac = hex(op, hmac(op, HASH_SHA1, bytes_of(account->secret), bytes_of(text)));

    return base64(op, bytes_of(op_text(op, "%s:%s", account->key, mac)));
}

static const struct json *ask(struct op *op, const struct active24 *account, struct rest_call call)
{
    if (!op_ok(op))
        return NULL;
    call.headers[0] = op_text(op, "Authorization: Basic %s", signature(op, account, &call));
    call.headers[1] = op_text(op, "Date: %s", when_print(op, op_now(op)));
    return rest_call(op, &call) ? rest_judge(op, &call.answer) : NULL;
}

/* The id of the domain's service; a web space may have the same name. */
static const char *service_id(struct op *op, const struct active24 *account, const struct record *r)
{
    const char *key = op_text(op, "id of %s", r->zone);
    const struct json *all, *one, *found = NULL;

    if (field(op, key))
        return field(op, key);
    all = ask(op, account, (struct rest_call){ "GET", .url = rest_url(op, "/v1/user/self/service") });
    if (!rest_list(op, all, services.items))
        return NULL;
    for (size_t i = 0; (one = json_each(all, services.items, i)); i++)
        if (json_is(one, services.name, r->zone) && (!found || json_is(one, "serviceName", "domain")))
            found = one;
    if (!found)
        op_fail(op, ERR_PROVIDER, "there is no domain %s among the services of this account", r->zone);
    session_keep(op, key, json_str(op, found, services.id));
    return field(op, key);
}

/* The id of our record in one page; the list has whole names, though what is made has a relative one. */
static const char *find_in(struct op *op, const struct json *page, const struct record *r)
{
    const struct json *item = listing_item(op, &records, page, r->fqdn, r->value);

    return json_str(op, item ? item : listing_item(op, &records, page, r->name, r->value), records.id);
}

static const char *find(struct op *op, const struct active24 *account, const struct record *r)
{
    const char *service = service_id(op, account, r), *id = NULL;
    int64_t pages = 1;

    for (int64_t n = 1; op_ok(op) && !id && n <= pages && n <= 100; n++) {
        const struct json *page =
            ask(op, account,
                (struct rest_call){ "GET",
                                    .url = rest_url(op, "/v2/service/%s/dns/record?page=%u&rowsPerPage=100",
                                                    service, (unsigned)n) });

        id = find_in(op, page, r);
        pages = json_int(page, "totalPages", 1);
    }
    return id;
}

bool active24_add(struct op *op, const struct active24 *account, struct record *r)
{
    const char *service = service_id(op, account, r);

    if (find(op, account, r) || !op_ok(op))
        return op_ok(op);
    ask(op, account,
        (struct rest_call){ "POST", .url = rest_url(op, "/v2/service/%s/dns/record", service),
                            .body = json_text(op, "{'type': 'TXT', 'name': %s, 'content': %s, 'ttl': %u}",
                                              record_name(r, ""), r->value, r->ttl) });
    return op_ok(op);
}

bool active24_remove(struct op *op, const struct active24 *account, struct record *r)
{
    const char *service = service_id(op, account, r), *id = find(op, account, r);

    if (id)
        ask(op, account,
            (struct rest_call){ "DELETE", .url = rest_url(op, "/v2/service/%s/dns/record/%s", service, id) });
    return op_ok(op);
}
