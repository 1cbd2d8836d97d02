#include "check/nameservers.h"

#include "net/resolver.h"

#include <string.h>

/* ---- who they are ---- */

static bool ask_hosts(struct op *op, struct nameservers *servers, struct strings *hosts)
{
    struct dns_query queries[] = { { .name = servers->zone, .type = DNS_NS },
                                   { .name = servers->zone, .type = DNS_NS, .unchecked = true } };
    const struct dns_section *answer = &queries[0].answer.answer;

    TRY(resolver_run(op, queries, 2));
    servers->dnssec_broken = !queries[0].answered && queries[1].answered && queries[0].failure &&
                             strstr(queries[0].failure, dns_rcode_name(DNS_SERVFAIL));
    servers->resolver_failure = queries[0].failure;
    if (servers->dnssec_broken)
        answer = &queries[1].answer.answer;
    else if (!queries[0].answered)
        return true;
    for (size_t i = 0; i < answer->count && hosts->count < NAMESERVERS_MOST; i++)
        if (answer->at[i].type == DNS_NS && answer->at[i].text && !strings_have(hosts, answer->at[i].text))
            strings_add(op, hosts, answer->at[i].text);
    return true;
}

static void add(struct nameservers *servers, const char *host, const char *address)
{
    servers->at[servers->count++] = (struct nameserver){
        .host = host, .address = address, .state = address ? NAMESERVER_SILENT : NAMESERVER_UNKNOWN
    };
}

static size_t add_addresses(struct nameservers *servers, const char *host, const struct dns_query *query)
{
    const struct dns_section *answer = &query->answer.answer;
    size_t count = 0;

    for (size_t i = 0; query->answered && i < answer->count && count < ADDRESSES_MOST / 2; i++)
        if (answer->at[i].type == query->type && answer->at[i].text) {
            add(servers, host, answer->at[i].text);
            count++;
        }
    return count;
}

/* Their addresses may be in the zone, and are wanted although that fails validation. */
static bool find_addresses(struct op *op, struct nameservers *servers, const struct strings *hosts)
{
    struct dns_query *queries = op_array(op, 2 * hosts->count, struct dns_query);
    bool unchecked = servers->dnssec_broken;

    for (size_t i = 0; i < hosts->count; i++) {
        queries[2 * i] = (struct dns_query){ .name = hosts->at[i], .type = DNS_A, .unchecked = unchecked };
        queries[2 * i + 1] =
            (struct dns_query){ .name = hosts->at[i], .type = DNS_AAAA, .unchecked = unchecked };
    }
    TRY(resolver_run(op, queries, 2 * hosts->count));
    servers->at = op_array(op, hosts->count * ADDRESSES_MOST, struct nameserver);
    for (size_t i = 0; i < hosts->count; i++) {
        size_t found = add_addresses(servers, hosts->at[i], &queries[2 * i]) +
                       add_addresses(servers, hosts->at[i], &queries[2 * i + 1]);

        if (!found)
            add(servers, hosts->at[i], NULL);
    }
    return true;
}

/* ---- what they say ---- */

static const char *failure_of(const struct dns_query *query)
{
    if (!query->answered)
        return query->failure ? query->failure : "no answer";
    return query->answer.aa ? NULL : "it answers, but not as an authority for the zone";
}

static enum nameserver_state state_of(const char *failure)
{
    if (!failure)
        return NAMESERVER_GOOD;
    if (text_starts(failure, "cannot reach "))
        return NAMESERVER_NO_ROUTE;
    return text_starts(failure, "no answer") ? NAMESERVER_SILENT : NAMESERVER_LAME;
}

static bool ask_each(struct op *op, struct nameservers *servers)
{
    struct dns_query *queries = op_array(op, 2 * servers->count, struct dns_query);
    struct strings *addresses = op_array(op, servers->count, struct strings);
    size_t n = 0;

    for (size_t i = 0; i < servers->count; i++) {
        if (!servers->at[i].address)
            continue;
        strings_add(op, &addresses[i], servers->at[i].address);
        queries[n++] = (struct dns_query){ .name = servers->zone, .type = DNS_SOA, .servers = &addresses[i] };
        queries[n] = queries[n - 1];
        queries[n++].tcp_only = true;
    }
    TRY(resolver_run(op, queries, n));
    n = 0;
    for (size_t i = 0; i < servers->count; i++) {
        struct nameserver *server = &servers->at[i];

        if (!server->address)
            continue;
        server->failure = failure_of(&queries[n++]);
        server->tcp_failure = failure_of(&queries[n++]);
        server->state = state_of(server->failure);
        servers->good += server->state == NAMESERVER_GOOD;
    }
    return true;
}

bool nameservers_look(struct op *op, struct nameservers *servers)
{
    struct strings hosts = { 0 };

    return ask_hosts(op, servers, &hosts) && find_addresses(op, servers, &hosts) && ask_each(op, servers);
}

const char *nameserver_title(struct op *op, const struct nameserver *server)
{
    return server->address ? op_text(op, "%s (%s)", server->host, server->address) : server->host;
}
