#include "mailcow/precheck.h"

#include "disk.h"
#include "fake_dns.h"
#include "http01.h"
#include "material.h"
#include "net/http.h"

#include <sys/stat.h>

#define BASE "MAILCOW_HOSTNAME=mail.example.com\nAUTODISCOVER_SAN=n\n"

/* This machine has 203.0.113.1 and 2001:db8:: addresses; others are somebody else's. */
static const struct fake_rr rrs[] = {
    { .name = "mail.example.com", .type = DNS_A, .text = "203.0.113.1" },
    { .name = "a.example.com", .type = DNS_A, .text = "203.0.113.1" },
    { .name = "six.example.com", .type = DNS_AAAA, .text = "2001:db8::1" },
    { .name = "six.example.com", .type = DNS_A, .text = "198.51.100.9" },
    { .name = "sixaway.example.com", .type = DNS_AAAA, .text = "2001:db8::bad" },
    { .name = "sixaway.example.com", .type = DNS_A, .text = "203.0.113.1" },
    { .name = "two.example.com", .type = DNS_A, .text = "198.51.100.9" },
    { .name = "two.example.com", .type = DNS_A, .text = "203.0.113.1" },
    { .name = "away.example.com", .type = DNS_A, .text = "198.51.100.9" },
    { .name = "alias.example.com", .type = DNS_CNAME, .text = "mail.example.com" },
    { .name = "text.example.com", .type = DNS_TXT, .text = "no address" },
};

/* The web server at every address: who shows mailcow's webroot, and what the others do. */
static struct web {
    struct http http;
    const char *deaf, *other, *moved; /* host names, with blanks around */
    struct text asked;
} web;

static bool in_list(struct op *op, const char *list, const char *name)
{
    return list && strstr(list, op_text(op, " %s ", name));
}

static void serve(struct op *op, const struct http_request *request, struct http_response *response)
{
    const char *host = request->headers[0] + strlen("Host: ");
    const char *path = strchr(request->url + strlen("http://"), '/');
    const char *body = disk_get(op, op_text(op, "%s/data/web%s", kit_folder(), path));

    CHECK(request->plain && request->local && text_starts(path, "/" HTTP01_PATH "/"));
    text_add(&web.asked, "%s@%s ", host,
             text_cut(op, request->url, strcspn(request->url + strlen("http://"), "/") + strlen("http://")));
    if (in_list(op, web.deaf, host))
        *response = (struct http_response){ .failure = "Connection refused" };
    else if (in_list(op, web.moved, host))
        *response = (struct http_response){ .status = 301, .body = "" };
    else if (in_list(op, web.other, host))
        *response = (struct http_response){ .status = 200, .body = "welcome" };
    else
        *response = (struct http_response){ .status = body ? 200 : 404,
                                            .body = body ? op_text(op, "%s\n", body) : "" };
}

static bool run(struct http *http, struct op *op, const struct http_request *requests,
                struct http_response *responses, size_t n)
{
    (void)http;
    for (size_t i = 0; i < n; i++)
        serve(op, &requests[i], &responses[i]);
    return op_alive(op);
}

static void folders(struct op *op)
{
    static const char *const list[] = { "data", "data/web", "data/assets", "data/assets/ssl" };

    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        mkdir(here(op, list[i]), 0755);
}

/* A world with these doors, where this machine has `addresses`. */
static struct own world_with(struct op *op, const char *addresses)
{
    struct strings list = text_split(op, addresses, " ");
    struct own own = { 0 };

    web = (struct web){ .http.run = run, .asked = text_begin(op->arena) };
    kit_world()->http = &web.http;
    fake_dns(op, rrs, sizeof rrs / sizeof *rrs);
    folders(op);
    for (size_t i = 0; i < list.count; i++)
        own_add(op, &own, list.at[i]);
    return own;
}

#define HERE "203.0.113.1 2001:db8::1 127.0.0.1 fe80::1"

/* "title: name name; title: name" of what is left of `names`; NULL after a failure. */
static const char *left_of(struct op *op, const struct own *own, const char *conf, const char *spec)
{
    struct text out = text_begin(op->arena);
    struct strings certs = text_split(op, spec, ";");
    struct mailcow_certs list = { op_array(op, certs.count, struct mailcow_cert), certs.count };
    struct mailcow mailcow;

    disk_put(here(op, "mailcow.conf"), conf, 0600);
    CHECK(mailcow_read(op, kit_folder(), &mailcow));
    for (size_t i = 0; i < certs.count; i++) {
        list.at[i].names = text_split(op, certs.at[i], " ");
        list.at[i].title = list.at[i].names.at[0];
    }
    if (!mailcow_precheck(op, &mailcow, own, &list))
        return NULL;
    for (size_t i = 0; i < list.count; i++)
        text_add(&out, "%s%s", i ? ";" : "", strings_join(op, &list.at[i].names, " "));
    return out.data;
}

