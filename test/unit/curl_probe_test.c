/* Servers on loopback that do not come to TLS. (Those that do are in test/e2e/probe_test.sh.) */
#include "base/clock.h"
#include "base/text.h"
#include "kit.h"
#include "net/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <unistd.h>

/* Greets, gives its answer to the first line, and hangs up at the second; deaf, it waits to be left. */
static struct talker {
    int listener;
    const char *greeting, *answer; /* answer NULL: it greets and hangs up */
    volatile int *stop;            /* deaf, and a signal comes */
    pthread_t thread;
} talker;

static void talk(int stream)
{
    char line[512];

    if (talker.stop)
        *talker.stop = 15;
    send(stream, talker.greeting, strlen(talker.greeting), MSG_NOSIGNAL);
    if (talker.answer && recv(stream, line, sizeof line, 0) > 0) {
        send(stream, talker.answer, strlen(talker.answer), MSG_NOSIGNAL);
        recv(stream, line, sizeof line, 0);
    }
    while (talker.stop && recv(stream, line, sizeof line, 0) > 0)
        continue;
}

static void *serve(void *nothing)
{
    int stream;

    while ((stream = accept(talker.listener, NULL, NULL)) >= 0) {
        talk(stream);
        close(stream);
    }
    return nothing;
}

static const char *start(struct op *op, const char *greeting, const char *answer, volatile int *stop)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof in;

    talker = (struct talker){ .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                              .greeting = greeting,
                              .answer = answer,
                              .stop = stop };
    CHECK(bind(talker.listener, (struct sockaddr *)&in, size) == 0 && listen(talker.listener, 8) == 0);
    CHECK(getsockname(talker.listener, (struct sockaddr *)&in, &size) == 0);
    CHECK(pthread_create(&talker.thread, NULL, serve, NULL) == 0);
    return op_text(op, "127.0.0.1:%u", ntohs(in.sin_port));
}

static void finish(void)
{
    shutdown(talker.listener, SHUT_RDWR);
    pthread_join(talker.thread, NULL);
    close(talker.listener);
}

static struct peer_answer look(struct op *op, enum peer_talk how, const char *address)
{
    struct peers *peers = peers_curl(op);
    const struct peer peer = { how, "mail.example.com", address, false };
    struct peer_answer answer = { 0 };

    CHECK(peers->look(peers, op, &peer, &answer) == op_ok(op));
    CHECK_STR(answer.pem, NULL);
    return answer;
}

TEST(peer_that_offers_no_tls)
{
    struct op *op = kit_op();
    const char *at = start(op, "220 hello\r\n", "250 mail.example.com\r\n", NULL);

    CHECK(strstr(look(op, PEER_SMTP, at).failure, "STARTTLS"));
    finish();
    at = start(op, "* OK hello\r\n", "* CAPABILITY IMAP4rev1\r\nA001 OK\r\n", NULL);
    CHECK(strstr(look(op, PEER_IMAP, at).failure, "STARTTLS"));
    finish();
    CHECK(op_ok(op));
}

TEST(peer_that_talks_nonsense)
{
    struct op *op = kit_op();
    const char *at = start(op, "\x1b[31m\xff nonsense\r\n", NULL, NULL);
    const enum peer_talk talks[] = { PEER_TLS, PEER_SMTP, PEER_IMAP };

    for (size_t i = 0; i < 3; i++) {
        struct peer_answer answer = look(op, talks[i], at);

        CHECK(answer.failure && *answer.failure && !strchr(answer.failure, '\x1b'));
    }
    finish();
    CHECK(op_ok(op));
}

TEST(peer_that_is_not_there)
{
    struct op *op = kit_op();
    const char *at = start(op, "", NULL, NULL);

    finish();
    CHECK(strstr(look(op, PEER_TLS, at).failure, "onnect"));
    CHECK(look(op, PEER_TLS, "127.0.0.1:0").failure);
    CHECK(op_ok(op));
    CHECK(strstr(kit_logged(), op_text(op, "https at %s: ", at)));
}

TEST(peer_that_is_silent_until_we_are_stopped)
{
    struct op *op = kit_op();
    volatile int stop = 0;
    const char *at = start(op, "", NULL, &stop);

    op->world->clock = clock_system();
    op->world->stop = &stop;
    CHECK(look(op, PEER_SMTP, at).failure);
    CHECK_FAILED(op, ERR_STOPPED, NULL);
    op->world->stop = NULL;
    finish();
}
