/* Names that go different ways in one certificate. */
#include "proofs.h"

#include "disk.h"
#include "solve_kit.h"
#include "tls_hello.h"

#include <sys/stat.h>

struct scene {
    struct stage stage; /* zones in memory, a journal, a vendor */
    struct op *op;
    struct settings settings;
    struct policy policy;
    struct proofs proofs;
};

static struct scene *scene(const char *names)
{
    struct stage stage;
    struct scene *s;

    stage_at(&stage, kit_op());
    s = op_new(stage.op, struct scene);
    s->stage = stage;
    s->op = stage.op;
    s->policy.names = text_split(s->op, names, " ");
    s->policy.spread.mode = SPREAD_NONE;
    s->policy.challenge_type = "dns-01";
    disk_put(here(s->op, "fake.txt"), "FAKE_Token=token-of-fake\n", 0600);
    settings_add(s->op, &s->settings, OPT_CREDENTIALS, here(s->op, "fake.txt"));
    mkdir(here(s->op, "web"), 0755);
    fake_reset((const char *const[]){ NULL });
    return s;
}

static void with_dns(struct scene *s, const char *dns)
{
    settings_add(s->op, &s->settings, OPT_DNS, dns);
}

static void with_webroot(struct scene *s)
{
    settings_add(s->op, &s->settings, OPT_WEBROOT, here(s->op, "web"));
}

static bool open_them(struct scene *s)
{
    bool good = proofs_open(s->op, &s->settings, NULL, &s->policy, &s->proofs);

    s->proofs.dns01.journal = s->stage.journal;
    return good;
}

/* "dns-01 http-01": the way of each name. */
static const char *ways(struct scene *s)
{
    struct strings out = { 0 };

    if (!open_them(s))
        return NULL;
    for (size_t i = 0; i < s->policy.names.count; i++)
        strings_add(s->op, &out, s->proofs.solver.type_for(&s->proofs.solver, s->policy.names.at[i]));
    return strings_join(s->op, &out, " ");
}

TEST(proofs_by_dns_alone)
{
    struct scene *s = scene("example.com *.example.com www.example.net");

    with_dns(s, "fake");
    CHECK_STR(ways(s), "dns-01 dns-01 dns-01");
}

TEST(proofs_by_http_alone)
{
    struct scene *s = scene("example.com www.example.net 192.0.2.1");

    with_webroot(s);
    CHECK_STR(ways(s), "http-01 http-01 http-01");
}

TEST(proofs_by_a_server_of_our_own)
{
    static const struct {
        const char *value, *listen;
    } cases[] = { { NULL, ":80" }, { "yes", ":80" }, { "127.0.0.1:5002", "127.0.0.1:5002" } };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene *s = scene("example.com 192.0.2.1");

        settings_add(s->op, &s->settings, OPT_STANDALONE, cases[i].value);
        CHECK_STR(ways(s), "http-01 http-01");
        CHECK_STR(s->proofs.http01.listen, cases[i].listen);
    }
}

TEST(proofs_standalone_switched_off_and_wrong)
{
    struct scene *s = scene("example.com");

    settings_add(s->op, &s->settings, OPT_STANDALONE, "no");
    CHECK(!ways(s));
    CHECK_FAILED(s->op, ERR_USAGE, "no way to prove");
    s = scene("example.com");
    settings_add(s->op, &s->settings, OPT_STANDALONE, "localhost:80");
    CHECK(!ways(s));
    CHECK_FAILED(s->op, ERR_CONFIG, "--standalone: \"localhost:80\" is not an address to listen on");
    s = scene("example.com");
    settings_add(s->op, &s->settings, OPT_STANDALONE, NULL);
    with_webroot(s);
    CHECK(!ways(s));
    CHECK_FAILED(s->op, ERR_USAGE, "either --webroot or --standalone");
}

