#include "mailcow/origin.h"

#include "mailcow/pair.h"

#include <string.h>

/* The organisation of the issuer begins so. */
static const struct {
    const char *organisation, *server;
} acme_cas[] = {
    { "Let's Encrypt", "letsencrypt" },
    { "(STAGING) Let's Encrypt", "letsencrypt-staging" },
    { "Google Trust Services", "google" },
    { "ZeroSSL", "zerossl" },
    { "SSL Corp", "sslcom" },
    { "Actalis", "actalis" },
    { "Buypass", NULL }, /* gone, but its last certificates are about */
};
#define SNAKE_OIL "mailcow"

/* The intermediates of Let's Encrypt's staging, now and of old, some without an organisation. */
static bool is_staging(const struct cert *cert)
{
    return strstr(cert->issuer_cn, "(STAGING)") || text_starts(cert->issuer_cn, "Fake LE ");
}

static bool by_issuer(const struct cert *cert, struct origin *origin)
{
    if (is_staging(cert)) {
        *origin = (struct origin){ ORIGIN_ACME, origin->issuer, "letsencrypt-staging" };
        return true;
    }
    for (size_t i = 0; i < sizeof acme_cas / sizeof *acme_cas; i++)
        if (text_starts(cert->issuer_org, acme_cas[i].organisation)) {
            *origin = (struct origin){ ORIGIN_ACME, origin->issuer, acme_cas[i].server };
            return true;
        }
    if (text_same(cert->issuer_org, SNAKE_OIL))
        origin->kind = ORIGIN_SNAKE_OIL;
    return origin->kind == ORIGIN_SNAKE_OIL;
}

/* The leaf's DER; at NULL where the text holds no certificate. */
static struct bytes leaf_of(struct op *op, const char *pem)
{
    struct bytes der = { 0 };
    const char *label;

    return pem && pem_next(op, &pem, &label, &der) ? der : (struct bytes){ 0 };
}

static bool in_generations(struct op *op, const struct store *store, const char *cert, struct bytes leaf)
{
    struct strings all = folder_list(op, store_path(op, store, "certs/%s/gen", cert));

    for (size_t i = 0; op_ok(op) && i < all.count; i++) {
        const char *path = store_path(op, store, "certs/%s/gen/%s/cert.pem", cert, all.at[i]);
        struct bytes one = leaf_of(op, file_read_if_there(op, path));

        if (op_ok(op) && one.at && bytes_same(one, leaf))
            return true;
        op_recover(op); /* a damaged one is not this one */
    }
    return false;
}

/* All generations that are kept: what is served may be older than what a run that died has got. */
static bool in_store(struct op *op, const struct store *store, struct bytes leaf)
{
    struct op *child = op_child(op);
    struct strings certs = folder_list(child, store_path(child, store, "certs"));
    bool found = false;

    for (size_t i = 0; !found && i < certs.count; i++)
        found = in_generations(child, store, certs.at[i], leaf);
    op_end(child);
    return found;
}

static const char *words_for(struct op *op, const struct cert *cert)
{
    return *cert->issuer_org  ? op_text(op, "%s (%s)", cert->issuer_org, cert->issuer_cn)
           : *cert->issuer_cn ? arena_strdup(op->arena, cert->issuer_cn)
                              : "an issuer without a name";
}

static struct origin origin_of(struct op *op, const struct store *store, const char *pem)
{
    struct origin origin = { ORIGIN_NOTHING, NULL, NULL };
    struct op *child = op_child(op);
    struct chain chain;

    if (pem && *pem) {
        origin = (struct origin){ ORIGIN_FOREIGN, "nobody that can be made out", NULL };
        chain = chain_parse(child, pem);
        if (chain.count)
            origin.issuer = words_for(op, chain.certs);
        if (chain.count && !by_issuer(chain.certs, &origin) && in_store(op, store, chain.certs->der))
            origin.kind = ORIGIN_ACME;
    }
    op_end(child);
    return origin;
}

/* mailcow.conf names a CA of its own, and an ACME client has put the certificate there. */
static void by_folder(struct op *op, const char *folder, const char *server, struct origin *origin)
{
    if (origin->kind == ORIGIN_FOREIGN && server && strstr(server, "://") &&
        file_there(op_text(op, "%s/domains", folder)))
        origin->kind = ORIGIN_ACME;
}

struct origin origin_of_folder(struct op *op, const struct store *store, const char *folder, const char *cert,
                               const char *server)
{
    struct origin origin = origin_of(op, store, cert);

    by_folder(op, folder, server, &origin);
    return origin;
}

struct origin origin_of_mailcow(struct op *op, const struct store *store, const char *ssl, const char *server)
{
    struct strings folders = folder_list(op, ssl);
    struct origin origin = { ORIGIN_FOREIGN, "whoever has made a link of it", NULL };
    struct pair top, pair;

    if (pair_linked(op, ssl) || !pair_read(op, ssl, &top))
        return origin;
    origin = origin_of(op, store, top.cert);
    for (size_t i = 0; origin.kind == ORIGIN_FOREIGN && i < folders.count; i++) {
        const char *folder = op_text(op, "%s/%s", ssl, folders.at[i]);

        if (pair_read(op, folder, &pair) && text_same(pair.cert, top.cert))
            by_folder(op, folder, server, &origin);
    }
    return origin;
}
