#include "net/flight.h"

#include "base/text.h"
#include "crypto/hash.h"

#include <errno.h>
#include <string.h>

#define QUERY_ROOM 512u /* a header, the longest name and EDNS fit (RFC 1035 section 4.2.1) */

static const char *server(const struct flight *f)
{
    return f->servers->at[f->at];
}

/* The question with a fresh random id (RFC 5452 section 9.2). */
static bool write_question(struct flight *f)
{
    struct bytes id = random_bytes(f->scratch, 2);
    bool recursive = !f->query->servers || f->query->recursive;
    unsigned flags = (recursive ? DNS_FLAG_RD : 0) | (f->query->unchecked ? DNS_FLAG_CD : 0);
    struct dns_writer w;

    TRY(op_ok(f->scratch));
    w = dns_write(f->scratch, QUERY_ROOM, (uint16_t)(id.at[0] << 8 | id.at[1]), flags, DNS_QUERY, 0);
    dns_put_question(&w, f->query->name, f->query->type, DNS_IN);
    if (f->edns)
        dns_put_edns(&w, DNS_EDNS_SIZE);
    f->packet = (struct bytes){ w.at, w.length };
    return op_ok(f->scratch);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What all servers said, for people. */
static void give_up(struct flight *f)
{
    struct strings said = { 0 };

    for (size_t i = 0; i < f->servers->count; i++)
        if (f->stops[i].said)
            strings_add(f->scratch, &said, f->stops[i].said);
    f->query->failure =
        said.count ? text_dup(f->op, strings_join(f->scratch, &said, "; ")) : "no server to ask";
    f->flying = false;
}

static void note(struct flight *f, const char *said, bool over)
{
    f->stops[f->at].said = said;
    f->stops[f->at].over = over;
}

/* Asks the server where we are; false when that cannot even begin. */
static bool ask(struct flight *f, int64_t now)
{
    int64_t wait = f->tcp ? f->pace->tcp_wait : f->pace->udp_wait << f->round;
    const char *said;

    dns_socket_close(&f->socket);
    TRY(write_question(f));
    f->attempt_end = least(now + wait, f->end);
    if (dns_socket_open(f->scratch, &f->socket, server(f), f->packet, f->tcp))
        return true;
    said = errno == EDESTADDRREQ ? op_text(f->scratch, "\"%s\" is not an address", server(f))
                                 : op_text(f->scratch, "cannot reach %s: %s", server(f), strerror(errno));
    note(f, said, true);
    return false;
}

/* To the next place in the round, or to the first of the next round. */
static bool advance(struct flight *f)
{
    f->at++;
    if (f->at >= f->servers->count) {
        f->at = 0;
        f->round++;
    }
    f->edns = true;
    f->tcp = f->query->tcp_only;
    return f->round < f->pace->rounds && op_ok(f->scratch);
}

static void move_on(struct flight *f, int64_t now)
{
    dns_socket_close(&f->socket);
    while (now < f->end && advance(f))
        if (!f->stops[f->at].over && ask(f, now))
            return;
    give_up(f);
}

void flight_begin(struct flight *f, int64_t now)
{
    f->end = now + f->pace->whole;
    f->edns = true;
    f->tcp = f->query->tcp_only;
    f->socket.fd = -1;
    f->flying = true;
    f->stops = op_array(f->scratch, f->servers->count, struct stop);
    if (!f->servers->count)
        give_up(f);
    else if (!ask(f, now))
        move_on(f, now);
}

void flight_late(struct flight *f, int64_t now)
{
    note(f, op_text(f->scratch, "no answer from %s%s", server(f), f->tcp ? " over TCP" : ""), f->tcp);
    move_on(f, now);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

/* The question comes back as it was, but for the case of its letters. */
static bool same_question(struct bytes packet, struct bytes asked, size_t end)
{
    if (packet.length < end)
        return false;
    for (size_t i = DNS_HEADER; i < end - 4; i++)
        if (lower(packet.at[i]) != asked.at[i])
            return false;
    return memcmp(packet.at + end - 4, asked.at + end - 4, 4) == 0;
}

/* Where our question ends: all that stands behind it is EDNS, of eleven octets. */
static size_t question_end(const struct flight *f)
{
    return f->packet.length - (f->edns ? 11 : 0);
}

/*
 * An answer to what we asked: the same id and the same question (RFC 5452 section 9.1). Errors may come
 * without the question. Checked on the raw octets, so that a flood of other packets costs no memory.
 */
static bool answers_us(const struct flight *f, struct bytes p)
{
    const uint8_t *asked = f->packet.at;
    int questions;

    if (p.length < DNS_HEADER || p.at[0] != asked[0] || p.at[1] != asked[1])
        return false;
    if ((p.at[2] & 0xf8) != 0x80) /* QR, and the opcode QUERY */
        return false;
    questions = p.at[4] << 8 | p.at[5];
    if (questions == 0)
        return (p.at[3] & 0xf) != DNS_NOERROR && (p.at[3] & 0xf) != DNS_NXDOMAIN;
    return questions == 1 && same_question(p, f->packet, question_end(f));
}

static void ask_again(struct flight *f, int64_t now)
{
    if (!ask(f, now))
        move_on(f, now);
}

static void strike(struct flight *f, int64_t now, const char *said)
{
    note(f, said, true);
    move_on(f, now);
}

static void land(struct flight *f)
{
    f->query->answered = true;
    f->query->failure = NULL;
    f->query->server = text_dup(f->op, server(f));
    f->flying = false;
    dns_socket_close(&f->socket);
}

/* RFC 6891 section 7: a server that does not know EDNS says one of these. */
static bool edns_unknown(const struct flight *f, int rcode)
{
    return f->edns && (rcode == DNS_FORMERR || rcode == DNS_NOTIMP);
}

static void judge(struct flight *f, int64_t now, struct bytes packet)
{
    struct bytes kept = { arena_copy(f->op->arena, packet.at, packet.length), packet.length };
    struct dns_message *m = &f->query->answer;
    bool good = dns_decode(f->op, kept, m);

    if (good && edns_unknown(f, m->rcode)) {
        f->edns = false;
        ask_again(f, now);
    } else if (!good)
        strike(f, now, op_text(f->scratch, "malformed answer from %s", server(f)));
    else if (m->rcode != DNS_NOERROR && m->rcode != DNS_NXDOMAIN)
        strike(f, now, op_text(f->scratch, "%s from %s", dns_rcode_name(m->rcode), server(f)));
    else
        land(f);
}

static void take_packet(struct flight *f, int64_t now, struct bytes packet)
{
    bool ours = answers_us(f, packet);
    bool truncated = ours && packet.at[2] & DNS_FLAG_TC >> 8;

    if (!f->tcp && !ours)
        return; /* not for us: the answer may still come */
    if (!ours)
        strike(f, now, op_text(f->scratch, "an answer to another question from %s", server(f)));
    else if (truncated && f->tcp)
        strike(f, now, op_text(f->scratch, "answer cut short over TCP from %s", server(f)));
    else if (truncated) {
        f->tcp = true;
        ask_again(f, now);
    } else
        judge(f, now, packet);
}

void flight_ready(struct flight *f, int64_t now)
{
    struct bytes packet;

    switch (dns_socket_step(f->scratch, &f->socket, &packet)) {
    case DNS_IO_WAIT:
        return;
    case DNS_IO_PACKET:
        take_packet(f, now, packet);
        return;
    case DNS_IO_ERROR:
        strike(f, now, op_text(f->scratch, "no answer from %s: %s", server(f), strerror(errno)));
        return;
    }
}