TEST(proofs_by_a_tls_listener)
{
    static const struct {
        const char *value, *listen;
    } cases[] = { { NULL, ":443" }, { "yes", ":443" }, { "[::1]:5001", "[::1]:5001" } };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene *s = scene("example.com 192.0.2.1 2001:db8::1");

        settings_add(s->op, &s->settings, OPT_TLS_ALPN, cases[i].value);
        CHECK_STR(ways(s), "tls-alpn-01 tls-alpn-01 tls-alpn-01");
        CHECK_STR(s->proofs.tlsalpn01.listen, cases[i].listen);
    }
}

TEST(proofs_by_a_tls_listener_beside_dns)
{
    struct scene *s = scene("example.com *.example.com mail.example.net 192.0.2.1");

    with_dns(s, "fake:example.com");
    settings_add(s->op, &s->settings, OPT_TLS_ALPN, NULL);
    CHECK_STR(ways(s), "dns-01 dns-01 tls-alpn-01 tls-alpn-01");
    s = scene("*.example.net");
    with_dns(s, "fake:example.com");
    settings_add(s->op, &s->settings, OPT_TLS_ALPN, NULL);
    CHECK(!ways(s));
    CHECK_FAILED(s->op, ERR_USAGE, "*.example.net is a wildcard, which only DNS can prove");
}

TEST(proofs_tls_listener_switched_off_and_wrong)
{
    struct scene *s = scene("example.com");

    settings_add(s->op, &s->settings, OPT_TLS_ALPN, "no");
    CHECK(!ways(s));
    CHECK_FAILED(s->op, ERR_USAGE, "no way to prove");
    s = scene("example.com");
    settings_add(s->op, &s->settings, OPT_TLS_ALPN, "localhost:443");
    CHECK(!ways(s));
    CHECK_FAILED(s->op, ERR_CONFIG, "--tls-alpn: \"localhost:443\" is not an address to listen on");
}

/* Nothing tells which name goes by HTTP and which by TLS. */
TEST(proofs_by_http_or_tls_but_not_both)
{
    struct scene *s = scene("example.com");

    with_webroot(s);
    settings_add(s->op, &s->settings, OPT_TLS_ALPN, NULL);
    CHECK(!ways(s));
    CHECK_FAILED(s->op, ERR_USAGE, "either --tls-alpn or --webroot, not both");
    s = scene("example.com");
    settings_add(s->op, &s->settings, OPT_STANDALONE, NULL);
    settings_add(s->op, &s->settings, OPT_TLS_ALPN, NULL);
    CHECK(!ways(s));
    CHECK_FAILED(s->op, ERR_USAGE, "either --tls-alpn or --standalone, not both");
}

/* Who asks for another way does not mean the one of last time as well. */
TEST(proofs_come_from_one_layer)
{
    struct op *op = kit_op();
    struct settings strong = { 0 }, weak = { 0 };

    settings_add(op, &weak, OPT_DNS, "fake");
    settings_add(op, &weak, OPT_STANDALONE, NULL);
    settings_add(op, &weak, OPT_EMAIL, "a@example.com");
    settings_add(op, &strong, OPT_WEBROOT, "/web");
    settings_default(op, &strong, &weak, 0);
    CHECK(!setting(&strong, OPT_DNS) && !setting(&strong, OPT_STANDALONE));
    CHECK_STR(setting(&strong, OPT_EMAIL), "a@example.com");
    strong = (struct settings){ 0 };
    settings_default(op, &strong, &weak, 0);
    CHECK(setting(&strong, OPT_DNS) && setting(&strong, OPT_STANDALONE));
}

TEST(proofs_by_dns_where_a_zone_is_covered)
{
    struct scene *s = scene("example.com *.example.com mail.example.net notexample.com 192.0.2.1");

    with_dns(s, "fake:example.com");
    with_webroot(s);
    CHECK_STR(ways(s), "dns-01 dns-01 http-01 http-01 http-01");
    s = scene("example.com 192.0.2.1");
    with_dns(s, "fake");
    with_webroot(s);
    CHECK_STR(ways(s), "dns-01 http-01");
}

