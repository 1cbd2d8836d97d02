/*
 * Websupport, REST API v2. What it does is active24.h's.
 */
#include "dns01/active24.h"

static const struct field fields[] = {
    { .name = "WS_ApiKey",
      .help = "API key (\"Identifier\"), from admin.websupport.sk, Security and logins",
      .flags = FIELD_REQUIRED,
      .also = { "WEBSUPPORT_API_KEY" } },
    { .name = "WS_ApiSecret",
      .help = "its secret (\"Secret key\")",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "WEBSUPPORT_SECRET" } },
    { 0 },
};

static struct active24 account(struct op *op)
{
    return (struct active24){ field(op, "WS_ApiKey"), field(op, "WS_ApiSecret") };
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct active24 a = account(op);

    (void)n; /* no CAP_BATCH: always one */
    return active24_add(op, &a, r);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    struct active24 a = account(op);

    (void)n;
    return active24_remove(op, &a, r);
}

const struct provider provider_websupport = {
    .title = "Websupport",
    .docs = "https://rest.websupport.sk/v2/docs",
    .alias = "dns_websupport",
    .notes = "The key can be limited to DNS and to addresses when it is made.",
    .fields = fields,
    .min_ttl = 120,
    .settle = 120,
    .base = "https://rest.websupport.sk",
    .error = "message,code title,type",
    .add = add,
    .remove = del,
};
