/*
 * Servercow, DNS API v1: whole sets of records. Every answer has status 200; its body says how it went.
 *
 * The content of a set is a string where it is one value, else a list; a list is always accepted. Names are
 * relative; for the top of a zone, of which the vendor says nothing, all forms are taken for ours.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "SERVERCOW_API_Username",
      .help = "user name of the DNS API, from the customer panel; not the one of the panel",
      .flags = FIELD_REQUIRED,
      .also = { "SERVERCOW_USERNAME" } },
    { .name = "SERVERCOW_API_Password",
      .help = "password of that API user",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "SERVERCOW_PASSWORD" } },
    { 0 },
};

static bool is_our_set(const struct json *set, const struct record *r)
{
    if (!json_is(set, "type", "TXT"))
        return false;
    return json_is(set, "name", record_name(r, "")) || json_is(set, "name", r->name) ||
           json_is(set, "name", r->fqdn);
}

static bool refused(struct op *op, const struct http_response *answer)
{
    rest_refused(op, answer);
    return op_hint(op,
                   "check SERVERCOW_API_Username and SERVERCOW_API_Password, and the rights of that user");
}

static bool load(struct op *op, const struct record *r, struct values *values)
{
    struct rest_call call = { .method = "GET", .url = rest_url(op, "/%s", r->zone) };
    const struct json *sets, *set;

    TRY(rest_call(op, &call));
    sets = rest_judge(op, &call.answer);
    if (json_at(sets, "error"))
        return refused(op, &call.answer);
    TRY(rest_list(op, sets, ""));
    for (size_t i = 0; (set = json_each(sets, "", i)); i++) {
        struct strings found = { 0 };

        if (!is_our_set(set, r))
            continue;
        found = json_strings(op, set, "content");
        values->ttl = (unsigned)json_int(set, "ttl", r->ttl);
        for (size_t k = 0; k < found.count; k++)
            strings_add(op, &values->list, txt_unquote(op, found.at[k]));
    }
    return op_ok(op);
}

static const char *body_of(struct op *op, const struct record *r, const struct values *values)
{
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_put(&out, "type", "TXT");
    json_put(&out, "name", record_name(r, r->fqdn));
    if (values->list.count) {
        json_put_strings(&out, "content", &values->list);
        json_put_int(&out, "ttl", values->ttl);
    }
    json_close(&out, '}');
    return out.data;
}

static bool replace(struct op *op, const struct record *r, const struct values *values)
{
    struct rest_call call = { .method = values->list.count ? "POST" : "DELETE" };

    call.url = rest_url(op, "/%s", r->zone);
    call.body = body_of(op, r, values);
    return rest_call(op, &call) && rest_judge(op, &call.answer) &&
           (rest_says(op, &call.answer, "message", "ok") || refused(op, &call.answer));
}

const struct provider provider_servercow = {
    .title = "Servercow",
    .docs = "https://wiki.servercow.de/en/domains/dns_api/api-syntax",
    .alias = "dns_servercow",
    .notes = "the API user needs the DNS rights for the domain; nothing smaller is known",
    .fields = fields,
    .min_ttl = 60,
    .settle = 20,
    .base = "https://api.servercow.de/dns/v1/domains",
    .headers = { "X-Auth-Username: {SERVERCOW_API_Username}", "X-Auth-Password: {SERVERCOW_API_Password}",
                 "Content-Type: application/json" },
    .error = "error message",
    .load = load,
    .replace = replace,
};
