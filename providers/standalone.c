/*
 * No vendor: mcacme itself is the name server of _acme-challenge.NAME while it runs. The user delegates that
 * name to this machine once, with an NS record, and no other zone can be changed by us ever.
 */
#include "net/dnsd.h"
#include "provider.h"

static const struct field fields[] = {
    { .name = "STANDALONE_LISTEN",
      .help = "ADDR:PORT, [V6]:PORT or :PORT to answer DNS queries on, UDP and TCP",
      .otherwise = ":53" },
    { .name = "STANDALONE_NS",
      .help = "name of this machine in the NS record that delegates to it, for our own NS and SOA records" },
    { 0 },
};

static bool start(struct op *op)
{
    void **state = session_state(op);

    if (*state)
        return true;
    *state = dnsd_start(op, field(op, "STANDALONE_LISTEN"), field(op, "STANDALONE_NS"));
    if (*state)
        session_defer(op, dnsd_stop, *state);
    return op_ok(op);
}

/*
 * Before anybody asks for a zone, because resolvers remember for a while that nobody answered. That the port
 * is taken matters only when there is something to say (add), not for removing what a restart has removed.
 */
static bool start_early(struct op *op)
{
    struct op *attempt = op_child(op);

    start(attempt);
    op_end(attempt);
    return op_ok(op);
}

static bool add(struct op *op, struct record *records, size_t n)
{
    struct dnsd *dnsd = start(op) ? *session_state(op) : NULL;

    for (size_t i = 0; i < n && op_effect(op, "DNS answer"); i++)
        dnsd_add(dnsd, records[i].fqdn, records[i].value);
    return op_ok(op);
}

static bool del(struct op *op, struct record *records, size_t n)
{
    struct dnsd *dnsd = *session_state(op);

    for (size_t i = 0; dnsd && i < n; i++)
        dnsd_remove(dnsd, records[i].fqdn, records[i].value);
    return op_ok(op);
}

const struct provider provider_standalone = {
    .title = "mcacme itself as a small name server",
    .docs = "https://letsencrypt.org/docs/challenge-types/#dns-01-challenge",
    .notes = "Delegate each name once: _acme-challenge.example.com. NS this-machine.example.com.\n"
             "Port 53 (UDP and TCP) must be reachable from everywhere while mcacme runs; it needs\n"
             "CAP_NET_BIND_SERVICE, or another port to which 53 is forwarded.",
    .fields = fields,
    .caps = CAP_NO_ZONE | CAP_BATCH | CAP_PASSING,
    .open = start_early,
    .add = add,
    .remove = del,
};
