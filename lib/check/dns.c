/* Where the TXT records of a certificate go, and whether that part of DNS works. */
#include "check/dns.h"

#include "acme/order.h"
#include "check/delegation.h"
#include "names.h"
#include "net/resolver.h"

/* ---- which places ---- */

static const char *asked_for(struct check *check, const char *base)
{
    const struct policy *policy = &check->policy;
    bool persist = text_same(policy->challenge_type, "dns-persist-01");

    if (policy->domain_alias && !persist)
        return policy->domain_alias;
    if (policy->challenge_alias && !persist)
        return op_text(check->op, CHALLENGE_LABEL ".%s", policy->challenge_alias);
    return op_text(check->op, "%s.%s", persist ? PERSIST_LABEL : CHALLENGE_LABEL, base);
}

static bool known(const struct spot *spots, size_t n, const char *asked)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(spots[i].place.asked, asked))
            return true;
    return false;
}

/* One for each name of a record: a wildcard and its apex have one, and with an alias all have. */
static size_t spots_of(struct check *check, struct spot *spots, const struct strings *names)
{
    size_t count = 0;

    for (size_t i = 0; i < names->count; i++) {
        const char *base = name_base(names->at[i]), *asked = asked_for(check, base);

        if (!name_is_ip(base) && !known(spots, count, asked))
            spots[count++] = (struct spot){ .base = base, .place.asked = asked };
    }
    return count;
}

/* ---- CNAMEs and zones ---- */

/* All at once; where that fails one by one, so that each has its own finding. Those without a place are
 * dropped. */
static size_t find_places(struct check *check, struct spot *spots, size_t n)
{
    struct op *op = check->op;
    struct place *places = op_array(op, n, struct place);
    size_t good = 0;
    bool all;

    for (size_t i = 0; i < n; i++)
        places[i].asked = spots[i].place.asked;
    op_progress(op, "finding the zones");
    all = places_find(op, places, n);
    if (!all && n > 1) {
        op_recover(op);
        op->frames = NULL;
    }
    for (size_t i = 0; i < n && op_alive(op); i++) {
        if (!all && !(places_find(op, &places[i], 1))) {
            check_error(check->findings, op, CHECK_CNAME_LOOP, places[i].asked);
            continue;
        }
        spots[good] = spots[i];
        spots[good++].place = places[i];
    }
    return good;
}

/* The names on the way, as far as the resolver shows them in one answer. */
static const char *chain_of(struct op *op, const struct place *place)
{
    struct dns_query query = { .name = place->asked, .type = DNS_TXT };
    const struct dns_section *answer = &query.answer.answer;
    const char *at = place->asked;
    struct strings chain = { 0 };

    if (!resolver_run(op, &query, 1) || !query.answered)
        return place->fqdn;
    for (size_t i = 0; i < answer->count && chain.count < ZONE_MOST_CNAMES; i++) {
        if (answer->at[i].type != DNS_CNAME || !answer->at[i].text || !text_same(answer->at[i].name, at))
            continue;
        at = answer->at[i].text;
        strings_add(op, &chain, at);
    }
    if (!strings_have(&chain, place->fqdn))
        strings_add(op, &chain, place->fqdn);
    return strings_join(op, &chain, ", then ");
}

static void tell_place(struct check *check, const struct place *place)
{
    struct findings *findings = check->findings;

    if (!text_same(place->asked, place->fqdn))
        finding_add(findings, CHECK_CNAME, place->asked, NULL, "leads to %s", chain_of(check->op, place));
    if (place->zone)
        finding_add(findings, CHECK_ZONE_FOUND, place->fqdn, NULL, "is in the zone %s", place->zone);
    else
        finding_add(
            findings, CHECK_ZONE_MISSING, place->fqdn,
            "check that the name is delegated and the resolver works, or name another with --resolver",
            "its zone cannot be found: %s", place->failure);
}

/* ---- delegation ---- */

static void tell_server(struct check *check, const char *zone, const struct nameserver *server)
{
    static const struct {
        enum finding_code code;
        const char *remedy;
    } words[] = {
        [NAMESERVER_UNKNOWN] = { CHECK_SERVER_UNKNOWN,
                                 "give the name an address, or take the NS record away" },
        [NAMESERVER_LAME] = { CHECK_SERVER_LAME,
                              "set the zone up at this server, or take its NS record away" },
        [NAMESERVER_SILENT] = { CHECK_SERVER_SILENT,
                                "let the server run and answer on port 53, or take its NS record away" },
        [NAMESERVER_NO_ROUTE] = { CHECK_SERVER_NO_ROUTE, NULL },
    };
    const char *title = nameserver_title(check->op, server);

    if (server->state != NAMESERVER_GOOD)
        finding_add(check->findings, words[server->state].code, zone, words[server->state].remedy, "%s: %s",
                    title, server->failure ? server->failure : "it has no address");
    else if (server->tcp_failure)
        finding_add(check->findings, CHECK_SERVER_NO_TCP, zone,
                    "open port 53 for TCP, which longer answers need (RFC 7766)", "%s: %s", title,
                    server->tcp_failure);
}

