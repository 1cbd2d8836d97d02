#include "mailcow/domains.h"

#include "disk.h"

#include <sys/stat.h>

#define CONF "MAILCOW_HOSTNAME=mail.example.com\nAPI_KEY_READ_ONLY=key-123456\nHTTPS_PORT=8443\n"
#define API  "https://mail.example.com:8443/api/v1/get/"

/* A web server of mailcow's, or what else may be found behind a door. */
struct fake_cow {
    struct http http;
    const char *failure; /* nobody answers */
    long status;         /* of the API; 0: 200 */
    const char *domains, *aliases;
    const char *policies; /* names of domains with an active one, with blanks around */
    long policy_status;   /* 0: 200 or 404 */
    struct text asked;    /* "/api/... key" and "host", one a line */
};

static const char *header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; request->headers && request->headers[i]; i++)
        if (text_starts(request->headers[i], name))
            return request->headers[i] + strlen(name);
    return NULL;
}

static void say(struct http_response *response, long status, const char *body)
{
    *response = (struct http_response){ .status = status, .body = body, .length = strlen(body) };
}

static void serve(struct fake_cow *cow, struct op *op, const struct http_request *request,
                  struct http_response *response)
{
    const char *host = header(request, "Host: mta-sts.");
    bool active = host && cow->policies && strstr(cow->policies, op_text(op, " %s ", host));

    if (host) {
        text_add(&cow->asked, "%s\n", host);
        say(response,
            cow->policy_status ? cow->policy_status
            : active           ? 200
                               : 404,
            active ? "version: STSv1\nmode: enforce\n" : "<html>");
        return;
    }
    text_add(&cow->asked, "%s %s\n", request->url, header(request, "X-API-Key: "));
    if (cow->status)
        say(response, cow->status, "{\"type\":\"error\",\"msg\":\"api access denied for ip 10.0.0.1\"}");
    else
        say(response, 200, text_ends(request->url, "alias-domain/all") ? cow->aliases : cow->domains);
}

static bool run(struct http *http, struct op *op, const struct http_request *requests,
                struct http_response *responses, size_t n)
{
    struct fake_cow *cow = (struct fake_cow *)http;

    for (size_t i = 0; i < n; i++) {
        if (cow->failure)
            responses[i] = (struct http_response){ .failure = cow->failure };
        else
            serve(cow, op, &requests[i], &responses[i]);
    }
    return op_alive(op);
}

static struct fake_cow cow(struct op *op, const char *domains, const char *aliases)
{
    return (struct fake_cow){
        .http.run = run, .domains = domains, .aliases = aliases, .asked = text_begin(op->arena)
    };
}

static void put_held(struct op *op, const char *folder, const char *names)
{
    mkdir(here(op, "data"), 0700);
    mkdir(here(op, "data/assets"), 0700);
    mkdir(here(op, "data/assets/ssl"), 0700);
    mkdir(here(op, op_text(op, "data/assets/ssl/%s", folder)), 0700);
    disk_put(here(op, op_text(op, "data/assets/ssl/%s/domains", folder)), names, 0644);
}

/* "example.com=imap,autodiscover example.net=imap", or NULL after a failure. */
static const char *domains_by(struct op *op, const char *conf, struct http *const *doors)
{
    struct text out = text_begin(op->arena);
    struct mail_domains domains = { 0 };
    struct mailcow mailcow;

    disk_put(here(op, "mailcow.conf"), conf, 0600);
    if (!CHECK(mailcow_read(op, kit_folder(), &mailcow)) || !mailcow_domains(op, &mailcow, doors, &domains))
        return NULL;
    for (size_t i = 0; i < domains.count; i++)
        text_add(&out, "%s%s=%s", i ? " " : "", domains.at[i].name,
                 strings_join(op, &domains.at[i].labels, ","));
    return out.data;
}

static const char *domains_of(struct op *op, const char *conf, struct fake_cow *one)
{
    struct http *const doors[] = { &one->http, NULL };

    return domains_by(op, conf, doors);
}

#define TWO                                                                                                  \
    "[{\"domain_name\":\"example.com\",\"active\":1,\"backupmx\":0},"                                        \
    "{\"domain_name\":\"example.net\",\"active\":\"1\",\"backupmx\":\"0\"}]"

TEST(mailcow_domains_by_the_api)
{
    struct op *op = kit_op();
    struct fake_cow c = cow(op, TWO, "{}");

    CHECK_STR(domains_of(op, CONF "ADDITIONAL_SAN=imap.*\nAUTODISCOVER_SAN=n\n", &c),
              "example.com=imap example.net=imap");
    CHECK_STR(c.asked.data, API "domain/all key-123456\n" API "alias-domain/all key-123456\n");
    CHECK_STR(kit_logged(), "");
}

