/*
 * bare ACCOUNT DIRECTORY CA-BUNDLE|- CHALLTESTSRV-URL NAME...: the least that an ACME client can do, as the
 * anchor of the comparison. It registers when there is no file ACCOUNT, orders, sets all TXT records, lets
 * the CA look, finalizes, writes ACCOUNT.key and ACCOUNT.pem, and clears the TXT records.
 *
 * All requests run on one connection, MOST at once, each started by the nonce of one that has ended; nothing
 * is kept, checked or repeated, and every surprise ends it. Keys and signatures are those of the core
 * library.
 */
#include "base/clock.h"
#include "base/json.h"
#include "base/op.h"
#include "base/text.h"
#include "crypto/csr.h"
#include "crypto/jws.h"
#include "crypto/key.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 16 /* requests in flight */

struct call {
    const char *url, *payload; /* payload NULL: POST-as-GET */
    bool plain;                /* payload goes as it is, unsigned */
    bool head, get;
    const char *location;
    struct text body;
};

static struct {
    struct op *op;
    CURLM *multi;
    CURL *idle[MOST];
    size_t idle_count;
    const char *nonces[2 * MOST];
    size_t nonce_count;
    const char *bundle;
    struct curl_slist *jose;
    const struct key *key;
    const char *kid;
    const char *new_nonce, *new_account, *new_order;
} bare;

_Noreturn static void give_up(const char *why, const char *what)
{
    fprintf(stderr, "bare: %s %s\n", why, what ? what : "");
    exit(1);
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct call *call = context;

    text_put(&call->body, data, size * count);
    return size * count;
}

static size_t on_header(char *data, size_t size, size_t count, void *context)
{
    struct call *call = context;
    const char *line = text_cut(bare.op, data, size * count);

    if (strncasecmp(line, "Replay-Nonce:", 13) == 0 && bare.nonce_count < 2 * MOST)
        bare.nonces[bare.nonce_count++] = text_trim(bare.op, line + 13);
    if (strncasecmp(line, "Location:", 9) == 0)
        call->location = text_trim(bare.op, line + 9);
    return size * count;
}

static CURL *new_handle(void)
{
    CURL *easy = curl_easy_init();

    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "mcacme-bare"); /* RFC 8555 section 6.1 wants one */
    if (*bare.bundle != '-')
        curl_easy_setopt(easy, CURLOPT_CAINFO, bare.bundle);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    return easy;
}

static const char *body_of(const struct call *call)
{
    const char *nonce;

    if (call->plain)
        return call->payload;
    nonce = bare.nonces[--bare.nonce_count];
    return jws_sign(bare.op, bare.key, bare.kid, nonce, call->url, call->payload);
}

static void start(struct call *call)
{
    CURL *easy = bare.idle_count ? bare.idle[--bare.idle_count] : new_handle();

    call->body = text_begin(bare.op->arena);
    curl_easy_setopt(easy, CURLOPT_URL, call->url);
    curl_easy_setopt(easy, CURLOPT_NOBODY, (long)call->head);
    if (call->get)
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    if (!call->head && !call->get) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->plain ? NULL : bare.jose);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, -1L);
        curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body_of(call));
    }
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    curl_multi_add_handle(bare.multi, easy);
}

static size_t collect(void)
{
    const CURLMsg *message;
    size_t ended = 0;
    int left;

    while ((message = curl_multi_info_read(bare.multi, &left))) {
        CURL *easy = message->easy_handle;
        char *context;
        long status;

        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &context);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (message->data.result != CURLE_OK || status >= 300)
            give_up(((struct call *)(void *)context)->url, status
                                                               ? ((struct call *)(void *)context)->body.data
                                                               : curl_easy_strerror(message->data.result));
        curl_multi_remove_handle(bare.multi, easy);
        bare.idle[bare.idle_count++] = easy;
        ended++;
    }
    return ended;
}

static bool may_start(const struct call *call)
{
    return call->plain || call->head || call->get || bare.nonce_count;
}

/* All calls, as soon as nonces and the limit allow. */
static void run(struct call *calls, size_t n)
{
    size_t started = 0, ended = 0, just_ended;
    int running;

    while (ended < n) {
        while (started < n && started - ended < MOST && may_start(&calls[started]))
            start(&calls[started++]);
        curl_multi_perform(bare.multi, &running);
        just_ended = collect();
        ended += just_ended;
        if (!just_ended)
            curl_multi_poll(bare.multi, NULL, 0, 1000, NULL);
    }
}

/* Nonces for as many requests at once, asked for together. */
static void stock(size_t most)
{
    struct call calls[MOST] = { 0 };
    size_t n = 0;

    for (; n < MOST && bare.nonce_count + n < most; n++)
        calls[n] = (struct call){ .url = bare.new_nonce, .head = true };
    run(calls, n);
}

static const struct json *parsed(const struct call *call)
{
    const struct json *json = json_parse(bare.op, call->body.data, call->body.length);

    if (!json)
        give_up(call->url, call->body.data);
    return json;
}

static const struct json *post(const char *url, const char *payload, const char **location)
{
    struct call call = { .url = url, .payload = payload };

    run(&call, 1);
    if (location)
        *location = call.location;
    return parsed(&call);
}

static void read_directory(const char *url)
{
    struct call call = { .url = url, .get = true };
    const struct json *json;

    run(&call, 1);
    json = parsed(&call);
    bare.new_nonce = json_str(bare.op, json, "newNonce");
    bare.new_account = json_str(bare.op, json, "newAccount");
    bare.new_order = json_str(bare.op, json, "newOrder");
}

