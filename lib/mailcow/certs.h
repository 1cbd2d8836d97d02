/*
 * certs: which certificates a mailcow wants, and which names go into each. Pure: mailcow.conf and the mail
 * domains in, certificates out, in mailcow's own order of names.
 *
 *     struct mailcow_certs certs;
 *
 *     mailcow_domain_add(op, &mailcow, &domains, "example.com", false, true);
 *     mailcow_certs(op, &mailcow, &domains, &certs) ... certs.at[0] is the server's
 */
#ifndef MCACME_MAILCOW_CERTS_H
#define MCACME_MAILCOW_CERTS_H

#include "mailcow/source.h"

/* A mail domain, and the labels wanted in front of it: "imap", "autodiscover". */
struct mail_domain {
    const char *name;
    struct strings labels; /* in mailcow's order */
};

struct mail_domains {
    struct mail_domain *at;
    size_t count, room;
};

struct mailcow_cert {
    const char *title; /* the first name without "*.", and the folder that mailcow keeps it in */
    struct strings names;
};

struct mailcow_certs {
    struct mailcow_cert *at; /* the server's first; with SNI one for each mail domain that needs more */
    size_t count;
};

/* All labels that may stand in front of a mail domain: the patterns, and what AUTODISCOVER_SAN adds. */
struct strings mailcow_labels(struct op *op, const struct mailcow *mailcow);

/* A domain with what its kind gets: an alias of another domain has its MTA-STS policy, and nothing else. */
void mailcow_domain_add(struct op *op, const struct mailcow *mailcow, struct mail_domains *domains,
                        const char *name, bool alias, bool mta_sts);

/* The domain of this name, added where it is missing. */
struct mail_domain *mail_domain_of(struct op *op, struct mail_domains *domains, const char *name);

/* Fails with CONFIG when a certificate would have more names than CAs take. Hints go to the log. */
bool mailcow_certs(struct op *op, const struct mailcow *mailcow, const struct mail_domains *domains,
                   struct mailcow_certs *certs);

#endif