TEST(mailcow_domains_that_do_not_count)
{
    struct op *op = kit_op();
    struct fake_cow c =
        cow(op,
            "[{\"domain_name\":\"off.example\",\"active\":0,\"backupmx\":0},"
            "{\"domain_name\":\"backup.example\",\"active\":1,\"backupmx\":1},"
            "{\"domain_name\":\"text.example\",\"active\":\"0\",\"backupmx\":\"0\"},"
            "{\"domain_name\":\"marks.example\",\"active\":\"\xe2\x9c\x94\",\"active_int\":1,\"backupmx\":0},"
            "{\"domain_name\":\"Upper.Example\",\"active\":1,\"backupmx\":0,\"tags\":[\"a\"],\"rl\":false}]",
            "{}");

    CHECK_STR(domains_of(op, CONF "ADDITIONAL_SAN=imap.*\nAUTODISCOVER_SAN=n\n", &c),
              "marks.example=imap upper.example=imap");
}

TEST(mailcow_domains_with_policies)
{
    struct op *op = kit_op();
    struct fake_cow c =
        cow(op, TWO,
            "[{\"alias_domain\":\"a.example\",\"target_domain\":\"example.com\",\"active\":1},"
            "{\"alias_domain\":\"b.example\",\"target_domain\":\"example.net\",\"active\":1},"
            "{\"alias_domain\":\"c.example\",\"target_domain\":\"example.com\",\"active\":0}]");

    c.policies = " example.com a.example c.example ";
    CHECK_STR(domains_of(op, CONF, &c),
              "example.com=autodiscover,autoconfig,mta-sts example.net=autodiscover,autoconfig "
              "a.example=mta-sts b.example=");
    CHECK(strstr(c.asked.data, "all key-123456\nexample.com\nexample.net\na.example\nb.example\n"));
    CHECK(!strstr(c.asked.data, "c.example"));
}

/* A web server that stumbles over the policy says nothing about it. */
TEST(mailcow_domains_whose_policy_is_unknown)
{
    struct op *op = kit_op();
    struct fake_cow c = cow(op, TWO, "{}");

    c.policy_status = 502;
    put_held(op, "mail.example.com", "mail.example.com mta-sts.example.net");
    CHECK_STR(domains_of(op, CONF, &c),
              "example.com=autodiscover,autoconfig example.net=autodiscover,autoconfig,mta-sts");
}

TEST(mailcow_domains_none)
{
    struct op *op = kit_op();
    struct fake_cow c = cow(op, "{}", "{}");

    CHECK_STR(domains_of(op, CONF, &c), "");
    CHECK_STR(kit_logged(), "");
}

TEST(mailcow_domains_are_asked_for_only_where_they_matter)
{
    struct op *op = kit_op();
    struct fake_cow c = cow(op, TWO, "{}");

    CHECK_STR(domains_of(op, CONF "ADDITIONAL_SAN=imap.*\nONLY_MAILCOW_HOSTNAME=y\n", &c), "");
    CHECK_STR(domains_of(op, CONF "AUTODISCOVER_SAN=n\nADDITIONAL_SAN=a.example.com\n", &c), "");
    CHECK_STR(c.asked.data, "");
}

TEST(mailcow_domains_that_no_certificate_can_have)
{
    struct op *op = kit_op();
    struct fake_cow c = cow(op,
                            "[{\"domain_name\":\"under_score.example\",\"active\":1,\"backupmx\":0},"
                            "{\"domain_name\":\"*.example.com\",\"active\":1,\"backupmx\":0},"
                            "{\"domain_name\":\"192.0.2.1\",\"active\":1,\"backupmx\":0},"
                            "{\"domain_name\":\"evil.example\\nSet: x\",\"active\":1,\"backupmx\":0},"
                            "{\"domain_name\":\"good.example\",\"active\":1,\"backupmx\":0}]",
                            "{}");

    CHECK_STR(domains_of(op, CONF "AUTODISCOVER_SAN=n\nADDITIONAL_SAN=imap.*\n", &c), "good.example=imap");
    CHECK(strstr(kit_logged(), "under_score.example\" cannot be in a certificate and is left out"));
    CHECK(strstr(kit_logged(), "evil.example Set: x\" cannot be"));
}

/* ---- when there is no answer ---- */

#define KEPT "example.com=imap,autodiscover example.net=autodiscover,mta-sts"

static void put_kept(struct op *op)
{
    put_held(
        op, "mail.example.com",
        "mail.example.com autodiscover.example.com imap.example.com imap.fixed.example other.example.com");
    put_held(op, "autodiscover.example.net",
             "autodiscover.example.net mta-sts.example.net imap.net ..bad _x");
    put_held(op, "backups", "");
}

#define KEEP CONF "ADDITIONAL_SAN=imap.*,imap.fixed.example\n"

