#include "kit.h"
#include "net/authority.h"

#define APEX  "_acme-challenge.example.com"
#define VALUE "LPsIwTo7o8BoG0-vjCyGQGBWSVIPxI-i_X336eUOQZo"

struct asked {
    bool edns, tcp;
    unsigned flags;
    int opcode, klass;
};

static const struct asked plainly = { .flags = DNS_FLAG_RD, .klass = DNS_IN };
static const struct asked with_edns = { .flags = DNS_FLAG_RD, .klass = DNS_IN, .edns = true };

static struct authority authority(struct op *op)
{
    struct authority a = { .op = op, .host = "ns.example.net", .serial = 7 };

    authority_add(&a, APEX, VALUE);
    return a;
}

static struct bytes query(struct op *op, const char *name, int type, struct asked how)
{
    struct dns_writer w = dns_write(op, DNS_MOST_MESSAGE, 0xbeef, how.flags, how.opcode, 0);

    dns_put_question(&w, name, type, how.klass);
    if (how.edns)
        dns_put_edns(&w, DNS_EDNS_SIZE);
    return (struct bytes){ w.at, w.length };
}

static struct dns_message ask(struct op *op, const struct authority *a, const char *name, int type,
                              struct asked how)
{
    struct bytes reply = authority_answer(a, op, query(op, name, type, how), !how.tcp);
    struct dns_message m = { 0 };

    CHECK(reply.at && dns_decode(op, reply, &m));
    CHECK(m.qr && m.id == 0xbeef && !m.ra);
    return m;
}

/* Empty, with the zone's SOA record to say for how long that holds. */
static void check_negative(const struct dns_message *m, int rcode, const char *top)
{
    CHECK_INT(m->rcode, rcode);
    CHECK(m->aa);
    CHECK_INT(m->answer.count, 0);
    if (!CHECK(m->authority.count == 1))
        return;
    CHECK_INT(m->authority.at[0].type, DNS_SOA);
    CHECK_STR(m->authority.at[0].name, top);
}

TEST(authority_txt)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct dns_message m = ask(op, &a, APEX, DNS_TXT, plainly);

    CHECK_INT(m.rcode, DNS_NOERROR);
    CHECK(m.aa && m.rd && !m.tc);
    CHECK_STR(m.question.name, APEX);
    CHECK_INT(m.answer.count, 1);
    CHECK_STR(m.answer.at[0].name, APEX);
    CHECK_STR(m.answer.at[0].text, VALUE);
    CHECK_INT(m.answer.at[0].ttl, AUTHORITY_TTL);
    CHECK_INT(m.edns_size, 0);
}

TEST(authority_two_values_of_apex_and_wildcard)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct dns_message m;

    authority_add(&a, APEX, "second");
    authority_add(&a, APEX, "second");
    m = ask(op, &a, APEX, DNS_TXT, plainly);
    CHECK_INT(m.answer.count, 2);
    CHECK_STR(m.answer.at[1].text, "second");
    authority_remove(&a, APEX, VALUE);
    authority_remove(&a, APEX, "never there");
    authority_remove(&a, "other.example", VALUE);
    m = ask(op, &a, APEX, DNS_TXT, plainly);
    CHECK_INT(m.answer.count, 1);
    CHECK_STR(m.answer.at[0].text, "second");
}

TEST(authority_keeps_emptied_names)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct dns_message m;

    authority_remove(&a, APEX, VALUE);
    m = ask(op, &a, APEX, DNS_TXT, plainly);
    check_negative(&m, DNS_NOERROR, APEX);
}

TEST(authority_soa_and_ns)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct dns_message m = ask(op, &a, APEX, DNS_SOA, plainly);

    CHECK_INT(m.answer.count, 1);
    CHECK_STR(m.answer.at[0].text, "ns.example.net");
    m = ask(op, &a, APEX, DNS_NS, plainly);
    CHECK_INT(m.answer.count, 1);
    CHECK_STR(m.answer.at[0].text, "ns.example.net");
    a.host = NULL;
    m = ask(op, &a, APEX, DNS_NS, plainly);
    check_negative(&m, DNS_NOERROR, APEX);
}

TEST(authority_serial_grows_with_changes)
{
    struct op *op = kit_op();
    struct authority a = authority(op);

    CHECK_INT(a.serial, 8);
    authority_add(&a, APEX, VALUE);
    CHECK_INT(a.serial, 8);
    authority_remove(&a, APEX, VALUE);
    CHECK_INT(a.serial, 9);
}

TEST(authority_negative_answers)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct dns_message m = ask(op, &a, APEX, DNS_A, plainly);

    check_negative(&m, DNS_NOERROR, APEX);
    m = ask(op, &a, APEX, DNS_CAA, plainly);
    check_negative(&m, DNS_NOERROR, APEX);
    m = ask(op, &a, "x." APEX, DNS_TXT, plainly);
    check_negative(&m, DNS_NXDOMAIN, APEX);
}

