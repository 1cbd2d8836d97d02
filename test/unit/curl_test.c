/* What comes over the wire into struct http_response, and what does not: a plain server on loopback. */
#include "base/text.h"
#include "kit.h"
#include "net/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TLS_HANDSHAKE 22 /* the first byte of who takes us for a better server */

/* Reads a request, says its piece, hangs up; and so on until it is closed. */
static struct web {
    int listener;
    const char *answer;
    size_t length;
    volatile int *stop; /* set when a request has come, and no answer is given */
    atomic_int hits;
    char request[16384]; /* the last one */
    char url[64];
    pthread_t thread;
} web;

/* Up to the blank line and then as much as Content-Length says. */
static void hear(int stream)
{
    size_t length = 0;
    ssize_t got;
    const char *end, *body;

    do {
        got = recv(stream, web.request + length, sizeof web.request - 1 - length, 0);
        length += got > 0 ? (size_t)got : 0;
        web.request[length] = '\0';
        end = strstr(web.request, "\r\n\r\n");
        body = strstr(web.request, "Content-Length: ");
    } while (got > 0 && *web.request != TLS_HANDSHAKE &&
             (!end || (body && strlen(end + 4) < strtoul(body + 16, NULL, 10))));
}

static void *serve(void *nothing)
{
    int stream;

    while ((stream = accept(web.listener, NULL, NULL)) >= 0) {
        char rest[256];

        hear(stream);
        web.hits++;
        if (web.stop)
            *web.stop = 15;
        for (size_t sent = 0; sent < web.length;) {
            ssize_t n = send(stream, web.answer + sent, web.length - sent, MSG_NOSIGNAL);

            if (n <= 0)
                break;
            sent += (size_t)n;
        }
        while (web.stop && recv(stream, rest, sizeof rest, 0) > 0)
            continue; /* until the other side has had enough */
        close(stream);
    }
    return nothing;
}

static void start(const char *answer, size_t length)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof in;

    web = (struct web){ .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    web.answer = answer;
    web.length = length;
    CHECK(bind(web.listener, (struct sockaddr *)&in, size) == 0 && listen(web.listener, 64) == 0);
    CHECK(getsockname(web.listener, (struct sockaddr *)&in, &size) == 0);
    snprintf(web.url, sizeof web.url, "http://127.0.0.1:%u/x?q=1", ntohs(in.sin_port));
    CHECK(pthread_create(&web.thread, NULL, serve, NULL) == 0);
}

static void stop(void)
{
    shutdown(web.listener, SHUT_RDWR);
    pthread_join(web.thread, NULL);
    close(web.listener);
}

static const struct http_curl_options options = { 0 };

static struct op *op_here(void)
{
    struct op *op = kit_op();

    op->world->http = http_curl(op, &options);
    return op;
}

static struct http_response fetch_as(struct op *op, struct http_request request)
{
    struct http_response response;

    CHECK(http_run(op, &request, &response, 1) == op_ok(op));
    return response;
}

/* One GET of what a server says. */
static struct http_response fetch_bytes(struct op *op, const char *answer, size_t length)
{
    struct http_response response;

    start(answer, length);
    response = fetch_as(op, (struct http_request){ .method = "GET", .url = web.url, .plain = true });
    stop();
    return response;
}

static struct http_response fetch(struct op *op, const char *answer)
{
    return fetch_bytes(op, answer, strlen(answer));
}

static void check_failure(const struct http_response *r, const char *words)
{
    CHECK_INT(r->status, 0);
    CHECK(r->failure && (!words || strstr(r->failure, words)));
    CHECK(!r->body);
}

TEST(curl_takes_an_answer)
{
    struct op *op = op_here();
    struct http_response r = fetch(
        op, "HTTP/1.1 201 Created\r\nLocation:  https://ca.test/1 \r\nX:\r\nContent-Length: 5\r\n\r\nhello");

    CHECK_INT(r.status, 201);
    CHECK_STR(r.body, "hello");
    CHECK_INT(r.length, 5);
    CHECK_STR(http_header(&r, "location", 0), "https://ca.test/1");
    CHECK_STR(http_header(&r, "X", 0), "");
    CHECK_STR(r.failure, NULL);
    CHECK(strstr(web.request, "GET /x?q=1 HTTP/1.1\r\n") == web.request);
    CHECK(strstr(web.request, "\r\nUser-Agent: mcacme/"));
}

