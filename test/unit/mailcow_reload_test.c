#include "mailcow/reload.h"

#include "disk.h"
#include "fake_docker.h"
#include "fake_dockerapi.h"

#define CONF "MAILCOW_HOSTNAME=mail.example.com\nCOMPOSE_PROJECT_NAME=mailcowdockerized\n"

static struct mailcow cow(struct op *op, const char *conf)
{
    struct mailcow mailcow;

    disk_put(here(op, "mailcow.conf"), conf, 0600);
    CHECK(mailcow_read(op, kit_folder(), &mailcow));
    return mailcow;
}

/* ---- docker compose ---- */

#define COMPOSE "compose --project-directory DIR "
#define NGINX   "exec -T nginx-mailcow nginx -s reload\n"

TEST(reload_by_docker_compose)
{
    struct op *op = kit_op();
    struct mailcow mailcow = cow(op, CONF);

    fake_docker(op, "docker", "");
    CHECK(mailcow_reload(op, &mailcow, NULL, MAILCOW_ALL, false));
    CHECK_STR(fake_docker_calls(op), "docker compose version\n"
                                     "docker " COMPOSE NGINX "docker " COMPOSE "restart dovecot-mailcow\n"
                                     "docker " COMPOSE "restart postfix-mailcow\n");
    fake_docker_end();
}

TEST(reload_touches_only_what_is_behind)
{
    struct op *op = kit_op();
    struct mailcow mailcow = cow(op, CONF);

    fake_docker(op, "docker", "");
    CHECK(mailcow_reload(op, &mailcow, NULL, MAILCOW_POSTFIX, false));
    CHECK(mailcow_reload(op, &mailcow, NULL, MAILCOW_NGINX, true));
    CHECK_STR(fake_docker_calls(op), "docker compose version\n"
                                     "docker " COMPOSE "restart postfix-mailcow\n"
                                     "docker compose version\n"
                                     "docker " COMPOSE "restart nginx-mailcow\n");
    fake_docker_end();
}

TEST(reload_by_the_older_program)
{
    struct op *op = kit_op();
    struct mailcow mailcow = cow(op, CONF);

    fake_docker(op, "docker", "echo \"docker: 'compose' is not a docker command.\"; exit 1");
    fake_docker(op, "docker-compose", "");
    CHECK(mailcow_reload(op, &mailcow, NULL, MAILCOW_NGINX, false));
    CHECK_STR(fake_docker_calls(op), "docker compose version\ndocker-compose version\n"
                                     "docker-compose --project-directory DIR " NGINX);
    fake_docker_end();
}

/* mailcow knows which one it was set up with. */
TEST(reload_asks_the_standalone_program_first)
{
    struct op *op = kit_op();
    struct mailcow mailcow = cow(op, CONF "DOCKER_COMPOSE_VERSION=standalone\n");

    fake_docker(op, "docker-compose", "");
    CHECK(mailcow_reload(op, &mailcow, NULL, MAILCOW_NGINX, false));
    CHECK_STR(fake_docker_calls(op), "docker-compose version\ndocker-compose --project-directory DIR " NGINX);
    fake_docker_end();
}

TEST(reload_without_docker)
{
    struct op *op = kit_op();
    struct mailcow mailcow = cow(op, CONF);

    fake_docker(op, "docker", "echo 'permission denied on docker.sock' >&2; exit 1");
    CHECK(!mailcow_reload(op, &mailcow, NULL, MAILCOW_ALL, false));
    CHECK_FAILED(op, ERR_DEPLOY, "permission denied on docker.sock");
    CHECK(strstr(op->err.text, "docker-compose version cannot be started"));
    CHECK(strstr(op->err.hint, "group docker"));
    fake_docker_end();
}

TEST(reload_restarts_an_nginx_that_cannot_reload)
{
    struct op *op = kit_op();
    struct mailcow mailcow = cow(op, CONF);

    fake_docker(op, "docker", "case $* in *reload*) echo 'nginx: not running'; exit 1;; esac");
    CHECK(mailcow_reload(op, &mailcow, NULL, MAILCOW_NGINX, false));
    CHECK_STR(fake_docker_calls(op),
              "docker compose version\ndocker " COMPOSE NGINX "docker " COMPOSE "restart nginx-mailcow\n");
    CHECK(strstr(kit_logged(), "nginx: not running; it is restarted instead"));
    fake_docker_end();
}

TEST(reload_tells_what_docker_said)
{
    struct op *op = kit_op();
    struct mailcow mailcow = cow(op, CONF);

    fake_docker(op, "docker", "case $* in *restart\\ dovecot*) echo 'no such service'; exit 1;; esac");
    CHECK(!mailcow_reload(op, &mailcow, NULL, MAILCOW_ALL, false));
    CHECK_FAILED(op, ERR_DEPLOY,
                 "reloading the services: docker compose restart dovecot-mailcow failed with exit status 1: "
                 "no such service");
    CHECK(!strstr(fake_docker_calls(op), "postfix"));
    fake_docker_end();
}

TEST(reload_stops_at_a_signal)
{
    struct op *op = kit_op();
    struct mailcow mailcow = cow(op, CONF);
    int stop = 15;

    fake_docker(op, "docker", "");
    kit_world()->stop = &stop;
    CHECK(!mailcow_reload(op, &mailcow, NULL, MAILCOW_ALL, false));
    CHECK_FAILED(op, ERR_STOPPED, NULL);
    CHECK_STR(fake_docker_calls(op), "");
    kit_world()->stop = NULL;
    fake_docker_end();
}

