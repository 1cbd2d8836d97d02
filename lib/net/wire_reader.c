#include "net/wire_reader.h"

/*
 * Compression lets a packet of 64 KiB stand for megabytes of names. No honest message comes near this factor:
 * its smallest record has 16 bytes, which are good for a name of 256.
 */
#define NAME_TEXT_FACTOR 16u

#define POINTER 0xc0u /* the two high bits of a length octet (RFC 1035 section 4.1.4) */

/* A name being read: where the walk is, and the text so far (four characters for an octet at worst). */
struct walk {
    size_t at, floor; /* a pointer must lead before `floor`, so that every jump goes backwards */
    bool jumped;
    size_t wire; /* octets that the name takes uncompressed */
    char text[4 * DNS_MOST_NAME];
    size_t length;
};

struct dns_reader dns_read(struct op *op, struct bytes packet)
{
    return (struct dns_reader){
        .op = op, .packet = packet, .end = packet.length, .names_left = NAME_TEXT_FACTOR * packet.length
    };
}

struct dns_reader dns_read_rdata(struct op *op, struct bytes packet, const struct dns_rr *rr)
{
    struct dns_reader r = dns_read(op, packet);

    r.at = (size_t)(rr->rdata.at - packet.at);
    r.end = r.at + rr->rdata.length;
    return r;
}

struct bytes dns_take_bytes(struct dns_reader *r, size_t length)
{
    struct bytes taken = { r->packet.at + r->at, length };

    if (r->bad || length > r->end - r->at) {
        r->bad = true;
        return (struct bytes){ NULL, 0 };
    }
    r->at += length;
    return taken;
}

uint16_t dns_take_u16(struct dns_reader *r)
{
    struct bytes b = dns_take_bytes(r, 2);

    if (!b.at)
        return 0;
    return (uint16_t)(b.at[0] << 8 | b.at[1]);
}

uint32_t dns_take_u32(struct dns_reader *r)
{
    uint32_t high = dns_take_u16(r);

    return high << 16 | dns_take_u16(r);
}

bool dns_read_whole(const struct dns_reader *r)
{
    return !r->bad && r->at == r->end;
}

/* One octet of a name, which may stand anywhere in the packet. */
static uint8_t octet(struct dns_reader *r, size_t at)
{
    if (at < r->packet.length)
        return r->packet.at[at];
    r->bad = true;
    return 0;
}

static bool jump(struct dns_reader *r, struct walk *w, unsigned first)
{
    size_t target = (first & ~POINTER) << 8 | octet(r, w->at + 1);

    if (!w->jumped)
        r->at = w->at + 2;
    w->jumped = true;
    if (target >= w->floor || target < DNS_HEADER)
        return false;
    w->at = w->floor = target;
    return true;
}

static bool plain(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '*';
}

static void add_octet(struct walk *w, uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        c = (uint8_t)(c + 'a' - 'A');
    if (plain(c)) {
        w->text[w->length++] = (char)c;
        return;
    }
    w->text[w->length++] = '\\';
    w->text[w->length++] = (char)('0' + c / 100);
    w->text[w->length++] = (char)('0' + c / 10 % 10);
    w->text[w->length++] = (char)('0' + c % 10);
}

static bool label(struct dns_reader *r, struct walk *w, size_t length)
{
    w->wire += 1 + length;
    if (length > DNS_MOST_LABEL || w->wire > DNS_MOST_NAME)
        return false;
    if (w->length)
        w->text[w->length++] = '.';
    for (size_t i = 1; i <= length; i++)
        add_octet(w, octet(r, w->at + i));
    w->at += 1 + length;
    return true;
}

/* Walks to the root label; the cursor stands behind the name's first part then. */
static bool walk(struct dns_reader *r, struct walk *w)
{
    size_t length;

    while ((length = octet(r, w->at)) != 0) {
        if (!(length >= POINTER ? jump(r, w, (unsigned)length) : label(r, w, length)))
            return false;
    }
    if (!w->jumped)
        r->at = w->at + 1;
    return !r->bad && r->at <= r->end;
}

const char *dns_take_name(struct dns_reader *r)
{
    struct walk w = { .at = r->at, .floor = r->at, .wire = 1 };

    if (r->bad || !walk(r, &w) || w.length >= r->names_left) {
        r->bad = true;
        return NULL;
    }
    r->names_left -= w.length + 1;
    return arena_strndup(r->op->arena, w.text, w.length);
}