TEST(curl_sends_method_headers_and_body)
{
    static const char *const headers[] = { "Content-Type: application/jose+json", "X-A: b", NULL };
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    struct op *op = op_here();
    char body[2000];
    struct http_response r;

    memset(body, 'x', sizeof body);
    start(answer, strlen(answer));
    r = fetch_as(op, (struct http_request){ .method = "POST",
                                            .url = web.url,
                                            .headers = headers,
                                            .body = body,
                                            .body_length = sizeof body,
                                            .plain = true });
    CHECK_INT(r.status, 200);
    CHECK_STR(r.body, "");
    CHECK(strstr(web.request, "POST /x?q=1 ") == web.request);
    CHECK(strstr(web.request, "\r\nContent-Type: application/jose+json\r\n") &&
          strstr(web.request, "\r\nX-A: b\r\n"));
    CHECK(strstr(web.request, "\r\nContent-Length: 2000\r\n") && !strstr(web.request, "Expect"));
    CHECK_INT(strspn(strstr(web.request, "\r\n\r\n") + 4, "x"), 2000);
    r = fetch_as(op, (struct http_request){ .method = "DELETE", .url = web.url, .plain = true });
    CHECK(r.status == 200 && strstr(web.request, "DELETE ") == web.request);
    stop();
}

TEST(curl_head_has_no_body)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nReplay-Nonce: n\r\nContent-Length: 500\r\n\r\n";
    struct op *op = op_here();
    struct http_response r;

    start(answer, strlen(answer));
    r = fetch_as(op, (struct http_request){ .method = "HEAD", .url = web.url, .plain = true });
    stop();
    CHECK_INT(r.status, 200);
    CHECK_STR(http_header(&r, "Replay-Nonce", 0), "n");
    CHECK_STR(r.body, "");
}

static struct http_response fetch_body_of(struct op *op, size_t length, bool say_length)
{
    struct text out = text_begin(op->arena);
    char part[1024];

    memset(part, 'x', sizeof part);
    text_add(&out,
             say_length ? "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n"
                        : "HTTP/1.1 200 OK\r\nX-L: %zu\r\n\r\n",
             length);
    for (size_t left = length; left; left -= left < sizeof part ? left : sizeof part)
        text_put(&out, part, left < sizeof part ? left : sizeof part);
    return fetch_bytes(op, out.data, out.length);
}

TEST(curl_answer_is_bounded)
{
    struct op *op = op_here();
    struct http_response r = fetch_body_of(op, HTTP_MOST_BODY, true);

    CHECK_INT(r.status, 200);
    CHECK_INT(r.length, HTTP_MOST_BODY);
    r = fetch_body_of(op, HTTP_MOST_BODY + 1, true);
    check_failure(&r, "the answer is longer than 1 MiB");
    r = fetch_body_of(op, 3 * HTTP_MOST_BODY, false);
    check_failure(&r, "the answer is longer than 1 MiB");
    CHECK(op_ok(op));
}

static struct http_response fetch_headers_of(struct op *op, size_t lines, size_t width)
{
    struct text out = text_begin(op->arena);

    text_add(&out, "HTTP/1.1 200 OK\r\n");
    for (size_t i = 0; i < lines; i++)
        text_add(&out, "Link: %0*d\r\n", (int)width, 7);
    text_add(&out, "Content-Length: 2\r\n\r\nok");
    return fetch_bytes(op, out.data, out.length);
}

TEST(curl_headers_are_bounded)
{
    struct op *op = op_here();
    struct http_response r = fetch_headers_of(op, 600, 80);

    CHECK_INT(r.status, 200);
    CHECK(http_header(&r, "Link", 599) && !http_header(&r, "Link", 600));
    r = fetch_headers_of(op, 1000, 80);
    check_failure(&r, "the headers are longer than 64 KiB");
    r = fetch_headers_of(op, 1, 70000);
    check_failure(&r, "the headers are longer than 64 KiB");
}

TEST(curl_follows_no_redirect)
{
    static const long statuses[] = { 301, 302, 303, 307, 308 };
    struct op *op = op_here();

    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct http_response r =
            fetch(op, op_text(op, "HTTP/1.1 %ld Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
                              statuses[i]));

        CHECK_INT(r.status, statuses[i]);
        CHECK_INT(web.hits, 1);
    }
}

TEST(curl_half_an_answer_is_none)
{
    static const char *const answers[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "",
    };
    struct op *op = op_here();

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct http_response r = fetch(op, answers[i]);

        check_failure(&r, NULL);
        CHECK(r.maybe_sent);
    }
    CHECK(op_ok(op));
}

TEST(curl_what_is_no_http_is_refused)
{
    static const char *const answers[] = { "<html>hello</html>\r\n\r\n", "220 mail.example ESMTP\r\n",
                                           "HTTP/9.9 200 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n" };
    struct op *op = op_here();

    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct http_response r = fetch(op, answers[i]);

        check_failure(&r, NULL);
    }
}

