/*
 * Hetzner, Cloud API: values are put into sets and taken out of them by actions, which leave all others
 * alone.
 *
 * An action goes on behind its answer. The next change of the zone would meet it ("conflict"), so each is
 * awaited, at the pace of per_second. Values are zone-file text, with quotes. All values of a set share one
 * time to live: another one than the set's own is refused.
 */
#include "provider.h"

#define MOST_POLLS 120

static const struct field fields[] = {
    { .name = "HETZNER_TOKEN",
      .help = "API token (Read & Write) of the project that holds the zone, from Security, API tokens there; "
              "not one of the older DNS Console",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "HETZNER_API_TOKEN" } },
    { .name = "HETZNER_API", .help = "URL of the API", .otherwise = "https://api.hetzner.cloud/v1" },
    { 0 },
};

/* Our set; NULL where there is none. */
static const struct json *look_up(struct op *op, const struct record *r)
{
    return rest_look(op, "/zones/%s/rrsets/%s/TXT", r->zone, r->name);
}

/* Our value as it stands in the set; NULL where it does not. */
static const char *stored_value(struct op *op, const struct json *set, const struct record *r)
{
    const struct json *one;

    if (!set || !rest_list(op, set, "rrset.records"))
        return NULL;
    for (size_t i = 0; (one = json_each(set, "rrset.records", i)); i++)
        if (txt_is(op, json_opt(op, one, "value"), r->value))
            return json_str(op, one, "value");
    return NULL;
}

static bool await(struct op *op, const struct json *answer)
{
    const char *id = json_str(op, answer, "action.id");

    for (int i = 0; op_ok(op) && i < MOST_POLLS; i++) {
        const char *status = json_str(op, answer, "action.status");

        if (text_same(status, "success"))
            return true;
        if (text_same(status, "error"))
            return op_fail(op, ERR_PROVIDER, "%s", json_str(op, answer, "action.error.message"));
        answer = rest_get(op, "/actions/%s", id);
    }
    return op_fail(op, ERR_PROVIDER, "the action %s does not come to an end", id);
}

static bool change(struct op *op, const struct record *r, const char *action, const char *body)
{
    return await(op, rest_post(op, body, "/zones/%s/rrsets/%s/TXT/actions/%s", r->zone, r->name, action));
}

static bool add(struct op *op, struct record *r, size_t n)
{
    const struct json *set = look_up(op, r);
    const char *value = txt_quote(op, r->value);

    (void)n;
    if (stored_value(op, set, r))
        return op_ok(op);
    /* without a time to live a new set takes the zone's, an old one keeps its own */
    return change(op, r, "add_records",
                  set ? json_text(op, "{'records': [{'value': %s}]}", value)
                      : json_text(op, "{'ttl': %u, 'records': [{'value': %s}]}", r->ttl, value));
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *value = stored_value(op, look_up(op, r), r);

    (void)n;
    return value ? change(op, r, "remove_records", json_text(op, "{'records': [{'value': %s}]}", value))
                 : op_ok(op);
}

const struct provider provider_hetznercloud = {
    .title = "Hetzner (Cloud API)",
    .docs = "https://docs.hetzner.cloud/reference/cloud#zone-rrsets",
    .alias = "dns_hetznercloud",
    .notes = "a token holds for a whole project: the smallest right is a project with nothing but the zone;\n"
             "zones that are still in the older DNS Console need dns_hetzner and HETZNER_Token instead",
    .fields = fields,
    .min_ttl = 60,
    .settle = 15,
    .base = "{HETZNER_API}",
    .headers = { "Authorization: Bearer {HETZNER_TOKEN}" },
    .error = "error.message,error.code",
    .per_second = 2,
    .busy = "error.code=conflict|locked",
    .add = add,
    .remove = del,
};
