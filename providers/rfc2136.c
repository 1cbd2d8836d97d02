/*
 * Dynamic update (RFC 2136) of any name server that knows it: BIND, Knot, PowerDNS, NSD's successors,
 * Windows.
 *
 * Values are added and deleted one by one, so that other clients may work at the same name. TSIG signs both
 * ways.
 */
#include "dns01/ddns.h"

static const struct field fields[] = {
    { .name = "NSUPDATE_SERVER",
      .help = "HOST or HOST:PORT of the primary name server; several, separated by commas, are all updated",
      .otherwise = "localhost",
      .also = { "DNSUPDATE_NAMESERVER", "RFC2136_NAMESERVER" } },
    { .name = "NSUPDATE_SERVER_PORT", .help = "port where NSUPDATE_SERVER has none", .otherwise = "53" },
    { .name = "NSUPDATE_KEY",
      .help = "path of a TSIG key file, as tsig-keygen writes it, or the key itself: [algorithm:]name:secret",
      .flags = FIELD_SECRET,
      .also = { "DNSUPDATE_TSIG_FILE", "RFC2136_TSIG_FILE" } },
    { .name = "NSUPDATE_ZONE",
      .help = "the zone, or several separated by commas; else the server is asked",
      .also = { "DNSUPDATE_ZONES" } },
    { .name = "NSUPDATE_OPT", .help = "-v: always over TCP" },
    { .name = "DNSUPDATE_TSIG_KEY",
      .help = "name of the TSIG key, with DNSUPDATE_TSIG_SECRET",
      .also = { "RFC2136_TSIG_KEY" } },
    { .name = "DNSUPDATE_TSIG_SECRET",
      .help = "secret of the TSIG key, in base64",
      .flags = FIELD_SECRET,
      .also = { "RFC2136_TSIG_SECRET" } },
    { .name = "DNSUPDATE_TSIG_ALGORITHM",
      .help = "hmac-sha256, hmac-sha384, hmac-sha512, hmac-sha1",
      .otherwise = "hmac-sha1",
      .also = { "RFC2136_TSIG_ALGORITHM" } },
    { 0 },
};

/* The key in one piece, also where it was given in lego's three. */
static const char *key(struct op *op)
{
    const char *name = field(op, "DNSUPDATE_TSIG_KEY"), *secret = field(op, "DNSUPDATE_TSIG_SECRET");

    if (field(op, "NSUPDATE_KEY") || !name || !secret)
        return field(op, "NSUPDATE_KEY");
    return op_text(op, "%s:%s:%s", field(op, "DNSUPDATE_TSIG_ALGORITHM"), name, secret);
}

static struct ddns settings(struct op *op)
{
    const char *options = field(op, "NSUPDATE_OPT");
    struct strings words = text_split(op, options ? options : "", " ");

    return (struct ddns){ .servers = field(op, "NSUPDATE_SERVER"),
                          .port = field(op, "NSUPDATE_SERVER_PORT"),
                          .zones = field(op, "NSUPDATE_ZONE"),
                          .key = key(op),
                          .key_name = field(op, "NSUPDATE_KEY") ? "NSUPDATE_KEY" : "DNSUPDATE_TSIG_SECRET",
                          .tcp = strings_have(&words, "-v") };
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

const struct provider provider_rfc2136 = {
    .title = "Dynamic update (RFC 2136) with TSIG, as nsupdate does it",
    .docs = "https://bind9.readthedocs.io/en/latest/chapter6.html#dynamic-update",
    .alias = "dns_nsupdate",
    .notes = "Make a key for this alone and let it change nothing but the one TXT record, in BIND:\n"
             "update-policy { grant KEY name _acme-challenge.example.com. TXT; };",
    .fields = fields,
    .caps = CAP_BATCH,
    .zone = zone,
    .add = add,
    .remove = del,
};
