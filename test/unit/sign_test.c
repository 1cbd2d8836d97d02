/*
 * The vectors of AWS's own signing test suite, of Tencent's and Alibaba's documentation, and of RFC 6238
 * appendix B.
 */
#include "net/sign.h"

#include "base/json.h"
#include "base/when.h"
#include "material.h"

static const char *last(const struct strings *lines)
{
    return lines->count ? lines->at[lines->count - 1] : "";
}

/* The suite's request as our own: what it writes raw in the query is percent-encoded, as our callers do. */
static struct strings sign_like_the_suite(struct op *op, const char *method, const char *target,
                                          const char *body, const char *const *headers)
{
    struct sign_v4 request = {
        .style = &sign_style_aws,
        .id = "AKIDEXAMPLE",
        .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        .region = "us-east-1",
        .service = "service",
        .method = method,
        .url = op_text(op, "https://example.amazonaws.com%s", target),
        .body = body,
    };

    CHECK(when_rfc3339("2015-08-30T12:36:00Z", &request.now));
    for (size_t i = 0; i < 4 && headers[i]; i++)
        request.headers[i] = headers[i];
    return sign_v4(op, &request);
}

#define UNRESERVED "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define LONG_TOKEN                                                                                           \
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTf" \
    "lfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HF" \
    "vlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr" \
    "4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
#define FORM_DIGEST "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"

