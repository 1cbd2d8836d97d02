#include "acme_kit.h"

bool read_order(struct op *op, struct acme *ca, unsigned n)
{
    struct acme_call calls[MOST_CALLS];

    for (unsigned i = 0; i < n; i++)
        calls[i] = (struct acme_call){ .url = FAKE_CA "/order/1" };
    return acme_post(op, ca, calls, n);
}

bool new_order(struct op *op, struct acme *ca)
{
    struct acme_call call = { .url = FAKE_CA "/order",
                              .payload = "{\"identifiers\":[{\"type\":\"dns\",\"value\":\"a.example\"}]}" };

    return acme_post(op, ca, &call, 1);
}

struct fake_ca *fake_ca_with_order(struct op **op, struct acme **ca)
{
    struct fake_ca *fake = fake_ca(kit_op());

    *op = kit_op();
    *ca = fake_ca_open(fake, *op);
    CHECK(new_order(*op, *ca));
    (*ca)->nonce_count = 0;
    memset(fake->asked, 0, sizeof fake->asked);
    fake->requests = 0;
    fake->most_at_once = 0;
    return fake;
}
