/*
 * wire: DNS messages, a pure codec without I/O (RFC 1035, EDNS RFC 6891, UPDATE RFC 2136).
 *
 * Names are text in lower case without the final dot; the root is "". Bytes in a label that are not letters,
 * digits, '-', '_' or '*' are written \DDD (RFC 1035 section 5.1), so a name is always printable and never
 * has a dot that is not a separator. Decoded messages are plain data in the operation's arena.
 *
 * A CAA record's text is its flags as a number, its tag and its value (RFC 8659 section 4.1) with one blank
 * between them. What no tag may hold is \DDD in it, so the blanks are where they seem to be.
 *
 * A decoder never reads outside the packet, follows compression pointers only backwards and never allocates
 * more than the packet is worth.
 */
#ifndef MCACME_NET_WIRE_H
#define MCACME_NET_WIRE_H

#include "base/op.h"
#include "crypto/encode.h"

enum dns_type {
    DNS_A = 1,
    DNS_NS = 2,
    DNS_CNAME = 5,
    DNS_SOA = 6,
    DNS_TXT = 16,
    DNS_AAAA = 28,
    DNS_OPT = 41,
    DNS_TSIG = 250,
    DNS_ANY = 255,
    DNS_CAA = 257
};
enum dns_class { DNS_IN = 1, DNS_CLASS_NONE = 254, DNS_CLASS_ANY = 255 };
enum dns_opcode { DNS_QUERY = 0, DNS_UPDATE = 5 };
enum dns_rcode {
    DNS_NOERROR = 0,
    DNS_FORMERR = 1,
    DNS_SERVFAIL = 2,
    DNS_NXDOMAIN = 3,
    DNS_NOTIMP = 4,
    DNS_REFUSED = 5,
    DNS_NOTAUTH = 9,
    DNS_NOTZONE = 10
};

struct dns_rr {
    const char *name;
    uint16_t type, klass;
    uint32_t ttl;
    struct bytes rdata; /* raw, inside the packet that was decoded */
    const char *text;   /* NS, CNAME: the name; A, AAAA: the address; TXT: the strings joined, a NUL as \000;
                           SOA: the primary; CAA: "0 issue ca.example", see below; else NULL */
    size_t offset;      /* where the record begins in the packet */
};

struct dns_section {
    struct dns_rr *at;
    size_t count;
};

struct dns_message {
    uint16_t id;
    bool qr, aa, tc, rd, ra;
    int opcode, rcode;
    struct dns_rr question; /* name, type and klass only (an UPDATE's zone); name NULL when there is none */
    struct dns_section answer, authority, additional;
    uint16_t edns_size; /* the sender's; 0 without EDNS */
};

/* False for a malformed packet (op stays ok: a bad answer is an event, not an error). */
bool dns_decode(struct op *op, struct bytes packet, struct dns_message *message);

const char *dns_rcode_name(int rcode);              /* "NXDOMAIN"; "an unassigned RCODE" */
const char *dns_type_name(struct op *op, int type); /* "TXT"; "TYPE65" (RFC 3597 section 5) */

/* A name fit for the wire: labels of 1..63, 255 in all; underscores, wildcards, \DDD and the root "" pass. */
bool dns_name_ok(const char *name);

/* `name` is `zone` or lies below it, by whole labels. */
bool dns_in_zone(const char *name, const char *zone);
const char *dns_parent(const char *name); /* "b.c" of "a.b.c"; "" of "c"; NULL of "" */

/* ---- writing ---- */

struct dns_writer {
    struct op *op;
    uint8_t *at; /* room for `limit` bytes */
    size_t length, limit;
    bool full; /* something did not fit within limit; nothing of that record was written */
};

#define DNS_HEADER       12u
#define DNS_MOST_MESSAGE 65535u
#define DNS_MOST_NAME    255u /* octets on the wire (RFC 1035 section 2.3.4) */
#define DNS_MOST_LABEL   63u
#define DNS_EDNS_SIZE    1232u /* fits any path without fragments (RFC 9715 section 3) */

/* Header flags as they stand in bytes 2 and 3. */
#define DNS_FLAG_QR 0x8000u
#define DNS_FLAG_AA 0x0400u
#define DNS_FLAG_TC 0x0200u
#define DNS_FLAG_RD 0x0100u
#define DNS_FLAG_RA 0x0080u
#define DNS_FLAG_CD 0x0010u

/* A message with its header; room for `limit` bytes (at most DNS_MOST_MESSAGE), the TSIG record included. */
struct dns_writer dns_write(struct op *op, size_t limit, uint16_t id, unsigned flags, int opcode, int rcode);
void dns_put_question(struct dns_writer *w, const char *name, int type, int klass);

/*
 * Counted in the header's section: 1 answer (prerequisite), 2 authority (update), 3 additional. Here and
 * above a name that dns_name_ok refuses is an INTERNAL error: who took it from outside has checked it.
 */
void dns_put_rr(struct dns_writer *w, int section, const char *name, int type, int klass, uint32_t ttl,
                struct bytes rdata);
void dns_put_edns(struct dns_writer *w, unsigned udp_size);

/* RDATA makers. TXT is cut into strings of 255 bytes. */
struct bytes dns_rdata_txt(struct op *op, const char *value);
struct bytes dns_rdata_name(struct op *op, const char *name);
struct bytes dns_rdata_soa(struct op *op, const char *primary, const char *mailbox, uint32_t serial,
                           uint32_t minimum);

#endif
