#include "mailcow/domains.h"

#include "base/file.h"
#include "base/json.h"
#include "names.h"

#include <string.h>

#define MOST_DOORS 4

/* What the API told. */
struct found {
    struct strings domains, aliases;
};

/* One question to mailcow's web server, by the first door that leads to it. */
struct asking {
    const struct mailcow *mailcow;
    struct http *const *doors; /* moved on to the one that works */
};

struct http **mailcow_doors(struct op *op, const struct mailcow *mailcow)
{
    const char *own = mailcow_path(op, mailcow, MAILCOW_SSL "/cert.pem");
    struct http **doors = op_array(op, MOST_DOORS + 1, struct http *);
    struct strings *here = op_new(op, struct strings);
    size_t count = 0;

    strings_add(op, here,
                op_text(op, "%s:%s:%s:%s", mailcow->hostname, mailcow->https_port, mailcow->https_at,
                        mailcow->https_port));
    for (int i = 0; i < MOST_DOORS; i++) {
        struct http_curl_options *options = op_new(op, struct http_curl_options);

        options->connect_to = i < 2 ? here : NULL;
        options->ca_bundle = i % 2 == 0 ? own : NULL;
        if (!options->ca_bundle || file_there(own))
            doors[count++] = http_curl(op, options);
    }
    return doors;
}

static const char *url(struct op *op, const struct mailcow *mailcow, const char *path)
{
    return op_text(op, "https://%s:%s%s", mailcow->hostname, mailcow->https_port, path);
}

static void note_failure(struct op *op, struct strings *failures, const char *failure)
{
    if (!strings_have(failures, failure))
        strings_add(op, failures, failure);
}

/* Door after door until one leads to an answer; the first answer stands for all. */
static bool ask(struct op *op, struct asking *asking, const struct http_request *requests,
                struct http_response *responses, size_t n)
{
    struct world *world = op->world, here = *world;
    struct strings failures = { 0 };
    bool answered = false;

    op->world = &here;
    for (; !answered && op_ok(op) && *asking->doors; asking->doors += !answered) {
        here.http = *asking->doors;
        answered = http_run(op, requests, responses, n) && responses[0].status;
        if (op_ok(op) && !answered)
            note_failure(op, &failures, responses[0].failure);
    }
    op->world = world;
    if (answered || !op_ok(op))
        return answered;
    return op_fail(op, ERR_NETWORK, "no answer: %s", strings_join(op, &failures, "; "));
}

/* ---- the API ---- */

static bool refused(struct op *op, const struct http_response *response)
{
    struct op *child = op_child(op);
    const struct json *json = json_parse(child, response->body, response->length);
    const char *words = json_opt(child, json, "msg");

    op_fail(op, ERR_CONFIG, "it answers %ld: %s", response->status,
            text_printable(op, words ? words : response->body, SERVER_WORDS_LIMIT));
    op_end(child);
    if (response->status != 401 && response->status != 403)
        return false;
    return op_hint(op,
                   "check API_KEY_READ_ONLY and API_ALLOW_FROM in mailcow.conf: the address that it names "
                   "has to be in that list");
}

static const struct json *list_in(struct op *op, const struct http_response *response)
{
    const struct json *json;

    if (!response->status)
        op_fail(op, ERR_NETWORK, "no answer: %s", response->failure);
    else if (response->status != 200)
        refused(op, response);
    json = op_ok(op) ? json_parse(op, response->body, response->length) : NULL;
    if (json && json_is(json, "type", "error"))
        refused(op, response);
    return json;
}

/* mailcow has had numbers, strings and check marks here; where it has check marks, the number is beside. */
static bool is_one(struct op *op, const struct json *json, const char *name)
{
    const char *value = json_opt(op, json, op_text(op, "%s_int", name));

    if (!value)
        value = json_str(op, json, name);
    return text_same(value, "1");
}

