/*
 * The one file that knows libcurl: struct http over one multi handle for the whole run, so that TLS is set up
 * once a host and the trust store is read once.
 */
#include "base/text.h"
#include "net/http.h"

#include <curl/curl.h>
#include <glob.h>
#include <string.h>

#define SLICE_MS     250 /* how long a signal may go unnoticed while we wait */
#define MOST_AT_ONCE 16u /* a request under way costs libcurl a good deal of memory */

struct http_curl {
    struct http http;
    const struct http_curl_options *options;
    CURLM *multi; /* NULL until the first request */
    struct curl_slist *connect_to;
    const char *ca_path; /* folder of hashed certificates, read one by one as needed; NULL: curl's default */
};

/* One request under way. */
struct transfer {
    struct op *op;
    CURL *easy;
    struct curl_slist *headers;
    const struct http_request *request;
    struct http_response *response;
    struct text body;
    size_t header_bytes;
    bool headers_whole;          /* the blank line behind them was seen */
    const char *over;            /* which bound was broken */
    char words[CURL_ERROR_SIZE]; /* curl's own, better than the code's name */
};

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;

    if (size * count > HTTP_MOST_BODY - t->body.length) {
        t->over = "the answer is longer than 1 MiB";
        return 0;
    }
    text_put(&t->body, data, size * count);
    return size * count;
}

static void add_header(struct transfer *t, const char *line)
{
    struct http_response *r = t->response;
    const char *colon = strchr(line, ':');

    if (!colon)
        return;
    if (r->header_count % 16 == 0) {
        struct http_header *bigger = op_array(t->op, r->header_count + 16, struct http_header);

        if (r->header_count)
            memcpy(bigger, r->headers, r->header_count * sizeof *bigger);
        r->headers = bigger;
    }
    r->headers[r->header_count].name = text_cut(t->op, line, (size_t)(colon - line));
    r->headers[r->header_count++].value = text_trim(t->op, colon + 1);
}

static size_t on_header(char *data, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    const char *line = text_cut(t->op, data, size * count);

    t->header_bytes += size * count;
    if (t->header_bytes > HTTP_MOST_HEADERS) {
        t->over = "the headers are longer than 64 KiB";
        return 0;
    }
    if (text_starts(line, "HTTP/")) {
        t->response->header_count = 0; /* what came before belonged to a 100 Continue */
        t->headers_whole = false;
    } else if (line[strspn(line, "\r\n")]) {
        add_header(t, line);
    } else {
        t->headers_whole = true;
    }
    return size * count;
}

static void release(void *context)
{
    struct http_curl *self = context;

    if (!self->multi)
        return;
    curl_multi_cleanup(self->multi);
    curl_slist_free_all(self->connect_to);
    curl_global_cleanup();
}

/*
 * Debian's trust store is a bundle of all certificates and a folder of the same ones by hash. OpenSSL reads
 * the folder one certificate at a time, as it needs them: that saves most of the time and memory of a short
 * run.
 */
static const char *hashed_folder(struct op *op, const curl_version_info_data *curl)
{
    glob_t found;

    if (!curl->capath || !curl->ssl_version || !strstr(curl->ssl_version, "OpenSSL"))
        return NULL;
    if (glob(op_text(op, "%s/*.0", curl->capath), GLOB_NOSORT, NULL, &found) != 0)
        return NULL;
    globfree(&found);
    return curl->capath;
}

static bool start(struct http_curl *self, struct op *op)
{
    const struct strings *pairs = self->options->connect_to;

    if (self->multi)
        return true;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(self->multi = curl_multi_init()))
        return op_fail(op, ERR_INTERNAL, "libcurl does not start");
    curl_multi_setopt(self->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L);
    for (size_t i = 0; pairs && i < pairs->count; i++)
        self->connect_to = curl_slist_append(self->connect_to, pairs->at[i]);
    self->ca_path = hashed_folder(op, curl_version_info(CURLVERSION_NOW));
    return true;
}

static void set_trust(const struct http_curl *self, CURL *easy)
{
    if (self->options->unverified) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    } else if (self->options->ca_bundle) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, self->options->ca_bundle);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    } else if (self->ca_path) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
        curl_easy_setopt(easy, CURLOPT_CAPATH, self->ca_path);
    }
}

static void set_bounds(CURL *easy, const struct http_request *request)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, request->plain ? "http,https" : "https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, request->local ? 2L : 30L);
    if (request->local)
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 100L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, 30L);
}

static void set_request(struct transfer *t)
{
    const struct http_request *request = t->request;

    for (size_t i = 0; request->headers && request->headers[i]; i++)
        t->headers = curl_slist_append(t->headers, request->headers[i]);
    t->headers = curl_slist_append(t->headers, "Expect:");
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(t->easy, CURLOPT_URL, request->url);
    curl_easy_setopt(t->easy, CURLOPT_USERAGENT, HTTP_AGENT);
    if (text_same(request->method, "HEAD"))
        curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, request->method);
    if (request->body) {
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, request->body);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE, (long)request->body_length);
    }
}