TEST(mailcow_precheck_lets_good_names_pass)
{
    struct op *op = kit_op();
    struct own own = world_with(op, HERE);

    CHECK_STR(left_of(op, &own, BASE, "mail.example.com a.example.com six.example.com two.example.com"),
              "mail.example.com a.example.com six.example.com two.example.com");
    CHECK_STR(kit_logged(), "");
    CHECK_STR(web.asked.data, "mail.example.com@http://203.0.113.1 a.example.com@http://203.0.113.1 "
                              "six.example.com@http://[2001:db8::1] two.example.com@http://203.0.113.1 ");
    CHECK_INT(disk_count(here(op, "data/web/" HTTP01_PATH)), 0);
}

TEST(mailcow_precheck_leaves_out_names)
{
    static const struct {
        const char *name, *words;
    } bad[] = {
        { "away.example.com", "leads to 198.51.100.9, which is no address of this machine" },
        { "sixaway.example.com", "leads to 2001:db8::bad" }, /* the CA tries IPv6 first */
        { "text.example.com", "neither an AAAA nor an A record" },
        { "nothing.example.com", "neither an AAAA nor an A record" },
        { "a.example.com", "does not answer: Connection refused" },
        { "two.example.com",
          "its web server (status 200) does not show what stands in this mailcow's webroot" },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();
        struct own own = world_with(op, HERE);
        size_t before = strlen(kit_logged());

        web.deaf = " a.example.com ";
        web.other = " two.example.com ";
        CHECK_STR(left_of(op, &own, BASE, op_text(op, "mail.example.com %s six.example.com", bad[i].name)),
                  "mail.example.com six.example.com");
        kit_check(
            strstr(kit_logged() + before, bad[i].words) &&
                text_starts(kit_logged() + before,
                            op_text(op, "%s is left out of the certificate mail.example.com: ", bad[i].name)),
            __FILE__, __LINE__, "%s: %s", bad[i].name, kit_logged() + before);
        CHECK_INT(disk_count(here(op, "data/web/" HTTP01_PATH)), 0);
    }
}

TEST(mailcow_precheck_skips_the_address)
{
    struct op *op = kit_op();
    struct own own = world_with(op, HERE);

    CHECK_STR(left_of(op, &own, BASE "SKIP_IP_CHECK=y\n", "mail.example.com away.example.com"),
              "mail.example.com away.example.com");
    CHECK_STR(left_of(op, &own, BASE "SNAT_TO_SOURCE=198.51.100.9\n", "mail.example.com away.example.com"),
              "mail.example.com away.example.com");
    CHECK_STR(left_of(op, &own, BASE "SNAT_TO_SOURCE=n\nSNAT6_TO_SOURCE=2001:db8::7\n",
                      "mail.example.com away.example.com sixaway.example.com"),
              "mail.example.com sixaway.example.com");
}

TEST(mailcow_precheck_skips_the_file)
{
    struct op *op = kit_op();
    struct own own = world_with(op, HERE);

    CHECK_STR(left_of(op, &own, BASE "SKIP_HTTP_VERIFICATION=y\n", "mail.example.com away.example.com"),
              "mail.example.com");
    CHECK_STR(web.asked.data, "");
    CHECK_INT(disk_count(here(op, "data/web")), 0);
}

/* Behind a NAT nobody can tell by the addresses; the web server's answer decides. */
TEST(mailcow_precheck_behind_a_nat)
{
    struct op *op = kit_op();
    struct own own = world_with(op, "10.0.0.5 127.0.0.1 fe80::1 fd00::1");

    web.other = " away.example.com ";
    CHECK_STR(left_of(op, &own, BASE, "mail.example.com away.example.com sixaway.example.com"),
              "mail.example.com sixaway.example.com");
}

TEST(mailcow_precheck_leaves_redirections_to_the_ca)
{
    struct op *op = kit_op();
    struct own own = world_with(op, HERE);

    web.moved = " a.example.com ";
    CHECK_STR(left_of(op, &own, BASE, "mail.example.com a.example.com"), "mail.example.com a.example.com");
}

TEST(mailcow_precheck_of_the_host_name)
{
    struct op *op = kit_op();
    struct own own = world_with(op, HERE);

    web.other = " mail.example.com ";
    CHECK_STR(left_of(op, &own, BASE, "mail.example.com a.example.com"), "a.example.com");
    CHECK(!left_of(op, &own, BASE, "mail.example.com away.example.com"));
    CHECK_FAILED(op, ERR_PROVIDER, "no name of the server's certificate");
    CHECK(strstr(op->err.hint, "ACME_DNS_CHALLENGE=y"));
}

TEST(mailcow_precheck_of_several_certificates)
{
    struct op *op = kit_op();
    struct own own = world_with(op, HERE);

    CHECK_STR(left_of(op, &own, BASE, "mail.example.com;away.example.com;a.example.com away.example.com"),
              "mail.example.com;a.example.com");
    CHECK(strstr(kit_logged(), "away.example.com is left out of the certificate a.example.com"));
}

