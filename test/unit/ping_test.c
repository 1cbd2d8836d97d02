#include "ping.h"

#include "crypto/secrets.h"
#include "kit.h"

/* A watchdog that writes down what it is told. */
static struct dog {
    struct http http;
    long status;
    const char *failure;
    char method[8], url[200], body[200];
    bool secret;
    unsigned calls;
} dog;

static bool listen_to(struct http *http, struct op *op, const struct http_request *requests,
                      struct http_response *responses, size_t n)
{
    (void)http;
    (void)op;
    CHECK_INT(n, 1);
    strncpy(dog.method, requests->method, sizeof dog.method - 1);
    strncpy(dog.url, requests->url, sizeof dog.url - 1);
    dog.body[0] = '\0';
    strncat(dog.body, requests->body ? requests->body : "", requests->body_length);
    dog.secret = requests->secret;
    dog.calls++;
    *responses = (struct http_response){ .status = dog.status, .failure = dog.failure, .body = "" };
    return true;
}

static struct op *begin(long status)
{
    struct op *op = kit_op();

    dog = (struct dog){ .http.run = listen_to, .status = status };
    op->world->http = &dog.http;
    op->world->secrets = secrets_new(op);
    return op;
}

static void told(const char *url, enum ping what, const char *text, const char *wanted)
{
    struct op *op = begin(200);

    ping_send(op, url, what, text);
    CHECK(op_ok(op));
    CHECK_STR(op_text(op, "%s %s %s", dog.method, dog.url, dog.body), wanted);
    CHECK(dog.secret);
    CHECK_STR(kit_logged(), "");
}

TEST(ping_says_how_it_stands)
{
    told("https://hc.test/x", PING_START, NULL, "GET https://hc.test/x/start ");
    told("https://hc.test/x", PING_SUCCESS, NULL, "GET https://hc.test/x ");
    told("https://hc.test/x", PING_FAIL, "it failed", "POST https://hc.test/x/fail it failed");
    told("https://hc.test/x/", PING_START, NULL, "GET https://hc.test/x/start ");
    told("https://hc.test/x?create=1", PING_FAIL, NULL, "GET https://hc.test/x/fail?create=1 ");
}

TEST(ping_tells_no_secret)
{
    struct op *op = begin(200);

    secrets_add(op, "hunter2-hunter2");
    ping_send(op, "https://hc.test/x", PING_FAIL, "wrong token hunter2-hunter2");
    CHECK(kit_has(dog.body, "wrong token") && !kit_has(dog.body, "hunter2"));
}

/* Whatever becomes of it is a warning, and the run goes on. */
TEST(ping_that_is_not_heard)
{
    struct op *op = begin(404);

    ping_send(op, "https://hc.test/x", PING_SUCCESS, NULL);
    CHECK(op_ok(op) && kit_has(kit_logged(), "the watchdog of --ping was not told: it answers 404"));
    dog.status = 0;
    dog.failure = "Could not connect to server";
    ping_send(op, "https://hc.test/x", PING_SUCCESS, NULL);
    CHECK(op_ok(op) && kit_has(kit_logged(), "was not told: Could not connect to server"));
}

/* A run that a signal ends is one that somebody wants to know of. */
TEST(ping_goes_out_at_the_end_of_a_stopped_run)
{
    static volatile int stop = 15;
    struct op *op = begin(200);

    op->world->stop = &stop;
    ping_send(op, "https://hc.test/x", PING_FAIL, "stopped");
    op->world->stop = NULL;
    CHECK_INT(dog.calls, 1);
}

TEST(ping_urls)
{
    static const struct {
        const char *url;
        bool good;
    } cases[] = {
        { "https://hc.test/x", true },          { "http://127.0.0.1:8000/x", true },
        { "http://hc.test/x", false },          { "ftp://hc.test/x", false },
        { "https://u:p@hc.test/x", false },     { "", false },
        { "https://hc.test/x\r\ny: z", false },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = begin(200);

        CHECK(ping_url_ok(op, cases[i].url) == cases[i].good);
        if (!cases[i].good)
            CHECK_FAILED(op, ERR_USAGE, "--ping");
        CHECK(!*cases[i].url ||
              !kit_has(secrets_hide(op, op_text(op, "GET %s", cases[i].url)), cases[i].url));
    }
}