static bool begin(struct http_curl *self, struct transfer *t)
{
    t->easy = curl_easy_init();
    if (!t->easy)
        return op_fail(t->op, ERR_INTERNAL, "libcurl gives no handle");
    t->body = text_begin(t->op->arena);
    set_bounds(t->easy, t->request);
    set_trust(self, t->easy);
    set_request(t);
    curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(t->easy, CURLOPT_PIPEWAIT, 1L);
    if (self->connect_to)
        curl_easy_setopt(t->easy, CURLOPT_CONNECT_TO, self->connect_to);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->words);
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    return curl_multi_add_handle(self->multi, t->easy) == CURLM_OK ||
           op_fail(t->op, ERR_INTERNAL, "libcurl takes no request");
}

static const char *url_shown(struct op *op, const struct http_request *request)
{
    return request->secret ? text_cut(op, request->url, strcspn(request->url, "?")) : request->url;
}

/* Asked before a body is made printable, which few will ever see. */
static bool shows_bodies(const struct op *op)
{
    return op->world->log && op->world->log->level >= LOG_DEBUG;
}

static void log_transfer(const struct transfer *t)
{
    const struct http_response *r = t->response;
    const char *url = url_shown(t->op, t->request);

    if (!r->status) {
        op_log(t->op, LOG_INFO, "%s %s: %s", t->request->method, url, r->failure);
        return;
    }
    op_log(t->op, LOG_INFO, "%s %s: %ld (%d ms)", t->request->method, url, r->status,
           (int)(r->micros / 1000));
    if (r->length && !t->request->secret && shows_bodies(t->op))
        op_log(t->op, LOG_DEBUG, "  %s", text_printable(t->op, r->body, 4000));
}

static void finish(struct transfer *t, CURLcode code)
{
    struct http_response *r = t->response;
    curl_off_t micros = 0, pretransfer = 0;

    curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &micros);
    curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &pretransfer);
    r->micros = micros;
    if (code == CURLE_OK && !t->headers_whole) {
        t->over = "the answer ends in the middle of its headers"; /* libcurl is content with that */
        code = CURLE_PARTIAL_FILE;
    }
    if (code == CURLE_OK) {
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &r->status);
        r->body = t->body.data;
        r->length = t->body.length;
    } else {
        r->failure = t->over     ? t->over
                     : *t->words ? arena_strdup(t->op->arena, t->words)
                                 : curl_easy_strerror(code);
        r->untrusted = code == CURLE_PEER_FAILED_VERIFICATION;
        r->maybe_sent = pretransfer > 0;
    }
    log_transfer(t);
}

static void give_back(struct http_curl *self, struct transfer *t)
{
    if (t->easy) {
        curl_multi_remove_handle(self->multi, t->easy);
        curl_easy_cleanup(t->easy);
        t->easy = NULL;
    }
    curl_slist_free_all(t->headers);
    t->headers = NULL;
}

/* How many have ended. */
static size_t collect(struct http_curl *self)
{
    CURLMsg *message;
    size_t ended = 0;
    int left;

    while ((message = curl_multi_info_read(self->multi, &left))) {
        char *context = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
        finish((struct transfer *)(void *)context, message->data.result);
        give_back(self, (struct transfer *)(void *)context);
        ended++;
    }
    return ended;
}

static bool drive(struct http_curl *self, struct op *op, struct transfer *transfers, size_t n)
{
    size_t begun = 0, ended = 0;
    int running;

    while (op_alive(op)) {
        while (begun < n && begun - ended < MOST_AT_ONCE)
            TRY(begin(self, &transfers[begun++]));
        if (curl_multi_perform(self->multi, &running) != CURLM_OK)
            return op_fail(op, ERR_INTERNAL, "libcurl stumbles");
        ended += collect(self);
        if (ended == n)
            return true;
        if (begun == n || begun - ended == MOST_AT_ONCE)
            curl_multi_poll(self->multi, NULL, 0, SLICE_MS, NULL);
    }
    return false;
}

static bool run(struct http *http, struct op *op, const struct http_request *requests,
                struct http_response *responses, size_t n)
{
    struct http_curl *self = (struct http_curl *)http;
    struct transfer *transfers = op_array(op, n, struct transfer);
    bool good;

    for (size_t i = 0; i < n; i++)
        transfers[i] = (struct transfer){ .op = op, .request = &requests[i], .response = &responses[i] };
    good = start(self, op) && drive(self, op, transfers, n);
    for (size_t i = 0; i < n; i++)
        give_back(self, &transfers[i]);
    return good;
}

struct http *http_curl(struct op *op, const struct http_curl_options *options)
{
    struct http_curl *self = op_new(op, struct http_curl);

    self->http.run = run;
    self->options = options;
    arena_defer(op->arena, release, self);
    return &self->http;
}
