/*
 * probe: the proof that services have loaded a certificate: each is asked for it as a client would, and its
 * serial number is compared.
 *
 *     struct probe probe = { .serial = cert.serial };
 *     bool shown;
 *
 *     probe_parse(op, "imap:127.0.0.1:143", "mail.example.com", &probe) &&
 *         probe_wait(op, peers, &probe, 1, &(struct probe_patience){ 30000, 2000, "all services" }, &shown)
 *     if (!shown) tell(probe_failures(op, &probe, 1)); // "imap at 127.0.0.1:143 shows the certificate
 * 04ab..."
 */
#ifndef MCACME_PROBE_H
#define MCACME_PROBE_H

#include "net/peer.h"

struct probe {
    struct peer peer;
    const char *scheme;  /* as it was written */
    const char *serial;  /* wanted: hex as in struct cert */
    bool shown;          /* the peer shows the certificate with this serial */
    const char *failure; /* else what it does, in words */
};

/*
 * "smtp:HOST[:PORT]", "imap:HOST[:PORT]" (both with STARTTLS), "https:HOST[:PORT]" or "tls:HOST[:PORT]"
 * (which are one). `name` is whose certificate is asked for; NULL: HOST itself. Fails with CONFIG.
 */
bool probe_parse(struct op *op, const char *text, const char *name, struct probe *probe);

/* Looks at each once. False only when the operation failed. */
bool probe_all(struct op *op, struct peers *peers, struct probe *probes, size_t n);

/*
 * Looks until all show it, or the time is over: a service that has just been told to reload needs some. Ends
 * before the operation's own deadline, so that there is time to say who is behind. False only when the
 * operation failed.
 */
struct probe_patience {
    int64_t most, pause;     /* milliseconds */
    const char *waiting_for; /* for people: "mailcow's services" */
};
bool probe_wait(struct op *op, struct peers *peers, struct probe *probes, size_t n,
                const struct probe_patience *patience, bool *shown);

/* What those that do not show it do instead, each thing once. */
const char *probe_failures(struct op *op, const struct probe *probes, size_t n);

#endif
