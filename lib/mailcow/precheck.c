#include "mailcow/precheck.h"

#include "base/file.h"
#include "crypto/cert.h"
#include "http01.h"
#include "net/http.h"
#include "net/resolver.h"
#include "renew.h"

#include <string.h>

#define PROBE_BYTES 24

/* One name on its way through the checks. */
struct look {
    const char *name;
    const char *reason;  /* why it cannot be proved; NULL: nothing found so far */
    const char *address; /* where it leads */
};

/* ---- where does it lead? ---- */

/* SNAT_TO_SOURCE says that the world sees another address than the interfaces have. */
static bool translated(struct op *op, const struct mailcow *mailcow, const char *address)
{
    const char *source =
        mailcow_value(op, mailcow, strchr(address, ':') ? "SNAT6_TO_SOURCE" : "SNAT_TO_SOURCE");

    return source && !text_same(source, "n");
}

/* The address that is ours, or the first one. IPv6 comes first, as it does for the CA. */
static void choose_address(struct look *look, const struct own *own, const struct dns_query *query, int type)
{
    for (size_t i = 0; i < query->answer.answer.count; i++) {
        const struct dns_rr *rr = &query->answer.answer.at[i];

        if (rr->type != type || !rr->text)
            continue;
        if (!look->address || strings_have(&own->addresses, rr->text))
            look->address = rr->text;
        if (strings_have(&own->addresses, rr->text))
            return;
    }
}

static void judge_address(struct op *op, const struct mailcow *mailcow, const struct own *own,
                          struct look *look, const struct dns_query *queries)
{
    choose_address(look, own, &queries[0], DNS_AAAA);
    if (!look->address)
        choose_address(look, own, &queries[1], DNS_A);
    if (!look->address)
        look->reason = queries[0].answered || queries[1].answered
                           ? "it has neither an AAAA nor an A record"
                           : op_text(op, "its address cannot be found: %s", queries[1].failure);
    else if (!mailcow->skip_ip_check && !strings_have(&own->addresses, look->address) &&
             own_can_tell(own, look->address) && !translated(op, mailcow, look->address))
        look->reason = op_text(op,
                               "it leads to %s, which is no address of this machine (SKIP_IP_CHECK=y in "
                               "mailcow.conf would let that pass)",
                               look->address);
}

static bool check_addresses(struct op *op, const struct mailcow *mailcow, const struct own *own,
                            struct look *looks, size_t n)
{
    struct dns_query *queries = op_array(op, 2 * n, struct dns_query);

    for (size_t i = 0; i < n; i++) {
        queries[2 * i] = (struct dns_query){ .name = looks[i].name, .type = DNS_AAAA };
        queries[2 * i + 1] = (struct dns_query){ .name = looks[i].name, .type = DNS_A };
    }
    TRY(resolver_run(op, queries, 2 * n));
    for (size_t i = 0; i < n; i++)
        judge_address(op, mailcow, own, &looks[i], &queries[2 * i]);
    return op_ok(op);
}

/* ---- does it show our files? ---- */

static struct http_request request_for(struct op *op, const struct look *look, const char *token)
{
    const char **headers = op_array(op, 2, const char *);
    bool v6 = strchr(look->address, ':') != NULL;

    headers[0] = op_text(op, "Host: %s", look->name);
    return (struct http_request){ .method = "GET",
                                  .url = op_text(op, "http://%s%s%s/%s/%s", v6 ? "[" : "", look->address,
                                                 v6 ? "]" : "", HTTP01_PATH, token),
                                  .headers = headers,
                                  .plain = true,
                                  .local = true };
}

/* A redirection is followed by the CA (RFC 8555 section 8.3) wherever it leads; that is not ours to judge. */
static const char *judge_answer(struct op *op, const struct http_response *response, const char *token)
{
    if (!response->status)
        return op_text(op, "its web server does not answer: %s", response->failure);
    if (response->status >= 300 && response->status < 400)
        return NULL;
    if (response->status == 200 && text_same(text_trim(op, response->body), token))
        return NULL;
    return op_text(op,
                   "its web server (status %ld) does not show what stands in this mailcow's webroot "
                   "(SKIP_HTTP_VERIFICATION=y in mailcow.conf would let that pass)",
                   response->status);
}

static bool fetch(struct op *op, struct look *looks, size_t n, const char *token)
{
    struct http_request *requests = op_array(op, n, struct http_request);
    struct http_response *responses = op_array(op, n, struct http_response);
    struct look **which = op_array(op, n, struct look *);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        if (looks[i].reason)
            continue;
        requests[count] = request_for(op, &looks[i], token);
        which[count++] = &looks[i];
    }
    TRY(!count || http_run(op, requests, responses, count));
    for (size_t i = 0; i < count; i++)
        which[i]->reason = judge_answer(op, &responses[i], token);
    return op_ok(op);
}

static void take_away(struct op *op, const char *path)
{
    struct op *child = op_child(op);

    child->shielded = true;
    if (!file_remove(child, path))
        op_log(op, LOG_WARN, "%s", child->err.text);
    op_end(child);
}

