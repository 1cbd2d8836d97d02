#include "probe.h"

#include "base/text.h"
#include "crypto/cert.h"

#include <arpa/inet.h>
#include <string.h>

#define HOST_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"

static const struct form {
    const char *scheme, *port;
    enum peer_talk talk;
} forms[] = {
    { "smtp", "25", PEER_SMTP },
    { "imap", "143", PEER_IMAP },
    { "https", "443", PEER_TLS },
    { "tls", "443", PEER_TLS },
};
#define FORMS (sizeof forms / sizeof *forms)

/* How many characters the host has, with the brackets of a V6 address; 0: it is none. */
static size_t host_length(const char *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    unsigned char v6[sizeof(struct in6_addr)];
    size_t length;

    if (*address != '[')
        return strspn(address, HOST_CHARACTERS);
    length = strcspn(address + 1, "]");
    if (!address[1 + length] || length >= sizeof text)
        return 0;
    memcpy(text, address + 1, length);
    return inet_pton(AF_INET6, text, v6) == 1 ? length + 2 : 0;
}

/* The port's digits; "" where none is written, NULL where what stands behind the host is none. */
static const char *port_behind(const char *host_end)
{
    int64_t number;

    if (!*host_end)
        return host_end;
    return *host_end == ':' && text_number(host_end + 1, 1, 65535, &number) ? host_end + 1 : NULL;
}

static const struct form *form_of(const char *text, size_t scheme_length)
{
    for (size_t i = 0; i < FORMS; i++)
        if (strlen(forms[i].scheme) == scheme_length && text_starts(text, forms[i].scheme))
            return &forms[i];
    return NULL;
}

bool probe_parse(struct op *op, const char *text, const char *name, struct probe *probe)
{
    size_t scheme_length = strcspn(text, ":");
    const struct form *form = form_of(text, scheme_length);
    const char *address = form && text[scheme_length] ? text + scheme_length + 1 : NULL;
    size_t length = address ? host_length(address) : 0;
    const char *port = length ? port_behind(address + length) : NULL;

    if (!port)
        return op_fail(op, ERR_CONFIG,
                       "\"%s\" is not smtp:HOST:PORT, imap:HOST:PORT, https:HOST:PORT or tls:HOST:PORT",
                       text_printable(op, text, 100));
    probe->scheme = form->scheme;
    probe->peer.talk = form->talk;
    probe->peer.name = name ? name : text_cut(op, address, length);
    probe->peer.address = *port ? address : op_text(op, "%s:%s", address, form->port);
    return true;
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

    probe->shown = serial && text_same(serial, probe->serial);
    probe->failure = NULL;
    if (!probe->shown && serial)
        probe->failure =
            op_text(op, "%s at %s shows the certificate %s", probe->scheme, probe->peer.address, serial);
    else if (!probe->shown)
        probe->failure = op_text(op, "%s at %s: %s", probe->scheme, probe->peer.address,
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

static bool all_shown(const struct probe *probes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!probes[i].shown)
            return false;
    return true;
}

bool probe_wait(struct op *op, struct peers *peers, struct probe *probes, size_t n,
                const struct probe_patience *patience, bool *shown)
{
    int64_t end = op_ticks(op) + patience->most;

    TRY(probe_all(op, peers, probes, n));
    while (!all_shown(probes, n) && op_ticks(op) < end && op_time_left(op) > patience->pause) {
        op_progress(op, "waiting until %s show the certificate", patience->waiting_for);
        TRY(op_wait(op, patience->pause) && probe_all(op, peers, probes, n));
    }
    *shown = all_shown(probes, n);
    return true;
}

const char *probe_failures(struct op *op, const struct probe *probes, size_t n)
{
    struct strings words = { 0 };

    for (size_t i = 0; i < n; i++)
        if (!probes[i].shown && !strings_have(&words, probes[i].failure))
            strings_add(op, &words, probes[i].failure);
    return strings_join(op, &words, "; ");
}
