/*
 * Google Cloud DNS, API v1: whole sets of records; zones have names of their own, the DNS name is a property.
 *
 * A change deletes sets exactly as they are and adds others, all or nothing, so what was read is deleted and
 * the new set added in one change. It is refused when somebody was faster, and takes a while to be done.
 */
#include "hook.h"
#include "provider.h"

#include <string.h>

#define SCOPE "https://www.googleapis.com/auth/ndev.clouddns.readwrite"

static const struct field fields[] = {
    CLOUD_GOOGLE_FIELDS,
    { .name = "GCE_ZONE_ID", .help = "name of the one zone: the right to list zones is not needed then" },
    { 0 },
};

/* The login of a user, which only Google's own program can read. The token is the last line of its output. */
static bool ask_gcloud(struct op *op, const char *configuration)
{
    const char *folder = field(op, "CLOUDSDK_CONFIG");
    const char *const argv[] = {
        "gcloud", "--quiet", "--verbosity=error", "auth", "print-access-token", NULL
    };
    const char *const env[] = { op_text(op, "CLOUDSDK_ACTIVE_CONFIG_NAME=%s", configuration),
                                folder ? op_text(op, "CLOUDSDK_CONFIG=%s", folder) : NULL, NULL };
    struct hook hook = {
        .title = "gcloud auth print-access-token", .argv = argv, .env = env, .secret = true
    };
    struct hook_result result;
    struct strings lines;

    if (!hook_run(op, &hook, &result) || !hook_ok(op, ERR_PROVIDER, &hook, &result))
        return op_hint(op,
                       "install gcloud and log in (\"gcloud auth login\", as the user who runs this), or set "
                       "GOOGLE_APPLICATION_CREDENTIALS to a service account's key file");
    lines = text_split(op, result.output, "\n");
    if (!lines.count || strpbrk(lines.at[lines.count - 1], " \t"))
        return op_fail(op, ERR_PROVIDER, "gcloud gave no token");
    session_set(op, "access token", lines.at[lines.count - 1]);
    return op_ok(op);
}

static bool open_session(struct op *op)
{
    const char *configuration = NULL;

    TRY(cloud_google_open(op, SCOPE, &configuration));
    return !configuration || ask_gcloud(op, configuration);
}

/* Whether this is a listing, which may leave out an empty list. */
static bool told(struct op *op, const struct json *listing, const char *path)
{
    return json_at(listing, "kind") || rest_list(op, listing, path);
}

static const char *look_up_zone(struct op *op, const char *dns_name)
{
    struct rest_pages pages = { .url = rest_url(op, "/%s/managedZones?dnsName=%s", field(op, "project"),
                                                dns_name),
                                .next = "nextPageToken",
                                .cursor_parameter = "pageToken" };
    const struct json *page, *zone;
    const char *found = NULL;

    while ((page = rest_page(op, &pages)) && told(op, page, "managedZones"))
        for (size_t i = 0; (zone = json_each(page, "managedZones", i)); i++) {
            if (!json_is(zone, "dnsName", dns_name) || json_is(zone, "visibility", "private"))
                continue;
            if (found)
                op_fail(op, ERR_CONFIG, "there are two public zones %s: set GCE_ZONE_ID", dns_name);
            found = json_str(op, zone, "name");
        }
    if (op_ok(op) && !found)
        op_fail(op, ERR_PROVIDER, "there is no public zone %s in the project %s", dns_name,
                field(op, "project"));
    return found;
}

static const char *zone_id(struct op *op, const struct record *r)
{
    const char *key = op_text(op, "id of %s", r->zone);

    if (field(op, "GCE_ZONE_ID"))
        return field(op, "GCE_ZONE_ID");
    if (!field(op, key))
        session_keep(op, key, look_up_zone(op, op_text(op, "%s.", r->zone)));
    return field(op, key);
}

