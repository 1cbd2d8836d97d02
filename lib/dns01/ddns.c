#include "dns01/ddns.h"

#include "dns01/ddns_key.h"
#include "net/host.h"
#include "net/update.h"

#include <string.h>

#define DNS_PORT 53

static unsigned port_of(struct op *op, const struct ddns *d)
{
    int64_t port = DNS_PORT;

    if (d->port && !text_number(d->port, 1, 65535, &port))
        op_fail(op, ERR_CONFIG, "\"%s\" is not a port", d->port);
    return (unsigned)port;
}

static bool server_at(struct op *op, const struct ddns *d, const char *host, struct update_server *server)
{
    struct tsig_key *key = op_new(op, struct tsig_key);

    *server = (struct update_server){ .host = host, .tcp = d->tcp };
    server->addresses = host_addresses(op, host, port_of(op, d));
    if (d->key && ddns_key(op, d->key, d->key_name, key))
        server->key = key;
    return op_ok(op);
}

static struct strings servers_of(struct op *op, const struct ddns *d)
{
    struct strings servers = text_split(op, d->servers, ", ");

    if (!servers.count)
        op_fail(op, ERR_CONFIG, "no server is named");
    return servers;
}

/* The longest of the user's zones that the name is in. */
static const char *given_zone(struct op *op, const struct ddns *d, const char *fqdn)
{
    struct strings zones = text_split(op, d->zones ? d->zones : "", ", ");
    const char *best = NULL;

    for (size_t i = 0; i < zones.count; i++) {
        const char *zone = text_lower(op, zones.at[i]), *undotted = text_less(op, zone, ".");

        zone = undotted ? undotted : zone;
        if (dns_in_zone(fqdn, zone) && (!best || strlen(zone) > strlen(best)))
            best = zone;
    }
    return best;
}

const char *ddns_zone(struct op *op, const struct ddns *d, const char *fqdn)
{
    struct strings servers = servers_of(op, d);
    const char *zone = given_zone(op, d, fqdn);
    struct update_server server;

    if (zone || !op_ok(op) || !server_at(op, d, servers.at[0], &server))
        return zone;
    return update_zone(op, &server, fqdn);
}

static bool change(struct op *op, const struct ddns *d, const struct record *records, size_t n, bool adding)
{
    struct update_record *list = op_array(op, n, struct update_record);
    struct strings servers = servers_of(op, d);
    struct update_server server;

    for (size_t i = 0; i < n; i++)
        list[i] = (struct update_record){ records[i].fqdn, records[i].value, records[i].ttl };
    for (size_t i = 0; i < servers.count; i++) {
        TRY(server_at(op, d, servers.at[i], &server));
        TRY(adding ? update_add(op, &server, records->zone, list, n)
                   : update_delete(op, &server, records->zone, list, n));
    }
    return op_ok(op);
}

bool ddns_add(struct op *op, const struct ddns *d, const struct record *records, size_t n)
{
    return change(op, d, records, n, true);
}

bool ddns_remove(struct op *op, const struct ddns *d, const struct record *records, size_t n)
{
    return change(op, d, records, n, false);
}
