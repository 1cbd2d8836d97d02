#include "crypto/der.h"
#include "material.h"

static struct bytes zeros(struct op *op, size_t length)
{
    return (struct bytes){ op_array(op, length, uint8_t), length };
}

TEST(der_writes_the_shortest_lengths)
{
    struct op *op = kit_op();

    CHECK_STR(hex(op, der_wrap(op, DER_NULL, (struct bytes){ 0 })), "0500");
    CHECK_STR(text_cut(op, hex(op, der_wrap(op, DER_OCTET_STRING, zeros(op, 0x7f))), 6), "047f00");
    CHECK_STR(text_cut(op, hex(op, der_wrap(op, DER_OCTET_STRING, zeros(op, 0x80))), 8), "04818000");
    CHECK_STR(text_cut(op, hex(op, der_wrap(op, DER_OCTET_STRING, zeros(op, 0xff))), 8), "0481ff00");
    CHECK_STR(text_cut(op, hex(op, der_wrap(op, DER_OCTET_STRING, zeros(op, 0x100))), 10), "0482010000");
    CHECK_STR(text_cut(op, hex(op, der_wrap(op, DER_OCTET_STRING, zeros(op, 0x10000))), 12), "048301000000");
}

TEST(der_writes_integers)
{
    struct op *op = kit_op();

    CHECK_STR(hex(op, der_small(op, 0)), "020100");
    CHECK_STR(hex(op, der_small(op, 127)), "02017f");
    CHECK_STR(hex(op, der_unsigned(op, unhex(op, ""))), "020100");
    CHECK_STR(hex(op, der_unsigned(op, unhex(op, "0000"))), "020100");
    CHECK_STR(hex(op, der_unsigned(op, unhex(op, "00007f"))), "02017f");
    CHECK_STR(hex(op, der_unsigned(op, unhex(op, "80"))), "02020080");
    CHECK(op_ok(op));
    CHECK(!der_small(op, 128).at);
    CHECK_FAILED(op, ERR_INTERNAL, "too large");
}

TEST(der_writes_object_identifiers)
{
    struct op *op = kit_op();

    CHECK_STR(hex(op, der_oid(op, "1.2.840.113549.1.1.1")), "06092a864886f70d010101");
    CHECK_STR(hex(op, der_oid(op, "1.3.132.0.34")), "06052b81040022");
    CHECK_STR(hex(op, der_oid(op, "2.5.29.17")), "0603551d11");
    CHECK_STR(hex(op, der_oid(op, "2.999.4294967295")), "060788378fffffff7f");
}

TEST(der_joins_and_wraps_bits)
{
    struct op *op = kit_op();

    CHECK_STR(hex(op, der_join(op, unhex(op, "01"), (struct bytes){ 0 }, unhex(op, "0203"))), "010203");
    CHECK_STR(hex(op, der_bits(op, unhex(op, "abcd"))), "030300abcd");
}

TEST(der_reads_what_it_wrote)
{
    struct op *op = kit_op();
    struct bytes data = zeros(op, 300), content, whole;
    struct bytes seq =
        der_wrap(op, DER_SEQUENCE, der_join(op, der_wrap(op, DER_OCTET_STRING, data), der_small(op, 5)));
    struct der top = der_read(seq), inside;

    CHECK_INT(der_peek(&top), DER_SEQUENCE);
    CHECK(der_enter(&top, DER_SEQUENCE, &inside));
    CHECK_INT(der_peek(&top), -1);
    CHECK(der_next(&inside, DER_OCTET_STRING, &content, &whole));
    CHECK_INT(content.length, 300);
    CHECK_INT(whole.length, 304);
    CHECK(der_next_unsigned(&inside, &content));
    CHECK(content.length == 1 && content.at[0] == 5);
    CHECK(!der_skip(&inside));
}

static bool readable(const char *digits)
{
    struct op *op = op_begin(kit_world());
    struct der at = der_read(at_the_edge(op, unhex(op, digits)));
    struct der before = at;
    bool good = der_skip(&at);

    CHECK(good || (at.at == before.at && at.end == before.end));
    op_end(op);
    return good;
}

