/*
 * http01: HTTP-01 as a solver (RFC 8555 section 8.3): a file a challenge, in the folder whose content the
 * names' web server shows; or a web server of our own.
 *
 *     struct http01 http01 = { .webroot = "/var/www/html" };        // or .listen = ":80"
 *     struct solver *solver = http01_solver(&http01);
 *
 * The files go when the solver withdraws, and the port is free again. What a run has left that died is known
 * by its content, which names our account, and goes an hour later, when the next one publishes.
 */
#ifndef MCACME_HTTP01_H
#define MCACME_HTTP01_H

#include "acme/solver.h"
#include "base/op.h"

#define HTTP01_PATH ".well-known/acme-challenge"

struct httpd;

struct http01 {
    struct solver solver;  /* set by http01_solver */
    const char *webroot;   /* absolute */
    const char *listen;    /* instead, for a web server of our own: as in httpd.h */
    struct strings up;     /* the files that are put up and not taken down yet */
    struct httpd **server; /* our own, while it runs */
};

struct solver *http01_solver(struct http01 *http01);

/*
 * The folder of the challenges below a webroot, made where it is missing, for the web server to read. Fails
 * with PROVIDER.
 */
const char *http01_folder(struct op *op, const char *webroot);

#endif
