/* What the CA says of itself, and what CAA records say of it. */
#include "base/when.h"
#include "caa.h"
#include "check/check_parts.h"
#include "names.h"

#include <string.h>

#define SKEW_NOTED 60   /* seconds */
#define SKEW_MOST  3600 /* then OCSP, tokens and TLS itself begin to fail */
#define MOST_SHORT 25u  /* names that Let's Encrypt takes with these profiles */

/* ---- names ---- */

static bool covered_by(const char *name, const char *wildcard)
{
    const char *dot = strchr(name, '.');

    return name_is_wildcard(wildcard) && !name_is_wildcard(name) && !name_is_ip(name) && dot &&
           text_same(dot + 1, name_base(wildcard));
}

static size_t most_names(const struct policy *policy)
{
    bool lets_encrypt = strstr(policy->directory, ".letsencrypt.org/");
    bool few = text_same(policy->profile, "tlsserver") || text_same(policy->profile, "shortlived");

    return lets_encrypt && few ? MOST_SHORT : NAMES_MOST;
}

void check_names(struct findings *findings, const struct strings *names, const struct policy *policy)
{
    size_t most = most_names(policy);

    for (size_t i = 0; i < names->count; i++)
        for (size_t j = 0; j < names->count; j++)
            if (covered_by(names->at[i], names->at[j]))
                finding_add(findings, CHECK_NAMES_REDUNDANT, names->at[i],
                            "leave the name out, unless software insists on seeing it",
                            "%s covers it already", names->at[j]);
    if (names->count > most)
        finding_add(findings, CHECK_NAMES_MANY, names->at[0],
                    "use a wildcard, several certificates, or another --profile",
                    "%zu names are too many for the profile %s: the CA takes %zu", names->count,
                    policy->profile, most);
}

/* ---- the directory ---- */

static struct strings profiles_of(struct op *op, const struct acme *ca)
{
    struct strings profiles = { 0 };
    const struct json *member;

    for (size_t i = 0; (member = json_each(ca->profiles, "", i)); i++)
        strings_add(op, &profiles, json_name(member));
    return profiles;
}

static void check_profile(struct findings *findings, const struct acme *ca, const struct policy *policy)
{
    struct strings profiles = profiles_of(findings->op, ca);

    if (!policy->profile || !*policy->profile || strings_have(&profiles, policy->profile))
        return;
    finding_add(findings, CHECK_PROFILE_MISSING, policy->profile,
                profiles.count ? op_text(findings->op, "use --profile with one of: %s",
                                         strings_join(findings->op, &profiles, ", "))
                               : "leave out --profile",
                "the CA offers %s", profiles.count ? "other profiles" : "no profiles");
}

/* A skew of 0 is also that of a CA that does not tell the time, which is no reason to worry. */
static void check_clock(struct findings *findings, const struct acme *ca)
{
    int64_t skew = ca->clock_skew < 0 ? -ca->clock_skew : ca->clock_skew;
    const char *way = ca->clock_skew < 0 ? "behind" : "ahead of";
    const char *remedy = "set the clock, and keep it right by NTP (timedatectl set-ntp true)";

    if (skew > SKEW_MOST)
        finding_add(findings, CHECK_CLOCK_WRONG, "clock", remedy, "it is %s %s the CA's",
                    when_span(findings->op, skew), way);
    else if (skew > SKEW_NOTED)
        finding_add(findings, CHECK_CLOCK_SKEWED, "clock", remedy, "it is %lld seconds %s the CA's",
                    (long long)skew, way);
    else
        finding_add(findings, CHECK_CLOCK_GOOD, "clock", NULL, "it agrees with the CA's");
}

void check_directory(struct findings *findings, const struct acme *ca, const struct policy *policy,
                     const char *account)
{
    finding_add(findings, CHECK_CA_GOOD, ca->host, NULL, "its directory was read%s",
                account ? "; we have an account there" : "; the first issue makes an account");
    if (ca->eab_required && !account && !policy->eab_kid)
        finding_add(findings, CHECK_BINDING_MISSING, ca->host,
                    "get a key id and a key from the CA, and give --eab-kid and --eab-hmac-key-file",
                    "the CA makes accounts only with an external account binding");
    check_profile(findings, ca, policy);
    check_clock(findings, ca);
}

