#include "http01.h"

#include "disk.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#define PRINT "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
#define ONE   "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
#define TWO   "-yuXq3ZbVmcN4Eo1TO2tMQ"

static struct challenge challenge(struct op *op, const char *token)
{
    return (struct challenge){ .name = "a.example",
                               .base = "a.example",
                               .type = "http-01",
                               .token = token,
                               .key_authorization = op_text(op, "%s." PRINT, token) };
}

static const char *file(struct op *op, const char *token)
{
    return here(op, op_text(op, "web/" HTTP01_PATH "/%s", token));
}

static struct http01 with_webroot(struct op *op)
{
    struct http01 http01 = { .webroot = here(op, "web") };

    mkdir(http01.webroot, 0755);
    http01_solver(&http01);
    return http01;
}

static bool publish(struct http01 *http01, struct op *op, const char *token)
{
    struct challenge c = challenge(op, token);
    const struct challenge *const list[] = { &c };
    bool taken = false;

    return http01->solver.publish(&http01->solver, op, list, 1, &taken) && taken;
}

static bool withdraw(struct http01 *http01, struct op *op)
{
    return http01->solver.withdraw(&http01->solver, op);
}

TEST(http01_type)
{
    struct http01 http01 = { 0 };
    struct solver *solver = http01_solver(&http01);

    CHECK_STR(solver->type_for(solver, "a.example"), "http-01");
}

TEST(http01_puts_up_and_takes_down)
{
    struct op *op = kit_op();
    struct http01 http01 = with_webroot(op);
    mode_t before = umask(077);

    CHECK(publish(&http01, op, ONE) && publish(&http01, op, TWO));
    CHECK_STR(disk_get(op, file(op, ONE)), ONE "." PRINT);
    CHECK_STR(disk_get(op, file(op, TWO)), TWO "." PRINT);
    CHECK_INT(disk_mode(file(op, ONE)), 0644);
    CHECK_INT(disk_mode(here(op, "web/.well-known")), 0755);
    CHECK_INT(disk_mode(here(op, "web/" HTTP01_PATH)), 0755);
    CHECK(withdraw(&http01, op));
    CHECK_INT(disk_count(here(op, "web/" HTTP01_PATH)), 0);
    CHECK(withdraw(&http01, op)); /* content when nothing is up */
    umask(before);
}

/* A resumed order has the same token: the file is written again and goes once. */
TEST(http01_the_same_again)
{
    struct op *op = kit_op();
    struct http01 http01 = with_webroot(op);

    CHECK(publish(&http01, op, ONE) && publish(&http01, op, ONE));
    CHECK_INT(http01.up.count, 1);
    CHECK(withdraw(&http01, op));
    CHECK(!disk_get(op, file(op, ONE)));
}

TEST(http01_leaves_what_is_not_ours)
{
    struct op *op = kit_op();
    struct http01 http01 = with_webroot(op);

    CHECK(http01_folder(op, http01.webroot));
    disk_put(file(op, "robots.txt"), "User-agent: *\n", 0644);
    CHECK(publish(&http01, op, ONE) && withdraw(&http01, op));
    CHECK_STR(disk_get(op, file(op, "robots.txt")), "User-agent: *\n");
}

static void put_old(struct op *op, const char *name, const char *content, int64_t age)
{
    struct utimbuf times = { op_now(op) - age, op_now(op) - age };

    disk_put(file(op, name), content, 0644);
    CHECK_INT(utime(file(op, name), &times), 0);
}

TEST(http01_tidies_up_after_killed_runs)
{
    struct op *op = kit_op();
    struct http01 http01 = with_webroot(op);

    CHECK(http01_folder(op, http01.webroot));
    put_old(op, TWO, TWO "." PRINT, 7200);
    put_old(op, "young", "young." PRINT, 60);
    put_old(op, "other-account", "other-account.xyz", 7200);
    put_old(op, "other-name", "another-name." PRINT, 7200);
    put_old(op, "long", "long." PRINT "x", 7200);
    put_old(op, "empty", "", 7200);
    CHECK_INT(symlink(file(op, "young"), file(op, "link")), 0);
    CHECK(publish(&http01, op, ONE));
    CHECK(!disk_get(op, file(op, TWO)));
    CHECK_INT(disk_count(here(op, "web/" HTTP01_PATH)), 7);
}

TEST(http01_without_a_webroot)
{
    struct op *op = kit_op();
    struct http01 http01 = with_webroot(op);

    http01.webroot = here(op, "nothing");
    CHECK(!publish(&http01, op, ONE));
    CHECK_FAILED(op, ERR_PROVIDER, "nothing: No such file or directory");
    CHECK(op->err.hint && strstr(op->err.hint, "--webroot"));
    op = kit_op();
    disk_put(here(op, "plain"), "", 0600);
    http01.webroot = here(op, "plain");
    CHECK(!publish(&http01, op, ONE));
    CHECK_FAILED(op, ERR_PROVIDER, "is no folder");
    op = kit_op();
    http01 = with_webroot(op);
    disk_put(here(op, "web/.well-known"), "", 0600);
    CHECK(!publish(&http01, op, ONE));
    CHECK_FAILED(op, ERR_PROVIDER, "Not a directory");
}