static const struct {
    const char *method, *target, *body, *headers[4], *names, *signature;
} suite[] = {
    { "GET",
      "/",
      NULL,
      { NULL },
      "host;x-amz-date",
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
    { "GET",
      "",
      NULL,
      { NULL },
      "host;x-amz-date",
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
    { "GET",
      "/?Param2=value2&Param1=value1",
      NULL,
      { NULL },
      "host;x-amz-date",
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
    { "GET",
      "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
      NULL,
      { NULL },
      "host;x-amz-date",
      "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac" },
    { "GET",
      "/?" UNRESERVED "=" UNRESERVED,
      NULL,
      { NULL },
      "host;x-amz-date",
      "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197" },
    { "GET",
      "/?%E1%88%B4=bar",
      NULL,
      { NULL },
      "host;x-amz-date",
      "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04" },
    { "GET",
      "/" UNRESERVED,
      NULL,
      { NULL },
      "host;x-amz-date",
      "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f" },
    { "GET",
      "/\xe1\x88\xb4",
      NULL,
      { NULL },
      "host;x-amz-date",
      "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85" },
    { "GET",
      "/example space/",
      NULL,
      { NULL },
      "host;x-amz-date",
      "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741" },
    { "GET",
      "//example//",
      NULL,
      { NULL },
      "host;x-amz-date", /* not normalized */
      "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5" },
    { "GET",
      "/",
      NULL,
      { "My-Header1: value1", "My-Header2: \"a   b   c\"" },
      "host;my-header1;my-header2;x-amz-date",
      "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736" },
    { "GET",
      "/",
      NULL,
      { "X-Amz-Security-Token: 6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267" },
      "host;x-amz-date;x-amz-security-token",
      "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8" },
    { "POST",
      "/",
      NULL,
      { NULL },
      "host;x-amz-date",
      "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
    { "POST",
      "/",
      NULL,
      { "My-Header1:VALUE1" },
      "host;my-header1;x-amz-date",
      "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d" },
    { "POST",
      "/",
      NULL,
      { "X-Amz-Security-Token: " LONG_TOKEN },
      "host;x-amz-date;x-amz-security-token",
      "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead" },
    { "POST",
      "/?Param1=value1",
      NULL,
      { NULL },
      "host;x-amz-date",
      "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11" },
    { "POST",
      "/",
      "Param1=value1",
      { "Content-Type: application/x-www-form-urlencoded", "Content-Length: 13",
        "x-amz-content-sha256: " FORM_DIGEST },
      "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
      "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b" },
};

TEST(sign_v4_agrees_with_the_suite_of_aws)
{
    for (size_t i = 0; i < sizeof suite / sizeof *suite; i++) {
        struct op *op = kit_op();
        struct strings lines =
            sign_like_the_suite(op, suite[i].method, suite[i].target, suite[i].body, suite[i].headers);

        CHECK_STR(last(&lines), op_text(op,
                                        "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/"
                                        "us-east-1/service/aws4_request, SignedHeaders=%s, Signature=%s",
                                        suite[i].names, suite[i].signature));
        CHECK(strings_have(&lines, "X-Amz-Date: 20150830T123600Z"));
        CHECK(!suite[i].headers[0] || strings_have(&lines, suite[i].headers[0]));
    }
}

TEST(sign_v4_agrees_with_tencents_documentation)
{
    struct op *op = kit_op();
    struct sign_v4 request = {
        .style = &sign_style_tencent,
        .id = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        .secret = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        .service = "cvm",
        .method = "POST",
        .url = "https://cvm.tencentcloudapi.com/",
        .body = "{\"Limit\": 1, \"Filters\": [{\"Values\": [\"\\u672a\\u547d\\u540d\"], \"Name\": "
                "\"instance-name\"}]}",
        .headers = { "Content-Type: application/json; charset=utf-8" },
        .now = 1551113065,
    };
    struct strings lines = sign_v4(op, &request);

    CHECK_STR(last(&lines),
              "Authorization: TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/"
              "cvm/tc3_request, SignedHeaders=content-type;host, "
              "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168");
    CHECK(strings_have(&lines, "X-TC-Timestamp: 1551113065"));
}

TEST(sign_query_agrees_with_alibabas_documentation)
{
    struct op *op = kit_op();

    CHECK_STR(sign_query(op, "GET",
                         "Timestamp=2016-02-23T12%3A46%3A24Z&Format=XML&AccessKeyId=testid&"
                         "Action=DescribeRegions&SignatureMethod=HMAC-SHA1&"
                         "SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&Version=2014-05-26&"
                         "SignatureVersion=1.0",
                         "testsecret"),
              "AccessKeyId=testid&Action=DescribeRegions&Format=XML&SignatureMethod=HMAC-SHA1&"
              "SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&SignatureVersion=1.0&"
              "Timestamp=2016-02-23T12%3A46%3A24Z&Version=2014-05-26&"
              "Signature=OLeaidS1JvxuMvnyHOwuJ%2BuX5qY%3D");
}

TEST(sign_does_nothing_after_a_failure)
{
    struct op *op = kit_op();
    static const char *const none[] = { NULL };

    op_fail(op, ERR_NETWORK, "before");
    CHECK_INT(sign_like_the_suite(op, "GET", "/", NULL, none).count, 0);
    CHECK(!sign_query(op, "GET", "a=b", "c") && !totp(op, "GEZDGNBV", 0, "a secret"));
    CHECK(!sign_rsa(op, HASH_SHA512, NULL, "x", "a key") && !sign_jwt(op, NULL, NULL, "{}", "a key"));
    CHECK_FAILED(op, ERR_NETWORK, "before");
}

#define OPENSSL_SHA512                                                                                       \
    "PifWQ2bAaUbtoE1idfh3xOa46hGwJ2wsjJUSQBqtEr35pVyLdozXcnSbVT6YY5t1eX9kFBcdM4p3q0EA2+wIGjFitd6EKAYF"       \
    "oOP40ZsQRhMB8pEc2dYgB+nvixOy09Si4IcuihyfGFCVVWsVdTlNq1yqYISLpY75cFf+ICuM0EVlfDfIGFU+t0Ew/XfsrDyL"       \
    "ncVyvdmhovHWoOY9XnWcNB1jO7zFV9J0ycf76+B3ZcW+tEadBaSidQrIiyJ3zswJJUauuJXWDUx9T4wlWmuJdMtWVglhScKT"       \
    "K0EsBsPerg1cwHOcrcr5C2avCcd+TR5GIDgmHdI+i/5QOryvEB1/gw=="
#define OPENSSL_SHA256                                                                                       \
    "b6oWwyVTt/lm7zJmg7rvvzp11xXrNmvqr/hrdjTHYnU99c5vQcyoYAnEw0MEzFg7+GZg9+IiJAHx+7uGo1/dazoGDAE9mBpC"       \
    "t7QNK5Hk3EEwvOpeUf/VBLzT18nlnUaJ9AThWcVpScaMEBsnr25rN9qZBlC/8eV/B6IX4fLIBXtnSptfkr4jtotai2MoS9lD"       \
    "t2OoYIfwV8zfAkEHUSu95s2hIOoe9Whjr9TaBTYTyhZ7guX2kyKKJR+Mu/nGpv4wuW26zxHEr45ZUEbG1EH7Tk3T8WRmHU47"       \
    "3sR8cI1o8UPEqIs3Udm7GvN0dxwhOdTtBhKRLSEvqkNogDGot8l5Hw=="

/* The same bytes as `openssl dgst -sha512 -sign rsa2048.pem`: PKCS#1 v1.5 has no chance in it. */
TEST(sign_rsa_with_other_hashes)
{
    struct op *op = kit_op();
    const char *pem = fixture(op, "rsa2048.pem");

    CHECK_STR(sign_rsa(op, HASH_SHA512, pem, "{\"login\":\"test\"}", "the key"), OPENSSL_SHA512);
    CHECK_STR(sign_rsa(op, HASH_SHA256, pem, "{\"login\":\"test\"}", "the key"), OPENSSL_SHA256);
}

TEST(sign_rsa_wants_an_rsa_key)
{
    struct op *op = kit_op(), *other = kit_op();

    CHECK(!sign_rsa(op, HASH_SHA512, fixture(op, "ec256.pem"), "x", "the key of TRANSIP_Key_File"));
    CHECK_FAILED(op, ERR_CONFIG, "the key of TRANSIP_Key_File is not an RSA key");
    CHECK(!sign_jwt(other, "no key", NULL, "{}", "the key of a test"));
    CHECK_FAILED(other, ERR_CONFIG, "the key of a test");
}

static struct strings jwt_parts(struct op *op, const char *kid)
{
    return text_split(
        op, sign_jwt(op, fixture(op, "rsa2048.pem"), kid, "{\"iss\":\"a@b\",\"iat\":1}", "the key"), ".");
}

static const char *decoded(struct op *op, const char *part)
{
    struct bytes bytes = base64url_decode(op, part, "a part");

    return text_cut(op, (const char *)bytes.at, bytes.length);
}

TEST(sign_jwt_has_three_parts)
{
    struct op *op = kit_op();
    struct strings with = jwt_parts(op, "k\"1"), without = jwt_parts(op, NULL);
    struct bytes signature;

    if (!CHECK(with.count == 3 && without.count == 3))
        return;
    CHECK_STR(decoded(op, with.at[0]), "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k\\\"1\"}");
    CHECK_STR(decoded(op, without.at[0]), "{\"alg\":\"RS256\",\"typ\":\"JWT\"}");
    CHECK_STR(decoded(op, with.at[1]), "{\"iss\":\"a@b\",\"iat\":1}");
    signature = base64url_decode(op, with.at[2], "the signature");
    CHECK_STR(base64(op, signature), sign_rsa(op, HASH_SHA256, fixture(op, "rsa2048.pem"),
                                              op_text(op, "%s.%s", with.at[0], with.at[1]), "the key"));
}

/* RFC 6238 appendix B, SHA-1: the last six of its eight digits. */
TEST(totp_agrees_with_the_rfc)
{
    static const struct {
        int64_t now;
        const char *digits;
    } vectors[] = {
        { 59, "287082" },         { 1111111109, "081804" }, { 1111111111, "050471" },
        { 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" },
    };

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct op *op = kit_op();

        CHECK_STR(totp(op, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", vectors[i].now, "a secret"),
                  vectors[i].digits);
        CHECK_STR(totp(op, "gezd gnbv-gy3t qojq gezd gnbv gy3t qojq====", vectors[i].now, "a secret"),
                  vectors[i].digits);
    }
}

TEST(totp_refuses_what_is_no_base32)
{
    struct op *op = kit_op(), *empty = kit_op();

    CHECK(!totp(op, "GEZD1NBV", 59, "INWX_Shared_Secret"));
    CHECK_FAILED(op, ERR_CONFIG, "INWX_Shared_Secret is not base32");
    CHECK(!totp(empty, " =", 59, "INWX_Shared_Secret"));
    CHECK_FAILED(empty, ERR_CONFIG, "INWX_Shared_Secret is empty");
}
