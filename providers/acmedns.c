/*
 * acme-dns: a name server for challenges alone. The user's own zone has a CNAME from _acme-challenge to the
 * name of an account there, which holds the two values that were written last.
 *
 * Two are enough for a wildcard and its apex; a third value pushes the oldest out, and so would the same one
 * again. Nothing can be removed, and nothing need be: the name is good for nothing else.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "ACMEDNS_USERNAME",
      .help =
          "\"username\" of the answer to the registration: curl -X POST https://auth.acme-dns.io/register",
      .flags = FIELD_REQUIRED },
    { .name = "ACMEDNS_PASSWORD",
      .help = "\"password\" of that answer",
      .flags = FIELD_REQUIRED | FIELD_SECRET },
    { .name = "ACMEDNS_SUBDOMAIN", .help = "\"subdomain\" of that answer", .flags = FIELD_REQUIRED },
    { .name = "ACMEDNS_BASE_URL",
      .help = "URL of the acme-dns server; one of your own is safer",
      .otherwise = "https://auth.acme-dns.io",
      .also = { "ACME_DNS_API_BASE" } },
    { 0 },
};

static bool add(struct op *op, struct record *r, size_t n)
{
    const char *subdomain = field(op, "ACMEDNS_SUBDOMAIN");
    const struct json *answer;

    (void)n;
    if (!text_starts(r->fqdn, op_text(op, "%s.", text_lower(op, subdomain)))) {
        op_fail(op, ERR_CONFIG, "%s is not the name of the acme-dns account %s", r->fqdn, subdomain);
        return op_hint(
            op, "the name _acme-challenge of your domain must be a CNAME to the \"fulldomain\" that the "
                "registration gave; another domain needs another account");
    }
    answer = rest_post(op, json_text(op, "{'subdomain': %s, 'txt': %s}", subdomain, r->value), "/update");
    if (op_ok(op) && !json_is(answer, "txt", r->value))
        op_fail(op, ERR_PROVIDER, "the answer does not confirm the value: %s", json_print(op, answer));
    return op_ok(op);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    (void)r;
    (void)n;
    return op_ok(op);
}

const struct provider provider_acmedns = {
    .title = "acme-dns server",
    .docs = "https://github.com/joohoi/acme-dns",
    .alias = "dns_acmedns",
    .notes =
        "an account can write its own name and nothing else; \"allowfrom\" at the registration limits it to\n"
        "addresses. Each domain needs an account of its own, and a CNAME from _acme-challenge to it",
    .fields = fields,
    .caps = CAP_NO_ZONE,
    .settle = 5,
    .base = "{ACMEDNS_BASE_URL}",
    .headers = { "X-Api-User: {ACMEDNS_USERNAME}", "X-Api-Key: {ACMEDNS_PASSWORD}" },
    .error = "error",
    .add = add,
    .remove = del,
};