static bool all_good(const struct nameservers *servers)
{
    for (size_t i = 0; i < servers->count; i++)
        if (servers->at[i].tcp_failure || servers->at[i].state != NAMESERVER_GOOD)
            return false;
    return servers->count > 0;
}

static void tell_servers(struct check *check, const struct nameservers *servers)
{
    struct findings *findings = check->findings;
    bool needed = check->policy.spread.mode == SPREAD_AUTHORITATIVE;

    if (servers->dnssec_broken)
        finding_add(findings, CHECK_DNSSEC_BROKEN, servers->zone,
                    "mend the signatures or the DS record at the registrar (dnsviz.net shows what is wrong)",
                    "DNSSEC validation fails: %s, but an answer without validation",
                    servers->resolver_failure);
    if (!servers->count)
        finding_add(findings, CHECK_SERVERS_NONE, servers->zone,
                    "check the delegation, or that the resolver works; --propagation resolver does without",
                    "no name server can be found: %s",
                    servers->resolver_failure ? servers->resolver_failure : "there is no NS record");
    for (size_t i = 0; i < servers->count; i++)
        tell_server(check, servers->zone, &servers->at[i]);
    if (servers->count && !servers->good)
        finding_add(findings, needed ? CHECK_SERVERS_DEAD : CHECK_SERVERS_NONE, servers->zone,
                    "check the delegation; behind a split view use --resolver and --propagation resolver",
                    "none of its name servers gives a useful answer");
    if (all_good(servers))
        finding_add(findings, CHECK_SERVERS_GOOD, servers->zone, NULL,
                    "%zu name server address%s, all of which answer over UDP and TCP", servers->count,
                    servers->count == 1 ? "" : "es");
}

/* ---- the parent's side ---- */

static struct strings hosts_of(struct op *op, const struct nameservers *servers)
{
    struct strings hosts = { 0 };

    for (size_t i = 0; i < servers->count; i++)
        if (!strings_have(&hosts, servers->at[i].host))
            strings_add(op, &hosts, servers->at[i].host);
    return hosts;
}

static bool check_parent(struct check *check, const struct nameservers *servers)
{
    struct delegation d = { .zone = servers->zone };
    struct strings own = hosts_of(check->op, servers);

    if (!servers->good) /* then there is no way out, or worse to tell */
        return true;
    TRY(delegation_look(check->op, &d));
    if (d.state == DELEGATION_NONE)
        finding_add(
            check->findings, CHECK_DELEGATION_NONE, d.zone,
            "delegate it at the registrar or in the parent zone, unless only your own CA is to see it",
            "the servers of %s know of no such zone", d.parent);
    if (d.state == DELEGATION_KNOWN && !names_same(&d.hosts, &own))
        finding_add(
            check->findings, CHECK_DELEGATION_DIFFERS, d.zone,
            "give both the same NS records: at the registrar (or in the parent zone), and in the zone",
            "%s names %s, the zone itself %s", d.parent, strings_join(check->op, &d.hosts, ", "),
            strings_join(check->op, &own, ", "));
    return true;
}

static const struct nameservers *servers_of(const struct spot *spots, size_t n, const char *zone)
{
    for (size_t i = 0; i < n; i++)
        if (spots[i].servers && text_same(spots[i].servers->zone, zone))
            return spots[i].servers;
    return NULL;
}

static bool check_delegation(struct check *check, struct spot *spots, size_t n)
{
    struct op *op = check->op;

    for (size_t i = 0; i < n; i++) {
        struct nameservers *servers;

        spots[i].servers = spots[i].place.zone ? servers_of(spots, i, spots[i].place.zone) : NULL;
        if (spots[i].servers || !spots[i].place.zone)
            continue;
        op_progress(op, "asking the name servers of %s", spots[i].place.zone);
        servers = op_new(op, struct nameservers);
        servers->zone = spots[i].place.zone;
        TRY(nameservers_look(op, servers));
        tell_servers(check, servers);
        TRY(check_parent(check, servers));
        spots[i].servers = servers;
    }
    return true;
}

/* ---- all of it ---- */

void check_dns(struct check *check)
{
    const struct strings *names = check->proofs_open ? &check->proofs.by_dns : &check->policy.names;
    struct spot *spots = op_array(check->op, names->count, struct spot);
    size_t count = find_places(check, spots, spots_of(check, spots, names));

    for (size_t i = 0; i < count; i++)
        tell_place(check, &spots[i].place);
    if (!count || !op_alive(check->op))
        return;
    if (!check_delegation(check, spots, count)) {
        check_error(check->findings, check->op, CHECK_SERVERS_NONE, check->cert);
        return;
    }
    if (check->proofs_open && check->proofs.dns01.count)
        check_round_trip(check, spots, count);
    else if (check->proofs_open)
        finding_add(check->findings, CHECK_PERSIST, check->cert, "mcacme persist check looks at its record",
                    "proved by %s, whose record stays", check->policy.challenge_type);
}
