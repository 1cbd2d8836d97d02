#include "mailcow/certs.h"

#include "names.h"

#include <stdlib.h>
#include <string.h>

#define MTA_STS "mta-sts" /* RFC 8461 section 3.3 fixes the label */

struct strings mailcow_labels(struct op *op, const struct mailcow *mailcow)
{
    static const char *const automatic[] = { "autodiscover", "autoconfig", MTA_STS };
    struct strings labels = { 0 };

    for (size_t i = 0; !mailcow->only_hostname && i < mailcow->patterns.count; i++)
        strings_add(op, &labels, mailcow->patterns.at[i]);
    for (size_t i = 0; !mailcow->only_hostname && mailcow->autodiscover && i < 3; i++)
        if (!strings_have(&labels, automatic[i]))
            strings_add(op, &labels, automatic[i]);
    return labels;
}

struct mail_domain *mail_domain_of(struct op *op, struct mail_domains *domains, const char *name)
{
    for (size_t i = 0; i < domains->count; i++)
        if (text_same(domains->at[i].name, name))
            return &domains->at[i];
    if (domains->count == domains->room) {
        size_t room = domains->room ? 2 * domains->room : 8;
        struct mail_domain *bigger = op_array(op, room, struct mail_domain);

        if (domains->count)
            memcpy(bigger, domains->at, domains->count * sizeof *bigger);
        domains->at = bigger;
        domains->room = room;
    }
    domains->at[domains->count].name = name;
    return &domains->at[domains->count++];
}

void mailcow_domain_add(struct op *op, const struct mailcow *mailcow, struct mail_domains *domains,
                        const char *name, bool alias, bool mta_sts)
{
    struct strings labels = mailcow_labels(op, mailcow);
    struct mail_domain *domain = mail_domain_of(op, domains, name);

    for (size_t i = 0; i < labels.count; i++) {
        bool policy = text_same(labels.at[i], MTA_STS);
        bool wanted = policy ? mta_sts || strings_have(&mailcow->patterns, MTA_STS) : !alias;

        if (wanted && !strings_have(&domain->labels, labels.at[i]))
            strings_add(op, &domain->labels, labels.at[i]);
    }
}

/*
 * A wildcard among the SANs that makes the name needless: it stands for exactly one label (RFC 6125 6.4.3).
 */