TEST(curl_interim_answers_leave_nothing_behind)
{
    struct op *op = op_here();
    struct http_response r = fetch(op, "HTTP/1.1 100 Continue\r\nReplay-Nonce: early\r\n\r\n"
                                       "HTTP/1.1 103 Early Hints\r\nLink: <early>\r\n\r\n"
                                       "HTTP/1.1 200 OK\r\nLink: <late>\r\nContent-Length: 2\r\n\r\nok");

    CHECK_INT(r.status, 200);
    CHECK_STR(r.body, "ok");
    CHECK_STR(http_header(&r, "Replay-Nonce", 0), NULL);
    CHECK_STR(http_header(&r, "Link", 0), "<late>");
    CHECK_STR(http_header(&r, "Link", 1), NULL);
}

TEST(curl_keeps_repeated_headers_in_their_order)
{
    struct op *op = op_here();
    struct text out = text_begin(op->arena);
    struct http_response r;

    text_add(&out, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 40; i++)
        text_add(&out, "Link: <%d>;rel=\"alternate\"\r\n", i);
    text_add(&out, "Content-Length: 0\r\n\r\n");
    r = fetch(op, out.data);
    for (int i = 0; i < 40; i++)
        CHECK_STR(http_header(&r, "link", (size_t)i), op_text(op, "<%d>;rel=\"alternate\"", i));
    CHECK_STR(http_header(&r, "link", 40), NULL);
}

TEST(curl_body_may_hold_anything)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\na\0b\x1b\n";
    struct op *op = op_here();
    struct http_response r = fetch_bytes(op, answer, sizeof answer - 1);

    CHECK_INT(r.length, 5);
    CHECK(r.body && memcmp(r.body, "a\0b\x1b\n", 6) == 0); /* the NUL behind it included */
    CHECK(!strchr(kit_logged(), '\x1b'));
}

TEST(curl_no_server_is_no_answer)
{
    struct op *op = op_here();
    struct http_response r;

    start("", 0);
    stop();
    r = fetch_as(op, (struct http_request){ .method = "GET", .url = web.url, .plain = true });
    check_failure(&r, NULL);
    CHECK(!r.maybe_sent && op_ok(op));
}

TEST(curl_speaks_plain_http_only_where_it_is_allowed)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    struct op *op = op_here();
    struct http_response r;

    start(answer, strlen(answer));
    r = fetch_as(op, (struct http_request){ .method = "GET", .url = web.url });
    check_failure(&r, NULL);
    r = fetch_as(op, (struct http_request){ .method = "GET", .url = "file:///etc/hostname", .plain = true });
    check_failure(&r, NULL);
    CHECK_INT(web.hits, 0);
    r = fetch_as(op, (struct http_request){ .method = "GET", .url = op_text(op, "https%s", web.url + 4) });
    check_failure(&r, NULL); /* a server that does not know TLS */
    CHECK(!r.maybe_sent);
    stop();
}

TEST(curl_many_requests_at_once_keep_their_places)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    struct http_request requests[20];
    struct http_response responses[20];
    struct op *op = op_here();

    start(answer, strlen(answer));
    for (size_t i = 0; i < 20; i++)
        requests[i] = (struct http_request){ .method = "GET",
                                             .url = i % 3 ? web.url : "https://127.0.0.1:1/",
                                             .plain = true };
    CHECK(http_run(op, requests, responses, 20));
    for (size_t i = 0; i < 20; i++)
        CHECK_INT(responses[i].status, i % 3 ? 200 : 0);
    CHECK_INT(web.hits, 13);
    stop();
}

TEST(curl_stops_at_a_signal_although_the_server_hangs)
{
    volatile int signal = 0;
    struct op *op = op_here();
    struct http_request request = { .method = "GET", .plain = true };
    struct http_response response;

    start("", 0);
    web.stop = &signal;
    request.url = web.url;
    op->world->stop = &signal;
    CHECK(!http_run(op, &request, &response, 1));
    CHECK_FAILED(op, ERR_STOPPED, "signal 15");
    op->world->stop = NULL;
    stop();
}

TEST(curl_secret_requests_leave_no_trace_in_the_log)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
    struct op *op = op_here();

    start(answer, strlen(answer));
    fetch_as(op, (struct http_request){ .method = "GET", .url = web.url, .plain = true, .secret = true });
    CHECK(strstr(kit_logged(), "/x: 200") && !strstr(kit_logged(), "q=1") && !strstr(kit_logged(), "secret"));
    fetch_as(op, (struct http_request){ .method = "GET", .url = web.url, .plain = true });
    CHECK(strstr(kit_logged(), "q=1") && strstr(kit_logged(), "secret"));
    stop();
}