TEST(authority_empty_name_between_two_of_ours)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct dns_message m;

    authority_add(&a, "a.b." APEX, "deep");
    m = ask(op, &a, "b." APEX, DNS_TXT, plainly);
    check_negative(&m, DNS_NOERROR, APEX);
    m = ask(op, &a, "a.b." APEX, DNS_TXT, plainly);
    CHECK_STR(m.answer.at[0].text, "deep");
    m = ask(op, &a, "x.a.b." APEX, DNS_TXT, plainly);
    check_negative(&m, DNS_NXDOMAIN, "a.b." APEX);
}

TEST(authority_knows_challenge_names_before_their_first_value)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct dns_message m = ask(op, &a, "_acme-challenge.example.org", DNS_TXT, plainly);

    check_negative(&m, DNS_NOERROR, "_acme-challenge.example.org");
}

TEST(authority_refuses_what_is_not_ours)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    static const char *const names[] = { "example.com", "", "com", "www.example.org",
                                         "x_acme-challenge.example.com" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct dns_message m = ask(op, &a, names[i], DNS_TXT, with_edns);

        CHECK_INT(m.rcode, DNS_REFUSED);
        CHECK(!m.aa);
        CHECK_INT(m.answer.count + m.authority.count, 0);
        CHECK_STR(m.question.name, names[i]);
    }
}

TEST(authority_refuses_transfers_and_classes)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct asked chaos = plainly;

    CHECK_INT(ask(op, &a, APEX, 252, plainly).rcode, DNS_REFUSED);
    CHECK_INT(ask(op, &a, APEX, 251, plainly).rcode, DNS_REFUSED);
    chaos.klass = 3;
    CHECK_INT(ask(op, &a, APEX, DNS_TXT, chaos).rcode, DNS_REFUSED);
}

TEST(authority_any_is_minimal)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct dns_message m = ask(op, &a, APEX, DNS_ANY, plainly);

    CHECK_INT(m.rcode, DNS_NOERROR);
    CHECK_INT(m.answer.count, 1);
    CHECK_INT(m.answer.at[0].type, DNS_SOA);
}

TEST(authority_other_opcodes)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct asked how = plainly;
    struct dns_message m;

    for (how.opcode = 1; how.opcode < 16; how.opcode++) {
        m = ask(op, &a, APEX, DNS_SOA, how);
        CHECK_INT(m.rcode, DNS_NOTIMP);
        CHECK_INT(m.opcode, how.opcode);
    }
}

TEST(authority_edns)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct dns_message m = ask(op, &a, APEX, DNS_TXT, with_edns);
    struct dns_writer w = dns_write(op, DNS_MOST_MESSAGE, 1, 0, DNS_QUERY, 0);
    struct bytes reply;

    CHECK_INT(m.edns_size, DNS_EDNS_SIZE);
    CHECK_INT(m.answer.count, 1);
    dns_put_question(&w, APEX, DNS_TXT, DNS_IN);
    dns_put_rr(&w, 3, "", DNS_OPT, 4096, 0x00010000, (struct bytes){ NULL, 0 });
    reply = authority_answer(&a, op, (struct bytes){ w.at, w.length }, true);
    CHECK(dns_decode(op, reply, &m));
    CHECK_INT(m.rcode, 16); /* BADVERS */
    CHECK_INT(m.answer.count, 0);
}

static void add_many(struct op *op, struct authority *a, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        authority_add(a, APEX, op_text(op, "value-%u-of-forty-three-characters-and-more", i));
}

static size_t reply_length(struct op *op, const struct authority *a, struct asked how)
{
    return authority_answer(a, op, query(op, APEX, DNS_TXT, how), !how.tcp).length;
}

TEST(authority_truncates_over_udp_only)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct asked tcp = { .klass = DNS_IN, .edns = true, .tcp = true };
    struct dns_message m;

    add_many(op, &a, 100);
    m = ask(op, &a, APEX, DNS_TXT, plainly);
    CHECK(m.tc && m.aa && m.answer.count < 101);
    CHECK(reply_length(op, &a, plainly) <= 512);
    m = ask(op, &a, APEX, DNS_TXT, with_edns);
    CHECK(m.tc && m.edns_size == DNS_EDNS_SIZE);
    CHECK(reply_length(op, &a, with_edns) <= DNS_EDNS_SIZE);
    m = ask(op, &a, APEX, DNS_TXT, tcp);
    CHECK(!m.tc);
    CHECK_INT(m.answer.count, 101);
}

TEST(authority_edns_raises_the_limit)
{
    struct op *op = kit_op();
    struct authority a = authority(op);

    add_many(op, &a, 9);
    CHECK(ask(op, &a, APEX, DNS_TXT, plainly).tc);
    CHECK(!ask(op, &a, APEX, DNS_TXT, with_edns).tc);
}