static bool covered(const struct mailcow *mailcow, const char *name)
{
    const char *dot = strchr(name, '.');

    for (size_t i = 0; dot && !name_is_wildcard(name) && i < mailcow->sans.count; i++)
        if (name_is_wildcard(mailcow->sans.at[i]) && text_same(mailcow->sans.at[i] + 1, dot))
            return true;
    return false;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_from(struct strings *names, size_t first)
{
    if (names->count > first)
        qsort(names->at + first, names->count - first, sizeof *names->at, by_bytes);
}

static void add_new(struct op *op, struct strings *names, const char *name)
{
    if (!strings_have(names, name))
        strings_add(op, names, name);
}

/* What a mail domain needs beyond the host name and the wildcards. */
static struct strings names_of_domain(struct op *op, const struct mailcow *mailcow,
                                      const struct mail_domain *domain)
{
    struct strings names = { 0 };

    for (size_t i = 0; i < domain->labels.count; i++) {
        const char *name = op_text(op, "%s.%s", domain->labels.at[i], domain->name);

        if (!text_same(name, mailcow->hostname) && !covered(mailcow, name))
            add_new(op, &names, name);
    }
    return names;
}

/* The host name, then all others sorted; a name that a wildcard covers is one that CAs refuse beside it. */
static struct strings server_names(struct op *op, const struct mailcow *mailcow,
                                   const struct mail_domains *domains)
{
    struct strings names = { 0 };
    size_t sorted;

    if (mailcow->only_hostname || !covered(mailcow, mailcow->hostname))
        strings_add(op, &names, mailcow->hostname);
    sorted = names.count;
    for (size_t i = 0; !mailcow->only_hostname && i < mailcow->sans.count; i++)
        if (!text_same(mailcow->sans.at[i], mailcow->hostname) && !covered(mailcow, mailcow->sans.at[i]))
            add_new(op, &names, mailcow->sans.at[i]);
    for (size_t i = 0; !mailcow->sni && i < domains->count; i++) {
        struct strings more = names_of_domain(op, mailcow, &domains->at[i]);

        for (size_t j = 0; j < more.count; j++)
            add_new(op, &names, more.at[j]);
    }
    sort_from(&names, sorted);
    return names;
}

static struct mailcow_cert *titled(struct mailcow_certs *certs, const char *title)
{
    for (size_t i = 0; i < certs->count; i++)
        if (text_same(certs->at[i].title, title))
            return &certs->at[i];
    return NULL;
}

/* A certificate of its own; where its folder would be another one's, the names join that one. */
static void add_cert(struct op *op, struct mailcow_certs *certs, const struct strings *names)
{
    struct mailcow_cert *same;

    if (!names->count)
        return;
    same = titled(certs, names_title(names));
    for (size_t i = 0; same && i < names->count; i++)
        add_new(op, &same->names, names->at[i]);
    if (!same)
        certs->at[certs->count++] = (struct mailcow_cert){ names_title(names), *names };
}

/* The first name stays first, the others are sorted. What the server's certificate has is left out. */
static void add_domain_cert(struct op *op, const struct mailcow *mailcow, const struct mail_domain *domain,
                            struct mailcow_certs *certs)
{
    struct strings all = names_of_domain(op, mailcow, domain), names = { 0 };

    sort_from(&all, 1);
    for (size_t i = 0; i < all.count; i++)
        if (!strings_have(&certs->at[0].names, all.at[i]))
            strings_add(op, &names, all.at[i]);
    add_cert(op, certs, &names);
}

static bool not_too_many(struct op *op, const struct mailcow *mailcow, const struct mailcow_cert *cert)
{
    if (cert->names.count <= NAMES_MOST)
        return true;
    op_fail(op, ERR_CONFIG, "the certificate %s would have %zu names, and CAs take %u", cert->title,
            cert->names.count, NAMES_MOST);
    return op_hint(
        op, mailcow->sni ? "shorten ADDITIONAL_SAN, or use wildcards there with ACME_DNS_CHALLENGE=y"
                         : "set ENABLE_SSL_SNI=y in mailcow.conf: each mail domain then has a certificate of "
                           "its own; or use wildcards in ADDITIONAL_SAN with ACME_DNS_CHALLENGE=y");
}

/* People expect of *.example.com that it is good for example.com as well. */
static void hint_apex(struct op *op, const struct mailcow *mailcow)
{
    for (size_t i = 0; !mailcow->only_hostname && i < mailcow->sans.count; i++) {
        const char *apex = name_base(mailcow->sans.at[i]);

        if (name_is_wildcard(mailcow->sans.at[i]) && !strings_have(&mailcow->sans, apex) &&
            !text_same(apex, mailcow->hostname) && !covered(mailcow, apex))
            op_log(op, mailcow->advice,
                   "%s does not cover %s itself: add %s to ADDITIONAL_SAN if it is needed",
                   mailcow->sans.at[i], apex, apex);
    }
}

bool mailcow_certs(struct op *op, const struct mailcow *mailcow, const struct mail_domains *domains,
                   struct mailcow_certs *certs)
{
    struct strings server = server_names(op, mailcow, domains);

    *certs = (struct mailcow_certs){ .at = op_array(op, domains->count + 1, struct mailcow_cert) };
    add_cert(op, certs, &server);
    for (size_t i = 0; mailcow->sni && i < domains->count; i++)
        add_domain_cert(op, mailcow, &domains->at[i], certs);
    for (size_t i = 0; i < certs->count; i++)
        TRY(not_too_many(op, mailcow, &certs->at[i]));
    hint_apex(op, mailcow);
    return op_ok(op);
}
