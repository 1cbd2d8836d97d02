#include "probe.h"

#include "base/text.h"
#include "crypto/cert.h"

#include <string.h>

static const struct {
    const char *scheme, *port;
} forms[] = {
    [PEER_TLS] = { "tls", "443" },
    [PEER_SMTP] = { "smtp", "25" },
    [PEER_IMAP] = { "imap", "143" },
};
#define FORMS (sizeof forms / sizeof *forms)

/* The port's digits; "" where none is written, NULL where the address is none. */
static const char *port_of(const char *address)
{
    const char *host_end = *address == '[' ? strchr(address, ']') : address + strcspn(address, ":");
    int64_t number;

    if (!host_end || host_end == address)
        return NULL;
    host_end += *host_end == ']';
    if (!*host_end)
        return host_end;
    return *host_end == ':' && text_number(host_end + 1, 1, 65535, &number) ? host_end + 1 : NULL;
}

bool probe_parse(struct op *op, const char *text, const char *name, struct probe *probe)
{
    const char *colon = strchr(text, ':');
    const char *scheme = colon ? text_cut(op, text, (size_t)(colon - text)) : NULL;
    const char *port = colon ? port_of(colon + 1) : NULL;

    for (size_t i = 0; port && i < FORMS; i++) {
        if (!text_same(forms[i].scheme, scheme))
            continue;
        probe->peer.talk = (enum peer_talk)i;
        probe->peer.name = name;
        probe->peer.address = *port ? colon + 1 : op_text(op, "%s:%s", colon + 1, forms[i].port);
        return true;
    }
    return op_fail(op, ERR_CONFIG, "\"%s\" is not smtp:HOST:PORT, imap:HOST:PORT or tls:HOST:PORT",
                   text_printable(op, text, 100));
}

/* The serial of what was shown, or NULL. */
static const char *serial_in(struct op *op, const char *pem)
{
    struct op *child = op_child(op);
    struct chain chain = chain_parse(child, pem);
    const char *serial = op_ok(child) && chain.count ? text_dup(op, chain.certs[0].serial) : NULL;

    op_end(child);
    return serial;
}

static void judge(struct op *op, const struct peer_answer *answer, struct probe *probe)
{
    const char *serial = answer->pem ? serial_in(op, answer->pem) : NULL;
    const char *scheme = forms[probe->peer.talk].scheme;

    probe->shown = serial && text_same(serial, probe->serial);
    probe->failure = NULL;
    if (!probe->shown && serial)
        probe->failure =
            op_text(op, "%s at %s shows the certificate %s", scheme, probe->peer.address, serial);
    else if (!probe->shown)
        probe->failure = op_text(op, "%s at %s: %s", scheme, probe->peer.address,
                                 answer->pem ? "its certificate cannot be read" : answer->failure);
}

bool probe_all(struct op *op, struct peers *peers, struct probe *probes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct peer_answer answer;

        TRY(peers->look(peers, op, &probes[i].peer, &answer));
        judge(op, &answer, &probes[i]);
    }
    return op_ok(op);
}
