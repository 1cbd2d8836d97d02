#include "mailcow/serve.h"

#include "disk.h"
#include "fake_docker.h"
#include "fake_dockerapi.h"
#include "fake_peers.h"
#include "mailcow/reload.h"

#define CONF                                                                                                 \
    "MAILCOW_HOSTNAME=mail.example.com\nCOMPOSE_PROJECT_NAME=mailcowdockerized\n"                            \
    "MCACME_DOCKERAPI=https://dockerapi\n"
#define NGINX_RELOAD  "POST https://dockerapi/containers/aa01/exec {\"cmd\":\"reload\",\"task\":\"nginx\"}\n"
#define NGINX_RESTART "POST https://dockerapi/containers/aa01/restart\n"
#define DOVECOT       "POST https://dockerapi/containers/bb02/restart\n"
#define POSTFIX       "POST https://dockerapi/containers/cc03/restart\n"
#define LIST          "GET https://dockerapi/containers/json\n"
#define OLD           "0401"
#define NEW           "0402"

/* A mailcow on the ports of the default configuration. */
struct scene {
    struct op *op;
    struct mailcow mailcow;
    struct fake_peer peers[3]; /* smtp, imap, tls */
    struct fake_peers fake;
    struct fake_dockerapi api;
    struct mailcow_proof proof;
    struct mailcow_serving serving;
};

static struct scene *scene(const char *conf)
{
    struct op *op = kit_op();
    struct scene *s = op_new(op, struct scene);
    const char *const addresses[] = { "127.0.0.1:25", "127.0.0.1:143", "127.0.0.1:443" };

    s->op = op;
    disk_put(here(op, "mailcow.conf"), conf, 0600);
    CHECK(mailcow_read(op, kit_folder(), &s->mailcow));
    for (size_t i = 0; i < 3; i++)
        s->peers[i] = (struct fake_peer){ .address = addresses[i], .pem = pem_of_serial(op, OLD) };
    s->fake = fake_peers(op, s->peers, 3);
    s->api = fake_dockerapi(op);
    s->proof = (struct mailcow_proof){ "mail.example.com", NEW };
    s->serving = (struct mailcow_serving){
        .proofs = &s->proof, .count = 1, .dockerapi = &s->api.http, .peers = &s->fake.peers
    };
    return s;
}

/* From the turn-th look on it shows the new one. */
static void turns(struct scene *s, size_t peer, int turn)
{
    s->peers[peer].later = pem_of_serial(s->op, NEW);
    s->peers[peer].turn = turn;
}

static bool serve(struct scene *s)
{
    return mailcow_serve(s->op, &s->mailcow, &s->serving);
}

TEST(serve_reloads_and_proves)
{
    struct scene *s = scene(CONF);

    for (size_t i = 0; i < 3; i++)
        turns(s, i, 2);
    CHECK(serve(s));
    CHECK_STR(s->api.asked.data, LIST NGINX_RELOAD DOVECOT POSTFIX);
    CHECK_STR(s->fake.asked.data,
              "smtp 127.0.0.1:25 mail.example.com\nimap 127.0.0.1:143 mail.example.com\n"
              "tls 127.0.0.1:443 mail.example.com\nsmtp 127.0.0.1:25 mail.example.com\n"
              "imap 127.0.0.1:143 mail.example.com\ntls 127.0.0.1:443 mail.example.com\n");
}

TEST(serve_leaves_alone_who_shows_it_already)
{
    struct scene *s = scene(CONF);

    turns(s, 0, 1);
    turns(s, 1, 2);
    turns(s, 2, 1);
    CHECK(serve(s));
    CHECK_STR(s->api.asked.data, LIST DOVECOT);
    s->api.asked = text_begin(s->op->arena);
    CHECK(serve(s));
    CHECK_STR(s->api.asked.data, "");
}

TEST(serve_restarts_all_when_there_are_other_certificates)
{
    struct scene *s = scene(CONF);

    for (size_t i = 0; i < 3; i++)
        turns(s, i, 1);
    s->serving.restart = true;
    CHECK(serve(s));
    CHECK_STR(s->api.asked.data, LIST NGINX_RESTART DOVECOT POSTFIX);
    s->api.asked = text_begin(s->op->arena);
    s->serving.count = 0; /* some have gone, none has changed */
    CHECK(serve(s));
    CHECK_STR(s->api.asked.data, LIST NGINX_RESTART DOVECOT POSTFIX);
}

TEST(serve_has_patience)
{
    struct scene *s = scene(CONF);
    int64_t began = op_ticks(s->op);

    turns(s, 0, 12);
    turns(s, 1, 2);
    turns(s, 2, 2);
    s->peers[0].pem = NULL;
    s->peers[0].failure = "Connection refused";
    CHECK(serve(s));
    CHECK_STR(s->api.asked.data, LIST NGINX_RELOAD DOVECOT POSTFIX);
    CHECK_INT(op_ticks(s->op) - began, 20000);
}

/* An nginx that has nothing for a name cannot learn it by a reload. */
TEST(serve_restarts_at_the_second_try)
{
    struct scene *s = scene(CONF);

    turns(s, 0, 2);
    turns(s, 1, 2);
    turns(s, 2, 40);
    CHECK(serve(s));
    CHECK_STR(s->api.asked.data, LIST NGINX_RELOAD DOVECOT POSTFIX LIST NGINX_RESTART);
}

