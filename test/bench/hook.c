/*
 * The DNS hook of the clients that have no provider for challtestsrv: uacme, lego (exec), dehydrated (also
 * with HOOK_CHAIN) and certbot (manual). Linked statically and talking HTTP by itself, so that it costs next
 * to nothing: it is the clients that are measured.
 *
 * Environment: CHALLTESTSRV_PORT, the management port on 127.0.0.1.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct action {
    const char *word; /* what the client says first */
    bool sets;        /* adds the record, or else removes it */
    int name, value;  /* where in the arguments they stand; 0: certbot, which uses the environment */
    int step;         /* arguments a record where there are several; 0: there is one */
} actions[] = {
    { "present", true, 2, 3, 0 }, /* lego: FQDN VALUE */
    { "cleanup", false, 2, 3, 0 },
    { "begin", true, 3, 5, 0 }, /* uacme: TYPE NAME TOKEN VALUE */
    { "done", false, 3, 5, 0 },
    { "failed", false, 3, 5, 0 },
    { "deploy_challenge", true, 2, 4, 3 }, /* dehydrated: NAME TOKEN VALUE, repeated */
    { "clean_challenge", false, 2, 4, 3 },
    { "certbot_auth", true, 0, 0, 0 },
    { "certbot_cleanup", false, 0, 0, 0 },
};

static int dial(void)
{
    const char *port = getenv("CHALLTESTSRV_PORT");
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_port = htons((uint16_t)strtoul(port ? port : "8055", NULL, 10));
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    return -1;
}

static bool post(const char *path, const char *body)
{
    char text[2048];
    int fd = dial();
    ssize_t got;
    int length;

    length =
        snprintf(text, sizeof text,
                 "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s",
                 path, strlen(body), body);
    if (fd < 0 || length < 0 || (size_t)length >= sizeof text || write(fd, text, (size_t)length) != length)
        return false;
    got = read(fd, text, sizeof text);
    close(fd);
    return got > 12 && memcmp(text + 9, "200", 3) == 0;
}

/* lego gives the whole name with the final dot, the others the name to prove. */
static bool change(const struct action *action, const char *name, const char *value)
{
    bool whole = name[strlen(name) - 1] == '.';
    char body[1024];

    snprintf(body, sizeof body, "{\"host\":\"%s%s%s\",\"value\":\"%s\"}", whole ? "" : "_acme-challenge.",
             name, whole ? "" : ".", value);
    return post(action->sets ? "/set-txt" : "/clear-txt", body);
}

static bool act(const struct action *action, int argc, char **argv)
{
    if (!action->name)
        return change(action, getenv("CERTBOT_DOMAIN"), getenv("CERTBOT_VALIDATION"));
    for (int at = 0; at + action->value < argc; at += action->step) {
        if (!change(action, argv[at + action->name], argv[at + action->value]))
            return false;
        if (!action->step)
            return true;
    }
    return true;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";

    /* uacme offers every type of challenge until one is taken. */
    if (strcmp(word, "begin") == 0 && argc > 2 && strcmp(argv[2], "dns-01") != 0)
        return 1;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].word, word) == 0)
            return act(&actions[i], argc, argv) ? 0 : 1;
    return 0; /* dehydrated tells its hook of many other things */
}
