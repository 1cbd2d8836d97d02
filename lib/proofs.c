#include "proofs.h"

#include "config/credentials.h"
#include "names.h"
#include "net/httpd.h"
#include "net/tlsd.h"

#include <string.h>

/*
 * "PROVIDER[:ZONE,...]", or the name of a section, whose zones "NAME:ZONE" replaces. Without `credentials` it
 * is good for nothing but its zones.
 */
static struct instance *instance_of(struct op *op, const struct conf *conf, const char *text,
                                    const struct credentials *credentials)
{
    const char *colon = strchr(text, ':');
    const char *name = text_trim(op, text_cut(op, text, strcspn(text, ":")));
    const struct conf_dns *section = conf_dns(conf, name);

    if (!section)
        return instance_parse(op, text, credentials);
    if (credentials && section->credentials && !(credentials = credentials_open(op, section->credentials)))
        return NULL;
    return instance_make(op, name, section->provider, colon ? colon + 1 : section->zones, credentials);
}

bool proofs_instances(struct op *op, const struct settings *settings, const struct conf *conf,
                      struct instance ***instances, size_t *count)
{
    const struct strings *dns = &settings->at[OPT_DNS];
    const struct credentials *credentials;

    *count = 0;
    if (!dns->count)
        return op_ok(op);
    credentials = credentials_open(op, setting(settings, OPT_CREDENTIALS));
    TRY(credentials);
    *instances = op_array(op, dns->count, struct instance *);
    for (; *count < dns->count; (*count)++) {
        struct instance *instance = instance_of(op, conf, dns->at[*count], credentials);

        TRY(instance && instance_check(op, instance));
        (*instances)[*count] = instance;
    }
    return true;
}

void instances_close(struct op *op, struct instance *const *instances, size_t count)
{
    for (size_t i = 0; i < count; i++)
        instance_close(op, instances[i]);
}

/* ---- which name goes which way ---- */

/* An alias is the user's word that the records are to be found there, for all names. */
static bool dns_covers(struct op *op, const struct proofs *proofs, const char *name)
{
    struct op *child;
    bool covers;

    if (!proofs->dns || name_is_ip(name))
        return false;
    if (!proofs->cover_count || proofs->dns01.challenge_alias || proofs->dns01.domain_alias)
        return true;
    child = op_child(op);
    covers = instance_for(child, proofs->covers, proofs->cover_count,
                          op_text(child, "_acme-challenge.%s", name_base(name))) != NULL;
    op_end(child);
    return covers;
}

/* Where there is only one way, it is told by that way's own words why it does not lead anywhere. */
static bool choose(struct op *op, struct proofs *proofs, const char *name)
{
    bool by_dns = !proofs->other || dns_covers(op, proofs, name);

    if (by_dns)
        strings_add(op, &proofs->by_dns, name);
    if (by_dns || !name_is_wildcard(name))
        return true;
    op_fail(op, ERR_USAGE, "%s is a wildcard, which only DNS can prove", name);
    return op_hint(op, "add --dns PROVIDER (mcacme providers lists them)");
}

static const char *type_for(struct solver *solver, const char *name)
{
    const struct proofs *proofs = (const struct proofs *)solver;

    return strings_have(&proofs->by_dns, name) ? proofs->dns_type
                                               : proofs->other->type_for(proofs->other, name);
}

/* ---- all ways as one ---- */

/* The share of one solver, in an array of its own. */
static bool publish_share(struct op *op, struct solver *part, const char *type,
                          const struct challenge *const *challenges, size_t n, bool *taken)
{
    const struct challenge **share = op_array(op, n, const struct challenge *);
    bool *share_taken = op_array(op, n, bool);
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        if (text_same(challenges[i]->type, type))
            share[count++] = challenges[i];
    TRY(!count || part->publish(part, op, share, count, share_taken));
    for (size_t i = 0, at = 0; i < n; i++)
        if (text_same(challenges[i]->type, type))
            taken[i] = share_taken[at++];
    return op_ok(op);
}

/* DNS comes last: it waits until the records are seen. */
static bool publish(struct solver *solver, struct op *op, const struct challenge *const *challenges, size_t n,
                    bool *taken)
{
    struct proofs *proofs = (struct proofs *)solver;

    return publish_share(op, &proofs->http01.solver, "http-01", challenges, n, taken) &&
           publish_share(op, &proofs->tlsalpn01.solver, "tls-alpn-01", challenges, n, taken) &&
           (!proofs->dns || publish_share(op, proofs->dns, proofs->dns_type, challenges, n, taken));
}