/* A name that no certificate can have is left out: others still need theirs. */
static void add_name(struct op *op, struct strings *list, const char *value)
{
    struct op *child = op_child(op);
    const char *name = value ? name_normalise(child, value) : NULL;

    if (name && !name_is_wildcard(name) && !name_is_ip(name))
        strings_add(op, list, arena_strdup(op->arena, name));
    else if (value)
        op_log(op, LOG_WARN, "the mail domain \"%s\" cannot be in a certificate and is left out",
               text_printable(op, value, 300));
    op_end(child);
}

static void read_domains(struct op *op, const struct json *json, struct found *found)
{
    const struct json *one;

    for (size_t i = 0; op_ok(op) && (one = json_each(json, "", i)); i++)
        if (is_one(op, one, "active") && !is_one(op, one, "backupmx"))
            add_name(op, &found->domains, json_str(op, one, "domain_name"));
}

static void read_aliases(struct op *op, const struct json *json, struct found *found)
{
    const struct json *one;

    for (size_t i = 0; op_ok(op) && (one = json_each(json, "", i)); i++)
        if (is_one(op, one, "active"))
            add_name(op, &found->aliases, json_str(op, one, "alias_domain"));
}

static bool ask_api(struct op *op, struct asking *asking, struct found *found)
{
    const char *const headers[] = { op_text(op, "X-API-Key: %s", asking->mailcow->api_key),
                                    "Accept: application/json", NULL };
    const struct http_request requests[] = {
        { .method = "GET",
          .url = url(op, asking->mailcow, "/api/v1/get/domain/all"),
          .headers = headers,
          .local = true },
        { .method = "GET",
          .url = url(op, asking->mailcow, "/api/v1/get/alias-domain/all"),
          .headers = headers,
          .local = true },
    };
    struct http_response responses[2];

    op_enter(op, "asking mailcow's API for the mail domains");
    if (ask(op, asking, requests, responses, 2)) {
        read_domains(op, list_in(op, &responses[0]), found);
        read_aliases(op, list_in(op, &responses[1]), found);
    }
    op_leave(op);
    return op_ok(op);
}

/* ---- MTA-STS ---- */

static bool has_policy(const struct http_response *response)
{
    return response->status == 200 && text_starts(response->body, "version: STSv1");
}

/*
 * The API does not tell which policies are active, but the web server shows those that are, at the place that
 * RFC 8461 section 3.3 fixes, whatever DNS says of the name. What it does not tell is as it was.
 */
static bool ask_policies(struct op *op, struct asking *asking, const struct strings *names,
                         const struct strings *held, bool *active)
{
    struct http_request *requests = op_array(op, names->count, struct http_request);
    struct http_response *responses = op_array(op, names->count, struct http_response);

    for (size_t i = 0; i < names->count; i++) {
        const char **headers = op_array(op, 2, const char *);

        headers[0] = op_text(op, "Host: mta-sts.%s", names->at[i]);
        requests[i] = (struct http_request){ .method = "GET",
                                             .url = url(op, asking->mailcow, "/.well-known/mta-sts.txt"),
                                             .headers = headers,
                                             .local = true };
    }
    TRY(!names->count || ask(op, asking, requests, responses, names->count));
    for (size_t i = 0; i < names->count; i++)
        active[i] = responses[i].status == 200 || responses[i].status == 404
                        ? has_policy(&responses[i])
                        : strings_have(held, op_text(op, "mta-sts.%s", names->at[i]));
    return true;
}

static bool add_found(struct op *op, struct op *child, struct asking *asking, const struct strings *held,
                      const struct strings *names, bool alias, struct mail_domains *domains)
{
    bool *active = op_array(child, names->count, bool);

    if (asking->mailcow->autodiscover)
        TRY(ask_policies(child, asking, names, held, active));
    for (size_t i = 0; i < names->count; i++)
        mailcow_domain_add(op, asking->mailcow, domains, arena_strdup(op->arena, names->at[i]), alias,
                           active[i]);
    return true;
}

/* ---- what there was ---- */

