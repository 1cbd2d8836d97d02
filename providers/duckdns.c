/*
 * DuckDNS: one TXT value for a domain and all names below it, set by a GET that answers OK or KO.
 *
 * It cannot be asked which value is there, so removing clears whatever is.
 */
#include "provider.h"

#include <string.h>

#define ZONE "duckdns.org"

static const struct field fields[] = {
    { .name = "DuckDNS_Token",
      .help = "token of the account, at the top of www.duckdns.org after logging in",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "DUCKDNS_TOKEN" } },
    { 0 },
};

static const char *zone(struct op *op, const char *fqdn)
{
    return text_less(op, fqdn, "." ZONE) ? ZONE : NULL;
}

/* "me" of _acme-challenge.www.me.duckdns.org */
static const char *domain_of(struct op *op, const struct record *r)
{
    const char *dot = strrchr(r->name, '.');

    if (!text_same(r->zone, ZONE)) {
        op_fail(op, ERR_CONFIG, "%s is not below " ZONE, r->fqdn);
        op_hint(op, "name the provider of its zone, or make it a CNAME to a name of yours below " ZONE);
    }
    return dot ? dot + 1 : r->name;
}

static bool update(struct op *op, const char *domain, const char *value, const char *clear)
{
    struct rest_call call = { .method = "GET" };

    call.url = rest_url(op, "?domains=%s&token=%s&txt=%s&clear=%s", domain, field(op, "DuckDNS_Token"), value,
                        clear);
    TRY(rest_call(op, &call));
    if (call.answer.status == 200 && text_same(text_trim(op, call.answer.body), "OK"))
        return true;
    rest_refused(op, &call.answer);
    return op_hint(op, "KO means that DuckDNS_Token is wrong, or that its account has no domain %s", domain);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    (void)n;
    return update(op, domain_of(op, r), r->value, "false");
}

static bool del(struct op *op, struct record *r, size_t n)
{
    (void)n;
    return update(op, domain_of(op, r), "", "true");
}

const struct provider provider_duckdns = {
    .title = "DuckDNS",
    .docs = "https://www.duckdns.org/spec.jsp",
    .alias = "dns_duckdns",
    .notes = "the token holds for all domains of the account; a domain has one TXT value at a time, so a "
             "wildcard\n"
             "and its apex are validated one after the other",
    .fields = fields,
    .caps = CAP_SERIAL,
    .min_ttl = 60,
    .settle = 30,
    .base = "https://www.duckdns.org/update",
    .zone = zone,
    .add = add,
    .remove = del,
};
