#include "verify.h"

#include "certify.h"
#include "names.h"
#include "probe.h"

#define SETTLE_MS (30 * 1000)
#define PAUSE_MS  2000

/* The first name that a client could ask for; NULL: all are addresses. */
static const char *first_name(const struct strings *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (!name_is_ip(names->at[i]))
            return name_base(names->at[i]);
    return NULL;
}

static bool parse(struct op *op, const char *text, const struct strings *names, struct probe *probe)
{
    const char *name = first_name(names);

    op_enter(op, "--verify");
    probe_parse(op, text, NULL, probe);
    op_leave(op);
    if (op->err.code == ERR_CONFIG)
        op->err.code = ERR_USAGE;
    TRY(op_ok(op));
    if (name && (*probe->peer.name == '[' || name_is_ip(probe->peer.name)))
        probe->peer.name = name;
    return true;
}

struct strings verify_probes(const struct settings *settings)
{
    const struct strings *texts = &settings->at[OPT_VERIFY];

    return texts->count && text_same(texts->at[texts->count - 1], "none") ? (struct strings){ 0 } : *texts;
}

bool verify_probes_ok(struct op *op, const struct settings *settings)
{
    const struct strings texts = verify_probes(settings), none = { 0 };
    struct probe probe = { 0 };

    for (size_t i = 0; i < texts.count; i++)
        TRY(parse(op, texts.at[i], &none, &probe));
    return true;
}

static bool look(struct op *op, struct peers *peers, struct probe *probes, size_t n)
{
    const struct probe_patience patience = { SETTLE_MS, PAUSE_MS, "the services of --verify" };
    bool shown = false;

    TRY(probe_wait(op, peers, probes, n, &patience, &shown));
    return shown || op_fail(op, ERR_DEPLOY, "not every service shows the new certificate: %s",
                            probe_failures(op, probes, n));
}

bool verify_served(struct op *op, struct peers *peers, const struct store *store,
                   const struct settings *settings, const char *cert, const struct strings *names)
{
    const struct strings texts = verify_probes(settings);
    struct probe *probes = op_array(op, texts.count, struct probe);
    struct cert held;

    if (!texts.count)
        return op_ok(op);
    if (!certificate_held(op, store, cert, &held))
        return op_fail(op, ERR_DEPLOY, "there is no certificate to verify");
    for (size_t i = 0; i < texts.count; i++) {
        TRY(parse(op, texts.at[i], names, &probes[i]));
        probes[i].serial = held.serial;
    }
    if (!peers)
        peers = peers_curl(op);
    return peers && look(op, peers, probes, texts.count);
}