void check_ca(struct check *check, struct desk *desk)
{
    struct op *op = check->op;
    struct account account = { 0 };

    op_progress(op, "reading the CA's directory");
    if (!desk_reach(desk, op, &check->policy)) {
        check_error(check->findings, op, CHECK_CA_UNREACHABLE, check->policy.directory);
        return;
    }
    account_load(op, check->run->store, check->policy.directory, &account);
    check->ca = desk->ca;
    check->account = account.kid;
    if (!check_error(check->findings, op, CHECK_STATE_BROKEN, check->policy.directory))
        check_directory(check->findings, desk->ca, &check->policy, account.kid);
}

/* ---- CAA ---- */

/* By what each name is going to be proved; NULL where that cannot be told. */
static const char *const *types_of(struct check *check)
{
    const struct strings *names = &check->policy.names;
    const char **types = op_array(check->op, names->count, const char *);

    for (size_t i = 0; check->proofs_open && i < names->count; i++)
        types[i] = check->proofs.solver.type_for(&check->proofs.solver, names->at[i]);
    return types;
}

static const char *remedy_for(struct check *check, const char *name, const struct caa_verdict *verdict)
{
    const char *tag = name_is_wildcard(name) ? "issuewild" : "issue";

    if (verdict->named)
        return op_text(check->op, "change the parameters of the record at %s, or add one for us",
                       verdict->owner);
    if (!check->ca || !check->ca->caa_identities.count)
        return "add a CAA record that names the CA, or use another CA";
    return op_text(check->op, "add the record: CAA 0 %s \"%s\", or use another CA", tag,
                   check->ca->caa_identities.at[0]);
}

static void tell_verdict(struct check *check, const char *name, const struct caa_verdict *verdict)
{
    struct findings *findings = check->findings;

    switch (verdict->state) {
    case CAA_ALLOWED:
        if (verdict->text)
            finding_add(findings, CHECK_CAA_UNCLEAR, name, NULL, "the CAA records of %s let the CA issue %s",
                        verdict->owner, verdict->text);
        return;
    case CAA_FORBIDDEN:
        finding_add(findings, CHECK_CAA_FORBIDS, name, remedy_for(check, name, verdict), "%s", verdict->text);
        return;
    case CAA_UNANSWERED:
        finding_add(findings, CHECK_CAA_UNANSWERED, name,
                    "see that the name servers answer questions for CAA, be it with nothing", "%s",
                    verdict->text);
        return;
    case CAA_UNCLEAR:
        finding_add(findings, CHECK_CAA_UNCLEAR, name, NULL, "%s", verdict->text);
        return;
    }
}

void check_caa(struct check *check)
{
    const struct strings none = { 0 }, *names = &check->policy.names;
    const struct caa_wants wants = { names, types_of(check), check->ca ? &check->ca->caa_identities : &none,
                                     check->account };
    struct caa_verdict *verdicts = op_array(check->op, names->count, struct caa_verdict);
    size_t good = 0;

    op_progress(check->op, "looking at the CAA records");
    if (!caa_check(check->op, &wants, verdicts)) {
        check_error(check->findings, check->op, CHECK_CAA_UNANSWERED, names->at[0]);
        return;
    }
    for (size_t i = 0; i < names->count; i++) {
        good += verdicts[i].state == CAA_ALLOWED && !verdicts[i].text;
        tell_verdict(check, names->at[i], &verdicts[i]);
    }
    if (good)
        finding_add(check->findings, CHECK_CAA_GOOD, good == 1 && names->count == 1 ? names->at[0] : "CAA",
                    NULL, "the CA may issue for %zu of %zu name%s", good, names->count,
                    names->count == 1 ? "" : "s");
}
