#include "kit.h"
#include "net/host.h"

TEST(host_addresses_of_literals)
{
    static const struct {
        const char *text, *address;
    } cases[] = {
        { "192.0.2.1", "192.0.2.1:53" },
        { "192.0.2.1:5353", "192.0.2.1:5353" },
        { "2001:db8::1", "[2001:db8::1]:53" },
        { "[2001:db8::1]", "[2001:db8::1]:53" },
        { "[2001:db8::1]:5353", "[2001:db8::1]:5353" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = kit_op();
        struct strings found = host_addresses(op, cases[i].text, 53);

        if (CHECK(found.count == 1))
            CHECK_STR(found.at[0], cases[i].address);
    }
}

TEST(host_addresses_of_a_name)
{
    struct op *op = kit_op();
    struct strings found = host_addresses(op, "localhost:99", 53);

    CHECK(strings_have(&found, "127.0.0.1:99") || strings_have(&found, "[::1]:99"));
}

TEST(host_addresses_of_nonsense)
{
    static const char *const bad[] = { "", ":53", "a:b", "a:0", "a:65536", "[::1]x", "[]:53", "[::1]:" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();

        CHECK_INT(host_addresses(op, bad[i], 53).count, 0);
        CHECK_FAILED(op, ERR_CONFIG, "is not HOST");
    }
}