/* The web server's user may write there; it must not lead us, who may be root, somewhere else. */
TEST(http01_follows_no_stranger)
{
    struct op *op = kit_op();
    struct http01 http01 = with_webroot(op);

    mkdir(here(op, "elsewhere"), 0755);
    mkdir(here(op, "web/.well-known"), 0755);
    CHECK_INT(symlink(here(op, "elsewhere"), here(op, "web/" HTTP01_PATH)), 0);
    CHECK(publish(&http01, op, ONE)); /* our own link is somebody's decision */
    CHECK(disk_get(op, here(op, "elsewhere/" ONE)) && withdraw(&http01, op));
    if (lchown(here(op, "web/" HTTP01_PATH), 12345, 12345) != 0)
        return; /* only root can make it somebody else's */
    CHECK(!publish(&http01, op, ONE));
    CHECK_FAILED(op, ERR_PROVIDER, "is a link made by another user");
    CHECK_INT(disk_count(here(op, "elsewhere")), 0);
}

TEST(http01_does_not_write_through_a_link)
{
    struct op *op = kit_op();
    struct http01 http01 = with_webroot(op);

    CHECK(http01_folder(op, http01.webroot));
    disk_put(here(op, "victim"), "precious", 0600);
    CHECK_INT(symlink(here(op, "victim"), file(op, ONE)), 0);
    CHECK(publish(&http01, op, ONE));
    CHECK_STR(disk_get(op, here(op, "victim")), "precious");
    CHECK_STR(disk_get(op, file(op, ONE)), ONE "." PRINT);
}

/* One file that cannot be removed does not save the others; withdrawing goes on after a signal. */
TEST(http01_withdraws_what_it_can)
{
    struct op *op = kit_op();
    struct http01 http01 = with_webroot(op);
    int stop = 15;

    CHECK(publish(&http01, op, ONE) && publish(&http01, op, TWO));
    CHECK_INT(unlink(file(op, ONE)), 0);
    CHECK_INT(mkdir(file(op, ONE), 0755), 0);
    kit_world()->stop = &stop;
    CHECK(!withdraw(&http01, op));
    CHECK_FAILED(op, ERR_PROVIDER, "removing the files for HTTP-01");
    CHECK(!disk_get(op, file(op, TWO)));
}

/* ---- by a web server of our own ---- */

static unsigned free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* What the server says about a token; NULL when nobody listens. */
static const char *shown(struct op *op, unsigned port, const char *token)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const char *request = op_text(op, "GET /" HTTP01_PATH "/%s HTTP/1.1\r\n\r\n", token);
    struct text out = text_begin(op->arena);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    bool there = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    char part[256];
    ssize_t got;

    if (there && send(fd, request, strlen(request), MSG_NOSIGNAL) > 0)
        while ((got = recv(fd, part, sizeof part, 0)) > 0)
            text_put(&out, part, (size_t)got);
    close(fd);
    return there ? out.data : NULL;
}

static struct http01 standing_alone(struct op *op, unsigned *port)
{
    struct http01 http01 = { .listen = op_text(op, "127.0.0.1:%u", *port = free_port()) };

    http01_solver(&http01);
    return http01;
}

TEST(http01_standalone)
{
    struct op *op = kit_op();
    unsigned port;
    struct http01 http01 = standing_alone(op, &port);

    CHECK(!shown(op, port, ONE));
    CHECK(publish(&http01, op, ONE) && publish(&http01, op, TWO));
    CHECK(text_ends(shown(op, port, ONE), "\r\n\r\n" ONE "." PRINT));
    CHECK(text_ends(shown(op, port, TWO), "\r\n\r\n" TWO "." PRINT));
    CHECK(withdraw(&http01, op));
    CHECK(!shown(op, port, ONE)); /* the post hook may start a web server again */
    CHECK(withdraw(&http01, op));
    CHECK(publish(&http01, op, ONE) && shown(op, port, ONE));
    CHECK(withdraw(&http01, op));
}

TEST(http01_standalone_ends_with_the_operation)
{
    struct op *op = kit_op(), *child = op_child(op);
    unsigned port;
    struct http01 http01 = standing_alone(op, &port);

    CHECK(publish(&http01, child, ONE) && shown(op, port, ONE));
    op_end(child);
    CHECK(!shown(op, port, ONE));
}

TEST(http01_standalone_on_a_port_in_use)
{
    struct op *op = kit_op(), *other = kit_op();
    unsigned port;
    struct http01 first = standing_alone(op, &port), second = first;

    CHECK(publish(&first, op, ONE));
    CHECK(!publish(&second, other, TWO));
    CHECK_FAILED(other, ERR_PROVIDER, "getting ready for HTTP-01: listening for HTTP requests on 127.0.0.1:");
    CHECK(shown(op, port, ONE));
    CHECK(withdraw(&first, op));
}
