#include "mailcow/serve.h"

#include "mailcow/reload.h"
#include "probe.h"

#include <string.h>

#define TRIES     2
#define SETTLE_MS (60 * 1000) /* dovecot and postfix wait for the database when they start */
#define PAUSE_MS  2000

/* One way into mailcow, and the service at its end. */
static const struct entrance {
    enum mailcow_service service;
    const char *scheme, *variable, *port; /* the variable says PORT or ADDRESS:PORT */
} entrances[] = {
    { MAILCOW_POSTFIX, "smtp", "SMTP_PORT", "25" },
    { MAILCOW_DOVECOT, "imap", "IMAP_PORT", "143" },
    { MAILCOW_NGINX, "tls", "HTTPS_PORT", "443" },
};
#define ENTRANCES (sizeof entrances / sizeof *entrances)

/* Each certificate at each entrance. */
struct proof {
    const struct mailcow *mailcow;
    const struct mailcow_serving *serving;
    struct peers *peers;
    struct probe *probes; /* of the i-th certificate: i * ENTRANCES and on */
    size_t count;
};

/* What docker publishes on every address is asked for on loopback. */
static const char *address(struct op *op, const struct mailcow *mailcow, const struct entrance *entrance)
{
    const char *value = mailcow_value(op, mailcow, entrance->variable);
    const char *at = entrance->service == MAILCOW_NGINX ? mailcow->https_at : "127.0.0.1";

    if (!value)
        value = entrance->port;
    if (!strchr(value, ':'))
        return op_text(op, "%s:%s:%s", entrance->scheme, at, value);
    return op_text(op, "%s:%s", entrance->scheme, value);
}

static bool prepare(struct op *op, struct proof *proof)
{
    const char *word = mailcow_value(op, proof->mailcow, "NGINX_USE_PROXY_PROTOCOL");
    bool proxied = word && (text_same_nocase(word, "y") || text_same_nocase(word, "yes"));

    proof->count = proof->serving->count * ENTRANCES;
    proof->probes = op_array(op, proof->count, struct probe);
    for (size_t i = 0; i < proof->count; i++) {
        const struct mailcow_proof *wanted = &proof->serving->proofs[i / ENTRANCES];
        const struct entrance *entrance = &entrances[i % ENTRANCES];

        TRY(probe_parse(op, address(op, proof->mailcow, entrance), wanted->name, &proof->probes[i]));
        proof->probes[i].serial = wanted->serial;
        proof->probes[i].peer.proxy_protocol = proxied && entrance->service == MAILCOW_NGINX;
    }
    return true;
}

/* The services that do not show everything that they should. */
static unsigned services_behind(const struct proof *proof)
{
    unsigned behind = 0;

    for (size_t i = 0; i < proof->count; i++)
        if (!proof->probes[i].shown)
            behind |= (unsigned)entrances[i % ENTRANCES].service;
    return behind;
}

/* Until all show it, or the time is over. */
static bool settle(struct op *op, const struct proof *proof, unsigned *behind)
{
    const struct probe_patience patience = { SETTLE_MS, PAUSE_MS, "mailcow's services" };
    bool shown;

    TRY(probe_wait(op, proof->peers, proof->probes, proof->count, &patience, &shown));
    *behind = services_behind(proof);
    return true;
}

static bool unproved(struct op *op, const struct proof *proof)
{
    op_fail(op, ERR_DEPLOY, "not every service shows its new certificate: %s",
            probe_failures(op, proof->probes, proof->count));
    return op_hint(op,
                   "the next renew tries again; see docker compose logs postfix-mailcow dovecot-mailcow "
                   "nginx-mailcow in %s",
                   proof->mailcow->dir);
}

static bool serve(struct op *op, const struct proof *proof)
{
    unsigned behind;

    TRY(probe_all(op, proof->peers, proof->probes, proof->count));
    behind = proof->serving->restart ? MAILCOW_ALL : services_behind(proof);
    for (int i = 0; behind && i < TRIES && (i == 0 || op_time_left(op) > SETTLE_MS); i++) {
        bool restart = proof->serving->restart || i > 0;

        TRY(mailcow_reload(op, proof->mailcow, proof->serving->dockerapi, behind, restart));
        TRY(settle(op, proof, &behind));
    }
    return !behind || unproved(op, proof);
}

bool mailcow_serve(struct op *op, const struct mailcow *mailcow, const struct mailcow_serving *serving)
{
    struct op *child = op_child(op);
    struct proof proof = { .mailcow = mailcow, .serving = serving };
    bool good;

    proof.peers = serving->peers ? serving->peers : peers_curl(child);
    if (prepare(child, &proof))
        serve(child, &proof);
    if (child->err.code == ERR_TIMEOUT)
        child->err.code = ERR_DEPLOY; /* the certificate is there, whatever the clock says */
    good = op_adopt(op, child);
    op_end(child);
    return good;
}
