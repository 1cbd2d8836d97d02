#include "base/text.h"
#include "material.h"

TEST(encode_base64_vectors)
{
    static const struct {
        const char *plain, *coded;
    } known[] = { /* RFC 4648 section 10 */
                  { "", "" },
                  { "f", "Zg==" },
                  { "fo", "Zm8=" },
                  { "foo", "Zm9v" },
                  { "foob", "Zm9vYg==" },
                  { "fooba", "Zm9vYmE=" },
                  { "foobar", "Zm9vYmFy" }
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        CHECK_STR(base64(op, bytes_of(known[i].plain)), known[i].coded);
        CHECK(bytes_same(base64_decode(op, known[i].coded, "x"), bytes_of(known[i].plain)));
    }
    CHECK(op_ok(op));
}

TEST(encode_base64url_has_its_own_alphabet)
{
    struct op *op = kit_op();
    struct bytes data = unhex(op, "fbefbeff");

    CHECK_STR(base64(op, data), "++++/w==");
    CHECK_STR(base64url(op, data), "----_w");
    CHECK(bytes_same(base64url_decode(op, "----_w", "x"), data));
}

TEST(encode_round_trips_every_length_and_byte)
{
    struct op *op = kit_op();
    uint8_t all[256];

    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)(i * 167 + 13);
    for (size_t length = 0; length <= sizeof all; length++) {
        struct bytes data = { all, length };

        CHECK(bytes_same(base64_decode(op, base64(op, data), "x"), data));
        CHECK(bytes_same(base64url_decode(op, base64url(op, data), "x"), data));
    }
    CHECK(op_ok(op));
}

TEST(encode_base64url_refuses_all_but_the_format)
{
    static const char *const wrong[] = { "A",      "AAAAA", "Zg==", "Zh",    "Zm9",     "Zm 9v",
                                         "Zm9v\n", "Zm+v",  "Zm/v", "Zm9v=", "Zm\xffv", "=" };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct op *op = kit_op();

        CHECK(!base64url_decode(op, wrong[i], "the EAB key").at);
        CHECK_FAILED(op, ERR_CONFIG, "the EAB key is not base64url");
    }
}

TEST(encode_base64_refuses_all_but_the_format)
{
    static const char *const wrong[] = { "Zg",   "Zg=",  "Zg===", "=Zg=", "Zg=a", "Zh==",
                                         "Zm9=", "Zm-v", "Zm_v",  "====", "=",    "Zm9v=" };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct op *op = kit_op();

        CHECK(!base64_decode(op, wrong[i], "the key").at);
        CHECK_FAILED(op, ERR_CONFIG, "the key is not base64");
    }
}

TEST(encode_base64_allows_lines)
{
    struct op *op = kit_op();

    CHECK(bytes_same(base64_decode(op, " Zm9v\r\n\tYg =\n= ", "x"), bytes_of("foob")));
    CHECK(op_ok(op));
}

TEST(encode_hex_and_comparison)
{
    struct op *op = kit_op();

    CHECK_STR(hex(op, unhex(op, "00ff0a")), "00ff0a");
    CHECK_STR(hex(op, bytes_of("")), "");
    CHECK(bytes_same(bytes_of("ab"), bytes_of("ab")));
    CHECK(!bytes_same(bytes_of("ab"), bytes_of("ac")));
    CHECK(!bytes_same(bytes_of("ab"), bytes_of("abc")));
    CHECK(bytes_same(bytes_of(""), (struct bytes){ 0 }));
}

TEST(encode_does_nothing_after_a_failure)
{
    struct op *op = kit_op();
    const char *at = "-----BEGIN A-----\n-----END A-----\n", *label;
    struct bytes der;

    op_fail(op, ERR_NETWORK, "earlier");
    CHECK(!base64(op, bytes_of("x")));
    CHECK(!base64url(op, bytes_of("x")));
    CHECK(!hex(op, bytes_of("x")));
    CHECK(!base64_decode(op, "not base64", "x").at);
    CHECK(!pem_encode(op, "A", bytes_of("x")));
    CHECK(!pem_next(op, &at, &label, &der));
    CHECK_FAILED(op, ERR_NETWORK, "earlier");
}

TEST(encode_pem_has_lines_of_64)
{
    struct op *op = kit_op();
    uint8_t zeros[49] = { 0 };

    CHECK_STR(pem_encode(op, "A B", (struct bytes){ zeros, 49 }),
              "-----BEGIN A B-----\n"
              "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
              "AA==\n"
              "-----END A B-----\n");
}

TEST(encode_pem_reads_block_by_block)
{
    struct op *op = kit_op();
    const char *at = op_text(op, "words before\r\n%sbetween\n%sbehind", pem_encode(op, "A", bytes_of("one")),
                             pem_encode(op, "B C", bytes_of("")));
    const char *label;
    struct bytes der;

    CHECK(pem_next(op, &at, &label, &der));
    CHECK_STR(label, "A");
    CHECK(bytes_same(der, bytes_of("one")));
    CHECK(pem_next(op, &at, &label, &der));
    CHECK_STR(label, "B C");
    CHECK(der.at && der.length == 0);
    CHECK(!pem_next(op, &at, &label, &der));
    CHECK_STR(at, "\nbehind");
    CHECK(op_ok(op));
}

TEST(encode_pem_refuses_damage)
{
    static const char *const wrong[] = {
        "-----BEGIN A-----\nZm9v\n",                                     /* no end */
        "-----BEGIN A-----\nZm9v\n-----END A----",                       /* a torn end */
        "-----BEGIN A-----\nZm9v\n-----END B-----\n",                    /* the end of another block */
        "-----BEGIN A-----\nZm9\n-----END A-----\n",                     /* base64 cut off */
        "-----BEGIN A-----\nX-Header: 1\n\nZm9v\n-----END A-----\n",     /* header lines */
        "-----BEGIN A-----\n-----BEGIN A-----\nZm9v\n-----END A-----\n", /* one inside the other */
        "-----BEGIN A\n-----\nZm9v\n-----END A-----\n",                  /* a label over two lines */
        "-----BEGIN -----\nZm9v\n-----END -----\n",                      /* no label */
        "-----BEGIN ",                                                   /* nothing at all */
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct op *op = kit_op();
        const char *at = wrong[i], *label;
        struct bytes der;

        CHECK(!pem_next(op, &at, &label, &der));
        CHECK_FAILED(op, ERR_UNTRUSTED, "PEM block");
    }
}
