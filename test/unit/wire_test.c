#include "net/wire.h"

#include "base/text.h"
#include "kit.h"
#include "net/wire_reader.h"

#define FENCED          16384u /* an item of its own in the arena */
#define PACKET(literal) fenced(op, literal, sizeof(literal) - 1)

#define NO_COUNTS "\0\0\0\0\0\0\0\0"
#define ANSWER    "\x12\x34\x84\x00"

/* A packet whose end is the end of its memory block, so that a read beyond it is seen by the sanitizer. */
static struct bytes fenced(struct op *op, const void *data, size_t length)
{
    uint8_t *block = op_alloc(op, FENCED);

    memcpy(block + FENCED - length, data, length);
    return (struct bytes){ block + FENCED - length, length };
}

static bool decodes(struct op *op, struct bytes packet)
{
    struct dns_message m;

    return dns_decode(op, packet, &m);
}

/* _acme-challenge.example.com TXT?, a CNAME to a.b.net, its TXT, an SOA, an A and an AAAA, EDNS. */
static const char golden[] = ANSWER "\0\1\0\2\0\1\0\3"
                                    "\17_ACME-challenge\7Example\3com\0\0\20\0\1" /* 12; example at 28 */
                                    "\xc0\x0c\0\5\0\1\0\0\0\74\0\11\1a\1b\3net\0" /* rdata at 57 */
                                    "\xc0\x39\0\20\0\1\0\0\0\0\0\7\3abc\2de"
                                    "\xc0\x1c\0\6\0\1\0\0\0\5\0\37\2ns\xc0\x1c\4root\0"
                                    "\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"
                                    "\2ns\xc0\x1c\0\1\0\1\0\0\0\1\0\4\300\0\2\1"
                                    "\2ns\xc0\x1c\0\34\0\1\0\0\0\1\0\20\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
                                    "\0\0\51\4\320\1\0\0\0\0\0";

TEST(wire_decodes_an_answer)
{
    struct op *op = kit_op();
    struct dns_message m;

    CHECK(dns_decode(op, PACKET(golden), &m));
    CHECK_INT(m.id, 0x1234);
    CHECK(m.qr && m.aa && !m.tc && !m.rd && !m.ra);
    CHECK_STR(m.question.name, "_acme-challenge.example.com");
    CHECK_INT(m.question.type, DNS_TXT);
    CHECK_INT(m.answer.count, 2);
    CHECK_STR(m.answer.at[0].name, "_acme-challenge.example.com");
    CHECK_STR(m.answer.at[0].text, "a.b.net");
    CHECK_INT(m.answer.at[0].ttl, 60);
    CHECK_STR(m.answer.at[1].name, "a.b.net");
    CHECK_STR(m.answer.at[1].text, "abcde");
    CHECK_INT(m.answer.at[1].rdata.length, 7);
    CHECK_STR(m.authority.at[0].name, "example.com");
    CHECK_STR(m.authority.at[0].text, "ns.example.com");
    CHECK_STR(m.additional.at[0].text, "192.0.2.1");
    CHECK_STR(m.additional.at[1].text, "2001:db8::1");
    CHECK_INT(m.edns_size, 1232);
    CHECK_INT(m.rcode, 1 << 4);
}

TEST(wire_refuses_every_cut_packet)
{
    struct op *op = kit_op();
    size_t whole = sizeof golden - 1;

    for (size_t length = 0; length < whole; length++)
        if (!CHECK(!decodes(op, fenced(op, golden, length))))
            break;
    CHECK(decodes(op, fenced(op, golden, whole)));
    CHECK(!decodes(op, (struct bytes){ NULL, 0 }));
    CHECK(op_ok(op));
}

TEST(wire_survives_every_changed_octet)
{
    struct op *op = kit_op();
    char copy[sizeof golden];
    size_t good = 0;

    for (size_t i = 0; i < sizeof golden - 1; i++) {
        memcpy(copy, golden, sizeof golden);
        copy[i] = (char)(copy[i] ^ 0xff);
        good += decodes(op, fenced(op, copy, sizeof copy - 1));
    }
    CHECK(good > 0 && good < sizeof golden - 1);
    CHECK(op_ok(op));
}

