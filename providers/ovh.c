/*
 * OVHcloud, API 1.0: every call is signed with the time of the vendor's clock; records have ids, listings
 * give ids alone.
 *
 * What was changed is published by a "refresh" of the zone: one for all records of a call.
 */
#include "provider.h"

#include <inttypes.h>

static const struct field fields[] = {
    { .name = "OVH_AK",
      .help = "application key, from https://eu.api.ovh.com/createToken/",
      .flags = FIELD_REQUIRED,
      .also = { "OVH_APPLICATION_KEY" } },
    { .name = "OVH_AS",
      .help = "application secret, from the same page",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "OVH_APPLICATION_SECRET" } },
    { .name = "OVH_CK",
      .help = "consumer key, from the same page",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "OVH_CONSUMER_KEY" } },
    { .name = "OVH_END_POINT",
      .help = "ovh-eu, ovh-us, ovh-ca, kimsufi-eu, kimsufi-ca, soyoustart-eu, soyoustart-ca, or an URL",
      .otherwise = "ovh-eu",
      .also = { "OVH_ENDPOINT" } },
    { 0 },
};

static const char *endpoint(struct op *op)
{
    static const char *const known[][3] = {
        { "ovh-eu", "ovheu", "https://eu.api.ovh.com/1.0" },
        { "ovh-us", "ovhus", "https://api.us.ovhcloud.com/1.0" },
        { "ovh-ca", "ovhca", "https://ca.api.ovh.com/1.0" },
        { "kimsufi-eu", "kimsufieu", "https://eu.api.kimsufi.com/1.0" },
        { "kimsufi-ca", "kimsufica", "https://ca.api.kimsufi.com/1.0" },
        { "soyoustart-eu", "soyoustarteu", "https://eu.api.soyoustart.com/1.0" },
        { "soyoustart-ca", "soyoustartca", "https://ca.api.soyoustart.com/1.0" },
    };
    const char *name = field(op, "OVH_END_POINT");

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_same(name, known[i][0]) || text_same(name, known[i][1]))
            return known[i][2];
    if (!text_starts(name, "https://"))
        op_fail(op, ERR_CONFIG, "OVH_END_POINT is \"%s\": it is ovh-eu, ovh-us, ovh-ca, or an URL", name);
    return name;
}

static bool check(struct op *op)
{
    return endpoint(op) && op_ok(op);
}

/* How far the vendor's clock is ahead of ours: it refuses what is dated wrongly. */
static bool begin(struct op *op)
{
    struct rest_call call = { .method = "GET", .bare = true };
    int64_t now;

    session_keep(op, "endpoint", endpoint(op));
    call.url = rest_url(op, "/auth/time");
    TRY(op_ok(op) && rest_call(op, &call));
    now = json_int(rest_judge(op, &call.answer), "", 0);
    if (now <= 0)
        return op_fail(op, ERR_PROVIDER, "the vendor does not tell the time");
    session_keep(op, "ahead", op_text(op, "%" PRId64, now - op_now(op)));
    return op_ok(op);
}

/* A call with its signature, which is over all that stands here. */
static struct rest_call make(struct op *op, const char *method, const char *url, const char *body)
{
    struct rest_call call = { .method = method, .url = url };
    int64_t ahead = 0;
    const char *time, *text;

    if (!op_ok(op))
        return call;
    if (text_same(method, "POST"))
        call.body = body;
    text_number(field(op, "ahead"), INT64_MIN, INT64_MAX, &ahead);
    time = op_text(op, "%" PRId64, op_now(op) + ahead);
    text =
        op_text(op, "%s+%s+%s+%s+%s+%s", field(op, "OVH_AS"), field(op, "OVH_CK"), method, url, body, time);
    call.headers[0] = op_text(op, "X-Ovh-Timestamp: %s", time);
    call.headers[1] = op_text(op, "X-Ovh-Signature: $1$%s", hex(op, hash(op, HASH_SHA1, bytes_of(text))));
    return call;
}

static const struct json *ask(struct op *op, const char *method, const char *url)
{
    struct rest_call call = make(op, method, url, "");

    return op_ok(op) && rest_call(op, &call) ? rest_judge(op, &call.answer) : NULL;
}

/* The id of our record, whoever made it; NULL where there is none. */
static const char *find(struct op *op, const struct record *r)
{
    const char *name = record_name(r, "");
    const struct json *ids =
        ask(op, "GET", rest_url(op, "/domain/zone/%s/record?fieldType=TXT&subDomain=%s", r->zone, name));

    if (!rest_list(op, ids, ""))
        return NULL;
    for (size_t i = 0; i < json_count(ids, ""); i++) {
        const char *id = json_str(op, json_each(ids, "", i), "");
        const struct json *one = ask(op, "GET", rest_url(op, "/domain/zone/%s/record/%s", r->zone, id));

        if (json_is(one, "subDomain", name) && json_is(one, "fieldType", "TXT") &&
            txt_is(op, json_opt(op, one, "target"), r->value))
            return id;
    }
    return NULL;
}

static bool publish(struct op *op, const char *zone)
{
    return ask(op, "POST", rest_url(op, "/domain/zone/%s/refresh", zone));
}

static bool add(struct op *op, struct record *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct rest_call call = make(op, "POST", rest_url(op, "/domain/zone/%s/record", r->zone),
                                     json_text(op, "{'fieldType':'TXT','subDomain':%s,'target':%s,'ttl':%u}",
                                               record_name(&r[i], ""), r[i].value, r[i].ttl));

        TRY(op_ok(op) && record_make(op, &r[i], &call, "id", find));
    }
    return publish(op, r->zone);
}

/* The zone is published even if all are gone: the run that removed them may have been killed before that. */
static bool del(struct op *op, struct record *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *id = r[i].handle ? r[i].handle : find(op, &r[i]);
        struct rest_call call = { .method = "DELETE" };

        if (!id)
            continue;
        call = make(op, "DELETE", rest_url(op, "/domain/zone/%s/record/%s", r->zone, id), "");
        TRY(op_ok(op) && rest_call(op, &call));
        TRY(call.answer.status == 404 || rest_judge(op, &call.answer));
    }
    return publish(op, r->zone);
}

const struct provider provider_ovh = {
    .title = "OVHcloud",
    .docs = "https://api.ovh.com/console/",
    .alias = "dns_ovh",
    .notes = "rights of the consumer key: GET and POST on /domain/zone/ZONE/record, GET and DELETE on "
             "/domain/zone/ZONE/record/*, POST on /domain/zone/ZONE/refresh",
    .fields = fields,
    .caps = CAP_BATCH,
    .min_ttl = 60,
    .settle = 30,
    .base = "{endpoint}",
    .headers = { "X-Ovh-Application: {OVH_AK}", "X-Ovh-Consumer: {OVH_CK}" },
    .error = "message,errorCode",
    .check = check,
    .open = begin,
    .add = add,
    .remove = del,
};