TEST(der_refuses_bad_lengths)
{
    CHECK(readable("0400"));
    CHECK(readable("040100"));
    CHECK(!readable(""));
    CHECK(!readable("04"));
    CHECK(!readable("0401")); /* beyond the end */
    CHECK(!readable("0480")); /* indefinite */
    CHECK(!readable("04800000"));
    CHECK(!readable("0481")); /* the length itself cut off */
    CHECK(!readable("048201"));
    CHECK(!readable("04810100")); /* not the shortest form */
    CHECK(!readable("0482000100"));
    CHECK(!readable("0484ffffffff"));     /* 4 GiB */
    CHECK(!readable("0485000000000100")); /* more bytes than any length needs */
    CHECK(!readable("04ff"));
    CHECK(!readable("1f0100")); /* a long tag */
    CHECK(!readable("bf810100"));
}

TEST(der_refuses_lengths_with_leading_zeros)
{
    struct op *op = kit_op();
    struct bytes content = zeros(op, 0x80);
    struct der good = der_read(der_join(op, unhex(op, "048180"), content));
    struct der padded = der_read(der_join(op, unhex(op, "04820080"), content));

    CHECK(der_skip(&good));
    CHECK(!der_skip(&padded));
}

TEST(der_stays_inside_the_parent)
{
    struct op *op = kit_op();
    struct der top = der_read(unhex(op, "30030402aabb")), inside; /* the child claims a byte of its uncle */

    CHECK(der_enter(&top, DER_SEQUENCE, &inside));
    CHECK(!der_next(&inside, DER_OCTET_STRING, NULL, NULL));
}

TEST(der_checks_the_tag)
{
    struct op *op = kit_op();
    struct der at = der_read(unhex(op, "0400"));

    CHECK(!der_next(&at, DER_INTEGER, NULL, NULL));
    CHECK(der_next(&at, DER_OCTET_STRING, NULL, NULL));
    CHECK_INT(der_peek(&at), -1);
}

static const char *number(struct op *op, const char *digits)
{
    struct der at = der_read(unhex(op, digits));
    struct bytes value;

    return der_next_unsigned(&at, &value) ? hex(op, value) : NULL;
}

TEST(der_reads_unsigned_integers_only_in_their_shortest_form)
{
    struct op *op = kit_op();

    CHECK_STR(number(op, "020100"), "00");
    CHECK_STR(number(op, "02017f"), "7f");
    CHECK_STR(number(op, "02020080"), "80");
    CHECK_STR(number(op, "0200"), NULL);
    CHECK_STR(number(op, "020180"), NULL);   /* negative */
    CHECK_STR(number(op, "0202007f"), NULL); /* a 00 too many */
    CHECK_STR(number(op, "0203000080"), NULL);
    CHECK_STR(number(op, "040101"), NULL);
}

TEST(der_reads_bit_strings_of_whole_bytes)
{
    struct op *op = kit_op();
    struct der good = der_read(unhex(op, "030200ab")), odd = der_read(unhex(op, "030204ab"));
    struct der empty = der_read(unhex(op, "0300"));
    struct bytes bits;

    CHECK(der_next_bits(&good, &bits) && bits.length == 1 && bits.at[0] == 0xab);
    CHECK(!der_next_bits(&odd, &bits));
    CHECK(!der_next_bits(&empty, &bits));
    CHECK_INT(der_peek(&odd), DER_BIT_STRING);
}

TEST(der_compares_object_identifiers)
{
    struct op *op = kit_op();
    struct bytes san = unhex(op, "551d11");

    CHECK(der_is_oid(op, san, "2.5.29.17"));
    CHECK(!der_is_oid(op, san, "2.5.29.18"));
    CHECK(!der_is_oid(op, unhex(op, "551d1100"), "2.5.29.17"));
    op_fail(op, ERR_NETWORK, "earlier");
    CHECK(!der_is_oid(op, san, "2.5.29.17"));
}

TEST(der_does_nothing_after_a_failure)
{
    struct op *op = kit_op();

    op_fail(op, ERR_NETWORK, "earlier");
    CHECK(!der_wrap(op, DER_SEQUENCE, bytes_of("x")).at);
    CHECK(!der_join(op, bytes_of("x")).at);
    CHECK(!der_unsigned(op, bytes_of("x")).at);
    CHECK(!der_small(op, 1).at);
    CHECK(!der_oid(op, "1.2.3").at);
    CHECK(!der_bits(op, bytes_of("x")).at);
}
