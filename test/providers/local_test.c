/* The providers that have no vendor, and so no transcript: exec, standalone, challtestsrv, rfc2136, knot. */
#include "base/clock.h"
#include "base/credentials.h"
#include "dns01/instance.h"
#include "kit.h"
#include "net/resolver.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME  "_acme-challenge.example.com"
#define OTHER "_acme-challenge.www.example.com"

/* Credentials as NAME, VALUE pairs. */
struct given {
    struct credentials credentials;
    const char *pairs[12];
};

static const char *get(const struct credentials *credentials, struct op *op, const char *name)
{
    const struct given *given = (const struct given *)credentials;

    (void)op;
    for (size_t i = 0; given->pairs[i]; i += 2)
        if (text_same(given->pairs[i], name))
            return given->pairs[i + 1];
    return NULL;
}

static struct instance *with(struct op *op, const char *provider, struct given *given)
{
    given->credentials.get = get;
    op->world->clock = clock_system(); /* child processes and sockets live in real time */
    return instance_parse(op, provider, &given->credentials);
}

static struct record at(const char *fqdn, const char *value)
{
    return (struct record){ .fqdn = fqdn, .zone = "example.com", .value = value, .ttl = 60 };
}

static bool add(struct op *op, struct instance *instance, const char *fqdn, const char *value)
{
    struct record record = at(fqdn, value);

    return instance_add(op, instance, &record, 1);
}

static bool del(struct op *op, struct instance *instance, const char *fqdn, const char *value)
{
    struct record record = at(fqdn, value);

    return instance_remove(op, instance, &record, 1);
}

/* ---- exec ---- */

static const char *program(struct op *op, const char *script)
{
    const char *path = op_text(op, "%s/program", kit_folder());
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0700);

    CHECK(write(fd, script, strlen(script)) == (ssize_t)strlen(script));
    close(fd);
    return path;
}

static const char *content(struct op *op, const char *name)
{
    char buffer[4096] = "";
    int fd = open(op_text(op, "%s/%s", kit_folder(), name), O_RDONLY | O_CLOEXEC);

    if (CHECK(fd >= 0))
        CHECK(read(fd, buffer, sizeof buffer - 1) >= 0);
    close(fd);
    return text_dup(op, buffer);
}

TEST(exec_speaks_legos_protocol)
{
    struct op *op = kit_op();
    struct given given = { .pairs = { "EXEC_PATH",
                                      program(op, "#!/bin/sh\necho \"$# $*\" >>\"${0%/*}/calls\"\n") } };
    struct instance *exec = with(op, "exec", &given);

    CHECK(add(op, exec, NAME, "-value;$(id)"));
    CHECK(del(op, exec, NAME, "-value;$(id)"));
    CHECK(instance_close(op, exec));
    CHECK_STR(content(op, "calls"), "3 present " NAME ". -value;$(id)\n3 cleanup " NAME ". -value;$(id)\n");
}

TEST(exec_failure_shows_what_the_program_said)
{
    struct op *op = kit_op();
    struct given given = { .pairs = { "EXEC_PATH",
                                      program(op, "#!/bin/sh\necho no such zone >&2\nexit 3\n") } };
    struct instance *exec = with(op, "exec", &given);

    CHECK(!add(op, exec, NAME, "v"));
    CHECK_FAILED(op, ERR_PROVIDER, "(present) failed with exit status 3: no such zone");
}

TEST(exec_without_a_program)
{
    struct op *op = kit_op();
    struct given missing = { .pairs = { "EXEC_PATH", "/nonexistent/program" } }, none = { .pairs = { NULL } };

    CHECK(!add(op, with(op, "exec", &missing), NAME, "v"));
    CHECK_FAILED(op, ERR_CONFIG, "cannot be started: /nonexistent/program");
    op_recover(op);
    CHECK(!instance_check(op, with(op, "exec", &none)));
    CHECK_FAILED(op, ERR_CONFIG, "EXEC_PATH");
}

/* ---- standalone ---- */

/* A port that was free a moment ago. */
static unsigned free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
    close(fd);
    return ntohs(address.sin_port);
}

