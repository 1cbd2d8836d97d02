#include "dns01/cloud.h"

#include "dns01/provider.h"

#include <string.h>

const char *cloud_metadata(struct op *op, const char *method, const char *header, const char *url)
{
    struct rest_call call = { .method = method, .url = url, .headers = { header }, .bare = true };

    if (!op_ok(op) || !rest_call(op, &call))
        return NULL;
    if (call.answer.status == 200)
        return call.answer.body;
    rest_refused(op, &call.answer);
    return NULL;
}

static bool keep_token(struct op *op, const struct json *answer)
{
    session_set(op, "access token", json_str(op, answer, "access_token"));
    return op_ok(op);
}

bool cloud_token(struct op *op, const char *url, const char *form)
{
    struct rest_call call = { .method = "POST",
                              .url = url,
                              .body = form,
                              .content_type = "application/x-www-form-urlencoded",
                              .bare = true };

    return rest_call(op, &call) && keep_token(op, rest_judge(op, &call.answer));
}

bool cloud_metadata_token(struct op *op, const char *header, const char *url)
{
    const char *text = cloud_metadata(op, "GET", header, url);

    return text && keep_token(op, json_parse(op, text, strlen(text)));
}
