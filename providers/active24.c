/*
 * Active24, REST API v2. What it does is active24.h's.
 */
#include "dns01/active24.h"

static const struct field fields[] = {
    { .name = "Active24_ApiKey",
      .help = "API key (\"Identifier\"), from the security settings of the customer portal",
      .flags = FIELD_REQUIRED,
      .also = { "ACTIVE24_API_KEY" } },
    { .name = "Active24_ApiSecret",
      .help = "its secret (\"Secret key\")",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "ACTIVE24_SECRET" } },
    { 0 },
};

static struct active24 account(struct op *op)
{
    return (struct active24){ field(op, "Active24_ApiKey"), field(op, "Active24_ApiSecret") };
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

const struct provider provider_active24 = {
    .title = "Active24",
    .docs = "https://rest.active24.cz/v2/docs",
    .alias = "dns_active24",
    .notes = "The key can be limited to DNS and to addresses when it is made.",
    .fields = fields,
    .min_ttl = 120,
    .settle = 120,
    .base = "https://rest.active24.cz",
    .error = "message,code title,type",
    .add = add,
    .remove = del,
};
