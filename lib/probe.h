/*
 * probe: the proof that services have loaded a certificate: each is asked for it as a client would, and its
 * serial number is compared.
 *
 *     struct probe probe = { .serial = cert.serial };
 *
 *     probe_parse(op, "imap:127.0.0.1:143", "mail.example.com", &probe) && probe_all(op, peers, &probe, 1)
 *     if (!probe.shown) tell(probe.failure);      // "imap at 127.0.0.1:143 shows the certificate 04ab..."
 */
#ifndef MCACME_PROBE_H
#define MCACME_PROBE_H

#include "net/peer.h"

struct probe {
    struct peer peer;
    const char *serial;  /* wanted: hex as in struct cert */
    bool shown;          /* the peer shows the certificate with this serial */
    const char *failure; /* else what it does, in words */
};

/* "smtp:HOST[:PORT]", "imap:HOST[:PORT]" (both with STARTTLS) or "tls:HOST[:PORT]". Fails with CONFIG. */
bool probe_parse(struct op *op, const char *text, const char *name, struct probe *probe);

/* Looks at each once. False only when the operation failed. */
bool probe_all(struct op *op, struct peers *peers, struct probe *probes, size_t n);

#endif