static struct dns_message ask(struct op *op, const char *server, const char *name, int type)
{
    struct dns_writer w = dns_write(op, 512, 7, 0, DNS_QUERY, 0);
    struct dns_message m = { .rcode = -1 };
    struct bytes answer;

    dns_put_question(&w, name, type, DNS_IN);
    if (CHECK(dns_exchange(op, server, (struct bytes){ w.at, w.length }, false, &answer)))
        CHECK(dns_decode(op, answer, &m));
    return m;
}

TEST(standalone_answers_until_it_is_closed)
{
    struct op *op = kit_op();
    const char *listen = op_text(op, "127.0.0.1:%u", free_port());
    struct given given = { .pairs = { "STANDALONE_LISTEN", listen, "STANDALONE_NS", "ns.example.net" } };
    struct instance *standalone = with(op, "standalone", &given);
    struct record both[] = { at(NAME, "one"), at(OTHER, "two") };
    struct bytes answer;

    CHECK(instance_add(op, standalone, both, 2));
    CHECK_STR(ask(op, listen, NAME, DNS_TXT).answer.at[0].text, "one");
    CHECK_STR(ask(op, listen, OTHER, DNS_TXT).answer.at[0].text, "two");
    CHECK_STR(ask(op, listen, OTHER, DNS_NS).answer.at[0].text, "ns.example.net");
    CHECK(del(op, standalone, NAME, "one"));
    CHECK_INT(ask(op, listen, NAME, DNS_TXT).answer.count, 0);
    CHECK(instance_close(op, standalone));
    CHECK(!dns_exchange(op, listen, bytes_of("0123456789abcdef"), false, &answer));
    CHECK_FAILED(op, ERR_PROVIDER, "no answer");
}

TEST(standalone_has_nothing_to_remove_after_a_restart)
{
    struct op *op = kit_op();
    struct given given = { .pairs = { "STANDALONE_LISTEN", "192.0.2.1:53" } }; /* cannot be listened on */

    CHECK(del(op, with(op, "standalone", &given), NAME, "one"));
    CHECK(op_ok(op));
}

TEST(standalone_port_in_use)
{
    struct op *op = kit_op();
    const char *listen = op_text(op, "127.0.0.1:%u", free_port());
    struct given given = { .pairs = { "STANDALONE_LISTEN", listen } };
    struct instance *first = with(op, "standalone", &given), *second = with(op, "standalone", &given);

    CHECK(add(op, first, NAME, "one"));
    CHECK(!add(op, second, NAME, "two"));
    CHECK_FAILED(op, ERR_PROVIDER, listen);
    CHECK(strstr(op->err.hint, "another name server"));
}

/* ---- challtestsrv: a web server that only keeps what it was told ---- */

struct recorder {
    struct http http;
    struct text calls;
    long status;
};

static bool record(struct http *http, struct op *op, const struct http_request *requests,
                   struct http_response *responses, size_t n)
{
    struct recorder *recorder = (struct recorder *)http;

    (void)op;
    for (size_t i = 0; i < n; i++) {
        text_add(&recorder->calls, "%s %s\n", requests[i].url, requests[i].body);
        responses[i] = (struct http_response){ .status = recorder->status, .body = "" };
    }
    text_add(&recorder->calls, "--\n"); /* the end of what went out together */
    return true;
}

/* Both values of `name` and a stranger's are there; then one goes. */
static struct instance *recorded(struct op *op, struct recorder *recorder, struct given *given)
{
    struct record three[] = { at(NAME, "one"), at(NAME, "two"), at(OTHER, "three") };
    struct instance *instance = with(op, "challtestsrv", given);

    *recorder = (struct recorder){ .http.run = record, .calls = text_begin(op->arena), .status = 200 };
    op->world->http = &recorder->http;
    CHECK(instance_add(op, instance, three, 3));
    return instance;
}

#define SET_ONE "http://127.0.0.1:8055/set-txt {\"host\": \"" NAME ".\", \"value\": \"one\"}\n"
#define SET_TWO "http://127.0.0.1:8055/set-txt {\"host\": \"" NAME ".\", \"value\": \"two\"}\n"
#define SET_3   "http://127.0.0.1:8055/set-txt {\"host\": \"" OTHER ".\", \"value\": \"three\"}\n"
#define CLEAR   "http://127.0.0.1:8055/clear-txt {\"host\": \"" NAME ".\"}\n"

