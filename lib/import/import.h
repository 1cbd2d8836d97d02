/*
 * import: what another ACME client has on this machine becomes ours: its accounts, its certificates with
 * their keys, and how it proves their names. Nothing of the other client's is changed.
 *
 *     struct import import = { 0 };
 *     const struct import_client *client = import_client(op, "certbot");
 *
 *     if (client && import_read(op, client, "/etc/letsencrypt", &import))
 *         for (struct import_cert *cert = import.certs; cert; cert = cert->next)
 *             import_cert_take(run, op, cert, &taken);
 *
 * Reading a client is one file, lib/import/NAME.c, with one `const struct import_client import_NAME` in the
 * table of import.c. It says what is where; opening keys and certificates, and the store, are
 * import_take.c's.
 *
 * Credentials of DNS vendors are never copied, and hooks never taken over: both become lines for the
 * administrator's configuration file, the hooks commented out, because they were written for another client's
 * environment and run as root.
 */
#ifndef MCACME_IMPORT_IMPORT_H
#define MCACME_IMPORT_IMPORT_H

#include "run.h"

struct import_account {
    struct import_account *next;
    const char *server;  /* directory URL or the name of a CA */
    const char *kid;     /* account URL; NULL: not kept by that client, and found again by the key */
    const char *contact; /* e-mail address, also as a mailto: URL; or NULL */
    const char *key;     /* path of a PEM file or JWK */
};

struct import_cert {
    struct import_cert *next;
    const char *title;       /* what it is called there, and here */
    const char *from;        /* path of what describes it, for people */
    const char *chain, *key; /* paths of PEM files: the certificate and those above it; its private key */
    const char *server;      /* NULL: not kept there */
    const char *account;     /* URL of the account that got it; NULL: not kept there */
    struct settings wanted;  /* for the lineage; without names the certificate's own are wanted */
    bool way_given;          /* the user says how to prove names: what the client did is of no interest */
    struct strings lines;    /* for a section [certificate TITLE]: "key = value" and "# comment" */
};

struct import {
    struct settings
        wanted; /* the user's own, stronger than what the client has; --server: where it has none */
    struct import_account *accounts;
    struct import_cert *certs;
};

struct import_client {
    const char *name;
    const char *usual; /* where its folder usually is, for people */
    bool (*read)(struct op *op, const char *dir, struct import *import);
};

/* Fails with USAGE, naming those that there are. */
const struct import_client *import_client(struct op *op, const char *name);

/* All that the client has in `dir`. Fails with CONFIG where nothing of it is there. */
bool import_read(struct op *op, const struct import_client *client, const char *dir, struct import *import);

/* What becomes, or would become, of an account or certificate. */
enum import_fate {
    IMPORT_NEW,   /* it becomes ours */
    IMPORT_THERE, /* it is ours already, or we have one of that name; nothing is changed */
    IMPORT_OTHER, /* an account: we have another one with that CA, and keep it */
};

struct import_taken {
    enum import_fate fate;
    const char *server;    /* directory URL */
    struct strings names;  /* wanted ones, of a certificate */
    const char *serial;    /* likewise */
    int64_t not_after;     /* likewise */
    struct settings saved; /* what the lineage gets */
};

/*
 * Opens everything and, unless `look` is true, puts it into the store. Errors are about this one account or
 * certificate: CONFIG where it cannot be used, STORE, BUSY.
 */
bool import_account_take(struct run *run, struct op *op, const struct import_account *account, bool look,
                         struct import_taken *taken);
bool import_cert_take(struct run *run, struct op *op, const struct import_cert *cert, bool look,
                      struct import_taken *taken);

/* ---- for the files of the clients ---- */

struct import_account *import_account_add(struct op *op, struct import *import);
struct import_cert *import_cert_add(struct op *op, struct import *import, const char *title);

/* A text file of that client's, at a path made by the format; NULL without an error when it is not there. */
const char *import_file(struct op *op, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same parsed; a damaged one is a warning, and NULL. */
const struct json *import_json(struct op *op, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A line for the section. A hook's is a comment, whatever stands in it; nothing for an empty one. */
void import_line(struct op *op, struct import_cert *cert, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void import_hook(struct op *op, struct import_cert *cert, enum option_id id, const char *command);

/*
 * DNS-01 by the provider of this name ("dns_cf", "cloudflare"), for all names or those of `zone`. Its
 * credentials become a line that names them; `keys` are the names under which the other client has them in
 * `file` (NULL: it does not say).
 */
void import_dns(struct op *op, struct import_cert *cert, const char *provider, const char *zone,
                const char *file, const struct strings *keys);

/* A setting, where the user has not set it. */
void import_set(struct op *op, struct import_cert *cert, enum option_id id, const char *value);

/* A file that the other client has put there as well: it keeps its owner and mode. */
void import_place(struct op *op, struct import_cert *cert, enum option_id id, const char *path);

/* A listener of our own (OPT_STANDALONE, OPT_TLS_ALPN); `port` may be NULL, for the usual one. */
void import_listener(struct op *op, struct import_cert *cert, enum option_id id, const char *port);

/* HTTP-01 by files: the folder is a web server's root. */
void import_webroot(struct op *op, struct import_cert *cert, const char *folder);

/* How the names were proved cannot be taken over: a line that says so, and what to add. */
void import_no_way(struct op *op, struct import_cert *cert, const char *why);

/* The account of a server whose URL is `kid`, or the only one there is; NULL: it cannot be told. */
const struct import_account *import_only_account(const struct import *import, const char *server);

#endif
