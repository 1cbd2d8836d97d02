/*
 * forward PORT TARGET MILLIS: a TCP forwarder from 127.0.0.1:PORT to 127.0.0.1:TARGET that holds every byte
 * back for MILLIS each way, without limiting how many are under way, so that the target seems to be 2 *
 * MILLIS away. The handshake of TCP takes its round trip too: nothing of the client's arrives before the time
 * at which a client so far away could have sent it. A line is printed for each connection.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_PIPES 1024u
#define PIECE      65536u

struct piece {
    struct piece *next;
    long long due;       /* nanoseconds */
    size_t length, sent; /* length 0: the end */
    char data[];
};

/* One direction of a connection; the other one is its neighbour. */
struct pipe {
    int from, to;
    bool used, ended; /* ended: nothing more comes in */
    long long earliest;
    struct piece *first, *last;
};

static struct pipe pipes[MOST_PIPES];
static long long delay;

static long long now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct sockaddr_in loopback(const char *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    address.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    return address;
}

static int listen_on(const char *port)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 64) != 0)
        return -1;
    return fd;
}

static void open_pipe(struct pipe *pipe, int from, int to, long long earliest)
{
    int on = 1;

    setsockopt(to, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    *pipe = (struct pipe){ .from = from, .to = to, .used = true, .earliest = earliest };
}

static void accept_one(int listener, const char *target)
{
    struct sockaddr_in address = loopback(target);
    int client = accept(listener, NULL, NULL);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    size_t i = 0;

    while (i < MOST_PIPES && (pipes[i].used || pipes[i + 1].used))
        i += 2;
    if (i == MOST_PIPES || client < 0 || connect(server, (struct sockaddr *)&address, sizeof address) != 0) {
        close(client);
        close(server);
        return;
    }
    open_pipe(&pipes[i], client, server, now() + 3 * delay);
    open_pipe(&pipes[i + 1], server, client, 0);
    puts("connection");
    fflush(stdout);
}

static void take_in(struct pipe *pipe)
{
    struct piece *piece = malloc(sizeof *piece + PIECE);
    ssize_t got;

    if (!piece)
        abort();
    got = recv(pipe->from, piece->data, PIECE, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        free(piece);
        return;
    }
    piece->next = NULL;
    piece->due = now() + delay;
    if (piece->due < pipe->earliest)
        piece->due = pipe->earliest;
    piece->length = got > 0 ? (size_t)got : 0;
    piece->sent = 0;
    pipe->ended = got <= 0;
    *(pipe->first ? &pipe->last->next : &pipe->first) = piece;
    pipe->last = piece;
}

/* Sends what is due; false when the other side takes no more just now. */
static bool send_first(struct pipe *pipe)
{
    struct piece *piece = pipe->first;
    ssize_t sent = 0;

    if (piece->length)
        sent = send(pipe->to, piece->data + piece->sent, piece->length - piece->sent,
                    MSG_DONTWAIT | MSG_NOSIGNAL);
    else
        shutdown(pipe->to, SHUT_WR);
    if (sent < 0 && errno == EAGAIN)
        return false;
    piece->sent += sent > 0 ? (size_t)sent : piece->length;
    if (piece->sent < piece->length)
        return true;
    pipe->first = piece->next;
    pipe->used = piece->length > 0;
    free(piece);
    return true;
}

static void close_both(struct pipe *pair)
{
    if (pair[0].used || pair[1].used || !pair[0].ended)
        return;
    close(pair[0].from);
    close(pair[0].to);
    pair[0].ended = false;
}

/* How long nothing is due, for ppoll. */
static struct timespec wait_time(void)
{
    long long least = 1000000000, current = now();

    for (size_t i = 0; i < MOST_PIPES; i++)
        if (pipes[i].used && pipes[i].first && pipes[i].first->due - current < least)
            least = pipes[i].first->due - current;
    return (struct timespec){ least > 0 ? least / 1000000000 : 0, least > 0 ? least % 1000000000 : 0 };
}

static size_t watch(struct pollfd *fds, struct pipe **which, int listener)
{
    size_t n = 1;

    fds[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
    for (size_t i = 0; i < MOST_PIPES; i++) {
        if (!pipes[i].used || pipes[i].ended)
            continue;
        which[n] = &pipes[i];
        fds[n++] = (struct pollfd){ .fd = pipes[i].from, .events = POLLIN };
    }
    return n;
}

static void move(void)
{
    long long current = now();

    for (size_t i = 0; i < MOST_PIPES; i++) {
        while (pipes[i].used && pipes[i].first && pipes[i].first->due <= current)
            if (!send_first(&pipes[i]))
                break;
        if (i % 2)
            close_both(&pipes[i - 1]);
    }
}

int main(int argc, char **argv)
{
    static struct pollfd fds[MOST_PIPES + 1];
    static struct pipe *which[MOST_PIPES + 1];
    int listener;

    if (argc != 4 || (listener = listen_on(argv[1])) < 0)
        return 2;
    delay = strtol(argv[3], NULL, 10) * 1000000LL;
    for (;;) {
        size_t n = watch(fds, which, listener);
        struct timespec wait = wait_time();

        if (ppoll(fds, n, &wait, NULL) > 0) {
            for (size_t i = 1; i < n; i++)
                if (fds[i].revents)
                    take_in(which[i]);
            if (fds[0].revents)
                accept_one(listener, argv[2]);
        }
        move();
    }
}