static void save(const char *path, const char *content)
{
    FILE *file = fopen(path, "w");

    if (!file || fputs(content, file) < 0 || fclose(file) != 0)
        give_up("cannot write", path);
}

/* The file holds the account's URL in its first line, then the key. */
static void find_account(const char *path)
{
    char content[4096] = { 0 };
    FILE *file = fopen(path, "r");

    if (file && fread(content, 1, sizeof content - 1, file) > 0) {
        size_t line = strcspn(content, "\n");

        bare.key = key_from_pem(bare.op, content + line, "the account key");
        bare.kid = text_cut(bare.op, content, line);
    } else {
        bare.key = key_generate(bare.op, KEY_EC256);
        post(bare.new_account, "{\"termsOfServiceAgreed\":true}", &bare.kid);
        save(path, op_text(bare.op, "%s\n%s", bare.kid, key_pem(bare.op, bare.key)));
    }
    if (file)
        fclose(file);
}

static const char *identifiers(const struct strings *names)
{
    struct text out = text_begin(bare.op->arena);

    text_add(&out, "{\"identifiers\":[");
    for (size_t i = 0; i < names->count; i++)
        text_add(&out, "%s{\"type\":\"dns\",\"value\":\"%s\"}", i ? "," : "", names->at[i]);
    text_add(&out, "]}");
    return out.data;
}

static const struct json *dns01(const struct json *authz)
{
    const struct json *challenge;

    for (size_t i = 0; (challenge = json_each(authz, "challenges", i)); i++)
        if (json_is(challenge, "type", "dns-01"))
            return challenge;
    give_up("no dns-01", NULL);
}

/* Proves all names: reads the authorizations, sets the records, tells the CA. */
static void prove(const struct strings *authzs, const char *records, struct call *clear)
{
    size_t n = authzs->count;
    struct call *reads = op_array(bare.op, n, struct call), *sets = op_array(bare.op, n, struct call);
    struct call *looks = op_array(bare.op, n, struct call);

    for (size_t i = 0; i < n; i++)
        reads[i].url = authzs->at[i];
    stock(n);
    run(reads, n);
    for (size_t i = 0; i < n; i++) {
        const struct json *authz = parsed(&reads[i]), *challenge = dns01(authz);
        const char *host =
            op_text(bare.op, "_acme-challenge.%s.", json_str(bare.op, authz, "identifier.value"));
        const char *value = jws_dns01_value(bare.op, bare.key, json_str(bare.op, challenge, "token"));

        sets[i] = (struct call){ .url = op_text(bare.op, "%s/set-txt", records), .plain = true };
        sets[i].payload = json_text(bare.op, "{'host':%s,'value':%s}", host, value);
        clear[i] = (struct call){ .url = op_text(bare.op, "%s/clear-txt", records), .plain = true };
        clear[i].payload = json_text(bare.op, "{'host':%s}", host);
        looks[i] = (struct call){ .url = json_str(bare.op, challenge, "url"), .payload = "{}" };
    }
    run(sets, n);
    run(looks, n);
}

static const struct json *wait_for(const char *order, const char *status)
{
    for (long millis = 2;; millis += millis / 2 + 1) {
        const struct timespec pause = { millis / 1000, millis % 1000 * 1000000 };
        const struct json *json;

        nanosleep(&pause, NULL);
        json = post(order, NULL, NULL);
        if (json_is(json, "status", status))
            return json;
        if (json_is(json, "status", "invalid"))
            give_up("invalid:", order);
    }
}

static void issue(const struct strings *names, const char *records, const char *account)
{
    struct call *clear = op_array(bare.op, names->count, struct call);
    const struct key *key = key_generate(bare.op, KEY_EC256);
    const char *csr = base64url(bare.op, csr_make(bare.op, key, names));
    const char *url;
    const struct json *order = post(bare.new_order, identifiers(names), &url);
    const char *finalize = json_str(bare.op, order, "finalize");
    const struct strings authzs = json_strings(bare.op, order, "authorizations");
    struct call certificate = { 0 };

    prove(&authzs, records, clear);
    wait_for(url, "ready");
    post(finalize, json_text(bare.op, "{'csr':%s}", csr), NULL);
    certificate.url = json_str(bare.op, wait_for(url, "valid"), "certificate");
    run(&certificate, 1);
    save(op_text(bare.op, "%s.key", account), key_pem(bare.op, key));
    save(op_text(bare.op, "%s.pem", account), certificate.body.data);
    run(clear, authzs.count);
}

int main(int argc, char **argv)
{
    struct world world = { .clock = clock_system() };
    struct strings names = { 0 };

    if (argc < 6)
        give_up("usage: bare ACCOUNT DIRECTORY CA-BUNDLE|- CHALLTESTSRV-URL NAME...", NULL);
    bare.op = op_begin(&world);
    for (int i = 5; i < argc; i++)
        strings_add(bare.op, &names, argv[i]);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    bare.multi = curl_multi_init();
    curl_multi_setopt(bare.multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L);
    bare.jose = curl_slist_append(NULL, "Content-Type: application/jose+json");
    bare.bundle = argv[3];
    read_directory(argv[2]);
    stock(1);
    find_account(argv[1]);
    issue(&names, argv[4], argv[1]);
    if (!op_ok(bare.op))
        give_up("failed:", bare.op->err.text);
    op_end(bare.op);
    return 0;
}