/* ---- dockerapi ---- */

#define API    "https://dockerapi"
#define INSIDE CONF "MCACME_DOCKERAPI=" API "\n"
#define LIST   "GET " API "/containers/json\n"

TEST(reload_by_dockerapi)
{
    struct op *op = kit_op();
    struct mailcow mailcow = cow(op, INSIDE);
    struct fake_dockerapi api = fake_dockerapi(op);

    CHECK(mailcow_reload(op, &mailcow, &api.http, MAILCOW_ALL, false));
    CHECK_STR(api.asked.data,
              LIST "POST " API "/containers/aa01/exec {\"cmd\":\"reload\",\"task\":\"nginx\"}\n"
                   "POST " API "/containers/bb02/restart\nPOST " API "/containers/cc03/restart\n");
    CHECK(!strstr(kit_logged(), "very-secret"));
}

TEST(reload_by_dockerapi_restarts_nginx)
{
    struct op *op = kit_op();
    struct mailcow mailcow = cow(op, INSIDE);
    struct fake_dockerapi api = fake_dockerapi(op);

    CHECK(mailcow_reload(op, &mailcow, &api.http, MAILCOW_NGINX, true));
    api.exec = "{\"type\": \"danger\", \"msg\": \"command failed: \\u001b[31mbad\"}";
    CHECK(mailcow_reload(op, &mailcow, &api.http, MAILCOW_NGINX, false));
    CHECK_STR(api.asked.data, LIST "POST " API "/containers/aa01/restart\n" LIST "POST " API
                                   "/containers/aa01/exec {\"cmd\":\"reload\",\"task\":\"nginx\"}\nPOST " API
                                   "/containers/aa01/restart\n");
    CHECK(strstr(kit_logged(), "it says: command failed: \\x1b[31mbad; it is restarted instead"));
}

/* The project's name is compared as compose makes it: in lower case. */
TEST(reload_by_dockerapi_finds_the_project)
{
    struct op *op = kit_op();
    struct mailcow other = cow(op, "MAILCOW_HOSTNAME=a.example.com\nCOMPOSE_PROJECT_NAME=Other\n"
                                   "MCACME_DOCKERAPI=" API "\n");
    struct mailcow any = cow(op, "MAILCOW_HOSTNAME=a.example.com\nMCACME_DOCKERAPI=" API "\n");
    struct fake_dockerapi api = fake_dockerapi(op);

    CHECK(mailcow_reload(op, &other, &api.http, MAILCOW_NGINX, true));
    CHECK(mailcow_reload(op, &any, &api.http, MAILCOW_DOVECOT, true));
    CHECK_STR(api.asked.data,
              LIST "POST " API "/containers/bad0/restart\n" LIST "POST " API "/containers/bb02/restart\n");
    CHECK(!mailcow_reload(op, &other, &api.http, MAILCOW_DOVECOT, true));
    CHECK_FAILED(op, ERR_DEPLOY, "no container runs the service dovecot-mailcow of the project Other");
}

/* A restart that outlasts our patience has begun all the same; whether it helped is for the proof to say. */
TEST(reload_by_a_dockerapi_that_is_slow)
{
    struct op *op = kit_op();
    struct mailcow mailcow = cow(op, INSIDE);
    struct fake_dockerapi api = fake_dockerapi(op);

    api.post_failure = "Operation timed out";
    CHECK(mailcow_reload(op, &mailcow, &api.http, MAILCOW_DOVECOT, false));
    CHECK(strstr(kit_logged(), "/containers/bb02/restart gives no answer: Operation timed out"));
}

TEST(reload_by_a_dockerapi_that_is_broken)
{
    static const struct {
        const char *containers, *restart, *failure;
        long status;
        const char *words;
    } cases[] = {
        { NULL, NULL, "Could not resolve host", 0, "no answer: Could not resolve host" },
        { NULL, NULL, NULL, 500, "it answers 500" },
        { "{\"type\":\"danger\",\"msg\":\"no docker\"}", NULL, NULL, 0, "it says: no docker" },
        { "{\"type\":\"error\"}", NULL, NULL, 0, "it says: no" },
        { "<html>", NULL, NULL, 0, "not JSON" },
        { "[]", NULL, NULL, 0, "no container runs the service postfix-mailcow" },
        { "{\"../../x\":{\"Config\":{\"Labels\":{\"com.docker.compose.project\":\"mailcowdockerized\","
          "\"com.docker.compose.service\":\"postfix-mailcow\"}}}}",
          NULL, NULL, 0, "no container runs the service postfix-mailcow" },
        { NULL, "{\"type\":\"danger\",\"msg\":\"no such container\"}", NULL, 0,
          "it says: no such container" },
        { NULL, "{}", NULL, 0, "it does not say that the restart of postfix-mailcow has succeeded" },
        { NULL, "nonsense", NULL, 0, "not JSON" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = kit_op();
        struct mailcow mailcow = cow(op, INSIDE);
        struct fake_dockerapi api = fake_dockerapi(op);

        api.containers = cases[i].containers ? cases[i].containers : api.containers;
        api.restart = cases[i].restart;
        api.failure = cases[i].failure;
        api.status = cases[i].status;
        CHECK(!mailcow_reload(op, &mailcow, &api.http, MAILCOW_POSTFIX, false));
        CHECK_FAILED(op, ERR_DEPLOY, cases[i].words);
        CHECK(strstr(op->err.text, "reloading the services: dockerapi at https://dockerapi"));
        CHECK(!strstr(op->err.text, "very-secret"));
    }
}
