#include "rest_vendor.h"

#include "crypto/secrets.h"
#include "dns01/instance.h"
#include "fake_provider.h"
#include "kit.h"

#include <stdio.h>

struct vendor vendor;

static bool run(struct http *http, struct op *op, const struct http_request *requests,
                struct http_response *responses, size_t n)
{
    (void)http;
    for (size_t i = 0; i < n && vendor.count < MOST_REQUESTS; i++) {
        const struct http_request *r = &requests[i];
        size_t k = vendor.count++;

        snprintf(vendor.asked[k].method, sizeof vendor.asked[k].method, "%s", r->method);
        snprintf(vendor.asked[k].url, sizeof vendor.asked[k].url, "%s", r->url);
        snprintf(vendor.asked[k].body, sizeof vendor.asked[k].body, "%s", r->body ? r->body : "(none)");
        *vendor.asked[k].headers = '\0';
        for (size_t h = 0; r->headers[h]; h++) {
            size_t length = strlen(vendor.asked[k].headers);

            snprintf(vendor.asked[k].headers + length, sizeof vendor.asked[k].headers - length, "%s;",
                     r->headers[h]);
        }
        vendor.asked[k].secret = r->secret;
        vendor.asked[k].plain = r->plain;
        vendor.asked[k].ticks = op_ticks(op);
        responses[i] = vendor.answers[k < vendor.answer_count ? k : vendor.answer_count - 1];
    }
    return op_alive(op);
}

void answers(long status, const char *body)
{
    vendor.answers[vendor.answer_count++] = (struct http_response){
        .status = status,
        .body = body,
        .length = body ? strlen(body) : 0,
        .failure = status ? NULL : "the line is cut",
    };
}

void answers_with(long status, struct http_header *header)
{
    answers(status, "{\"message\":\"no\"}");
    vendor.answers[vendor.answer_count - 1].headers = header;
    vendor.answers[vendor.answer_count - 1].header_count = 1;
}

struct op *op_at(const char *provider, const char *const *lines)
{
    struct op *op = kit_op();
    struct instance *instance;

    vendor = (struct vendor){ .http = { run } };
    op->world->http = &vendor.http;
    op->world->secrets = secrets_new(op);
    instance = instance_parse(op, provider, fake_credentials(op, NULL, lines));
    instance_check(op, instance);
    instance->open = true;
    op->instance = instance;
    return op;
}

struct op *rest_op(void)
{
    static const char *const lines[] = { "FAKE_Token=token-of-fake", NULL };

    return op_at("fake_rest", lines);
}
