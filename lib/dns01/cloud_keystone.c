/* OpenStack's logins: Keystone, Identity API v3. */
#include "base/text.h"
#include "dns01/provider.h"

#include <string.h>

/* {"id": ...} where an id is set, else {"name": ...}. */
static const char *domain(struct op *op, const char *id, const char *name)
{
    return field(op, id) ? json_text(op, "{'id':%s}", field(op, id))
                         : json_text(op, "{'name':%s}", field(op, name));
}

static const char *project(struct op *op)
{
    if (field(op, "OS_PROJECT_ID"))
        return json_text(op, "{'id':%s}", field(op, "OS_PROJECT_ID"));
    if (!field(op, "OS_PROJECT_NAME")) {
        op_fail(op, ERR_CONFIG, "OS_PROJECT_NAME (or OS_PROJECT_ID) is missing");
        return NULL;
    }
    return op_text(op, "{\"name\":%s,\"domain\":%s}", json_text(op, "%s", field(op, "OS_PROJECT_NAME")),
                   domain(op, "OS_PROJECT_DOMAIN_ID", "OS_PROJECT_DOMAIN_NAME"));
}

static const char *login(struct op *op)
{
    if (!field(op, "OS_USERNAME"))
        return json_text(op,
                         "{'auth':{'identity':{'methods':['application_credential'],'application_credential':"
                         "{'id':%s,'secret':%s}}}}",
                         field(op, "OS_APPLICATION_CREDENTIAL_ID"),
                         field(op, "OS_APPLICATION_CREDENTIAL_SECRET"));
    return op_text(op,
                   "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":{\"name\":%s,"
                   "\"domain\":%s,\"password\":%s}}},\"scope\":{\"project\":%s}}}",
                   json_text(op, "%s", field(op, "OS_USERNAME")),
                   domain(op, "OS_USER_DOMAIN_ID", "OS_USER_DOMAIN_NAME"),
                   json_text(op, "%s", field(op, "OS_PASSWORD")), project(op));
}

static const char *unslashed(struct op *op, const char *url)
{
    while (text_ends(url, "/"))
        url = text_cut(op, url, strlen(url) - 1);
    return url;
}

/* The URL with its last part, unless that is there already. */
static const char *with_end(struct op *op, const char *url, const char *end)
{
    url = unslashed(op, url);
    return text_ends(url, op_text(op, "/%s", end)) ? url : op_text(op, "%s/%s", url, end);
}

/* The public address of the service in the region. */
static const char *endpoint_in(struct op *op, const struct json *answer, const char *type)
{
    const char *region = field(op, "OS_REGION_NAME");
    const struct json *service, *endpoint;

    for (size_t i = 0; (service = json_each(answer, "token.catalog", i)); i++)
        for (size_t k = 0; json_is(service, "type", type) && (endpoint = json_each(service, "endpoints", k));
             k++)
            if (json_is(endpoint, "interface", "public") && (!region || json_is(endpoint, "region", region)))
                return json_str(op, endpoint, "url");
    op_fail(op, ERR_PROVIDER, "Keystone's catalogue has no public service \"%s\"%s%s", type,
            region ? " in the region " : "", region ? region : "");
    return NULL;
}

bool cloud_keystone_check(struct op *op)
{
    const char *url = field(op, "OS_AUTH_URL");

    if (!text_starts(url, "https://") && !text_starts(url, "http://"))
        return op_fail(op, ERR_CONFIG, "OS_AUTH_URL is no URL: it begins with https://");
    return login(op);
}

bool cloud_keystone_open(struct op *op, const char *service, const char *version)
{
    struct rest_call call = { .method = "POST", .bare = true };
    const char *url = field(op, "OS_AUTH_URL"), *place;

    TRY(cloud_keystone_check(op));
    session_keep(op, "endpoint", with_end(op, url, "v3"));
    call.url = rest_url(op, "/auth/tokens");
    call.body = login(op);
    TRY(op_ok(op) && rest_call(op, &call));
    place = endpoint_in(op, rest_judge(op, &call.answer), service);
    TRY(op_ok(op));
    if (text_starts(url, "https://") &&
        !text_starts(place, "https://")) /* there the token could be read along */
        return op_fail(op, ERR_PROVIDER, "the service in Keystone's catalogue is not https: %s",
                       text_printable(op, place, 200));
    session_keep(op, "endpoint", with_end(op, place, version));
    session_set(op, "token", http_header(&call.answer, "X-Subject-Token", 0));
    return field(op, "token") || op_fail(op, ERR_PROVIDER, "Keystone gave no token");
}