TEST(wire_reads_names)
{
    static const struct {
        const char *wire;
        size_t length;
        const char *text;
    } rows[] = {
        { "\0", 1, "" },
        { "\1*\3WwW\0", 7, "*.www" },
        { "\4a.b\\\0", 6, "a\\046b\\092" },
        { "\3\0\xff \0", 5, "\\000\\255\\032" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct op *op = kit_op();
        struct dns_reader r = dns_read(op, fenced(op, rows[i].wire, rows[i].length));

        CHECK_STR(dns_take_name(&r), rows[i].text);
        CHECK(dns_read_whole(&r));
        CHECK(dns_name_ok(rows[i].text));
    }
}

TEST(wire_follows_pointers_only_backwards)
{
    struct op *op = kit_op();

    CHECK(!decodes(op, PACKET(ANSWER "\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1")));    /* to itself */
    CHECK(!decodes(op, PACKET(ANSWER "\0\1\0\0\0\0\0\0\xc0\x0e\0\1\0\1")));    /* forwards */
    CHECK(!decodes(op, PACKET(ANSWER "\0\1\0\0\0\0\0\0\1a\xc0\x0c\0\1\0\1"))); /* a.a.a.… */
    CHECK(!decodes(op, PACKET(ANSWER "\0\1\0\0\0\0\0\0\xc0\x04\0\1\0\1")));    /* into the header */
    CHECK(!decodes(op, PACKET(ANSWER "\0\1\0\0\0\0\0\0\xff\xff\0\1\0\1")));    /* outside */
    CHECK(!decodes(op, PACKET(ANSWER "\0\1\0\0\0\0\0\0\xc0")));                /* half of one */
    CHECK(!decodes(op, PACKET(ANSWER "\0\1\0\0\0\0\0\0\1a\x40"
                                     "b\0\0\1\0\1"))); /* label type 01 */
    CHECK(!decodes(op, PACKET(ANSWER "\0\1\0\0\0\0\0\0\1a\x80"
                                     "b\0\0\1\0\1"))); /* label type 10 */
    CHECK(decodes(op, PACKET(ANSWER "\0\1\0\1\0\0\0\0\1a\0\0\1\0\1"
                                    "\1b\xc0\x0c\0\5\0\1\0\0\0\0\0\2\xc0\x13"))); /* a chain */
}

/* "aaa….bbb…": labels of 63 until the name has `octets` on the wire. */
static struct bytes long_name(struct op *op, size_t octets)
{
    uint8_t *wire = op_alloc(op, octets + 4);
    size_t at = 0;

    while (at < octets - 1) {
        size_t label = octets - 2 - at < 63 ? octets - 2 - at : 63;

        wire[at] = (uint8_t)label;
        memset(wire + at + 1, 'a', label);
        at += 1 + label;
    }
    return fenced(op, wire, octets);
}

TEST(wire_bounds_names)
{
    struct op *op = kit_op();
    struct dns_reader most = dns_read(op, long_name(op, 255));
    struct dns_reader more = dns_read(op, long_name(op, 256));

    const char *name = dns_take_name(&most);

    CHECK(name && strlen(name) == 253);
    CHECK(dns_read_whole(&most));
    CHECK(!dns_take_name(&more));
    CHECK(!dns_read_whole(&more));
    CHECK_INT(dns_take_u16(&more), 0); /* sticky */
}

/* 200 records whose names are pointers to one of 1 KiB: 4 KiB that would become 200 KiB. */
TEST(wire_refuses_amplified_names)
{
    struct op *op = kit_op();
    struct text packet = text_begin(op->arena);
    char label[64] = { 63 };

    text_put(&packet, ANSWER "\0\1\0\310\0\0\0\0", 12);
    for (int i = 0; i < 3; i++)
        text_put(&packet, label, sizeof label);
    text_put(&packet, "\0\0\1\0\1", 5);
    for (int i = 0; i < 200; i++)
        text_put(&packet, "\xc0\x0c\0\1\0\2\0\0\0\0\0\0", 12);
    CHECK(!decodes(op, fenced(op, packet.data, packet.length)));
}

TEST(wire_refuses_bad_counts)
{
    struct op *op = kit_op();

    CHECK(decodes(op, PACKET(ANSWER NO_COUNTS)));
    CHECK(!decodes(op, PACKET(ANSWER "\0\1\0\0\0\0\0\0")));
    CHECK(!decodes(op, PACKET(ANSWER "\0\0\xff\xff\0\0\0\0")));
    CHECK(!decodes(op, PACKET(ANSWER "\0\0\0\0\0\0\xff\xff\0\0\1\0\1\0\0\0\0\0\0")));
    CHECK(!decodes(op, PACKET(ANSWER "\0\2\0\0\0\0\0\0\0\0\1\0\1\0\0\1\0\1"))); /* two questions */
}

TEST(wire_refuses_bad_rdata)
{
    struct op *op = kit_op();

    CHECK(!decodes(op, PACKET(ANSWER "\0\0\0\1\0\0\0\0\0\0\1\0\1\0\0\0\0\0\5\1\2\3\4\5"))); /* A of 5 */
    CHECK(!decodes(op, PACKET(ANSWER "\0\0\0\1\0\0\0\0\0\0\1\0\1\0\0\0\0\0\3\1\2\3")));     /* A of 3 */
    CHECK(!decodes(op, PACKET(ANSWER "\0\0\0\1\0\0\0\0\0\0\20\0\1\0\0\0\0\0\2\2a")));   /* string too long */
    CHECK(!decodes(op, PACKET(ANSWER "\0\0\0\1\0\0\0\0\0\0\2\0\1\0\0\0\0\0\2\1a\0")));  /* name too long */
    CHECK(!decodes(op, PACKET(ANSWER "\0\0\0\1\0\0\0\0\0\0\2\0\1\0\0\0\0\0\4\1a\0x"))); /* and too short */
    CHECK(!decodes(op, PACKET(ANSWER "\0\0\0\1\0\0\0\0\0\0\6\0\1\0\0\0\0\0\2\0\0")));   /* SOA of two names */
    CHECK(!decodes(op, PACKET(ANSWER "\0\0\0\1\0\0\0\0\0\0\20\0\1\0\0\0\0\xff\xff\1a"))); /* RDLENGTH */
}

TEST(wire_shows_a_nul_in_txt)
{
    struct op *op = kit_op();
    struct dns_message m;

    CHECK(dns_decode(op, PACKET(ANSWER "\0\0\0\1\0\0\0\0\0\0\20\0\1\0\0\0\0\0\4\3a\0b"), &m));
    CHECK_STR(m.answer.at[0].text, "a\\000b");
}

/* One CAA record at the root with this RDATA. */
static const char *caa(struct op *op, const char *rdata, size_t length)
{
    struct text packet = text_begin(op->arena);
    struct dns_message m;

    text_put(&packet, ANSWER "\0\0\0\1\0\0\0\0\0\1\1\0\1\0\0\0\0\0", 22);
    text_char(&packet, (char)length);
    text_put(&packet, rdata, length);
    return dns_decode(op, fenced(op, packet.data, packet.length), &m) ? m.answer.at[0].text : NULL;
}

TEST(wire_reads_caa)
{
    struct op *op = kit_op();

    CHECK_STR(caa(op, "\0\5issueca.example", 17), "0 issue ca.example");
    CHECK_STR(caa(op, "\200\5Issue;", 8), "128 Issue ;");
    CHECK_STR(caa(op, "\0\5issue", 7), "0 issue ");
    CHECK_STR(caa(op, "\0\3a b c", 7), "0 a\\032b  c");
    CHECK_STR(caa(op, "\0\1xa\0b", 6), "0 x a\\000b");
    CHECK_STR(caa(op, "\0\0issue", 7), NULL); /* no tag */
    CHECK_STR(caa(op, "\0\6issue", 7), NULL); /* a longer one than there is */
    CHECK_STR(caa(op, "\0", 1), NULL);
    CHECK_STR(caa(op, "", 0), NULL);
}

TEST(wire_takes_bare_records_of_an_update)
{
    struct op *op = kit_op();
    struct dns_message m;

    CHECK(dns_decode(op, PACKET("\0\1\x28\0\0\0\0\0\0\1\0\0\1a\0\0\1\0\xfe\0\0\0\0\0\0"), &m));
    CHECK_INT(m.opcode, DNS_UPDATE);
    CHECK_INT(m.authority.at[0].klass, DNS_CLASS_NONE);
    CHECK(!m.authority.at[0].text);
}

TEST(wire_wants_one_opt)
{
    struct op *op = kit_op();

    CHECK(!decodes(op, PACKET(ANSWER "\0\0\0\0\0\0\0\2\0\0\51\2\0\0\0\0\0\0\0\0\0\51\2\0\0\0\0\0\0\0")));
    CHECK(!decodes(op, PACKET(ANSWER "\0\0\0\0\0\0\0\1\1a\0\0\51\2\0\0\0\0\0\0\0")));
}

/* ---- writing ---- */

static bool same(struct dns_writer w, const char *wanted, size_t length)
{
    return w.length == length && memcmp(w.at, wanted, length) == 0;
}

TEST(wire_writes_a_query)
{
    static const char wanted[] =
        "\xbe\xef\1\0\0\1\0\0\0\0\0\1\3www\7example\3com\0\0\34\0\1\0\0\51\4\320\0\0\0\0\0\0";
    struct op *op = kit_op();
    struct dns_writer w = dns_write(op, 512, 0xbeef, DNS_FLAG_RD, DNS_QUERY, 0);

    dns_put_question(&w, "WWW.example.com", DNS_AAAA, DNS_IN);
    dns_put_edns(&w, DNS_EDNS_SIZE);
    CHECK(same(w, wanted, sizeof wanted - 1));
    CHECK(!w.full && op_ok(op));
}

TEST(wire_writes_an_update)
{
    static const char wanted[] = "\0\7\x28\0\0\1\0\1\0\2\0\0\1z\0\0\6\0\1"
                                 "\1a\1z\0\0\5\0\xfe\0\0\0\0\0\0"
                                 "\1a\1z\0\0\20\0\1\0\0\0\74\0\3\2hi"
                                 "\1a\1z\0\0\20\0\xfe\0\0\0\0\0\3\2ho";
    struct op *op = kit_op();
    struct dns_writer w = dns_write(op, 512, 7, 0, DNS_UPDATE, 0);

    dns_put_question(&w, "z", DNS_SOA, DNS_IN);
    dns_put_rr(&w, 1, "a.z", DNS_CNAME, DNS_CLASS_NONE, 0, (struct bytes){ NULL, 0 });
    dns_put_rr(&w, 2, "a.z", DNS_TXT, DNS_IN, 60, dns_rdata_txt(op, "hi"));
    dns_put_rr(&w, 2, "a.z", DNS_TXT, DNS_CLASS_NONE, 0, dns_rdata_txt(op, "ho"));
    CHECK(same(w, wanted, sizeof wanted - 1));
}

TEST(wire_writes_whole_records_or_none)
{
    struct op *op = kit_op();
    struct dns_writer w = dns_write(op, 12 + 6 + 20, 1, DNS_FLAG_QR, DNS_QUERY, 0);
    size_t before;

    dns_put_question(&w, "", DNS_TXT, DNS_IN);
    before = w.length;
    dns_put_rr(&w, 1, "a.bc", DNS_TXT, DNS_IN, 0, dns_rdata_txt(op, "0123456"));
    CHECK(w.full);
    CHECK_INT(w.length, before);
    CHECK_INT(w.at[7], 0);
    dns_put_rr(&w, 1, "", DNS_TXT, DNS_IN, 0, dns_rdata_txt(op, "0123456"));
    CHECK_INT(w.at[7], 1);
    CHECK(decodes(op, fenced(op, w.at, w.length)));
}

TEST(wire_cuts_txt_into_strings)
{
    static const size_t lengths[] = { 0, 1, 255, 256, 600 }, wanted[] = { 1, 2, 256, 258, 603 };
    char value[601];

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct op *op = kit_op();
        struct dns_writer w = dns_write(op, 4096, 1, DNS_FLAG_QR, DNS_QUERY, 0);
        struct dns_message m;
        struct bytes rdata;

        memset(value, 'x', sizeof value);
        value[lengths[i]] = '\0';
        rdata = dns_rdata_txt(op, value);
        CHECK_INT(rdata.length, wanted[i]);
        dns_put_rr(&w, 1, "a", DNS_TXT, DNS_IN, 0, rdata);
        CHECK(dns_decode(op, fenced(op, w.at, w.length), &m));
        CHECK_STR(m.answer.at[0].text, value);
    }
}

