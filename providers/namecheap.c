/*
 * Namecheap, XML API: setHosts replaces all records ("hosts") of a domain, and what it is not given is gone,
 * the kind of mail routing (EmailType) included. So the list from getHosts must be whole and about our
 * domain, all of it is sent again, and the outcome is looked at. What was there before is saved (whole.h).
 *
 * A failure is HTTP 200 with Status="ERROR".
 */
#include "provider.h"

#include <string.h>

#define NOTES                                                                                                \
    "API access must be switched on for the account, and NAMECHEAP_SOURCEIP be on its whitelist.\n"          \
    "The password for Dynamic DNS is another thing: it cannot write TXT records.\n"                          \
    "The key can change everything in the account, and each change rewrites all records of the domain;\n"    \
    "a CNAME from _acme-challenge into a zone elsewhere avoids both."

#define GOT "ApiResponse.CommandResponse.DomainDNSGetHostsResult"
#define SET "ApiResponse.CommandResponse.DomainDNSSetHostsResult"

static const struct field fields[] = {
    { .name = "NAMECHEAP_USERNAME",
      .help = "name of the account",
      .flags = FIELD_REQUIRED,
      .also = { "NAMECHEAP_API_USER" } },
    { .name = "NAMECHEAP_API_KEY",
      .help = "API key, from Profile, Tools, API Access (the password for Dynamic DNS cannot write TXT)",
      .flags = FIELD_REQUIRED | FIELD_SECRET },
    { .name = "NAMECHEAP_SOURCEIP",
      .help =
          "our public IPv4 address, which must be on the whitelist there, or an https:// URL that tells it",
      .flags = FIELD_REQUIRED },
    { .name = "NAMECHEAP_REWRITE",
      .help = "\"all\": go on although hosts for Dynamic DNS, or switched off, may become plain ones" },
    { 0 },
};

/* What getHosts has told. */
struct hosts {
    const char *text;
    const struct xml *result;
    unsigned count;
};

static bool find_address(struct op *op)
{
    const char *ip = field(op, "NAMECHEAP_SOURCEIP");
    struct rest_call call = { .method = "GET", .url = ip };

    if (text_starts(ip, "https://"))
        ip = rest_call(op, &call) ? text_trim(op, call.answer.body) : "";
    if (strspn(ip, "0123456789.") != strlen(ip) || strlen(ip) > strlen("255.255.255.255"))
        op_fail(op, ERR_CONFIG, "NAMECHEAP_SOURCEIP gives no IPv4 address: %s", text_printable(op, ip, 60));
    session_keep(op, "address", ip);
    return op_ok(op);
}

/* The domain is given in two parts, split at its first dot: "example" and "co.uk". */
static const struct xml *ask(struct op *op, struct rest_call *call, const char *command, const char *zone,
                             const char *more)
{
    const char *tld = name_parent(zone), *user = field(op, "NAMECHEAP_USERNAME");
    const char *form = form_text(
        op, "ApiUser=%s&ApiKey=%s&UserName=%s&ClientIp=%s&Command=namecheap.domains.dns.%s&SLD=%s&TLD=%s",
        user, field(op, "NAMECHEAP_API_KEY"), user, field(op, "address"), command,
        text_cut(op, zone, strcspn(zone, ".")), tld ? tld : "");

    *call = (struct rest_call){ .method = "POST", .url = rest_url(op, "/xml.response") };
    call->content_type = "application/x-www-form-urlencoded";
    call->body = form && more ? op_text(op, "%s%s", form, more) : NULL;
    return rest_call(op, call) ? rest_xml(op, &call->answer) : NULL;
}

static const struct xml *host_at(const struct hosts *hosts, size_t i)
{
    return xml_each(hosts->result, "host", i);
}

/* All hosts of exactly this domain; a list of which that is not sure is none. */
static bool read_hosts(struct op *op, const char *zone, struct hosts *hosts)
{
    struct rest_call call;
    const struct xml *answer = ask(op, &call, "getHosts", zone, "");

    if (!answer)
        return op_hint(op, "%s", NOTES);
    *hosts = (struct hosts){ .text = call.answer.body, .result = xml_at(answer, GOT) };
    if (!text_same_nocase(xml_opt(hosts->result, "@Domain"), zone) || !xml_opt(hosts->result, "@EmailType"))
        return op_fail(op, ERR_PROVIDER, "the answer to getHosts is not about %s", zone);
    if (!xml_is(hosts->result, "@IsUsingOurDNS", "true"))
        return op_fail(op, ERR_PROVIDER, "%s does not use Namecheap's name servers", zone);
    while (host_at(hosts, hosts->count))
        hosts->count++;
    return true;
}

static bool is_record(struct op *op, const struct xml *host, const struct record *r)
{
    return xml_is(host, "@Type", "TXT") && text_same_nocase(xml_opt(host, "@Name"), r->name) &&
           txt_is(op, xml_opt(host, "@Address"), r->value);
}