TEST(serve_gives_up_in_time)
{
    struct scene *s = scene(CONF);
    int64_t began = op_ticks(s->op);

    turns(s, 0, 2);
    s->peers[2].pem = NULL;
    s->peers[2].failure = "Connection refused";
    CHECK(!serve(s));
    CHECK_FAILED(s->op, ERR_DEPLOY, "imap at 127.0.0.1:143 shows the certificate " OLD);
    CHECK(strstr(s->op->err.text, "; tls at 127.0.0.1:443: Connection refused"));
    CHECK(!strstr(s->op->err.text, "smtp"));
    CHECK(strstr(s->op->err.hint, "docker compose logs"));
    CHECK_INT(op_ticks(s->op) - began, 2 * 60 * 1000);
    CHECK_STR(s->api.asked.data, LIST NGINX_RELOAD DOVECOT POSTFIX LIST NGINX_RESTART DOVECOT);
}

/* A run that has to end says who is behind before it does. */
TEST(serve_ends_with_the_run)
{
    struct scene *s = scene(CONF);

    turns(s, 0, 2);
    turns(s, 2, 2);
    s->op->deadline = op_ticks(s->op) + 9000;
    CHECK(!serve(s));
    CHECK_FAILED(s->op, ERR_DEPLOY, "imap at 127.0.0.1:143 shows the certificate " OLD);
    CHECK(op_ticks(s->op) < s->op->deadline);
    CHECK_STR(s->api.asked.data, LIST NGINX_RELOAD DOVECOT POSTFIX);
}

TEST(serve_without_time_is_owed)
{
    struct scene *s = scene(CONF);

    s->op->deadline = op_ticks(s->op);
    CHECK(!serve(s));
    CHECK_FAILED(s->op, ERR_DEPLOY, NULL);
}

TEST(serve_fails_with_the_reload)
{
    struct scene *s = scene(CONF);

    s->api.failure = "Could not resolve host";
    CHECK(!serve(s));
    CHECK_FAILED(s->op, ERR_DEPLOY, "reloading the services: dockerapi at https://dockerapi: no answer");
    CHECK_INT(s->peers[0].looks, 1);
}

TEST(serve_proves_each_certificate)
{
    struct scene *s = scene(CONF);
    const struct mailcow_proof two[] = { { "mail.example.com", NEW }, { "imap.example.net", OLD } };

    for (size_t i = 0; i < 3; i++)
        s->peers[i].pem = pem_of_serial(s->op, NEW);
    s->serving.proofs = two;
    s->serving.count = 2;
    CHECK(!serve(s)); /* one certificate for all names is not what is wanted */
    CHECK_FAILED(s->op, ERR_DEPLOY, "smtp at 127.0.0.1:25 shows the certificate " NEW);
    CHECK(strstr(s->fake.asked.data, "imap 127.0.0.1:143 imap.example.net\n"));
}

/* ---- where ---- */

TEST(serve_looks_where_the_ports_are)
{
    static const struct {
        const char *conf, *asked;
    } cases[] = {
        { "SMTP_PORT=2525\nIMAP_PORT=192.0.2.1:1143\nHTTPS_PORT=8443\nHTTPS_BIND=192.0.2.2\n",
          "smtp 127.0.0.1:2525 x\nimap 192.0.2.1:1143 x\ntls 192.0.2.2:8443 x\n" },
        { "SMTP_PORT=[::1]:25\nIMAP_PORT=dovecot:143\nHTTPS_BIND=::\nNGINX_USE_PROXY_PROTOCOL=y\n",
          "smtp [::1]:25 x\nimap dovecot:143 x\ntls [::1]:443 x proxied\n" },
        { "SMTP_PORT=postfix:25\nHTTPS_BIND=nginx\nNGINX_USE_PROXY_PROTOCOL=n\n",
          "smtp postfix:25 x\nimap 127.0.0.1:143 x\ntls nginx:443 x\n" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene *s = scene(CONF);

        disk_put(here(s->op, "mailcow.conf"), op_text(s->op, CONF "%s", cases[i].conf), 0600);
        CHECK(mailcow_read(s->op, kit_folder(), &s->mailcow));
        s->proof.name = "x";
        s->api.failure = "stop here";
        CHECK(!serve(s));
        CHECK_STR(s->fake.asked.data, cases[i].asked);
    }
}

TEST(serve_refuses_ports_that_are_none)
{
    struct scene *s = scene(CONF "SMTP_PORT=25-30\n");

    CHECK(!serve(s));
    CHECK_FAILED(s->op, ERR_CONFIG, "\"smtp:127.0.0.1:25-30\" is not");
    CHECK_STR(s->fake.asked.data, "");
}

TEST(serve_stops_at_a_signal)
{
    struct scene *s = scene(CONF);
    int stop = 15;

    kit_world()->stop = &stop;
    CHECK(!serve(s));
    CHECK_FAILED(s->op, ERR_STOPPED, NULL);
    CHECK_STR(s->api.asked.data, "");
    kit_world()->stop = NULL;
}
