/* The checks that stand between an answer of the CA and the disk. */
#include "base/op.h"
#include "base/when.h"
#include "crypto/cert.h"

#include <arpa/inet.h>

#define NAMES_SHOWN 10u /* in an error text: a certificate may hold thousands */

#define refuse(op, ...) op_fail(op, ERR_UNTRUSTED, __VA_ARGS__)

/* A name as certificates are read into struct cert: lower case, IP addresses in their one canonical text. */
static const char *canonical(struct op *op, const char *name)
{
    uint8_t ip[sizeof(struct in6_addr)];
    char text[INET6_ADDRSTRLEN];

    if (inet_pton(AF_INET, name, ip) == 1)
        return text_dup(op, inet_ntop(AF_INET, ip, text, sizeof text));
    if (inet_pton(AF_INET6, name, ip) == 1)
        return text_dup(op, inet_ntop(AF_INET6, ip, text, sizeof text));
    return text_lower(op, name);
}

/* The items that the other list lacks, as words; NULL when there are none. */
static const char *missing(struct op *op, const struct strings *items, const struct strings *other)
{
    struct strings list = { 0 };
    size_t more = 0;

    for (size_t i = 0; i < items->count; i++) {
        if (strings_have(other, items->at[i]) || strings_have(&list, items->at[i]))
            continue;
        if (list.count < NAMES_SHOWN)
            strings_add(op, &list, items->at[i]);
        else
            more++;
    }
    if (!list.count)
        return NULL;
    return op_text(op, more ? "%s and %zu more" : "%s", strings_join(op, &list, ", "), more);
}

static bool check_names(struct op *op, const struct cert *leaf, const struct strings *wanted)
{
    struct text why = text_begin(op->arena);
    struct strings asked = { 0 };
    const char *lacks, *extra;

    for (size_t i = 0; i < wanted->count; i++)
        strings_add(op, &asked, canonical(op, wanted->at[i]));
    lacks = missing(op, &asked, &leaf->names);
    extra = missing(op, &leaf->names, &asked);
    if (!lacks && !extra)
        return true;
    if (lacks)
        text_add(&why, "it lacks %s%s", lacks, extra ? ", " : "");
    if (extra)
        text_add(&why, "it has %s, which was not asked for", extra);
    return refuse(op, "the certificate is for other names: %s", why.data);
}

static bool check_dates(struct op *op, const struct cert *cert, int64_t now)
{
    const char *from = when_print(op, cert->not_before), *until = when_print(op, cert->not_after);

    if (cert->not_after <= cert->not_before)
        return refuse(op, "valid from %s until %s, which is never", from, until);
    if (cert->not_before > now + CHAIN_CLOCK_SKEW)
        refuse(op, "valid only from %s on, and now it is %s", from, when_print(op, now));
    else if (cert->not_after <= now)
        refuse(op, "expired at %s, and now it is %s", until, when_print(op, now));
    else
        return true;
    return op_hint(op, "check the clock of this machine");
}

static bool check_leaf(struct op *op, const struct cert *leaf, const struct chain_wants *wants)
{
    if (!bytes_same(leaf->spki, wants->spki))
        return refuse(op, "the certificate is for another key, not the one of our request");
    if (leaf->is_ca)
        return refuse(op, "the first certificate is one of a CA, not ours");
    return check_names(op, leaf, wants->names);
}

/* Whether the next certificate made this one. Roots that end a chain are not asked who made them. */
static bool check_link(struct op *op, const struct cert *cert, const struct cert *issuer)
{
    if (!bytes_same(cert->issuer, issuer->subject))
        return refuse(op, "its issuer is \"%s\", but the next certificate is that of \"%s\"", cert->issuer_cn,
                      issuer->subject_cn);
    if (!issuer->is_ca)
        return refuse(op, "its issuer \"%s\" is not a CA", issuer->subject_cn);
    if (!key_verify(op, issuer->spki, cert->algorithm, cert->tbs, cert->signature))
        return refuse(op, "the signature does not verify by the key of \"%s\"", issuer->subject_cn);
    return true;
}

static bool check_all(struct op *op, const struct chain *chain, const struct chain_wants *wants)
{
    if (!chain->count)
        return refuse(op, "it is empty");
    TRY(check_leaf(op, &chain->certs[0], wants));
    for (size_t i = 0; i < chain->count; i++) {
        op_enter(op, "certificate %zu", i + 1);
        TRY(check_dates(op, &chain->certs[i], wants->now));
        TRY(i + 1 == chain->count || check_link(op, &chain->certs[i], &chain->certs[i + 1]));
        op_leave(op);
    }
    return true;
}

bool chain_check(struct op *op, const struct chain *chain, const struct chain_wants *wants)
{
    TRY(op_ok(op));
    op_enter(op, "checking the certificate chain");
    TRY(check_all(op, chain, wants));
    op_leave(op);
    return true;
}