/* Where the records go then is the user's decision, not the name's. */
TEST(proofs_by_an_alias)
{
    struct scene *s = scene("www.example.org");

    with_dns(s, "fake:example.com");
    with_webroot(s);
    s->policy.challenge_alias = "example.com";
    CHECK_STR(ways(s), "dns-01");
}

TEST(proofs_that_lead_nowhere)
{
    struct scene *s = scene("example.com");

    CHECK(!ways(s));
    CHECK_FAILED(s->op, ERR_USAGE, "no way to prove the names is given");
    CHECK(strstr(s->op->err.hint, "--webroot DIR, --standalone or --tls-alpn") &&
          strstr(s->op->err.hint, "--dns PROVIDER"));
    s = scene("www.example.net *.example.net");
    with_dns(s, "fake:example.com");
    with_webroot(s);
    CHECK(!ways(s));
    CHECK_FAILED(s->op, ERR_USAGE, "*.example.net is a wildcard, which only DNS can prove");
    s = scene("example.com");
    with_dns(s, "fake");
    settings_set(s->op, &s->settings, OPT_CREDENTIALS, here(s->op, "nothing.txt"));
    CHECK(!ways(s));
    CHECK_FAILED(s->op, ERR_CONFIG, "nothing.txt");
}

/* Without DNS there are no credentials to be read. */
TEST(proofs_by_http_need_no_credentials)
{
    struct scene *s = scene("example.com");

    with_webroot(s);
    settings_set(s->op, &s->settings, OPT_CREDENTIALS, here(s->op, "nothing.txt"));
    CHECK_STR(ways(s), "http-01");
}

/* Nothing is to be published, so nobody's credentials are looked for. */
TEST(proofs_by_a_record_that_stays)
{
    struct scene *s = scene("example.com *.example.com");

    s->policy.challenge_type = "dns-persist-01";
    settings_set(s->op, &s->settings, OPT_CREDENTIALS, here(s->op, "nothing.txt"));
    CHECK_STR(ways(s), "dns-persist-01 dns-persist-01");
    s = scene("example.com *.example.com www.example.net 192.0.2.1");
    s->policy.challenge_type = "dns-persist-01";
    with_webroot(s);
    CHECK_STR(ways(s), "dns-persist-01 dns-persist-01 dns-persist-01 http-01");
    s = scene("example.com *.example.com www.example.net 192.0.2.1");
    s->policy.challenge_type = "dns-persist-01";
    with_webroot(s);
    with_dns(s, "fake:example.com");
    settings_set(s->op, &s->settings, OPT_CREDENTIALS, here(s->op, "nothing.txt"));
    CHECK_STR(ways(s), "dns-persist-01 dns-persist-01 http-01 http-01");
    CHECK(proofs_withdraw(s->op, &s->proofs));
    CHECK_STR(fake_vendor.calls, "");
}

TEST(proofs_by_the_label_of_an_account)
{
    struct scene *s = scene("example.com www.example.net");

    s->policy.challenge_type = "dns-account-01";
    with_dns(s, "fake:example.com");
    with_webroot(s);
    CHECK_STR(ways(s), "dns-account-01 http-01");
}

static const struct challenge *challenge(struct scene *s, const char *name)
{
    struct challenge *c = op_new(s->op, struct challenge);

    c->name = name;
    c->base = text_starts(name, "*.") ? name + 2 : name;
    c->type = s->proofs.solver.type_for(&s->proofs.solver, name);
    c->label = CHALLENGE_LABEL;
    c->token = op_text(s->op, "token-of-22-characters-%s", name);
    c->key_authorization = op_text(s->op, "%s.thumbprint", c->token);
    c->value = op_text(s->op, "value-of-%s", name);
    return c;
}

static bool publish(struct scene *s, bool *taken)
{
    const struct challenge *challenges[8];

    for (size_t i = 0; i < s->policy.names.count; i++)
        challenges[i] = challenge(s, s->policy.names.at[i]);
    return s->proofs.solver.publish(&s->proofs.solver, s->op, challenges, s->policy.names.count, taken);
}

