#include "dns01/ddns.h"
#include "dns01/ddns_key.h"
#include "kit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET "c2VjcmV0LXNlY3JldC1zZWNyZXQ="

static const char *file(struct op *op, const char *name, const char *text, mode_t mode)
{
    const char *path = op_text(op, "%s/%s", kit_folder(), name);
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

    CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    CHECK(fchmod(fd, mode) == 0);
    close(fd);
    return path;
}

static void check_key(struct op *op, const char *setting, const char *name, enum hash_kind kind)
{
    struct tsig_key key;

    if (!CHECK(ddns_key(op, setting, "NSUPDATE_KEY", &key)))
        return;
    CHECK_STR(key.name, name);
    CHECK_INT(key.kind, kind);
    CHECK(bytes_same(key.secret, bytes_of("secret-secret-secret")));
}

TEST(ddns_key_from_text)
{
    struct op *op = kit_op();

    check_key(op, "hmac-sha512:Acme-Key.:" SECRET, "acme-key", HASH_SHA512);
    check_key(op, "acme-key:" SECRET, "acme-key", HASH_SHA256);
    check_key(op, "hmac-sha384:acme-key " SECRET, "acme-key", HASH_SHA384); /* as knsupdate takes it */
}

TEST(ddns_key_from_bind_file)
{
    struct op *op = kit_op();
    const char *text = "key \"acme\" {\n\talgorithm hmac-sha384;\n\tsecret \"" SECRET "\";\n};\n";

    check_key(op, file(op, "key", text, 0600), "acme", HASH_SHA384);
    CHECK_STR(kit_logged(), "");
}

TEST(ddns_key_from_keygen_pair)
{
    struct op *op = kit_op();
    const char *half = file(op, "Kacme.example.+165+00042.key", "acme.example. IN KEY 512 3 165 x=\n", 0600);

    file(op, "Kacme.example.+165+00042.private",
         "Private-key-format: v1.3\nAlgorithm: 165 (HMAC_SHA512)\nKey: " SECRET "\nBits: AAA=\n", 0600);
    check_key(op, half, "acme.example", HASH_SHA512);
    check_key(op, op_text(op, "%s/Kacme.example.+165+00042.private", kit_folder()), "acme.example",
              HASH_SHA512);
}

TEST(ddns_key_file_modes)
{
    struct op *op = kit_op();
    struct tsig_key key;

    check_key(op, file(op, "readable", "a:" SECRET, 0644), "a", HASH_SHA256);
    CHECK(strstr(kit_logged(), "others may read the key file of NSUPDATE_KEY"));
    CHECK(!ddns_key(op, file(op, "writable", "a:" SECRET, 0602), "NSUPDATE_KEY", &key));
    CHECK_FAILED(op, ERR_CONFIG, "others may write to the key file of NSUPDATE_KEY");
}

TEST(ddns_key_errors_show_no_secret)
{
    static const char *const bad[] = { "/nonexistent/" SECRET, SECRET,          "hmac-sha3:a:" SECRET,
                                       "a:*" SECRET,           "a:b:c:" SECRET, "..:" SECRET };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();
        struct tsig_key key;

        CHECK(!ddns_key(op, bad[i], "NSUPDATE_KEY", &key));
        CHECK_FAILED(op, ERR_CONFIG, "NSUPDATE_KEY");
        CHECK(!strstr(op->err.text, "c2Vj") && !strstr(op->err.hint ? op->err.hint : "", "c2Vj"));
    }
}

TEST(ddns_zone_given_by_the_user)
{
    struct op *op = kit_op();
    struct ddns d = { .servers = "127.0.0.1", .zones = "example.com, Sub.Example.com. test" };

    CHECK_STR(ddns_zone(op, &d, "_acme-challenge.example.com"), "example.com");
    CHECK_STR(ddns_zone(op, &d, "_acme-challenge.sub.example.com"), "sub.example.com");
    CHECK_STR(ddns_zone(op, &d, "a.test"), "test");
    CHECK(op_ok(op));
}

TEST(ddns_settings_that_are_wrong)
{
    static const struct {
        struct ddns d;
        const char *words;
    } cases[] = {
        { { .servers = "127.0.0.1", .port = "0" }, "\"0\" is not a port" },
        { { .servers = "127.0.0.1", .port = "x" }, "\"x\" is not a port" },
        { { .servers = " , " }, "no server is named" },
        { { .servers = "127.0.0.1:x" }, "is not HOST" },
        { { .servers = "127.0.0.1", .key = "x", .key_name = "KNOT_KEY" }, "KNOT_KEY is not a TSIG key" },
    };
    struct record record = { .fqdn = "a.test", .zone = "test", .value = "v", .ttl = 60 };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = kit_op();

        CHECK(!ddns_add(op, &cases[i].d, &record, 1));
        CHECK_FAILED(op, ERR_CONFIG, cases[i].words);
        CHECK(!ddns_zone(op, &cases[i].d, "a.test"));
    }
}