TEST(challtestsrv_keeps_the_siblings)
{
    struct op *op = kit_op();
    struct given given = { .pairs = { NULL } };
    struct recorder recorder;
    struct instance *instance = recorded(op, &recorder, &given);

    CHECK_STR(recorder.calls.data, SET_ONE SET_TWO SET_3 "--\n");
    CHECK(add(op, instance, NAME, "one")); /* is there already: nothing goes out */
    recorder.calls = text_begin(op->arena);
    CHECK(del(op, instance, NAME, "one"));
    CHECK_STR(recorder.calls.data, CLEAR "--\n" SET_TWO "--\n");
    recorder.calls = text_begin(op->arena);
    CHECK(del(op, instance, NAME, "one"));
    CHECK_STR(recorder.calls.data, CLEAR "--\n" SET_TWO "--\n");
}

TEST(challtestsrv_clears_a_name_once)
{
    struct op *op = kit_op();
    struct given given = { .pairs = { NULL } };
    struct recorder recorder;
    struct instance *instance = recorded(op, &recorder, &given);
    struct record both[] = { at(NAME, "one"), at(NAME, "two") };

    recorder.calls = text_begin(op->arena);
    CHECK(instance_remove(op, instance, both, 2));
    CHECK_STR(recorder.calls.data, CLEAR "--\n");
}

TEST(challtestsrv_refuses)
{
    struct op *op = kit_op();
    struct given given = { .pairs = { NULL } };
    struct recorder recorder;
    struct instance *instance = recorded(op, &recorder, &given);

    recorder.status = 500;
    CHECK(!add(op, instance, NAME, "four"));
    CHECK_FAILED(op, ERR_PROVIDER, "500");
}

/* ---- rfc2136 and knot: what they make of their variables; the protocol has its own tests ---- */

static struct op *adding_with(const char *provider, struct given given)
{
    struct op *op = kit_op();

    CHECK(!add(op, with(op, provider, &given), NAME, "v"));
    return op;
}

TEST(rfc2136_variables)
{
    unsigned port = free_port();
    struct op *op = kit_op();
    const char *digits = op_text(op, "%u", port), *server = op_text(op, "127.0.0.1:%u", port);

    CHECK_FAILED(adding_with("rfc2136", (struct given){ .pairs = { "NSUPDATE_SERVER", "127.0.0.1",
                                                                   "NSUPDATE_SERVER_PORT", digits } }),
                 ERR_PROVIDER, server);
    CHECK_FAILED(adding_with("dns_nsupdate", (struct given){ .pairs = { "DNSUPDATE_NAMESERVER", server } }),
                 ERR_PROVIDER, server);
    CHECK_FAILED(adding_with("rfc2136", (struct given){ .pairs = { "NSUPDATE_SERVER", server, "NSUPDATE_OPT",
                                                                   "-d -v", "NSUPDATE_KEY", "a:b:c:d" } }),
                 ERR_CONFIG, "NSUPDATE_KEY");
    CHECK_FAILED(
        adding_with("rfc2136", (struct given){ .pairs = { "NSUPDATE_SERVER", server, "RFC2136_TSIG_KEY",
                                                          "name", "RFC2136_TSIG_SECRET", "!no base64!" } }),
        ERR_CONFIG, "DNSUPDATE_TSIG_SECRET");
}

TEST(knot_variables)
{
    struct op *op = kit_op();
    const char *server = op_text(op, "127.0.0.1:%u", free_port());

    CHECK_FAILED(adding_with("knot", (struct given){ .pairs = { "KNOT_SERVER", server } }), ERR_CONFIG,
                 "KNOT_KEY");
    CHECK_FAILED(adding_with("dns_knot", (struct given){ .pairs = { "KNOT_SERVER", server, "KNOT_KEY",
                                                                    "hmac-sha512:key c2VjcmV0" } }),
                 ERR_PROVIDER, server);
}
