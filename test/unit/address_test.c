#include "kit.h"
#include "net/resolv_conf.h"
#include "net/resolver.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

TEST(address_reads_all_forms)
{
    static const struct {
        const char *text, *host;
        int family, port;
    } rows[] = {
        { "192.0.2.1", "192.0.2.1", AF_INET, 53 },
        { "192.0.2.1:5353", "192.0.2.1", AF_INET, 5353 },
        { "2001:db8::1", "2001:db8::1", AF_INET6, 53 },
        { "[2001:db8::1]:853", "2001:db8::1", AF_INET6, 853 },
        { "[2001:db8::1]", "2001:db8::1", AF_INET6, 53 },
        { "::", "::", AF_INET6, 53 },
        { "[fe80::1%lo]:54", "fe80::1", AF_INET6, 54 },
        { "fe80::1%1", "fe80::1", AF_INET6, 53 },
        { "::ffff:192.0.2.1", "::ffff:192.0.2.1", AF_INET6, 53 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sockaddr_storage a;
        const struct sockaddr_in *in = (const void *)&a;
        const struct sockaddr_in6 *in6 = (const void *)&a;
        const void *raw =
            rows[i].family == AF_INET ? (const void *)&in->sin_addr : (const void *)&in6->sin6_addr;
        char host[INET6_ADDRSTRLEN] = "";
        unsigned length = 0;

        if (!kit_check(dns_address(rows[i].text, 53, &a, &length), __FILE__, __LINE__, "%s", rows[i].text))
            continue;
        CHECK_INT(a.ss_family, rows[i].family);
        CHECK_INT(ntohs(in->sin_port), rows[i].port); /* the same place in both */
        CHECK_INT(length, rows[i].family == AF_INET ? sizeof *in : sizeof *in6);
        CHECK_STR(inet_ntop(a.ss_family, raw, host, sizeof host), rows[i].host);
        if (strchr(rows[i].text, '%'))
            CHECK_INT(in6->sin6_scope_id, 1); /* lo */
    }
}

TEST(address_refuses_the_rest)
{
    static const char *const bad[] = {
        "",
        "example.com",
        "1",
        "127.1",
        "0x7f.0.0.1",
        "192.0.2.1:",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "192.0.2.1:x",
        "[2001:db8::1",
        "[2001:db8::1]x",
        "[]:53",
        "[192.0.2.1]",
        "fe80::1%nosuch",
        "fe80::1%",
        "2001:db8::1%0",
        "[2001:db8::1]:",
        ":53",
        "2001:db8:::1",
        " 192.0.2.1",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:1111:2222:3333:4444:5555:6666:7777:8888%interface",
    };
    struct sockaddr_storage a;
    unsigned length;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        kit_check(!dns_address(bad[i], 53, &a, &length), __FILE__, __LINE__, "%s is bad", bad[i]);
}

static const char *write_conf(struct op *op, const char *text)
{
    const char *path = op_text(op, "%s/resolv.conf", kit_folder());
    FILE *file = fopen(path, "w");

    CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
    return path;
}

TEST(resolv_conf_reads_three_servers)
{
    struct op *op = kit_op();
    const char *path =
        write_conf(op, "# nameserver 192.0.2.9\n;x\nsearch example.com\nnameserver\n"
                       "nameserver 192.0.2.1 # ours\n\tnameserver\t2001:db8::1\nnameserver bad\n"
                       "nameserver fe80::1%lo\nnameserver 192.0.2.4\n");
    struct strings servers = resolv_conf(op, path);

    CHECK_STR(strings_join(op, &servers, " "), "192.0.2.1 2001:db8::1 fe80::1%lo");
}

TEST(resolv_conf_falls_back_to_loopback)
{
    struct op *op = kit_op();
    struct strings none = resolv_conf(op, op_text(op, "%s/nothing", kit_folder()));
    struct strings nothing = resolv_conf(op, write_conf(op, "search x\n"));

    CHECK_STR(strings_join(op, &none, " "), "127.0.0.1");
    CHECK_STR(strings_join(op, &nothing, " "), "127.0.0.1");
}