TEST(wire_writes_soa_and_names)
{
    struct op *op = kit_op();
    struct dns_writer w = dns_write(op, 512, 1, DNS_FLAG_QR, DNS_QUERY, DNS_NXDOMAIN);
    struct dns_message m;

    dns_put_rr(&w, 2, "z", DNS_SOA, DNS_IN, 1, dns_rdata_soa(op, "ns.z", "root.z", 0x01020304, 9));
    dns_put_rr(&w, 3, "z", DNS_NS, DNS_IN, 1, dns_rdata_name(op, "a\\046b.z"));
    CHECK(dns_decode(op, fenced(op, w.at, w.length), &m));
    CHECK_INT(m.rcode, DNS_NXDOMAIN);
    CHECK_STR(m.authority.at[0].text, "ns.z");
    CHECK(memcmp(m.authority.at[0].rdata.at + 14, "\1\2\3\4", 4) == 0);
    CHECK_STR(m.additional.at[0].text, "a\\046b.z");
}

TEST(wire_fails_on_bad_names)
{
    struct op *op = kit_op();
    struct dns_writer w = dns_write(op, 512, 1, 0, DNS_QUERY, 0);

    dns_put_question(&w, "a..b", DNS_A, DNS_IN);
    CHECK_FAILED(op, ERR_INTERNAL, "\"a..b\" is not a DNS name");
    CHECK_INT(w.length, DNS_HEADER);
    dns_put_rr(&w, 1, "a", DNS_A, DNS_IN, 0, dns_rdata_name(op, "b")); /* no-ops by now */
    CHECK_INT(w.length, DNS_HEADER);
    CHECK(!dns_rdata_soa(op, "ns", "root", 1, 1).at);
}