bool proofs_withdraw(struct op *op, struct proofs *proofs)
{
    struct solver *const parts[] = { &proofs->http01.solver, &proofs->tlsalpn01.solver,
                                     &proofs->dns01.solver };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct op *child = op_child(op);

        parts[i]->withdraw(parts[i], child);
        op_adopt(op, child);
        op_end(child);
    }
    return op_ok(op);
}

static bool withdraw(struct solver *solver, struct op *op)
{
    return proofs_withdraw(op, (struct proofs *)solver);
}

/* Where to listen; NULL: not at all. An option without its value says "yes". */
static const char *listen_address(const struct settings *settings, enum option_id option,
                                  const char *otherwise)
{
    const char *value = setting(settings, option);
    bool on = true;

    if (!value || !*value || (switch_read(value, &on) && !on))
        return NULL;
    return switch_read(value, &on) ? otherwise : value;
}

static bool check_address(struct op *op, const char *option, const char *listen,
                          bool (*readable)(struct op *op, const char *listen))
{
    op_enter(op, "%s", option);
    TRY(!listen || readable(op, listen));
    op_leave(op);
    return true;
}

/* One way for the names that DNS does not prove: nothing would tell which of them goes by which of two. */
static bool read_other(struct op *op, const struct settings *settings, struct proofs *proofs)
{
    const char *webroot = setting(settings, OPT_WEBROOT);
    struct http01 *http01 = &proofs->http01;
    struct tlsalpn01 *tlsalpn01 = &proofs->tlsalpn01;

    http01->webroot = webroot && *webroot ? webroot : NULL;
    http01->listen = listen_address(settings, OPT_STANDALONE, ":80");
    tlsalpn01->listen = listen_address(settings, OPT_TLS_ALPN, ":443");
    if (http01->webroot && http01->listen)
        return op_fail(op, ERR_USAGE, "either --webroot or --standalone, not both");
    if ((http01->webroot || http01->listen) && tlsalpn01->listen)
        return op_fail(op, ERR_USAGE, "either --tls-alpn or %s, not both",
                       http01->webroot ? "--webroot" : "--standalone");
    TRY(check_address(op, "--standalone", http01->listen, httpd_address_ok) &&
        check_address(op, "--tls-alpn", tlsalpn01->listen, tlsd_address_ok));
    if (http01->webroot || http01->listen)
        proofs->other = &http01->solver;
    else if (tlsalpn01->listen)
        proofs->other = &tlsalpn01->solver;
    return true;
}

/* dns-persist-01 needs nobody's credentials, nor any provider: --dns only limits it to zones there. */
static bool read_dns(struct op *op, const struct settings *settings, const struct conf *conf,
                     struct proofs *proofs)
{
    const struct strings *dns = &settings->at[OPT_DNS];

    if (!text_same(proofs->dns_type, "dns-persist-01")) {
        TRY(proofs_instances(op, settings, conf, &proofs->dns01.instances, &proofs->dns01.count));
        proofs->dns = proofs->dns01.count ? &proofs->dns01.solver : NULL;
        proofs->covers = proofs->dns01.instances;
        proofs->cover_count = proofs->dns01.count;
        return true;
    }
    proofs->dns = &proofs->persist01.solver;
    proofs->covers = op_array(op, dns->count, struct instance *);
    for (; proofs->cover_count < dns->count; proofs->cover_count++) {
        struct instance *instance = instance_of(op, conf, dns->at[proofs->cover_count], NULL);

        TRY(instance);
        proofs->covers[proofs->cover_count] = instance;
    }
    return true;
}

bool proofs_open(struct op *op, const struct settings *settings, const struct conf *conf,
                 const struct policy *policy, struct proofs *proofs)
{
    proofs->dns01.spread = proofs->persist01.spread = policy->spread;
    proofs->dns_type = policy->challenge_type;
    proofs->dns01.challenge_alias = policy->challenge_alias;
    proofs->dns01.domain_alias = policy->domain_alias;
    dns01_solver(&proofs->dns01);
    persist01_solver(&proofs->persist01);
    http01_solver(&proofs->http01);
    tlsalpn01_solver(&proofs->tlsalpn01);
    proofs->solver = (struct solver){ .type_for = type_for, .publish = publish, .withdraw = withdraw };
    TRY(read_other(op, settings, proofs) && read_dns(op, settings, conf, proofs));
    if (!proofs->dns && !proofs->other) {
        op_fail(op, ERR_USAGE, "no way to prove the names is given");
        return op_hint(op, "add --dns PROVIDER (mcacme providers lists them), --webroot DIR, --standalone or "
                           "--tls-alpn");
    }
    for (size_t i = 0; i < policy->names.count; i++)
        TRY(choose(op, proofs, policy->names.at[i]));
    return op_ok(op);
}
