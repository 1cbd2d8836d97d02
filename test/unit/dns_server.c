#include "dns_server.h"

#include "kit.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

void say(struct server *s, const uint8_t *packet, size_t length)
{
    uint8_t prefix[2] = { (uint8_t)(length >> 8), (uint8_t)length };
    ssize_t sent;

    if (s->over_tcp) {
        sent = send(s->stream, prefix, 2, MSG_NOSIGNAL);
        sent += send(s->stream, packet, length, MSG_NOSIGNAL);
    } else
        sent = sendto(s->udp, packet, length, 0, (struct sockaddr *)&s->peer, s->peer_length);
    (void)sent; /* the client may be gone */
}

static void hear_udp(struct server *s)
{
    ssize_t got;

    s->over_tcp = false;
    s->peer_length = sizeof s->peer;
    got = recvfrom(s->udp, s->question, sizeof s->question, 0, (struct sockaddr *)&s->peer, &s->peer_length);
    if (got < (ssize_t)DNS_HEADER)
        return;
    s->length = (size_t)got;
    s->asked_udp++;
    s->behave(s);
}

static void hear_tcp(struct server *s)
{
    uint8_t buffer[sizeof s->question];
    ssize_t got;

    s->over_tcp = true;
    s->stream = accept(s->tcp, NULL, NULL);
    got = recv(s->stream, buffer, sizeof buffer, 0); /* small enough to come in one piece on loopback */
    if (got > (ssize_t)DNS_HEADER) {
        s->length = (size_t)got - 2;
        memcpy(s->question, buffer + 2, s->length);
        s->asked_tcp++;
        s->behave(s);
    }
    close(s->stream);
}

static void *serve(void *data)
{
    struct server *s = data;
    struct pollfd fds[] = { { s->udp, POLLIN, 0 }, { s->tcp, POLLIN, 0 }, { s->stop[0], POLLIN, 0 } };

    while (poll(fds, 3, -1) > 0 && !fds[2].revents) {
        if (fds[0].revents)
            hear_udp(s);
        if (fds[1].revents)
            hear_tcp(s);
    }
    return NULL;
}

/* Both sockets on one port of the kernel's choice; false when the UDP one of that number is taken. */
static bool open_sockets(struct server *s)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof in;

    s->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    s->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(s->tcp, (struct sockaddr *)&in, sizeof in) != 0 || listen(s->tcp, 64) != 0 ||
        getsockname(s->tcp, (struct sockaddr *)&in, &length) != 0)
        return false;
    s->port = ntohs(in.sin_port);
    return bind(s->udp, (struct sockaddr *)&in, sizeof in) == 0;
}

void server_close(struct server *s)
{
    close(s->udp);
    close(s->tcp);
}

struct server *server_asleep(struct op *op)
{
    struct server *s = op_new(op, struct server);

    while (!open_sockets(s))
        server_close(s);
    snprintf(s->address, sizeof s->address, "127.0.0.1:%d", s->port);
    return s;
}

struct server *server_start(struct op *op, void (*behave)(struct server *))
{
    struct server *s = server_asleep(op);

    s->behave = behave;
    CHECK(pipe(s->stop) == 0);
    CHECK(pthread_create(&s->thread, NULL, serve, s) == 0);
    return s;
}

void server_stop(struct server *s)
{
    close(s->stop[1]);
    pthread_join(s->thread, NULL);
    close(s->stop[0]);
    server_close(s);
}

bool has_edns(const struct server *s)
{
    return s->question[11] == 1;
}

/* The question's header and question, as an answer without records. */
struct packet answer(const struct server *s, int rcode)
{
    struct packet p = { .length = s->length - (has_edns(s) ? 11 : 0) };

    memcpy(p.at, s->question, p.length);
    p.at[2] = (uint8_t)(0x84 | (s->question[2] & 1));
    p.at[3] = (uint8_t)rcode;
    p.at[11] = 0;
    return p;
}

struct packet txt_answer(const struct server *s, const char *value)
{
    struct packet p = answer(s, DNS_NOERROR);
    size_t length = strlen(value);
    const uint8_t head[] = { 0xc0,           12, 0, DNS_TXT, 0, DNS_IN, 0, 0, 0, 60, 0, (uint8_t)(length + 1),
                             (uint8_t)length };

    p.at[7]++;
    memcpy(p.at + p.length, head, sizeof head);
    memcpy(p.at + p.length + sizeof head, value, length);
    p.length += sizeof head + length;
    return p;
}

void say_packet(struct server *s, struct packet p)
{
    say(s, p.at, p.length);
}

void hello(struct server *s)
{
    say_packet(s, txt_answer(s, s->over_tcp ? "by tcp" : "by udp"));
}

void silent(struct server *s)
{
    (void)s;
}

void wrong_id(struct server *s)
{
    struct packet p = txt_answer(s, "wrong");

    p.at[1] ^= 0xff;
    say_packet(s, p);
}

/* The right question with a record that is longer than the packet. */
void malformed(struct server *s)
{
    struct packet p = txt_answer(s, "cut");

    p.length--;
    say_packet(s, p);
}

void truncated(struct server *s)
{
    struct packet p = answer(s, DNS_NOERROR);

    p.at[2] |= 2;
    say_packet(s, p);
}
