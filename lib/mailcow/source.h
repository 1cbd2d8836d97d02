/*
 * source: what a mailcow installation asks for, read from its mailcow.conf (KEY=value lines, never shell).
 *
 *     struct mailcow mailcow;
 *
 *     if (mailcow_read(op, "/opt/mailcow-dockerized", &mailcow) && !mailcow.skip)
 *         use(mailcow.hostname, &mailcow.sans);
 *
 * The variables mean what they mean to mailcow itself. Values that mailcow ships and nobody has touched
 * ("dns_xxx") are told apart from real ones. Strings live as long as the operation.
 */
#ifndef MCACME_MAILCOW_SOURCE_H
#define MCACME_MAILCOW_SOURCE_H

#include "base/op.h"
#include "config/envfile.h"

#define MAILCOW_SSL     "data/assets/ssl"            /* where the mail containers look for certificates */
#define MAILCOW_WEBROOT "data/web"                   /* what nginx shows on port 80 */
#define MAILCOW_DNS     "data/conf/acme/dns-01.conf" /* credentials of the DNS provider */

struct mailcow {
    enum log_level advice; /* how loud hints are: LOG_WARN where somebody asked for a certificate just now */
    const char *dir;       /* absolute, without a final slash */
    struct envfile file;   /* all of mailcow.conf, see mailcow_value */
    bool skip;             /* SKIP_LETS_ENCRYPT: nothing below was looked at */
    const char *hostname;  /* MAILCOW_HOSTNAME, normalised */
    /* ADDITIONAL_SAN: */
    struct strings sans;     /* names and wildcards, normalised, in the order written */
    struct strings patterns; /* "imap" of "imap.*" */
    bool only_hostname;      /* ONLY_MAILCOW_HOSTNAME: neither of them counts, nor do the mail domains */
    bool autodiscover;       /* AUTODISCOVER_SAN */
    bool sni;                /* ENABLE_SSL_SNI */
    bool dns01;              /* ACME_DNS_CHALLENGE; otherwise HTTP-01 */
    const char *provider;    /* ACME_DNS_PROVIDER; NULL without dns01 */
    const char *email;       /* NULL: none */
    bool staging;            /* LE_STAGING */
    const char *directory;   /* DIRECTORY_URL; NULL: Let's Encrypt */
    bool skip_ip_check, skip_http_verification;
    const char *api_key;  /* API_KEY_READ_ONLY or API_KEY; NULL: none */
    const char *https_at; /* the address at which this machine serves HTTPS: "127.0.0.1", "[::1]" */
    const char *https_port;
};

/*
 * Fails with CONFIG, naming the variable and the remedy. Advice is LOG_NOTE then; the caller may change it.
 */
bool mailcow_read(struct op *op, const char *dir, struct mailcow *mailcow);

/* Any variable of mailcow.conf; NULL where it is unset or empty. */
const char *mailcow_value(struct op *op, const struct mailcow *mailcow, const char *name);

/* A path below the mailcow folder. */
const char *mailcow_path(struct op *op, const struct mailcow *mailcow, const char *below);

#endif