TEST(wire_knows_good_names)
{
    static const char *const good[] = { "", "a", "_acme-challenge.x-1.de", "*.a", "\\000.b", "A" };
    static const char *const bad[] = { ".",    "a.",    ".a",    "a..b", "a b", "a/b",
                                       "\\25", "\\256", "\\1x1", "ä",    "a:b" };
    struct op *op = kit_op();
    struct text name = text_begin(op->arena);

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        kit_check(dns_name_ok(good[i]), __FILE__, __LINE__, "%s is good", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        kit_check(!dns_name_ok(bad[i]), __FILE__, __LINE__, "%s is bad", bad[i]);
    for (int i = 0; i < 63; i++)
        text_char(&name, 'x');
    CHECK(dns_name_ok(name.data));
    text_char(&name, 'x');
    CHECK(!dns_name_ok(name.data));
}

TEST(wire_bounds_names_that_it_writes)
{
    struct op *op = kit_op();
    struct text name = text_begin(op->arena);

    for (int i = 0; i < 126; i++)
        text_add(&name, "%sa", i ? "." : "");
    CHECK(dns_name_ok(op_text(op, "%s.b", name.data)));   /* 127 labels: 255 octets */
    CHECK(!dns_name_ok(op_text(op, "%s.bc", name.data))); /* 256 */
}

TEST(wire_compares_zones_by_labels)
{
    CHECK(dns_in_zone("a.example.com", "example.com"));
    CHECK(dns_in_zone("example.com", "Example.com"));
    CHECK(dns_in_zone("com", ""));
    CHECK(!dns_in_zone("badexample.com", "example.com"));
    CHECK(!dns_in_zone("com", "example.com"));
    CHECK(!dns_in_zone("", "com"));
    CHECK_STR(dns_parent("a.b.c"), "b.c");
    CHECK_STR(dns_parent("c"), "");
    CHECK(!dns_parent(""));
}

TEST(wire_names_codes)
{
    struct op *op = kit_op();

    CHECK_STR(dns_rcode_name(DNS_NXDOMAIN), "NXDOMAIN");
    CHECK_STR(dns_rcode_name(DNS_NOTZONE), "NOTZONE");
    CHECK_STR(dns_rcode_name(12), "an unassigned RCODE");
    CHECK_STR(dns_rcode_name(-1), "an unassigned RCODE");
    CHECK_STR(dns_rcode_name(4095), "an unassigned RCODE");
    CHECK_STR(dns_type_name(op, DNS_CAA), "CAA");
    CHECK_STR(dns_type_name(op, 65), "TYPE65");
}
