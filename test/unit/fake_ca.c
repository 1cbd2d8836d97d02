/* The door, the pages and the lies. */
#include "fake_ca.h"

#include "acme/account.h"

#include <stdlib.h>

void fake_complain(struct fake_ca *fake, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    text_vadd(&fake->complaints, format, args);
    va_end(args);
    text_char(&fake->complaints, '\n');
}

const char *fake_complaints(const struct fake_ca *fake)
{
    return fake->complaints.data;
}

/* ---- what is said ---- */

void fake_say(struct fake_call *call, long status, const char *type, const char *body)
{
    call->answer->status = status;
    call->answer->body = body;
    call->answer->length = strlen(body);
    fake_header(call, op_text(call->fake->op, "Content-Type: %s", type));
}

void fake_header(struct fake_call *call, const char *line)
{
    strings_add(call->fake->op, &call->headers, line);
}

bool fake_refuse(struct fake_call *call, long status, const char *type, const char *detail)
{
    struct op *op = call->fake->op;

    fake_say(call, status, "application/problem+json",
             json_text(op, "{'type': %s, 'detail': %s, 'status': %u}",
                       op_text(op, "urn:ietf:params:acme:error:%s", type), detail, (unsigned)status));
    return false;
}

static void finish_headers(struct fake_call *call)
{
    size_t n = call->headers.count;
    struct http_header *headers = op_array(call->fake->op, n, struct http_header);

    for (size_t i = 0; i < n; i++) {
        const char *line = call->headers.at[i];
        size_t name = strcspn(line, ":");

        headers[i].name = text_cut(call->fake->op, line, name);
        headers[i].value = text_trim(call->fake->op, line + name + 1);
    }
    call->answer->headers = headers;
    call->answer->header_count = n;
}

/* ---- lies ---- */

static const char *replaced(struct op *op, const char *body, const char *from, const char *to)
{
    struct text out = text_begin(op->arena);
    const char *found;

    if (!from)
        return to;
    for (; (found = strstr(body, from)); body = found + strlen(from)) {
        text_put(&out, body, (size_t)(found - body));
        text_add(&out, "%s", to);
    }
    text_add(&out, "%s", body);
    return out.data;
}

static void replace_header(struct fake_call *call, const char *line)
{
    const char *name = text_cut(call->fake->op, line, strcspn(line, ":") + 1);
    size_t kept = 0;

    for (size_t i = 0; i < call->headers.count; i++)
        if (!text_starts(call->headers.at[i], name))
            call->headers.at[kept++] = call->headers.at[i];
    call->headers.count = kept;
    if (line[strlen(name)])
        fake_header(call, line);
}

static void lie_now(struct fake_call *call, const struct fake_lie *lie)
{
    struct http_response *answer = call->answer;

    if (lie->status)
        answer->status = lie->status;
    if (lie->to) {
        answer->body = replaced(call->fake->op, answer->body, lie->from, lie->to);
        answer->length = strlen(answer->body);
    }
    if (lie->header)
        replace_header(call, lie->header);
    if (lie->lost || lie->unsent) {
        *answer = (struct http_response){ .failure = "the line is cut", .maybe_sent = !lie->unsent };
        call->headers.count = 0;
    }
}

static void lie(struct fake_call *call)
{
    struct fake_ca *fake = call->fake;

    for (size_t i = 0; i < fake->lie_count; i++) {
        const struct fake_lie *one = &fake->lies[i];

        if (one->page != call->page)
            continue;
        fake->lied[i]++;
        if (fake->lied[i] > one->after && (!one->times || fake->lied[i] <= one->after + one->times))
            lie_now(call, one);
    }
}

void fake_lies(struct fake_ca *fake, const struct fake_lie *lies, size_t count)
{
    if (count > FAKE_MOST_LIES)
        abort();
    fake->lies = lies;
    fake->lie_count = count;
    memset(fake->lied, 0, sizeof fake->lied);
}

/* ---- pages ---- */

static const struct {
    const char *word;
    unsigned numbers;
    enum fake_page page;
    const char *method;
} pages[] = {
    { "directory", 0, FAKE_DIRECTORY, "GET" },  { "nonce", 0, FAKE_NONCE, "HEAD" },
    { "account", 0, FAKE_ACCOUNT, "POST" },     { "order", 0, FAKE_NEW_ORDER, "POST" },
    { "revoke", 0, FAKE_REVOKE, "POST" },       { "order", 1, FAKE_ORDER, "POST" },
    { "finalize", 1, FAKE_FINALIZE, "POST" },   { "cert", 1, FAKE_CERT, "POST" },
    { "authz", 2, FAKE_AUTHZ, "POST" },         { "challenge", 2, FAKE_CHALLENGE, "POST" },
    { "alternate", 2, FAKE_ALTERNATE, "POST" },
};

