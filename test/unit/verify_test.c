#include "verify.h"

#include "disk.h"
#include "fake_peers.h"

#define OLD "0401"
#define NEW "0402"

/* A certificate with the serial NEW, and services that show OLD. */
struct scene {
    struct op *op;
    struct store *store;
    struct settings settings;
    struct strings names;
    struct fake_peer peers[2];
    struct fake_peers fake;
};

static struct scene *scene(const char *probes)
{
    struct op *op = kit_op();
    struct scene *s = op_new(op, struct scene);
    const char *pem = pem_of_serial(op, NEW);
    const struct generation gen = { "KEY\n", pem, "", pem, "{\"version\":1}" };

    s->op = op;
    s->store = disk_store(op);
    CHECK(generation_install(op, s->store, "a", &gen));
    settings_add(op, &s->settings, OPT_VERIFY, probes);
    s->names = text_split(op, "192.0.2.1 *.example.com mail.example.com", " ");
    s->peers[0] = (struct fake_peer){ .address = "127.0.0.1:25", .pem = pem_of_serial(op, OLD) };
    s->peers[1] = (struct fake_peer){ .address = "mx.example.net:143", .pem = pem_of_serial(op, OLD) };
    s->fake = fake_peers(op, s->peers, 2);
    return s;
}

static bool served(struct scene *s)
{
    return verify_served(s->op, &s->fake.peers, s->store, &s->settings, "a", &s->names);
}

static void turns(struct scene *s, size_t peer, int turn)
{
    s->peers[peer].later = pem_of_serial(s->op, NEW);
    s->peers[peer].turn = turn;
}

TEST(verify_nothing_is_no_work)
{
    struct scene *s = scene("smtp:127.0.0.1:25");

    s->settings = (struct settings){ 0 };
    CHECK(served(s));
    CHECK_STR(s->fake.asked.data, "");
}

/* Where HOST is an address, the certificate is asked for by its first name. */
TEST(verify_asks_by_the_right_name)
{
    struct scene *s = scene("smtp:127.0.0.1:25,imap:mx.example.net");

    turns(s, 0, 1);
    turns(s, 1, 1);
    CHECK(served(s));
    CHECK_STR(s->fake.asked.data, "smtp 127.0.0.1:25 example.com\nimap mx.example.net:143 mx.example.net\n");
}

TEST(verify_of_addresses_alone)
{
    struct scene *s = scene("tls:[2001:db8::1]:4");

    s->names = text_split(s->op, "2001:db8::1", " ");
    CHECK(!served(s));
    CHECK(text_starts(s->fake.asked.data, "tls [2001:db8::1]:4 [2001:db8::1]\n"));
}

TEST(verify_waits_for_all)
{
    struct scene *s = scene("smtp:127.0.0.1:25, imap:mx.example.net");
    int64_t began = op_ticks(s->op);

    turns(s, 0, 2);
    turns(s, 1, 5);
    CHECK(served(s));
    CHECK_INT(op_ticks(s->op) - began, 8000);
}

TEST(verify_tells_who_is_behind)
{
    struct scene *s = scene("smtp:127.0.0.1:25,imap:mx.example.net,tls:nobody.example");
    int64_t began = op_ticks(s->op);

    turns(s, 0, 2);
    CHECK(!served(s));
    CHECK_FAILED(s->op, ERR_DEPLOY,
                 "not every service shows the new certificate: imap at mx.example.net:143 shows the "
                 "certificate " OLD "; tls at nobody.example:443: nobody is there");
    CHECK_INT(op_ticks(s->op) - began, 30000);
}

TEST(verify_refuses_what_is_no_probe)
{
    struct scene *s = scene("smtp:127.0.0.1:25,ftp:a");

    CHECK(!verify_probes_ok(s->op, &s->settings));
    CHECK_FAILED(s->op, ERR_USAGE, "--verify: \"ftp:a\" is not");
    CHECK_STR(s->fake.asked.data, "");
}

TEST(verify_without_a_certificate_proves_nothing)
{
    struct scene *s = scene("smtp:127.0.0.1:25");

    CHECK(!verify_served(s->op, &s->fake.peers, s->store, &s->settings, "b", &s->names));
    CHECK_FAILED(s->op, ERR_DEPLOY, "no certificate");
}