static bool check_webroot(struct op *op, const struct mailcow *mailcow, struct look *looks, size_t n)
{
    const char *folder = http01_folder(op, mailcow_path(op, mailcow, MAILCOW_WEBROOT));
    const char *token = base64url(op, random_bytes(op, PROBE_BYTES));
    const char *path;

    TRY(op_ok(op));
    path = op_text(op, "%s/%s", folder, token);
    if (file_replace_text(op, path, token, 0644))
        fetch(op, looks, n, token);
    take_away(op, path);
    return op_ok(op);
}

static bool check(struct op *op, const struct mailcow *mailcow, const struct own *own, struct look *looks,
                  size_t n)
{
    if (!n)
        return true;
    op_progress(op, "looking where %zu name%s", n, n == 1 ? " leads" : "s lead");
    return check_addresses(op, mailcow, own, looks, n) &&
           (mailcow->skip_http_verification || check_webroot(op, mailcow, looks, n));
}

/* ---- what becomes of a certificate ---- */

/* The names of the certificate that is there; none when it is due, for then nothing speaks for keeping it. */
static struct strings names_of_fresh(struct op *op, const struct mailcow *mailcow, const char *title)
{
    const char *path = op_text(op, "%s/%s/cert.pem", mailcow_path(op, mailcow, MAILCOW_SSL), title);
    struct op *child = op_child(op);
    const char *pem = file_read_if_there(child, path);
    struct chain chain = pem ? chain_parse(child, pem) : (struct chain){ 0 };
    struct strings names = { 0 };

    if (op_ok(child) && chain.count &&
        renew_at(chain.certs[0].not_before, chain.certs[0].not_after) > op_now(op))
        for (size_t i = 0; i < chain.certs[0].names.count; i++)
            strings_add(op, &names, arena_strdup(op->arena, chain.certs[0].names.at[i]));
    op_end(child);
    return names;
}

static bool all_in(const struct strings *some, const struct strings *all)
{
    for (size_t i = 0; i < some->count; i++)
        if (!strings_have(all, some->at[i]))
            return false;
    return true;
}

/* A name that has joined and can be proved: then there is an order, and what fails would make it fail. */
static bool gains(const struct look *looks, size_t n, const struct strings *fresh)
{
    for (size_t i = 0; i < n; i++)
        if (!looks[i].reason && !strings_have(fresh, looks[i].name))
            return true;
    return false;
}

static void leave_out(struct op *op, struct mailcow_cert *cert, const struct look *looks,
                      const struct strings *fresh)
{
    bool order = !fresh->count || gains(looks, cert->names.count, fresh);
    struct strings names = { 0 };

    for (size_t i = 0; i < cert->names.count; i++) {
        if (!looks[i].reason || (!order && strings_have(fresh, looks[i].name)))
            strings_add(op, &names, looks[i].name);
        else
            op_log(op, LOG_WARN, "%s is left out of the certificate %s: %s", looks[i].name, cert->title,
                   looks[i].reason);
    }
    cert->names = names;
}

/* The names of one certificate, unless it has them all; how many were added to `looks`. */
static size_t to_check(const struct mailcow_cert *cert, const struct strings *fresh, struct look *looks)
{
    if (all_in(&cert->names, fresh))
        return 0;
    for (size_t i = 0; i < cert->names.count; i++)
        looks[i].name = cert->names.at[i];
    return cert->names.count;
}

static bool none_left(struct op *op)
{
    op_fail(op, ERR_PROVIDER, "no name of the server's certificate can be proved by HTTP-01");
    return op_hint(op, "open port 80 to this mailcow, or set ACME_DNS_CHALLENGE=y, which needs no port, or "
                       "SKIP_LETS_ENCRYPT=y to do without a certificate from a CA");
}

/* A certificate of a mail domain that has no name left is not wanted now. */
static bool settle(struct op *op, struct mailcow_certs *certs)
{
    size_t kept = 0;

    if (!certs->at[0].names.count)
        return none_left(op);
    for (size_t i = 0; i < certs->count; i++)
        if (certs->at[i].names.count)
            certs->at[kept++] = certs->at[i];
    certs->count = kept;
    return true;
}

bool mailcow_precheck(struct op *op, const struct mailcow *mailcow, const struct own *own,
                      struct mailcow_certs *certs)
{
    struct strings *fresh = op_array(op, certs->count, struct strings);
    size_t *counts = op_array(op, certs->count, size_t), total = 0;
    struct op *child = op_child(op);
    struct look *looks;

    for (size_t i = 0; i < certs->count; i++) {
        fresh[i] = names_of_fresh(op, mailcow, certs->at[i].title);
        total += certs->at[i].names.count;
    }
    looks = op_array(op, total, struct look);
    total = 0;
    for (size_t i = 0; i < certs->count; i++)
        total += counts[i] = to_check(&certs->at[i], &fresh[i], looks + total);
    check(child, mailcow, own, looks, total);
    for (size_t i = 0; op_ok(child) && i < certs->count; looks += counts[i++])
        if (counts[i])
            leave_out(op, &certs->at[i], looks, &fresh[i]);
    op_adopt(op, child);
    op_end(child);
    return op_ok(op) && settle(op, certs);
}