/* FAKE_CA/word/number/number */
static bool read_url(const char *url, const char *word, unsigned numbers, unsigned *number)
{
    const char *at = url + strlen(FAKE_CA "/");
    char *end;

    if (!text_starts(url, FAKE_CA "/") || !text_starts(at, word))
        return false;
    at += strlen(word);
    for (unsigned i = 0; i < numbers && *at == '/'; i++, at = end)
        number[i] = (unsigned)strtoul(at + 1, &end, 10);
    return !*at && (!numbers || number[numbers - 1]);
}

static void find_page(struct fake_call *call, const struct http_request *request)
{
    call->page = FAKE_ELSEWHERE;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (!read_url(request->url, pages[i].word, pages[i].numbers, call->number))
            continue;
        call->page = pages[i].page;
        if (!text_same(request->method, pages[i].method))
            fake_complain(call->fake, "%s %s", request->method, request->url);
    }
}

static void directory(struct fake_call *call)
{
    struct fake_ca *fake = call->fake;
    struct text out = text_begin(fake->op->arena);

    json_open(&out, NULL, '{');
    json_put(&out, "newNonce", FAKE_CA "/nonce");
    json_put(&out, "newAccount", FAKE_CA "/account");
    json_put(&out, "newOrder", FAKE_CA "/order");
    json_put(&out, "revokeCert", FAKE_CA "/revoke");
    json_open(&out, "meta", '{');
    json_put(&out, "termsOfService", FAKE_CA "/terms");
    json_put_bool(&out, "externalAccountRequired", fake->eab_required);
    if (fake->profiles)
        json_put_raw(&out, "profiles", fake->profiles);
    json_close(&out, '}');
    json_close(&out, '}');
    fake_say(call, 200, "application/json", out.data);
}

static void signed_page(struct fake_call *call, const struct http_request *request)
{
    static void (*const show[FAKE_PAGES])(struct fake_call *) = {
        [FAKE_NEW_ORDER] = fake_new_order, [FAKE_ORDER] = fake_order_page,  [FAKE_AUTHZ] = fake_authz_page,
        [FAKE_CHALLENGE] = fake_challenge, [FAKE_FINALIZE] = fake_finalize, [FAKE_CERT] = fake_cert,
        [FAKE_ALTERNATE] = fake_cert,      [FAKE_REVOKE] = fake_revoke,
    };

    if (fake_open_jws(call, request) && show[call->page])
        show[call->page](call);
    fake_give_nonce(call);
}

static void serve(struct fake_ca *fake, const struct http_request *request, struct http_response *answer)
{
    struct fake_call call = { .fake = fake, .url = request->url, .answer = answer };

    *answer = (struct http_response){ .status = 404, .body = "", .micros = FAKE_TRIP_MS * 1000 };
    find_page(&call, request);
    fake->requests++;
    fake->asked[call.page]++;
    if (call.page == FAKE_DIRECTORY) {
        directory(&call);
    } else if (call.page == FAKE_NONCE) {
        answer->status = 200;
        fake_give_nonce(&call);
    } else if (call.page == FAKE_ELSEWHERE) {
        fake_complain(fake, "no such page: %s", request->url);
    } else {
        signed_page(&call, request);
    }
    lie(&call);
    finish_headers(&call);
    if (!op_ok(fake->op)) {
        fake_complain(fake, "%s", fake->op->err.text);
        op_recover(fake->op);
    }
}

/* The last one first: nobody may count on an order. */
static bool run(struct http *http, struct op *op, const struct http_request *requests,
                struct http_response *responses, size_t n)
{
    struct fake_ca *fake = (struct fake_ca *)http;

    if (n > fake->most_at_once)
        fake->most_at_once = n;
    for (size_t i = n; i-- > 0;)
        serve(fake, &requests[i], &responses[i]);
    kit_advance(FAKE_TRIP_MS);
    return op_alive(op);
}

struct fake_ca *fake_ca(struct op *op)
{
    struct fake_ca *fake = op_new(op, struct fake_ca);

    fake->http.run = run;
    fake->op = op;
    fake->complaints = text_begin(op->arena);
    op->world->http = &fake->http;
    return fake;
}

struct acme *fake_ca_open(struct fake_ca *fake, struct op *op)
{
    struct acme *ca = acme_open(op, FAKE_CA "/directory");
    struct key *key = key_generate(fake->op, KEY_EC256);

    fake->account = key_public(fake->op, key);
    fake->thumbprint = key_thumbprint(fake->op, key);
    CHECK(ca && account_use(op, ca, key, FAKE_CA "/account/1"));
    return ca;
}
