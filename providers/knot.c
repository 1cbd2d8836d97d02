/*
 * Knot DNS, by dynamic update with acme.sh's variables for knsupdate. What it does is rfc2136's.
 */
#include "dns01/ddns.h"

static const struct field fields[] = {
    { .name = "KNOT_SERVER",
      .help = "HOST or HOST:PORT of the primary name server",
      .otherwise = "localhost" },
    { .name = "KNOT_KEY",
      .help = "the TSIG key, [algorithm:]name secret, or the path of a file with it",
      .flags = FIELD_REQUIRED | FIELD_SECRET },
    { 0 },
};

static struct ddns settings(struct op *op)
{
    return (struct ddns){ .servers = field(op, "KNOT_SERVER"),
                          .key = field(op, "KNOT_KEY"),
                          .key_name = "KNOT_KEY" };
}

static const char *zone(struct op *op, const char *fqdn)
{
    struct ddns d = settings(op);

    return ddns_zone(op, &d, fqdn);
}

static bool add(struct op *op, struct record *records, size_t n)
{
    struct ddns d = settings(op);

    return ddns_add(op, &d, records, n);
}

static bool del(struct op *op, struct record *records, size_t n)
{
    struct ddns d = settings(op);

    return ddns_remove(op, &d, records, n);
}

const struct provider provider_knot = {
    .title = "Knot DNS, by dynamic update",
    .docs = "https://www.knot-dns.cz/docs/latest/html/configuration.html#dynamic-updates",
    .alias = "dns_knot",
    .notes = "The zone needs an acl for the key: action: update, update-type: TXT, update-owner: name,\n"
             "update-owner-match: equal, update-owner-name: _acme-challenge",
    .fields = fields,
    .caps = CAP_BATCH,
    .zone = zone,
    .add = add,
    .remove = del,
};
