/*
 * wire_reader: a cursor over a DNS message, for the decoders of whole messages and of RDATA.
 *
 * It is sticky: the first read beyond `end` sets `bad`; after that every read gives zero or NULL. So a
 * decoder takes all its fields in a row and asks once. What it gives lives in the packet (bytes) or in the
 * operation's arena (names).
 *
 *     struct dns_reader r = dns_read_rdata(op, packet, rr);
 *     const char *name = dns_take_name(&r);
 *     unsigned weight = dns_take_u16(&r);
 *     if (!dns_read_whole(&r)) ...malformed
 */
#ifndef MCACME_NET_WIRE_READER_H
#define MCACME_NET_WIRE_READER_H

#include "net/wire.h"

struct dns_reader {
    struct op *op;
    struct bytes packet; /* all of it, for compression pointers lead anywhere before the cursor */
    size_t at, end;
    size_t names_left; /* bytes of name text that this packet may still be expanded to */
    bool bad;
};

struct dns_reader dns_read(struct op *op, struct bytes packet);
struct dns_reader dns_read_rdata(struct op *op, struct bytes packet, const struct dns_rr *rr);

uint16_t dns_take_u16(struct dns_reader *r);
uint32_t dns_take_u32(struct dns_reader *r);
struct bytes dns_take_bytes(struct dns_reader *r, size_t length);
const char *dns_take_name(struct dns_reader *r);

/* Everything up to `end` was read, and all of it was good. */
bool dns_read_whole(const struct dns_reader *r);

#endif
