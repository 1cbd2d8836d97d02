#include "net/tsig.h"

#include "base/text.h"
#include "kit.h"

#define SECRET "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ="

static struct bytes unhex(struct op *op, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    size_t length = strlen(text) / 2;
    uint8_t *out = op_array(op, length, uint8_t);

    for (size_t i = 0; i < length; i++)
        out[i] = (uint8_t)((strchr(digits, text[2 * i]) - digits) << 4 |
                           (strchr(digits, text[2 * i + 1]) - digits));
    return (struct bytes){ out, length };
}

static struct tsig_key the_key(struct op *op, enum hash_kind kind)
{
    return (
        struct tsig_key){ .name = "acme-key", .kind = kind, .secret = base64_decode(op, SECRET, "SECRET") };
}

static struct dns_writer update(struct op *op, size_t limit)
{
    struct dns_writer w = dns_write(op, limit, 0x1234, 0, DNS_UPDATE, 0);

    dns_put_question(&w, "example.test", DNS_SOA, DNS_IN);
    dns_put_rr(&w, 2, "_acme-challenge.example.test", DNS_TXT, DNS_IN, 60, dns_rdata_txt(op, "value"));
    return w;
}

/* The MACs were computed by another implementation, from the text of RFC 8945 section 4.3. */
TEST(tsig_signs_with_all_algorithms)
{
    static const struct {
        enum hash_kind kind;
        const char *mac;
    } rows[] = {
        { HASH_SHA256, "90b286e33cd91578770420266332ec86eda1fe61c5c14bbd279e95764f3963c1" },
        { HASH_SHA384, "a2568f6367df4b85bc2f8d46e73da547cd4ab6810a45288f1cd53898f016faab526b6d392c5f25a4"
                       "ffe0f6e5b25855c6" },
        { HASH_SHA512, "ae9c3f6c6e2ffc07ef531c2fe93fca8d1985dbdea21b87c4082b5e0b04b1ca2bfeee7d4971d2ff61"
                       "f99dec0fd63cab40cdf0d911df186a31199529accd18e0af" },
        { HASH_SHA1, "d6ea91b04f436fbb8fa32bba6ed9d8b7ed2137a3" },
        { HASH_MD5, "06f937dac6b3476bfdb03d06758b0d12" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct op *op = kit_op();
        struct tsig_key key = the_key(op, rows[i].kind);
        struct dns_writer w = update(op, 512);

        CHECK_STR(hex(op, tsig_sign(&w, &key, op_now(op))), rows[i].mac);
        CHECK(op_ok(op));
    }
}

TEST(tsig_record_is_the_last_one)
{
    struct op *op = kit_op();
    struct tsig_key key = the_key(op, HASH_SHA256);
    struct dns_writer w = update(op, 512);
    size_t before = w.length;
    struct dns_message m;

    tsig_sign(&w, &key, op_now(op));
    CHECK(dns_decode(op, (struct bytes){ w.at, w.length }, &m));
    CHECK_INT(m.additional.count, 1);
    CHECK_STR(m.additional.at[0].name, "acme-key");
    CHECK_INT(m.additional.at[0].klass, DNS_CLASS_ANY);
    CHECK_INT(m.additional.at[0].ttl, 0);
    CHECK_INT(m.additional.at[0].offset, before);
    CHECK_STR(hex(op, m.additional.at[0].rdata),
              "0b686d61632d73686132353600"
              "00006b062500"
              "012c"
              "0020"
              "90b286e33cd91578770420266332ec86eda1fe61c5c14bbd279e95764f3963c1"
              "1234"
              "0000"
              "0000");
}

TEST(tsig_needs_room)
{
    struct op *op = kit_op();
    struct tsig_key key = the_key(op, HASH_SHA256);
    struct dns_writer w = update(op, 120);

    CHECK(!tsig_sign(&w, &key, op_now(op)).at);
    CHECK_FAILED(op, ERR_INTERNAL, "no room");
}

/* ---- answers of BIND 9.18 to an UPDATE, taken down at 2026-11-25T23:43:32Z ---- */

#define TAKEN_DOWN  (23 * 3600 + 43 * 60 + 32)
#define REQUEST_MAC "72327f980e561e90c63e47d53275dc9ee5400833633e9b53be77fc746a255615"
#define HEAD                                                                                                 \
    "0001000000000001076578616d706c65047465737400"                                                           \
    "00060001"
#define GOOD                                                                                                 \
    "1234a800" HEAD "0861636d652d6b6579"                                                                     \
    "0000fa00ff00000000003d0b686d61632d73686132353600"                                                       \
    "00006b0772a4"                                                                                           \
    "012c0020f8f699bd87df792fa0458df8c9f1423e7752cd256f258de91b48e7f4f6fe8792"                               \
    "123400000000"

static bool verify(struct op *op, struct bytes answer, const char *request_mac)
{
    struct tsig_key key = the_key(op, HASH_SHA256);

    return tsig_verify(op, answer, &key, unhex(op, request_mac));
}

TEST(tsig_verifies_binds_answer)
{
    struct op *op = kit_op();

    kit_advance(TAKEN_DOWN * 1000);
    CHECK(verify(op, unhex(op, GOOD), REQUEST_MAC));
    CHECK(op_ok(op));
}

/* An answer that is passed on with another id is still good: the original one is signed (RFC 8945
 * section 5.1). */
TEST(tsig_signs_the_original_id)
{
    struct op *op = kit_op();
    struct bytes answer = unhex(op, GOOD);
    uint8_t *copy = arena_copy(op->arena, answer.at, answer.length);

    kit_advance(TAKEN_DOWN * 1000);
    copy[0] ^= 0xff;
    CHECK(verify(op, (struct bytes){ copy, answer.length }, REQUEST_MAC));
}

TEST(tsig_sees_every_changed_octet)
{
    struct op *op = kit_op();
    struct bytes answer = unhex(op, GOOD);

    kit_advance(TAKEN_DOWN * 1000);
    for (size_t i = 2; i < answer.length; i++) {
        struct op *one = op_child(op);
        uint8_t *copy = arena_copy(one->arena, answer.at, answer.length);
        bool letter = answer.at[i] >= 'a' && answer.at[i] <= 'z';

        copy[i] ^= letter ? 0x01 : 0x20; /* the case of a name's letters means nothing */
        if (!kit_check(!verify(one, (struct bytes){ copy, answer.length }, REQUEST_MAC), __FILE__, __LINE__,
                       "octet %zu may change", i))
            i = answer.length;
        op_end(one);
    }
}

TEST(tsig_refuses_every_cut_answer)
{
    struct op *op = kit_op();
    struct bytes answer = unhex(op, GOOD);

    kit_advance(TAKEN_DOWN * 1000);
    for (size_t length = 0; length < answer.length; length++) {
        struct op *one = op_child(op);

        CHECK(!verify(one, (struct bytes){ answer.at, length }, REQUEST_MAC));
        op_end(one);
    }
}

TEST(tsig_binds_the_answer_to_the_request)
{
    struct op *op = kit_op();

    kit_advance(TAKEN_DOWN * 1000);
    CHECK(!verify(op, unhex(op, GOOD),
                  "00"
                  "327f980e561e90c63e47d53275dc9ee5400833633e9b53be77fc746a255615"));
    CHECK_FAILED(op, ERR_PROVIDER, "signature is wrong");
}

static void check_clock(int64_t seconds, bool good)
{
    struct op *op = kit_op();

    kit_advance(seconds * 1000);
    CHECK(verify(op, unhex(op, GOOD), REQUEST_MAC) == good);
    if (!good)
        CHECK_FAILED(op, ERR_PROVIDER, "signature is of 2026-11-25T23:43:32Z, but now is");
}

TEST(tsig_takes_answers_within_the_fudge)
{
    check_clock(TAKEN_DOWN - 301, false);
    check_clock(1, true);
    check_clock(600, true);
    check_clock(1, false);
}

TEST(tsig_tells_badtime)
{
    struct op *op = kit_op();

    kit_advance((TAKEN_DOWN + 1000) * 1000LL);
    CHECK(!verify(op,
                  unhex(op, "1234a809" HEAD "0861636d652d6b6579"
                            "0000fa00ff0000000000430b686d61632d7368613235"
                            "360000006b07768c012c00208115f28e732d7dfa502eb2652020ee12db2857efbbeb56c6e0c36513"
                            "47126fee12340012000600006b0772a4"),
                  "c598d486c6360b9a87db6a9234e0767bd9c275d9fd51ddf14d912bb39c326fc5"));
    CHECK_FAILED(op, ERR_PROVIDER, "(BADTIME): it has 2026-11-25T23:43:32Z, we have 2026-11-26T00:00:12Z");
    CHECK(op->err.hint && strstr(op->err.hint, "clocks"));
}

/* `error` in hex, in a record without a MAC. */
static struct op *unsigned_error(const char *error)
{
    struct op *op = kit_op();

    CHECK(!verify(op,
                  unhex(op, op_text(op,
                                    "1234a809" HEAD "0861636d652d6b6579"
                                    "0000fa00ff00000000001d0b686d6163"
                                    "2d7368613235360000006b0772a4012c00001234%s0000",
                                    error)),
                  REQUEST_MAC));
    return op;
}

TEST(tsig_tells_errors_that_nobody_can_sign)
{
    struct op *op = unsigned_error("0010");

    CHECK_FAILED(op, ERR_PROVIDER, "refuses our signature with the TSIG key \"acme-key\" (BADSIG)");
    op = unsigned_error("0011");
    CHECK_FAILED(op, ERR_PROVIDER, "does not know the TSIG key \"acme-key\" (BADKEY)");
    CHECK(op->err.hint && strstr(op->err.hint, "hmac-sha256"));
    op = unsigned_error("0016");
    CHECK_FAILED(op, ERR_PROVIDER, "(BADTRUNC)");
    op = unsigned_error("0012");
    CHECK_FAILED(op, ERR_PROVIDER, "signature is wrong"); /* BADTIME must be signed */
    op = unsigned_error("0000");
    CHECK_FAILED(op, ERR_PROVIDER, "signature is wrong");
}

/* A server may sign any other error. */
TEST(tsig_tells_signed_errors)
{
    struct op *op = kit_op();
    struct tsig_key key = the_key(op, HASH_SHA256);
    const char *digested = "0020" REQUEST_MAC "1234a8090001000000000000076578616d706c65047465737400"
                           "000600010861636d652d6b65790000ff000000000b686d61632d73686132353600"
                           "00006b0772a4012c00150000";
    const char *mac = hex(op, hmac(op, key.kind, key.secret, unhex(op, digested)));

    kit_advance(TAKEN_DOWN * 1000);
    CHECK(!verify(op,
                  unhex(op, op_text(op,
                                    "1234a809" HEAD "0861636d652d6b65790000fa00ff00000000003d0b686d61632d"
                                    "7368613235360000006b0772a4012c0020%s123400150000",
                                    mac)),
                  REQUEST_MAC));
    CHECK_FAILED(op, ERR_PROVIDER, "TSIG error is BADALG");
}

TEST(tsig_wants_a_signature)
{
    struct op *op = kit_op();

    CHECK(!verify(op, unhex(op, "1234a8050000000000000000"), REQUEST_MAC));
    CHECK_FAILED(op, ERR_PROVIDER, "the server's answer (REFUSED) is not signed");
    op = kit_op();
    CHECK(!verify(op, unhex(op, "1234"), REQUEST_MAC));
    CHECK_FAILED(op, ERR_PROVIDER, "not a DNS message");
}

/* One more record behind the TSIG: it would not be signed. */
TEST(tsig_wants_its_record_last)
{
    struct op *op = kit_op();
    struct text longer = text_begin(op->arena);

    kit_advance(TAKEN_DOWN * 1000);
    text_add(&longer,
             "%s"
             "0000290200000000000000",
             GOOD);
    longer.data[23] = '2'; /* ARCOUNT */
    CHECK(!verify(op, unhex(op, longer.data), REQUEST_MAC));
    CHECK_FAILED(op, ERR_PROVIDER, "not signed");
}

TEST(tsig_wants_its_own_key)
{
    struct op *op = kit_op();
    struct tsig_key other = the_key(op, HASH_SHA256);

    kit_advance(TAKEN_DOWN * 1000);
    other.name = "other";
    CHECK(!tsig_verify(op, unhex(op, GOOD), &other, unhex(op, REQUEST_MAC)));
    CHECK_FAILED(op, ERR_PROVIDER, "another TSIG key: \"acme-key\" (hmac-sha256)");
    op = kit_op();
    other = the_key(op, HASH_SHA512);
    CHECK(!tsig_verify(op, unhex(op, GOOD), &other, unhex(op, REQUEST_MAC)));
    CHECK_FAILED(op, ERR_PROVIDER, "another TSIG key");
}

/* ---- keys ---- */

static void check_key(const char *text, const char *name, enum hash_kind kind)
{
    struct op *op = kit_op();
    struct tsig_key key = { 0 };

    if (!kit_check(tsig_parse(op, text, "KEY", &key), __FILE__, __LINE__, "%s: %s", text, op->err.text))
        return;
    CHECK_STR(key.name, name);
    CHECK_INT(key.kind, kind);
    CHECK_STR(base64(op, key.secret), SECRET);
}

TEST(tsig_reads_keys_of_bind)
{
    check_key("key \"acme-key\" {\n\talgorithm hmac-sha256;\n\tsecret \"" SECRET "\";\n};\n", "acme-key",
              HASH_SHA256);
    check_key("key Acme.Example. { secret " SECRET "; algorithm HMAC-SHA512; };", "acme.example",
              HASH_SHA512);
    check_key("# for named.conf {\n// one\n/* key x { */ key a{algorithm hmac-md5;secret\"" SECRET "\";};\n"
              "update-policy { grant a zonesub ANY; };",
              "a", HASH_MD5);
}

TEST(tsig_reads_keys_in_one_line)
{
    check_key("acme-key:" SECRET, "acme-key", HASH_SHA256);
    check_key("hmac-sha1:acme-key:" SECRET "\n", "acme-key", HASH_SHA1);
    check_key("hmac-sha384:k.example. " SECRET, "k.example", HASH_SHA384);
    check_key("acme-key " SECRET, "acme-key", HASH_SHA256);
    check_key("hmac-md5.sig-alg.reg.int.:k:" SECRET, "k", HASH_MD5);
}

TEST(tsig_reads_private_files_of_dnssec_keygen)
{
    static const char text[] = "Private-key-format: v1.3\nAlgorithm: 165 (HMAC_SHA512)\nKey: " SECRET
                               "\nBits: AAA=\nCreated: 20261125000000\n";
    struct op *op = kit_op();
    struct tsig_key key = { .name = "K.example" };

    CHECK(tsig_parse(op, text, "KEY", &key));
    CHECK_STR(key.name, "k.example");
    CHECK_INT(key.kind, HASH_SHA512);
    CHECK_STR(base64(op, key.secret), SECRET);
    key.name = NULL;
    CHECK(!tsig_parse(op, text, "KEY", &key));
    CHECK_FAILED(op, ERR_CONFIG, "KEY: the key's name is missing");
}

static void check_bad_key(const char *text, const char *words)
{
    struct op *op = kit_op();
    struct tsig_key key = { 0 };

    kit_check(!tsig_parse(op, text, "KEY", &key), __FILE__, __LINE__, "%s is good", text);
    CHECK_FAILED(op, ERR_CONFIG, words);
    CHECK(!strstr(op->err.text, "c2Vj") && !(op->err.hint && strstr(op->err.hint, "c2Vj")));
}

TEST(tsig_refuses_bad_keys)
{
    check_bad_key("", "KEY is not a TSIG key");
    check_bad_key(SECRET, "KEY is not a TSIG key");
    check_bad_key("a:b:c:" SECRET, "KEY is not a TSIG key");
    check_bad_key("k:c2Vj*", "base64");
    check_bad_key("hmac-sha255:k:" SECRET, "unknown TSIG algorithm");
    check_bad_key("a..b:" SECRET, "name is not a DNS name");
    check_bad_key("c2Vj/+==:" SECRET, "name is not a DNS name");
    check_bad_key("key k { algorithm hmac-sha256; };", "no secret");
    check_bad_key("key k { secret", "not closed");
    check_bad_key("key k { secret \"c2Vj", "not closed");
    check_bad_key("key k secret { };", "no { behind");
    check_bad_key("nothing { };", "no { behind");
    check_bad_key("key k { secret \"\"; };", "empty");
    check_bad_key("key \"\" { secret \"" SECRET "\"; };", "name is not a DNS name");
    check_bad_key("Private-key-format: v1.3\nAlgorithm: 8 (RSASHA256)\n", "no secret");
}