/* A resolver offers 65535 bytes and must not get more than fits into one frame, or offers 0 and gets 512. */
TEST(authority_edns_sizes_are_clamped)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    static const int sizes[] = { 0, 511, 65535 };

    add_many(op, &a, 100);
    for (size_t i = 0; i < 3; i++) {
        struct dns_writer w = dns_write(op, DNS_MOST_MESSAGE, 1, 0, DNS_QUERY, 0);
        struct bytes reply;

        dns_put_question(&w, APEX, DNS_TXT, DNS_IN);
        dns_put_edns(&w, (unsigned)sizes[i]);
        reply = authority_answer(&a, op, (struct bytes){ w.at, w.length }, true);
        CHECK(reply.length > 400 && reply.length <= (sizes[i] < 512 ? 512 : DNS_EDNS_SIZE));
    }
}

TEST(authority_keeps_the_case_of_questions)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct bytes asked = query(op, APEX, DNS_TXT, with_edns);
    uint8_t *mixed = arena_copy(op->arena, asked.at, asked.length);
    size_t length = strlen(APEX) + 2;
    struct bytes reply;

    for (size_t i = DNS_HEADER; i < DNS_HEADER + length; i += 2)
        if (mixed[i] >= 'a')
            mixed[i] ^= 0x20;
    reply = authority_answer(&a, op, (struct bytes){ mixed, asked.length }, true);
    CHECK(reply.length > asked.length);
    CHECK(memcmp(reply.at + DNS_HEADER, mixed + DNS_HEADER, length + 4) == 0);
    CHECK(memcmp(reply.at + DNS_HEADER, asked.at + DNS_HEADER, length) != 0);
}

TEST(authority_drops_answers_and_fragments)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct asked answer = { .flags = DNS_FLAG_QR, .klass = DNS_IN };
    struct bytes asked = query(op, APEX, DNS_TXT, plainly);

    CHECK(!authority_answer(&a, op, query(op, APEX, DNS_TXT, answer), true).at);
    for (size_t i = 0; i < DNS_HEADER; i++)
        CHECK(!authority_answer(&a, op, (struct bytes){ asked.at, i }, true).at);
    CHECK(op_ok(op));
}

static int rcode_of(struct op *op, const struct authority *a, struct bytes packet)
{
    struct bytes reply = authority_answer(a, op, packet, true);

    CHECK(reply.length >= DNS_HEADER && (reply.at[2] & 0x80) && memcmp(reply.at, packet.at, 2) == 0);
    return reply.at ? reply.at[3] & 0xf : -1;
}

TEST(authority_says_formerr_to_garbage)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct bytes asked = query(op, APEX, DNS_TXT, with_edns);
    uint8_t *bad = arena_copy(op->arena, asked.at, asked.length);

    for (size_t i = DNS_HEADER; i < asked.length; i++)
        CHECK_INT(rcode_of(op, &a, (struct bytes){ asked.at, i }), DNS_FORMERR);
    bad[5] = 0; /* no question */
    CHECK_INT(rcode_of(op, &a, (struct bytes){ bad, DNS_HEADER }), DNS_FORMERR);
    bad[5] = 2; /* two of them */
    CHECK_INT(rcode_of(op, &a, (struct bytes){ bad, asked.length }), DNS_FORMERR);
    bad[5] = 1;
    bad[DNS_HEADER] = 0xc0; /* a name that points at itself */
    bad[DNS_HEADER + 1] = DNS_HEADER;
    CHECK_INT(rcode_of(op, &a, (struct bytes){ bad, asked.length }), DNS_FORMERR);
    CHECK(op_ok(op));
}

/* Numbers that are the same in each run. */
static unsigned next(unsigned below)
{
    static uint32_t state = 1;

    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
}

/*
 * Whatever comes in: no crash (the sanitizers look), no failed operation, and what goes out is a DNS answer.
 */
TEST(authority_survives_mutations)
{
    struct op *op = kit_op();
    struct authority a = authority(op);
    struct bytes asked = query(op, APEX, DNS_TXT, with_edns);

    for (int round = 0; round < 20000; round++) {
        struct op *turn = op_child(op);
        uint8_t *bad = arena_copy(turn->arena, asked.at, asked.length);
        struct bytes reply;
        struct dns_message m;

        for (unsigned i = next(4) + 1; i; i--)
            bad[next((unsigned)asked.length)] = (uint8_t)next(256);
        reply = authority_answer(&a, turn, (struct bytes){ bad, asked.length }, round & 1);
        CHECK(!reply.at || (dns_decode(turn, reply, &m) && m.qr));
        CHECK(op_ok(turn));
        op_end(turn);
    }
}

TEST(authority_with_the_longest_names)
{
    struct op *op = kit_op();
    struct text name = text_begin(op->arena);
    struct authority a = { .op = op };
    struct dns_message m;

    for (int i = 0; i < 126; i++)
        text_add(&name, "%sa", i ? "." : "");
    text_add(&name, "a"); /* 253 characters, 255 octets */
    authority_add(&a, name.data, VALUE);
    m = ask(op, &a, name.data, DNS_TXT, with_edns);
    CHECK_INT(m.answer.count, 1);
    m = ask(op, &a, name.data, DNS_SOA, with_edns);
    CHECK_INT(m.answer.count, 1);
    CHECK(ask(op, &a, name.data, DNS_A, plainly).tc); /* the SOA record has no room in 512 bytes */
}
