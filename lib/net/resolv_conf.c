#include "net/resolv_conf.h"

#include "net/resolver.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define MOST_SERVERS 3
#define MOST_LINE    512

static void take_line(struct op *op, const char *line, struct strings *servers)
{
    struct strings words = text_split(op, line, " \t\r\n");
    struct sockaddr_storage address;
    unsigned length;

    if (words.count < 2 || !text_same(words.at[0], "nameserver") || servers->count == MOST_SERVERS)
        return;
    if (dns_address(words.at[1], 53, &address, &length))
        strings_add(op, servers, words.at[1]);
}

struct strings resolv_conf(struct op *op, const char *path)
{
    struct strings servers = { 0 };
    char line[MOST_LINE];
    FILE *file = fopen(path, "re");

    while (file && fgets(line, sizeof line, file))
        take_line(op, line, &servers);
    if (file)
        fclose(file);
    if (!servers.count)
        strings_add(op, &servers, "127.0.0.1");
    return servers;
}
