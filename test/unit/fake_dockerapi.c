#include "fake_dockerapi.h"

#define SUCCESS "{\"type\": \"success\", \"msg\": \"command completed successfully\"}"

#define CONTAINER(id, project, service)                                                                      \
    "\"" id "\": {\"Id\": \"" id "\", \"Config\": {\"Env\": [\"DBPASS=very-secret\"], \"Labels\": {"         \
    "\"com.docker.compose.project\": \"" project "\", \"com.docker.compose.service\": \"" service "\"}}}"

static const char *answer_to(const struct fake_dockerapi *api, const struct http_request *request)
{
    if (text_same(request->method, "GET"))
        return api->containers;
    if (text_ends(request->url, "/exec"))
        return api->exec ? api->exec : SUCCESS;
    return api->restart ? api->restart : SUCCESS;
}

static bool run(struct http *http, struct op *op, const struct http_request *requests,
                struct http_response *responses, size_t n)
{
    struct fake_dockerapi *api = (struct fake_dockerapi *)http;

    for (size_t i = 0; i < n; i++) {
        const char *failure = api->failure ? api->failure : api->post_failure;
        const char *body = requests[i].body ? requests[i].body : "";

        text_add(&api->asked, "%s %s%s%s\n", requests[i].method, requests[i].url, *body ? " " : "", body);
        CHECK(requests[i].secret && requests[i].local);
        if (api->failure || (failure && text_same(requests[i].method, "POST")))
            responses[i] = (struct http_response){ .failure = failure, .maybe_sent = !api->failure };
        else
            responses[i] = (struct http_response){ .status = api->status ? api->status : 200,
                                                   .body = answer_to(api, &requests[i]),
                                                   .length = strlen(answer_to(api, &requests[i])) };
    }
    return op_alive(op);
}

/* Another project with services of the same names stands before ours, as it may on a shared host. */
#define CONTAINERS                                                                                            \
    "{" CONTAINER("bad0", "other", "nginx-mailcow") "," CONTAINER(                                            \
        "aa01", "mailcowdockerized",                                                                          \
        "nginx-mailcow") "," CONTAINER("bb02", "mailcowdockerized",                                           \
                                       "dovecot-mailcow") "," CONTAINER("cc03", "mailcowdockerized",          \
                                                                        "postfix-mailcow") "," CONTAINER("e"  \
                                                                                                         "e"  \
                                                                                                         "0"  \
                                                                                                         "5", \
                                                                                                         "m"  \
                                                                                                         "a"  \
                                                                                                         "i"  \
                                                                                                         "l"  \
                                                                                                         "c"  \
                                                                                                         "o"  \
                                                                                                         "w"  \
                                                                                                         "d"  \
                                                                                                         "o"  \
                                                                                                         "c"  \
                                                                                                         "k"  \
                                                                                                         "e"  \
                                                                                                         "r"  \
                                                                                                         "i"  \
                                                                                                         "z"  \
                                                                                                         "e"  \
                                                                                                         "d", \
                                                                                                         "p"  \
                                                                                                         "o"  \
                                                                                                         "s"  \
                                                                                                         "t"  \
                                                                                                         "f"  \
                                                                                                         "i"  \
                                                                                                         "x"  \
                                                                                                         "-"  \
                                                                                                         "t"  \
                                                                                                         "l"  \
                                                                                                         "s"  \
                                                                                                         "p"  \
                                                                                                         "o"  \
                                                                                                         "l"  \
                                                                                                         "-"  \
                                                                                                         "m"  \
                                                                                                         "a"  \
                                                                                                         "i"  \
                                                                                                         "l"  \
                                                                                                         "c"  \
                                                                                                         "o"  \
                                                                                                         "w") ",\"dd04\":{\"Id\":\"dd04\"}}"

struct fake_dockerapi fake_dockerapi(struct op *op)
{
    return (
        struct fake_dockerapi){ .http.run = run, .containers = CONTAINERS, .asked = text_begin(op->arena) };
}