static const char *set_text(struct op *op, const struct record *r, const struct values *values)
{
    struct strings contents = { 0 };
    struct text out = text_begin(op->arena);

    for (size_t i = 0; i < values->list.count; i++)
        strings_add(op, &contents, txt_content(op, values->list.at[i]));
    json_open(&out, NULL, '{');
    json_put(&out, "name", op_text(op, "%s.", r->fqdn));
    json_put(&out, "type", "TXT");
    json_put_int(&out, "ttl", values->ttl);
    json_put_strings(&out, "rrdatas", &contents);
    json_close(&out, '}');
    return out.data;
}

static bool load(struct op *op, const struct record *r, struct values *values)
{
    const char *name = op_text(op, "%s.", r->fqdn);
    const struct json *sets = rest_get(op, "/%s/managedZones/%s/rrsets?name=%s&type=TXT",
                                       field(op, "project"), zone_id(op, r), name),
                      *set = NULL;
    struct strings contents;

    if (!told(op, sets, "rrsets"))
        return false;
    for (size_t i = 0; (set = json_each(sets, "rrsets", i)); i++)
        if (json_is(set, "name", name) && json_is(set, "type", "TXT"))
            break;
    if (!set)
        return true;
    if (json_at(set, "routingPolicy"))
        return op_fail(op, ERR_CONFIG, "the TXT records of %s have a routing policy", r->fqdn);
    contents = json_strings(op, set, "rrdatas");
    for (size_t i = 0; i < contents.count; i++)
        strings_add(op, &values->list, txt_value(op, contents.at[i]));
    values->ttl = (unsigned)json_int(set, "ttl", r->ttl);
    values->version = set_text(op, r, values);
    return op_ok(op);
}

static bool replace(struct op *op, const struct record *r, const struct values *values)
{
    struct rest_call call = { .method = "POST" };
    const struct json *change;

    call.url = rest_url(op, "/%s/managedZones/%s/changes", field(op, "project"), zone_id(op, r));
    call.body = op_text(op, "{\"deletions\":[%s],\"additions\":[%s]}", values->version ? values->version : "",
                        values->list.count ? set_text(op, r, values) : "");
    TRY(rest_call(op, &call));
    if (call.answer.status == 404 || call.answer.status == 409 || call.answer.status == 412)
        return op_fail(op, ERR_BUSY, "somebody else changes the TXT records of %s as well", r->fqdn);
    change = rest_judge(op, &call.answer);
    session_keep(op, op_text(op, "change of %s", r->fqdn), json_str(op, change, "id"));
    return op_ok(op);
}

static bool settled(struct op *op, const struct record *r, size_t n, bool *done)
{
    for (size_t i = 0; i < n && *done; i++) {
        const char *id = field(op, op_text(op, "change of %s", r[i].fqdn));

        if (id)
            *done = text_same(json_str(op,
                                       rest_get(op, "/%s/managedZones/%s/changes/%s", field(op, "project"),
                                                zone_id(op, &r[i]), id),
                                       "status"),
                              "done");
    }
    return op_ok(op);
}

const struct provider provider_gcloud = {
    .title = "Google Cloud DNS",
    .docs = "https://cloud.google.com/dns/docs/reference/rest/v1",
    .alias = "dns_gcloud",
    .notes = "the role roles/dns.admin, or dns.managedZones.list, dns.resourceRecordSets.list, .create, "
             ".delete and "
             ".update, dns.changes.create and .get",
    .fields = fields,
    .min_ttl = 60,
    .settle = 10,
    .base = "https://dns.googleapis.com/dns/v1/projects",
    .headers = { "Authorization: Bearer {access token}" },
    .error = "error.message,error.status error_description,error error",
    .busy = "error.errors.0.reason=rateLimitExceeded|userRateLimitExceeded",
    .expired = "error.code=401",
    .open = open_session,
    .load = load,
    .replace = replace,
    .settled = settled,
};
