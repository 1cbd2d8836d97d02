/* The door, the directory, and what is said. */
#include "decade_ca.h"

#include "crypto/der.h"

#define KIT_EPOCH 1795564800 /* where the kit's clock begins */

int64_t real_now(void)
{
    const struct clock *clock = kit_world()->clock;

    return KIT_EPOCH + (clock->ticks(kit_world()->clock) - 1000) / 1000;
}

void decade_complain(struct decade_ca *ca, const char *format, ...)
{
    va_list args;

    if (ca->complaints.length > 4000)
        return;
    va_start(args, format);
    text_vadd(&ca->complaints, format, args);
    va_end(args);
    text_char(&ca->complaints, '\n');
}

void decade_header(struct decade_call *call, const char *line)
{
    strings_add(call->op, &call->headers, line);
}

void decade_say(struct decade_call *call, long status, const char *type, const char *body)
{
    call->answer->status = status;
    call->answer->body = text_dup(call->op, body);
    call->answer->length = strlen(body);
    decade_header(call, op_text(call->op, "Content-Type: %s", type));
}

bool decade_refuse(struct decade_call *call, long status, const char *type, const char *detail)
{
    decade_say(call, status, "application/problem+json",
               json_text(call->aside, "{'type': %s, 'detail': %s, 'status': %u}",
                         op_text(call->aside, "urn:ietf:params:acme:error:%s", type), detail,
                         (unsigned)status));
    return false;
}

static void finish_headers(struct decade_call *call)
{
    struct http_header *headers = op_array(call->op, call->headers.count, struct http_header);

    for (size_t i = 0; i < call->headers.count; i++) {
        const char *line = call->headers.at[i];
        size_t name = strcspn(line, ":");

        headers[i].name = text_cut(call->op, line, name);
        headers[i].value = text_trim(call->op, line + name + 1);
    }
    call->answer->headers = headers;
    call->answer->header_count = call->headers.count;
}

static void directory(struct decade_call *call)
{
    static const char *const pages[][2] = { { "newNonce", "nonce" },
                                            { "newAccount", "account" },
                                            { "newOrder", "order" },
                                            { "revokeCert", "revoke" } };
    struct op *op = call->aside;
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        json_put(&out, pages[i][0], op_text(op, "%s/%s", call->ca->base, pages[i][1]));
    if (call->ca->windows != WINDOWS_NONE)
        json_put(&out, "renewalInfo", op_text(op, "%s/window", call->ca->base));
    json_close(&out, '}');
    decade_say(call, 200, "application/json", out.data);
}

static void signed_page(struct decade_call *call)
{
    if (decade_open_jws(call) && !text_same(call->path, "/account") && !decade_order_pages(call)) {
        decade_complain(call->ca, "no such page: %s", call->path);
        decade_refuse(call, 404, "malformed", "no such page");
    }
    decade_give_nonce(call);
}

static void serve(struct decade_ca *ca, struct op *op, const struct http_request *request,
                  struct http_response *answer)
{
    struct decade_call call = { .ca = ca, .op = op, .request = request, .answer = answer };

    *answer = (struct http_response){ .status = 404, .body = "", .micros = DECADE_TRIP_MS * 1000 };
    call.aside = op_begin(kit_world());
    call.path = text_starts(request->url, ca->base) ? request->url + strlen(ca->base) : "?";
    ca->requests++;
    if (text_same(call.path, DECADE_DIRECTORY)) {
        directory(&call);
    } else if (text_same(call.path, "/nonce")) {
        answer->status = 200;
        decade_give_nonce(&call);
    } else if (text_starts(call.path, "/window/")) {
        decade_window(&call, call.path + strlen("/window/"));
    } else {
        signed_page(&call);
    }
    finish_headers(&call);
    if (!op_ok(call.aside))
        decade_complain(ca, "%s", call.aside->err.text);
    op_end(call.aside);
}

static bool run(struct http *http, struct op *op, const struct http_request *requests,
                struct http_response *responses, size_t n)
{
    for (size_t i = 0; i < n; i++)
        serve((struct decade_ca *)http, op, &requests[i], &responses[i]);
    kit_advance(DECADE_TRIP_MS);
    return op_alive(op);
}

/* Above the leaf: an intermediate, named by its key identifier, and a root. */
static void found(struct decade_ca *ca)
{
    struct op *op = ca->op;
    struct key *middle = key_generate(op, KEY_EC256), *root = key_generate(op, KEY_EC256);
    struct forged issuers[] = {
        { .key = middle, .signer = root, .subject = "Middle", .issuer = "Root", .ca = true },
        { .key = root, .subject = "Root", .issuer = "Root", .ca = true },
    };
    struct text out = text_begin(op->arena);

    for (size_t i = 0; i < 2; i++) {
        issuers[i].until = "20990101000000Z";
        text_add(&out, "%s", forge_pem(op, &issuers[i]));
    }
    ca->issuers = out.data;
    ca->leaf = (struct forged){ .signer = middle, .subject = "", .issuer = "Middle" };
    ca->authority =
        extension(op, "2.5.29.35",
                  der_wrap(op, DER_SEQUENCE,
                           der_wrap(op, DER_CONTEXT(0), hash(op, HASH_SHA1, key_public(op, middle)))));
}

struct decade_ca *decade_ca(struct op *op, const char *base, int64_t life)
{
    struct decade_ca *ca = op_new(op, struct decade_ca);

    ca->http.run = run;
    ca->op = op;
    ca->base = base;
    ca->life = life;
    ca->windows = WINDOWS_USUAL;
    ca->complaints = text_begin(op->arena);
    found(ca);
    return ca;
}
