#include "crypto/hash.h"

#include "crypto/psa.h"
#include "material.h"

static const struct {
    enum hash_kind kind;
    const char *abc;  /* FIPS 180-4, RFC 1321 */
    const char *jefe; /* RFC 2202 and RFC 4231, test case 2 */
} known[] = {
    { HASH_MD5, "900150983cd24fb0d6963f7d28e17f72", "750c783e6ab0b503eaa86e310a5db738" },
    { HASH_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
    { HASH_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    { HASH_SHA384,
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649" },
    { HASH_SHA512,
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
      "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737" },
};

TEST(hash_vectors)
{
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        CHECK_STR(hex(op, hash(op, known[i].kind, bytes_of("abc"))), known[i].abc);
    CHECK_STR(hex(op, hash(op, HASH_SHA1, bytes_of(""))), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    CHECK(op_ok(op));
}

TEST(hash_hmac_vectors)
{
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        CHECK_STR(
            hex(op, hmac(op, known[i].kind, bytes_of("Jefe"), bytes_of("what do ya want for nothing?"))),
            known[i].jefe);
    CHECK(op_ok(op));
}

TEST(hash_hmac_takes_long_and_empty_keys)
{
    struct op *op = kit_op();
    uint8_t long_key[131];

    memset(long_key, 0xaa, sizeof long_key); /* RFC 4231, test case 6 */
    CHECK_STR(hex(op, hmac(op, HASH_SHA256, (struct bytes){ long_key, sizeof long_key },
                           bytes_of("Test Using Larger Than Block-Size Key - Hash Key First"))),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK_STR(hex(op, hmac(op, HASH_SHA256, bytes_of(""), bytes_of(""))),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    CHECK(op_ok(op));
}

TEST(hash_hmac_gives_its_key_slot_back)
{
    struct op *op = kit_op();

    for (int i = 0; i < 100; i++)
        CHECK(hmac(op, HASH_SHA256, bytes_of("k"), bytes_of("x")).at);
    CHECK(op_ok(op));
}

TEST(hash_random_bytes_differ)
{
    struct op *op = kit_op();
    struct bytes a = random_bytes(op, 32), b = random_bytes(op, 32);

    CHECK_INT(a.length, 32);
    CHECK(!bytes_same(a, b));
    CHECK(random_bytes(op, 0).at && op_ok(op));
}

TEST(hash_random_below_stays_below_and_reaches_all)
{
    struct op *op = kit_op();
    bool seen[5] = { false };
    uint64_t big = UINT64_MAX / 2 + 2; /* half of the draws are thrown away */

    for (int i = 0; i < 400; i++) {
        uint64_t draw = random_below(op, 5);

        if (CHECK(draw < 5))
            seen[draw] = true;
        CHECK(random_below(op, big) < big);
    }
    for (size_t i = 0; i < 5; i++)
        CHECK(seen[i]);
    CHECK_INT(random_below(op, 1), 0);
    CHECK_INT(random_below(op, 0), 0);
}

TEST(hash_does_nothing_after_a_failure)
{
    struct op *op = kit_op();

    op_fail(op, ERR_NETWORK, "earlier");
    CHECK(!hash(op, HASH_SHA256, bytes_of("x")).at);
    CHECK(!hmac(op, HASH_SHA256, bytes_of("k"), bytes_of("x")).at);
    CHECK(!random_bytes(op, 8).at);
    CHECK_INT(random_below(op, 1000), 0);
}

TEST(hash_psa_statuses_become_words)
{
    static const struct {
        psa_status_t status;
        const char *words;
    } statuses[] = {
        { PSA_ERROR_INSUFFICIENT_MEMORY, "doing it: out of memory or of key slots" },
        { PSA_ERROR_INSUFFICIENT_ENTROPY, "doing it: the system gives no random numbers" },
        { PSA_ERROR_NOT_SUPPORTED, "doing it: this build of Mbed TLS does not offer it" },
        { PSA_ERROR_INVALID_ARGUMENT, "doing it: invalid argument" },
        { PSA_ERROR_CORRUPTION_DETECTED, "doing it: corruption detected" },
        { PSA_ERROR_GENERIC_ERROR, "doing it: PSA status -132" },
    };
    struct op *good = kit_op();

    CHECK(crypto_did(good, PSA_SUCCESS, "doing it") && op_ok(good));
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct op *op = kit_op();

        CHECK(!crypto_did(op, statuses[i].status, "doing it"));
        CHECK_FAILED(op, ERR_INTERNAL, statuses[i].words);
    }
}

/* More than 65528 bits is beyond every key of PSA. */
TEST(hash_hmac_refuses_giant_keys)
{
    struct op *op = kit_op();
    struct bytes giant = { op_array(op, 9000, uint8_t), 9000 };

    CHECK(!hmac(op, HASH_SHA256, giant, bytes_of("x")).at);
    CHECK_FAILED(op, ERR_INTERNAL, "taking an HMAC key");
}
