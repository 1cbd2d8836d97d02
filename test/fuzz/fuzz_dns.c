/*
 * A DNS packet from anybody, and the same bytes as the text of a TSIG key and of an address. Every name that
 * is read must be one that can be written, and must read the same then.
 */
#include "fuzz.h"
#include "net/resolver.h"
#include "net/tsig.h"
#include "net/wire.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* Written as a record of its own: what is inside is compared by the name only. */
static void check_name(struct op *op, const char *name)
{
    struct dns_writer w = dns_write(op, DNS_MOST_MESSAGE, 1, DNS_FLAG_QR, DNS_QUERY, 0);
    struct dns_message m;

    fuzz_expect(dns_name_ok(name));
    dns_put_rr(&w, 1, name, DNS_CNAME, DNS_IN, 0, dns_rdata_name(op, name));
    fuzz_expect(dns_decode(op, (struct bytes){ w.at, w.length }, &m));
    fuzz_expect(strcmp(m.answer.at[0].name, name) == 0 && strcmp(m.answer.at[0].text, name) == 0);
}

static void check_section(struct op *op, struct bytes packet, const struct dns_section *section)
{
    for (size_t i = 0; i < section->count; i++) {
        const struct dns_rr *rr = &section->at[i];
        bool names = rr->type == DNS_NS || rr->type == DNS_CNAME || rr->type == DNS_SOA;

        fuzz_expect(rr->rdata.at >= packet.at &&
                    rr->rdata.at + rr->rdata.length <= packet.at + packet.length);
        check_name(op, rr->name);
        if (names && rr->text)
            check_name(op, rr->text);
    }
}

/* Nobody guesses a MAC, so nothing may be found good. */
static void check_tsig(struct op *op, struct bytes packet)
{
    const struct tsig_key key = { "acme-key", HASH_SHA256, bytes_of("a secret that no corpus has") };

    fuzz_expect(!tsig_verify(op, packet, &key, bytes_of("the request's")));
    fuzz_expect(!op_ok(op));
    op_recover(op);
}

static void check_texts(struct op *op, const char *text)
{
    struct tsig_key key = { .name = "named" };
    struct sockaddr_storage address;
    unsigned length;

    if (tsig_parse(op, text, "the input", &key))
        fuzz_expect(dns_name_ok(key.name) && key.secret.length);
    else
        fuzz_expect(op->err.code == ERR_CONFIG);
    op_recover(op);
    if (dns_address(text, 53, &address, &length))
        fuzz_expect(length == sizeof(struct sockaddr_in) || length == sizeof(struct sockaddr_in6));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op *op = fuzz_begin();
    struct bytes packet = { data, size };
    struct dns_message m;

    if (size <= DNS_MOST_MESSAGE && dns_decode(op, packet, &m)) {
        if (m.question.name)
            check_name(op, m.question.name);
        check_section(op, packet, &m.answer);
        check_section(op, packet, &m.authority);
        check_section(op, packet, &m.additional);
    }
    fuzz_expect(op_ok(op));
    check_tsig(op, packet);
    check_texts(op, fuzz_text(op, data, size));
    op_end(op);
    return 0;
}
