/*
 * mailcow's dockerapi service. Its list of containers is all that Docker knows of them, passwords in their
 * environment included: it must not reach a log.
 */
#include "mailcow/hand.h"

#include "base/json.h"

#include <string.h>

#define LABEL_SERVICE "com.docker.compose.service"
#define LABEL_PROJECT "com.docker.compose.project"
#define ID_MOST       128u

struct dockerapi {
    struct hand hand;
    struct http *http;
    const char *url, *project;     /* project NULL: whichever */
    const struct json *containers; /* an object, by id */
};

static bool send_to(const struct dockerapi *self, struct op *op, const struct http_request *request,
                    struct http_response *response)
{
    struct world *world = op->world, here = *world;
    bool good;

    here.http = self->http;
    op->world = &here;
    good = http_run(op, request, response, 1);
    op->world = world;
    return good;
}

/* A refusal is HTTP 200, too, with a "type" of its own. */
static const struct json *read_answer(struct op *op, const struct http_response *response)
{
    const struct json *json = NULL;
    const char *words;

    if (response->status == 200)
        json = json_parse(op, response->body, response->length);
    else
        op_fail(op, ERR_DEPLOY, "it answers %ld", response->status);
    words = json_opt(op, json, "msg");
    if (json_is(json, "type", "danger") || json_is(json, "type", "error"))
        op_fail(op, ERR_DEPLOY, "it says: %s", text_printable(op, words ? words : "no", SERVER_WORDS_LIMIT));
    if (op->err.code == ERR_UNTRUSTED)
        op->err.code = ERR_DEPLOY;
    return op_ok(op) ? json : NULL;
}

/*
 * NULL without an error when there is no answer to a request that changes something and may have arrived: a
 * restart can take longer than we wait, and is proved otherwise.
 */
static const struct json *ask(const struct dockerapi *self, struct op *op, const char *method,
                              const char *path, const char *body)
{
    static const char *const headers[] = { "Content-Type: application/json", NULL };
    const struct http_request request = { .method = method,
                                          .url = op_text(op, "%s%s", self->url, path),
                                          .headers = headers,
                                          .body = body,
                                          .body_length = body ? strlen(body) : 0,
                                          .secret = true,
                                          .local = true };
    struct http_response response = { 0 };

    if (!send_to(self, op, &request, &response))
        return NULL;
    if (response.status)
        return read_answer(op, &response);
    if (response.maybe_sent && text_same(method, "POST"))
        op_log(op, LOG_NOTE, "%s gives no answer: %s", request.url, response.failure);
    else
        op_fail(op, ERR_DEPLOY, "no answer: %s", response.failure);
    return NULL;
}

/* Labels have dots in their names, so paths do not lead to them. */
static const char *label(struct op *op, const struct json *container, const char *name)
{
    const struct json *one;

    for (size_t i = 0; (one = json_each(container, "Config.Labels", i)); i++)
        if (text_same(json_name(one), name))
            return json_opt(op, one, "");
    return NULL;
}

static bool id_ok(const char *id)
{
    size_t length = strspn(id, "0123456789abcdef");

    return length > 0 && length <= ID_MOST && !id[length];
}

/* The id of the container that runs a service of this mailcow. */
static const char *id_of(const struct dockerapi *self, struct op *op, const char *service)
{
    const struct json *one;

    for (size_t i = 0; (one = json_each(self->containers, "", i)); i++) {
        const char *project = label(op, one, LABEL_PROJECT), *its = label(op, one, LABEL_SERVICE);

        if (!text_same(its, service) || !project)
            continue;
        if ((!self->project || text_same_nocase(project, self->project)) && id_ok(json_name(one)))
            return json_name(one);
    }
    op_fail(op, ERR_DEPLOY, "no container runs the service %s%s%s", service,
            self->project ? " of the project " : "", self->project ? self->project : "");
    return NULL;
}

static bool post(const struct hand *hand, struct op *op, const char *service, const char *action,
                 const char *body)
{
    const struct dockerapi *self = (const struct dockerapi *)hand;
    const struct json *answer = NULL;
    const char *id;

    op_enter(op, "dockerapi at %s", self->url);
    id = id_of(self, op, service);
    if (id)
        answer = ask(self, op, "POST", op_text(op, "/containers/%s/%s", id, action), body);
    if (answer && !json_is(answer, "type", "success"))
        op_fail(op, ERR_DEPLOY, "it does not say that the %s of %s has succeeded", action, service);
    op_leave(op);
    return op_ok(op);
}

static bool reload_nginx(const struct hand *hand, struct op *op)
{
    return post(hand, op, "nginx-mailcow", "exec", "{\"cmd\":\"reload\",\"task\":\"nginx\"}");
}

static bool restart(const struct hand *hand, struct op *op, const char *service)
{
    return post(hand, op, service, "restart", NULL);
}

struct hand *hand_dockerapi(struct op *op, const struct mailcow *mailcow, const char *url, struct http *http)
{
    struct dockerapi *self = op_new(op, struct dockerapi);

    self->hand = (struct hand){ reload_nginx, restart };
    self->http = http;
    self->url = url;
    self->project = mailcow_value(op, mailcow, "COMPOSE_PROJECT_NAME");
    op_enter(op, "dockerapi at %s", url);
    self->containers = ask(self, op, "GET", "/containers/json", NULL);
    op_leave(op);
    return self->containers ? &self->hand : NULL;
}
