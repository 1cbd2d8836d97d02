#include "net/wire.h"

#include <string.h>

/* What the zones of a small server say (RFC 1912 section 2.2); nobody transfers them. */
#define SOA_REFRESH 3600u
#define SOA_RETRY   600u
#define SOA_EXPIRE  604800u

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* \DDD: three digits behind a backslash. */
static int escaped(const char **at)
{
    const char *d = *at + 1;
    int byte;

    if (!digit(d[0]) || !digit(d[1]) || !digit(d[2]))
        return -1;
    byte = (d[0] - '0') * 100 + (d[1] - '0') * 10 + (d[2] - '0');
    *at += 4;
    return byte > 255 ? -1 : byte;
}

/* The next octet of a label in lower case, or -1 for a character that no name has. */
static int label_octet(const char **at)
{
    char c = **at;

    if (c == '\\')
        return escaped(at);
    if (c >= 'A' && c <= 'Z')
        c = (char)(c + 'a' - 'A');
    if (!letter(c) && !digit(c) && c != '-' && c != '_' && c != '*')
        return -1;
    (*at)++;
    return (unsigned char)c;
}

/* The label's length, 0 when it is empty, too long or has a bad character. */
static size_t encode_label(const char **name, uint8_t label[DNS_MOST_LABEL])
{
    size_t length = 0;

    while (**name && **name != '.') {
        int byte = label_octet(name);

        if (byte < 0 || length == DNS_MOST_LABEL)
            return 0;
        label[length++] = (uint8_t)byte;
    }
    return length;
}

static bool encode_name(const char *name, uint8_t wire[DNS_MOST_NAME], size_t *length)
{
    uint8_t label[DNS_MOST_LABEL];
    size_t at = 0;

    while (*name) {
        size_t size = encode_label(&name, label);

        if (!size || at + 1 + size + 1 > DNS_MOST_NAME)
            return false;
        wire[at] = (uint8_t)size;
        memcpy(wire + at + 1, label, size);
        at += 1 + size;
        if (*name == '.' && !*++name)
            return false;
    }
    wire[at++] = 0;
    *length = at;
    return true;
}

bool dns_name_ok(const char *name)
{
    uint8_t wire[DNS_MOST_NAME];
    size_t length;

    return encode_name(name, wire, &length);
}

static bool encode(struct op *op, const char *name, uint8_t wire[DNS_MOST_NAME], size_t *length)
{
    if (!op_ok(op))
        return false;
    if (!name || !encode_name(name, wire, length))
        return op_fail(op, ERR_INTERNAL, "\"%s\" is not a DNS name", name ? name : "");
    return true;
}

static void store_u16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void store_u32(uint8_t *at, uint32_t value)
{
    store_u16(at, value >> 16);
    store_u16(at + 2, value & 0xffff);
}

struct dns_writer dns_write(struct op *op, size_t limit, uint16_t id, unsigned flags, int opcode, int rcode)
{
    struct dns_writer w = { .op = op, .length = DNS_HEADER };

    w.limit = limit > DNS_MOST_MESSAGE ? DNS_MOST_MESSAGE : limit < DNS_HEADER ? DNS_HEADER : limit;
    w.at = op_alloc(op, w.limit);
    store_u16(w.at, id);
    store_u16(w.at + 2, flags | ((unsigned)opcode & 0xf) << 11 | ((unsigned)rcode & 0xf));
    return w;
}

static bool fits(struct dns_writer *w, size_t length)
{
    if (length <= w->limit - w->length)
        return true;
    w->full = true;
    return false;
}

static void put(struct dns_writer *w, const void *data, size_t length)
{
    if (length)
        memcpy(w->at + w->length, data, length);
    w->length += length;
}

static void put_u16(struct dns_writer *w, unsigned value)
{
    store_u16(w->at + w->length, value);
    w->length += 2;
}

static void count(struct dns_writer *w, int section)
{
    uint8_t *at = w->at + 4 + 2 * section;

    store_u16(at, (unsigned)(at[0] << 8 | at[1]) + 1);
}

void dns_put_question(struct dns_writer *w, const char *name, int type, int klass)
{
    uint8_t wire[DNS_MOST_NAME];
    size_t length;

    if (!encode(w->op, name, wire, &length) || !fits(w, length + 4))
        return;
    put(w, wire, length);
    put_u16(w, (unsigned)type);
    put_u16(w, (unsigned)klass);
    count(w, 0);
}

void dns_put_rr(struct dns_writer *w, int section, const char *name, int type, int klass, uint32_t ttl,
                struct bytes rdata)
{
    uint8_t wire[DNS_MOST_NAME];
    size_t length;

    if (!encode(w->op, name, wire, &length) || !fits(w, length + 10 + rdata.length))
        return;
    put(w, wire, length);
    put_u16(w, (unsigned)type);
    put_u16(w, (unsigned)klass);
    put_u16(w, ttl >> 16);
    put_u16(w, ttl & 0xffff);
    put_u16(w, (unsigned)rdata.length);
    put(w, rdata.at, rdata.length);
    count(w, section);
}

/* RFC 6891 section 6.1.2: the root's OPT record, whose class is the size. */
void dns_put_edns(struct dns_writer *w, unsigned udp_size)
{
    dns_put_rr(w, 3, "", DNS_OPT, (int)udp_size, 0, (struct bytes){ NULL, 0 });
}

struct bytes dns_rdata_txt(struct op *op, const char *value)
{
    size_t left = strlen(value), length = 0;
    uint8_t *rdata = op_alloc(op, left + left / 255 + 1);

    do {
        size_t part = left < 255 ? left : 255;

        rdata[length++] = (uint8_t)part;
        memcpy(rdata + length, value, part);
        length += part;
        value += part;
        left -= part;
    } while (left);
    return (struct bytes){ rdata, length };
}

struct bytes dns_rdata_name(struct op *op, const char *name)
{
    uint8_t wire[DNS_MOST_NAME];
    size_t length;

    if (!encode(op, name, wire, &length))
        return (struct bytes){ NULL, 0 };
    return (struct bytes){ arena_copy(op->arena, wire, length), length };
}

struct bytes dns_rdata_soa(struct op *op, const char *primary, const char *mailbox, uint32_t serial,
                           uint32_t minimum)
{
    const uint32_t numbers[] = { serial, SOA_REFRESH, SOA_RETRY, SOA_EXPIRE, minimum };
    struct bytes first = dns_rdata_name(op, primary), second = dns_rdata_name(op, mailbox);
    size_t length = first.length + second.length;
    uint8_t *rdata;

    if (!first.at || !second.at)
        return (struct bytes){ NULL, 0 };
    rdata = op_alloc(op, length + sizeof numbers);
    memcpy(rdata, first.at, first.length);
    memcpy(rdata + first.length, second.at, second.length);
    for (size_t i = 0; i < 5; i++, length += 4)
        store_u32(rdata + length, numbers[i]);
    return (struct bytes){ rdata, length };
}