/* ---- what a certificate has already ---- */

static void put_cert(struct op *op, const char *names, const char *from, const char *until)
{
    struct strings list = text_split(op, names, " ");
    struct text sans = text_begin(op->arena);
    const struct key *key = key_generate(op, KEY_EC256);

    for (size_t i = 0; i < list.count; i++) {
        struct bytes one = san_dns(op, list.at[i]);

        text_put(&sans, one.at, one.length);
    }
    folders(op);
    mkdir(here(op, MAILCOW_SSL "/mail.example.com"), 0755);
    disk_put(here(op, MAILCOW_SSL "/mail.example.com/cert.pem"),
             forge_pem(op, &(struct forged){ .key = key,
                                             .signer = key,
                                             .subject = "x",
                                             .issuer = "x",
                                             .from = from,
                                             .until = until,
                                             .names = { (const uint8_t *)sans.data, sans.length } }),
             0644);
}

#define FRESH "261115000000Z", "270213000000Z" /* the clock says 2026-11-25 */
#define DUE   "260901000000Z", "261130000000Z"

TEST(mailcow_precheck_asks_nobody_where_nothing_is_due)
{
    struct op *op = kit_op();
    struct own own = world_with(op, HERE);

    put_cert(op, "mail.example.com away.example.com gone.example.com", FRESH);
    CHECK_STR(left_of(op, &own, BASE, "mail.example.com away.example.com"),
              "mail.example.com away.example.com");
    CHECK_STR(web.asked.data, "");
    CHECK_STR(kit_logged(), "");
}

TEST(mailcow_precheck_of_what_is_due)
{
    struct op *op = kit_op();
    struct own own = world_with(op, HERE);

    put_cert(op, "mail.example.com away.example.com", DUE);
    CHECK_STR(left_of(op, &own, BASE, "mail.example.com away.example.com"), "mail.example.com");
    put_cert(op, "mail.example.com away.example.com", FRESH);
    disk_put(here(op, MAILCOW_SSL "/mail.example.com/cert.pem"), "nonsense", 0644);
    CHECK_STR(left_of(op, &own, BASE, "mail.example.com away.example.com"), "mail.example.com");
    CHECK(op_ok(op));
}

/* A name that cannot join is no reason to lose one that had a bad moment; one that joins makes an order. */
TEST(mailcow_precheck_of_new_names)
{
    struct op *op = kit_op();
    struct own own = world_with(op, HERE);

    put_cert(op, "mail.example.com away.example.com", FRESH);
    CHECK_STR(left_of(op, &own, BASE, "mail.example.com away.example.com text.example.com"),
              "mail.example.com away.example.com");
    CHECK(strstr(kit_logged(), "text.example.com is left out") &&
          !strstr(kit_logged(), "away.example.com is"));
    CHECK_STR(left_of(op, &own, BASE, "mail.example.com away.example.com a.example.com"),
              "mail.example.com a.example.com");
    CHECK(strstr(kit_logged(), "away.example.com is left out"));
}

TEST(mailcow_precheck_stops_at_a_signal)
{
    struct op *op = kit_op();
    struct own own = world_with(op, HERE);
    int stop = 15;

    kit_world()->stop = &stop;
    CHECK(!left_of(op, &own, BASE, "mail.example.com"));
    CHECK_FAILED(op, ERR_STOPPED, NULL);
    CHECK_INT(disk_count(here(op, "data/web/" HTTP01_PATH)), 0);
}

TEST(own_addresses_of_this_machine)
{
    struct op *op = kit_op();
    struct own own = { 0 };

    CHECK(own_addresses(op, &own));
    CHECK(strings_have(&own.addresses, "127.0.0.1"));
}

TEST(own_knows_what_the_world_can_reach)
{
    static const struct {
        const char *address;
        bool v4, v6;
    } cases[] = {
        { "192.0.2.1", true, false },   { "10.1.2.3", false, false },   { "100.64.0.1", false, false },
        { "100.128.0.1", true, false }, { "127.0.0.1", false, false },  { "169.254.1.1", false, false },
        { "172.16.0.1", false, false }, { "172.32.0.1", true, false },  { "192.168.1.1", false, false },
        { "0.0.0.0", false, false },    { "2001:db8::1", false, true }, { "3fff::1", false, true },
        { "fe80::1", false, false },    { "fd00::1", false, false },    { "::1", false, false },
        { "nonsense", false, false },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = kit_op();
        struct own own = { 0 };

        own_add(op, &own, cases[i].address);
        own_add(op, &own, cases[i].address);
        kit_check(own.public_v4 == cases[i].v4 && own.public_v6 == cases[i].v6 && own.addresses.count <= 1,
                  __FILE__, __LINE__, "%s", cases[i].address);
        CHECK_INT(own_can_tell(&own, "192.0.2.9"), cases[i].v4);
        CHECK_INT(own_can_tell(&own, "2001:db8::9"), cases[i].v6);
    }
}