static const char *file_of(struct scene *s, const char *name)
{
    return disk_get(s->op,
                    here(s->op, op_text(s->op, "web/" HTTP01_PATH "/token-of-22-characters-%s", name)));
}

TEST(proofs_both_ways_at_once)
{
    struct scene *s = scene("a.example.net example.com b.example.net *.example.com");
    bool taken[4] = { false };

    with_dns(s, "fake:example.com");
    with_webroot(s);
    CHECK(open_them(s) && publish(s, taken));
    CHECK(taken[0] && taken[1] && taken[2] && taken[3]);
    CHECK(fake_has("_acme-challenge.example.com", "value-of-example.com"));
    CHECK(fake_has("_acme-challenge.example.com", "value-of-*.example.com"));
    CHECK_INT(fake_vendor.count, 2);
    CHECK_STR(file_of(s, "a.example.net"), "token-of-22-characters-a.example.net.thumbprint");
    CHECK(file_of(s, "b.example.net") && !file_of(s, "example.com"));
    CHECK(proofs_withdraw(s->op, &s->proofs));
    CHECK_INT(fake_vendor.count, 0);
    CHECK(!file_of(s, "a.example.net") && !file_of(s, "b.example.net"));
    instances_close(s->op, s->proofs.dns01.instances, s->proofs.dns01.count);
}

TEST(proofs_by_dns_and_tls_at_once)
{
    struct scene *s = scene("a.example.net example.com");
    unsigned port = tls_free_port();
    struct tls_hello hello = { .name = "a.example.net", .protocols = "acme-tls/1" };
    bool taken[2] = { false };

    with_dns(s, "fake:example.com");
    settings_add(s->op, &s->settings, OPT_TLS_ALPN, op_text(s->op, "127.0.0.1:%u", port));
    CHECK(open_them(s) && publish(s, taken));
    CHECK(taken[0] && taken[1]);
    CHECK(fake_has("_acme-challenge.example.com", "value-of-example.com"));
    CHECK_INT(fake_vendor.count, 1);
    CHECK_INT(tls_ask(s->op, port, &hello).certificates, 1);
    hello.name = "example.com";
    CHECK_INT(tls_ask(s->op, port, &hello).alert, TLS_ALERT_UNRECOGNIZED_NAME);
    CHECK(proofs_withdraw(s->op, &s->proofs));
    CHECK_INT(fake_vendor.count, 0);
    CHECK(!tls_ask(s->op, port, &hello).there);
    instances_close(s->op, s->proofs.dns01.instances, s->proofs.dns01.count);
}

/* What one of them cannot take down, the other does all the same. */
TEST(proofs_withdraw_both_whatever_happens)
{
    struct scene *s = scene("a.example.net example.com");
    bool taken[2] = { false };

    with_dns(s, "fake:example.com");
    with_webroot(s);
    CHECK(open_them(s) && publish(s, taken));
    fake_vendor.refuses = "value-of-example.com";
    CHECK(!proofs_withdraw(s->op, &s->proofs));
    CHECK_FAILED(s->op, ERR_PROVIDER, "the vendor dislikes value-of-example.com");
    CHECK(!file_of(s, "a.example.net"));
    CHECK_INT(s->stage.journal->txt_count, 1);
    instances_close(s->op, s->proofs.dns01.instances, s->proofs.dns01.count);
}

TEST(proofs_stop_at_the_first_failure)
{
    struct scene *s = scene("a.example.net example.com");
    bool taken[2] = { false };

    with_dns(s, "fake:example.com");
    settings_add(s->op, &s->settings, OPT_WEBROOT, here(s->op, "nothing"));
    CHECK(open_them(s) && !publish(s, taken));
    CHECK_FAILED(s->op, ERR_PROVIDER, "nothing");
    CHECK(!taken[0] && !taken[1]);
    CHECK_INT(fake_vendor.count, 0);
}