/* The mail containers may write to these lists, so they are not taken at their word. */
static void add_held(struct op *op, struct strings *held, const char *text)
{
    struct op *child = op_child(op);
    struct strings names = text_split(child, text ? text : "", " \n");

    for (size_t i = 0; i < names.count; i++) {
        const char *name = name_normalise(child, names.at[i]);

        if (name && !strings_have(held, name))
            strings_add(op, held, arena_strdup(op->arena, name));
        op_recover(child);
    }
    op_end(child);
}

/* The names in all certificates that mailcow's folder has, by the lists that stand beside them. */
static struct strings names_held(struct op *op, const struct mailcow *mailcow)
{
    const char *base = mailcow_path(op, mailcow, MAILCOW_SSL);
    struct strings folders = folder_list(op, base), held = { 0 };

    for (size_t i = 0; op_ok(op) && i < folders.count; i++)
        add_held(op, &held, file_read_if_there(op, op_text(op, "%s/%s/domains", base, folders.at[i])));
    return held;
}

/* The mail domain of a name that a certificate has: what is behind the label, where it has that label. */
static const char *domain_behind(const struct mailcow *mailcow, const char *name, const char *label)
{
    size_t length = strlen(label);

    if (!text_starts(name, label) || name[length] != '.' || text_same(name, mailcow->hostname) ||
        strings_have(&mailcow->sans, name))
        return NULL;
    return strchr(name + length + 1, '.') ? name + length + 1 : NULL;
}

static void keep_held(struct op *op, const struct mailcow *mailcow, const struct strings *held,
                      struct mail_domains *domains)
{
    struct strings labels = mailcow_labels(op, mailcow);

    for (size_t i = 0; i < labels.count; i++)
        for (size_t j = 0; j < held->count; j++) {
            const char *name = domain_behind(mailcow, held->at[j], labels.at[i]);

            if (name)
                strings_add(op, &mail_domain_of(op, domains, name)->labels, labels.at[i]);
        }
}

static void advise_key(struct op *op, const struct mailcow *mailcow)
{
    const char *network = mailcow_value(op, mailcow, "IPV4_NETWORK");

    op_log(op, mailcow->advice,
           "%s needs the list of mail domains, and mailcow tells it only with a key: add the lines "
           "API_KEY_READ_ONLY=... (a random word of letters, digits and hyphens) and "
           "API_ALLOW_FROM=%s.1,127.0.0.1 to %s/mailcow.conf and run docker compose up -d%s",
           mailcow->patterns.count ? "ADDITIONAL_SAN with patterns" : "AUTODISCOVER_SAN=y",
           network ? network : "172.22.1", mailcow->dir,
           mailcow->patterns.count ? "" : "; or set AUTODISCOVER_SAN=n");
}

/* False when nothing could be asked; the operation goes on then, unless it was stopped. */
static bool ask_all(struct op *op, const struct mailcow *mailcow, struct http *const *doors,
                    const struct strings *held, struct mail_domains *domains)
{
    struct asking asking = { mailcow, doors };
    struct op *child = op_child(op);
    struct found found = { 0 };
    bool good = ask_api(child, &asking, &found) &&
                add_found(op, child, &asking, held, &found.domains, false, domains) &&
                add_found(op, child, &asking, held, &found.aliases, true, domains);

    if (!good && (child->err.code == ERR_STOPPED || child->err.code == ERR_TIMEOUT))
        op_adopt(op, child);
    else if (!good)
        op_log(op, LOG_WARN, "%s; the names that certificates have already are kept%s%s", child->err.text,
               child->err.hint ? "; " : "", child->err.hint ? child->err.hint : "");
    op_end(child);
    return good;
}

bool mailcow_domains(struct op *op, const struct mailcow *mailcow, struct http *const *doors,
                     struct mail_domains *domains)
{
    struct strings held;

    if (!mailcow_labels(op, mailcow).count)
        return op_ok(op);
    held = names_held(op, mailcow);
    TRY(op_ok(op));
    if (!mailcow->api_key)
        advise_key(op, mailcow);
    else if (ask_all(op, mailcow, doors, &held, domains))
        return true;
    *domains = (struct mail_domains){ 0 };
    keep_held(op, mailcow, &held, domains);
    return op_ok(op);
}