TEST(mailcow_domains_are_kept)
{
    static const struct {
        const char *failure;
        long status;
        const char *domains, *aliases, *words;
    } cases[] = {
        { "Connection refused", 0, "", "", "no answer: Connection refused; the names" },
        { NULL, 401, "", "", "it answers 401: api access denied for ip 10.0.0.1" },
        { NULL, 503, "", "", "it answers 503" },
        { NULL, 0, "<html>", "{}", "not JSON" },
        { NULL, 0, "[{\"domain_name\":\"x.example\"}]", "{}", "no \"active\"" },
        { NULL, 0, "[{\"active\":1,\"backupmx\":0}]", "{}", "no \"domain_name\"" },
        { NULL, 0, "[{\"domain_name\":{},\"active\":1,\"backupmx\":0}]", "{}", "no \"domain_name\"" },
        { NULL, 0, TWO, "<html>", "not JSON" },
        { NULL, 0, "{\"type\":\"error\",\"msg\":\"no \x1b[31msession\"}", "{}",
          "it answers 200: no \\x1b[31msession" },
        { NULL, 0, "", "{}", "not JSON" },
    };

    put_kept(kit_op());
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = kit_op();
        struct fake_cow c = cow(op, cases[i].domains, cases[i].aliases);
        size_t before = strlen(kit_logged());

        c.failure = cases[i].failure;
        c.status = cases[i].status;
        CHECK_STR(domains_of(op, KEEP, &c), KEPT);
        kit_check(strstr(kit_logged() + before, cases[i].words) != NULL, __FILE__, __LINE__, "%s says \"%s\"",
                  kit_logged() + before, cases[i].words);
        CHECK(op_ok(op));
    }
}

TEST(mailcow_domains_without_a_key)
{
    struct op *op = kit_op();
    struct fake_cow c = cow(op, TWO, "{}");

    CHECK_STR(domains_of(op, "MAILCOW_HOSTNAME=mail.example.com\nIPV4_NETWORK=10.9.8\n", &c), "");
    CHECK(strstr(kit_logged(), "AUTODISCOVER_SAN=y needs the list of mail domains"));
    CHECK(strstr(kit_logged(), "API_KEY_READ_ONLY="));
    CHECK(strstr(kit_logged(), "API_ALLOW_FROM=10.9.8.1,127.0.0.1"));
    put_kept(op);
    CHECK_STR(
        domains_of(op, "MAILCOW_HOSTNAME=mail.example.com\nADDITIONAL_SAN=imap.*,imap.fixed.example\n", &c),
        KEPT);
    CHECK(strstr(kit_logged(), "ADDITIONAL_SAN with patterns needs"));
    CHECK_STR(c.asked.data, "");
}

/* The key goes to the first door that is mailcow's; a stranger behind a door fails in TLS. */
TEST(mailcow_domains_by_the_second_door)
{
    struct op *op = kit_op();
    struct fake_cow stranger = cow(op, "", ""), friend = cow(op, TWO, "{}");
    struct http *const doors[] = { &stranger.http, &stranger.http, &friend.http, NULL };

    stranger.failure = "SSL certificate problem: self-signed certificate";
    friend.policies = " example.net ";
    CHECK_STR(domains_by(op, CONF, doors),
              "example.com=autodiscover,autoconfig example.net=autodiscover,autoconfig,mta-sts");
    CHECK_STR(kit_logged(), "");
    CHECK_STR(stranger.asked.data, "");
}

TEST(mailcow_domains_tell_what_each_door_said)
{
    struct op *op = kit_op();
    struct fake_cow first = cow(op, "", ""), second = cow(op, "", "");
    struct http *const doors[] = { &first.http, &first.http, &second.http, NULL };

    first.failure = "self-signed certificate";
    second.failure = "Could not resolve host";
    CHECK_STR(domains_by(op, CONF, doors), "");
    CHECK(strstr(kit_logged(), "no answer: self-signed certificate; Could not resolve host; the names"));
}

TEST(mailcow_domains_stop_at_a_signal)
{
    struct op *op = kit_op();
    struct fake_cow c = cow(op, TWO, "{}");
    int stop = 15;

    kit_world()->stop = &stop;
    CHECK(!domains_of(op, CONF, &c));
    CHECK_FAILED(op, ERR_STOPPED, NULL);
}

TEST(mailcow_doors)
{
    struct op *op = kit_op();
    struct mailcow mailcow = {
        .dir = kit_folder(), .hostname = "mail.example.com", .https_at = "[::1]", .https_port = "443"
    };
    struct http **doors = mailcow_doors(op, &mailcow);

    CHECK(doors[0] && doors[1] && !doors[2]); /* no certificate of mailcow's: only the system is trusted */
    put_held(op, "x", "");
    disk_put(here(op, "data/assets/ssl/cert.pem"), "", 0644);
    doors = mailcow_doors(op, &mailcow);
    CHECK(doors[0] && doors[1] && doors[2] && doors[3] && !doors[4]);
}