static bool among(struct op *op, const struct xml *host, const struct record *records, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_record(op, host, &records[i]))
            return true;
    return false;
}

static bool there(struct op *op, const struct hosts *hosts, const struct record *r)
{
    for (size_t i = 0; i < hosts->count; i++)
        if (is_record(op, host_at(hosts, i), r))
            return true;
    return false;
}

/* setHosts cannot say that a host is for Dynamic DNS or switched off. */
static bool rewritable(struct op *op, const struct hosts *hosts)
{
    for (size_t i = 0; i < hosts->count; i++) {
        const struct xml *host = host_at(hosts, i);

        if (!xml_is(host, "@IsDDNSEnabled", "true") && !xml_is(host, "@IsActive", "false"))
            continue;
        if (text_same(field(op, "NAMECHEAP_REWRITE"), "all"))
            return true;
        op_fail(op, ERR_CONFIG, "the host %s is for Dynamic DNS or switched off, and might not stay so",
                xml_opt(host, "@Name"));
        return op_hint(op, "set NAMECHEAP_REWRITE=\"all\" if that does not matter, or let _acme-challenge be "
                           "a CNAME into another zone");
    }
    return true;
}

static void put(struct op *op, struct text *form, unsigned n, const char *name, const char *type,
                const char *address, const char *preference, const char *ttl)
{
    const char *host = form_text(op, "&HostName%u=%s&RecordType%u=%s&Address%u=%s&MXPref%u=%s&TTL%u=%s", n,
                                 name, n, type, n, address, n, preference, n, ttl);

    text_add(form, "%s", host ? host : "");
}

/* The hosts as they shall be, as parameters of setHosts; returns their number. */
static unsigned put_hosts(struct op *op, struct text *form, const struct hosts *hosts,
                          const struct record *records, size_t n, bool adding)
{
    unsigned count = 0;

    for (size_t i = 0; i < hosts->count; i++) {
        const struct xml *host = host_at(hosts, i);

        if (adding || !among(op, host, records, n))
            put(op, form, ++count, xml_str(op, host, "@Name"), xml_str(op, host, "@Type"),
                xml_str(op, host, "@Address"), xml_str(op, host, "@MXPref"), xml_str(op, host, "@TTL"));
    }
    for (size_t i = 0; adding && i < n; i++)
        if (!there(op, hosts, &records[i]))
            put(op, form, ++count, records[i].name, "TXT", records[i].value, "10",
                op_text(op, "%u", records[i].ttl));
    return count;
}

static bool set_hosts(struct op *op, const char *zone, const struct hosts *before, const char *form,
                      unsigned count)
{
    struct hosts after;
    struct rest_call call;
    const struct xml *answer = ask(op, &call, "setHosts", zone, form);

    TRY(answer);
    if (!xml_is(answer, SET ".@IsSuccess", "true"))
        return rest_refused(op, &call.answer);
    TRY(read_hosts(op, zone, &after));
    if (after.count != count || !xml_is(after.result, "@EmailType", xml_opt(before->result, "@EmailType")))
        return op_fail(op, ERR_PROVIDER, "%s has %u hosts now, not %u, or other mail settings", zone,
                       after.count, count);
    return true;
}

/* One rewriting for all records of a zone, none where nothing changes. */
static bool change(struct op *op, const struct record *records, size_t n, bool adding)
{
    const char *zone = records->zone, *former;
    struct text form = text_begin(op->arena);
    struct hosts before;
    unsigned count;

    TRY(read_hosts(op, zone, &before));
    count = put_hosts(op, &form, &before, records, n, adding);
    if (count == before.count)
        return op_ok(op);
    text_add(&form, "&EmailType=%s", text_url(op, xml_opt(before.result, "@EmailType")));
    TRY(op_ok(op) && rewritable(op, &before));
    former = whole_save(op, zone, before.text);
    TRY(former);
    if (set_hosts(op, zone, &before, form.data, count))
        return whole_done(op, former);
    return op_hint(op, "see whether %s is as it should be; what it was before is in %s", zone, former);
}

static bool add(struct op *op, struct record *records, size_t n)
{
    return change(op, records, n, true);
}

static bool del(struct op *op, struct record *records, size_t n)
{
    return change(op, records, n, false);
}

const struct provider provider_namecheap = {
    .title = "Namecheap",
    .docs = "https://www.namecheap.com/support/api/methods/domains-dns/set-hosts/",
    .alias = "dns_namecheap",
    .notes = NOTES,
    .fields = fields,
    .caps = CAP_BATCH | CAP_WHOLE,
    .settle = 900,
    .base = "https://api.namecheap.com",
    .headers = { "Accept: application/xml" },
    .error = "ApiResponse.Errors.Error.0,ApiResponse.Errors.Error.0.@Number",
    .good = "ApiResponse.@Status=OK",
    .open = find_address,
    .add = add,
    .remove = del,
};
