#include "caa.h"

#include "names.h"
#include "net/resolver.h"

#include <string.h>

/* ---- the value of issue and issuewild (RFC 8659 section 4.2) ---- */

#define BLANKS "\t "
#define ALNUM  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

struct issuer {
    const char *name;      /* "" forbids all */
    const char *account;   /* of accounturi, NULL: any */
    const char *methods;   /* of validationmethods, NULL: any */
    bool malformed, twice; /* twice: a parameter of RFC 8657, which then can be satisfied by nobody */
};

static void set_parameter(struct issuer *issuer, const char **at, const char *value)
{
    issuer->twice = issuer->twice || *at;
    *at = value;
}

/* tag "=" value, where the value is of visible characters (a ';' has ended it before). */
static void take_parameter(struct op *op, const char *text, struct issuer *issuer)
{
    size_t tag = strspn(text, ALNUM "-");
    const char *equals = text + tag + strspn(text + tag, BLANKS), *name, *value;

    if (!tag || *text == '-' || *equals != '=') {
        issuer->malformed = true;
        return;
    }
    name = text_cut(op, text, tag);
    value = text_trim(op, equals + 1);
    for (const char *c = value; *c; c++)
        issuer->malformed = issuer->malformed || *c <= ' ' || *c > '~';
    if (text_same_nocase(name, "accounturi"))
        set_parameter(issuer, &issuer->account, value);
    else if (text_same_nocase(name, "validationmethods"))
        set_parameter(issuer, &issuer->methods, value);
}

static bool domain_ok(const char *name)
{
    for (const char *label = name;; label++) {
        size_t length = strspn(label, ALNUM "-_");

        if (!length || *label == '-' || label[length - 1] == '-')
            return false;
        label += length;
        if (*label != '.')
            return !*label;
    }
}

/* What does not fit the grammar lets nobody issue, as an empty name does. */
static struct issuer issuer_parse(struct op *op, const char *value)
{
    struct issuer issuer = { 0 };
    size_t name = strcspn(value, ";");

    issuer.name = text_lower(op, text_trim(op, text_cut(op, value, name)));
    if (*issuer.name && !domain_ok(issuer.name))
        issuer.malformed = true;
    for (const char *at = value + name; *at; at += strcspn(at, ";")) {
        const char *text = text_trim(op, text_cut(op, at + 1, strcspn(at + 1, ";")));

        at++;
        if (*text)
            take_parameter(op, text, &issuer);
    }
    return issuer;
}

/* ---- who may ---- */

struct wish {
    struct op *op;
    const struct caa_answer *answer;
    const struct strings *identities;
    const char *account, *type;
    struct strings others; /* whom records name */
    const char *almost;    /* why a record that names the CA does not help */
    const char *hangs_on;  /* what the permission hangs on */
    bool allowed;
};

/* Lists of words with commas; nothing in them is an empty list that no method is in. */
static bool method_in(struct op *op, const char *methods, const char *type)
{
    struct strings list = text_split(op, methods, ",");

    for (size_t i = 0; i < list.count; i++)
        if (text_same_nocase(list.at[i], type))
            return true;
    return false;
}

/* The record names the CA: whether it also means this account and this way of proof (RFC 8657). */
static void try_issuer(struct wish *wish, const struct issuer *issuer)
{
    struct op *op = wish->op;

    if (issuer->twice)
        wish->almost = "the record names the CA, but has a parameter twice, which nobody can satisfy";
    else if (issuer->methods && wish->type && !method_in(op, issuer->methods, wish->type))
        wish->almost = op_text(op, "only for the validation methods \"%s\", and the name is proved by %s",
                               issuer->methods, wish->type);
    else if (issuer->account && wish->account && !text_same(issuer->account, wish->account))
        wish->almost = op_text(op, "only for the account %s, and ours is %s", issuer->account, wish->account);
    else {
        if (issuer->account && !wish->account)
            wish->hangs_on =
                op_text(op, "only for the account %s, and ours is not known yet", issuer->account);
        else if (issuer->methods && !wish->type)
            wish->hangs_on = op_text(op, "only for the validation methods \"%s\"", issuer->methods);
        else
            wish->hangs_on = NULL;
        wish->allowed = true;
    }
}

static void try_property(struct wish *wish, const char *value)
{
    struct issuer issuer = issuer_parse(wish->op, value);

    if (issuer.malformed || !*issuer.name)
        return;
    if (strings_have(wish->identities, issuer.name))
        try_issuer(wish, &issuer);
    else if (!strings_have(&wish->others, issuer.name))
        strings_add(wish->op, &wish->others, issuer.name);
}

static bool has_tag(const struct caa_answer *answer, const char *tag)
{
    for (size_t i = 0; i < answer->count; i++)
        if (text_same_nocase(answer->properties[i].tag, tag))
            return true;
    return false;
}

static bool one_of(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_same_nocase(word, words[i]))
            return true;
    return false;
}

/* Critical properties that a CA does not know forbid (RFC 8659 section 4.1); of some we cannot tell. */
static bool judge_critical(struct op *op, const struct caa_answer *answer, struct caa_verdict *verdict)
{
    static const char *const known[] = { "issue", "issuewild", "iodef", "issuemail" };
    static const char *const perhaps[] = { "contactemail", "contactphone", "issuevmc" };

    for (size_t i = 0; i < answer->count; i++) {
        const char *tag = answer->properties[i].tag;

        if (!answer->properties[i].critical || one_of(tag, known, sizeof known / sizeof *known))
            continue;
        if (one_of(tag, perhaps, sizeof perhaps / sizeof *perhaps)) {
            verdict->state = CAA_UNCLEAR;
            verdict->text = op_text(op, "the record \"%s\" of %s is critical, which not every CA knows", tag,
                                    answer->owner);
            continue;
        }
        verdict->state = CAA_FORBIDDEN;
        verdict->text = op_text(op, "the record \"%s\" of %s is critical, and no CA knows it",
                                text_printable(op, tag, 100), answer->owner);
        return true;
    }
    return verdict->state != CAA_ALLOWED;
}

static struct caa_verdict forbidden(struct wish *wish, const char *tag)
{
    struct op *op = wish->op;
    const char *owner = wish->answer->owner;
    struct caa_verdict verdict = { CAA_FORBIDDEN, owner, wish->almost != NULL, NULL };

    if (wish->almost)
        verdict.text = op_text(op, "the %s records of %s let the CA issue %s", tag, owner, wish->almost);
    else if (!wish->others.count)
        verdict.text = op_text(op, "the %s records of %s let nobody issue", tag, owner);
    else if (!wish->identities->count) {
        verdict.state = CAA_UNCLEAR;
        verdict.text =
            op_text(op, "the %s records of %s let only %s issue, and the CA does not tell its names", tag,
                    owner, strings_join(op, &wish->others, ", "));
    } else
        verdict.text =
            op_text(op, "the %s records of %s let only %s issue, and the CA is %s", tag, owner,
                    strings_join(op, &wish->others, ", "), strings_join(op, wish->identities, " or "));
    return verdict;
}

struct caa_verdict caa_judge(struct op *op, const struct caa_answer *answer, bool wildcard,
                             const struct strings *identities, const char *account, const char *type)
{
    struct wish wish = { op, answer, identities, account, type, { 0 }, NULL, NULL, false };
    const char *tag = wildcard && has_tag(answer, "issuewild") ? "issuewild" : "issue";
    struct caa_verdict verdict = { CAA_ALLOWED, answer->owner, false, NULL };

    if (answer->failure) {
        verdict.state = CAA_UNANSWERED;
        verdict.text =
            op_text(op, "the CAA records of %s cannot be asked for: %s", answer->owner, answer->failure);
        return verdict;
    }
    if (judge_critical(op, answer, &verdict) || !has_tag(answer, tag))
        return verdict;
    for (size_t i = 0; i < answer->count && !(wish.allowed && !wish.hangs_on); i++)
        if (text_same_nocase(answer->properties[i].tag, tag))
            try_property(&wish, answer->properties[i].value);
    if (!wish.allowed)
        return forbidden(&wish, tag);
    verdict.text = wish.hangs_on;
    return verdict;
}

/* ---- asking ---- */

bool caa_property_parse(struct op *op, const char *text, struct caa_property *property)
{
    size_t flags = strcspn(text, " ");
    size_t tag = text[flags] ? strcspn(text + flags + 1, " ") : 0;
    int64_t number;

    if (!tag || !text[flags + 1 + tag] || !text_number(text_cut(op, text, flags), 0, 255, &number))
        return false;
    *property = (struct caa_property){ number & 128, text_cut(op, text + flags + 1, tag),
                                       text_dup(op, text + flags + 1 + tag + 1) };
    return true;
}

/* Where the CNAMEs of an answer lead; the resolver has followed them. */
static const char *end_of_chain(const struct dns_section *answer, const char *name)
{
    unsigned hops = 0;
    size_t i = 0;

    while (i < answer->count && hops < CAA_MOST_CNAMES) {
        const struct dns_rr *rr = &answer->at[i++];

        if (rr->type != DNS_CNAME || !rr->text || !text_same_nocase(rr->name, name))
            continue;
        name = rr->text;
        hops++;
        i = 0;
    }
    return name;
}

/* The CAA records that an answer has; their owner is the name where they stand. */
static void take_records(struct op *op, const struct dns_query *query, struct caa_answer *answer)
{
    const struct dns_section *records = &query->answer.answer;
    const char *end = end_of_chain(records, query->name);

    answer->properties = op_array(op, records->count, struct caa_property);
    for (size_t i = 0; i < records->count; i++)
        if (records->at[i].type == DNS_CAA && records->at[i].text &&
            text_same_nocase(records->at[i].name, end))
            answer->count += caa_property_parse(op, records->at[i].text, &answer->properties[answer->count]);
    if (answer->count)
        answer->owner = end;
}

static const struct dns_query *find_query(const struct dns_query *queries, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (text_same(queries[i].name, name))
            return &queries[i];
    return NULL;
}

/* The name, and those above it, in the order in which they count. */
static struct caa_answer climb(struct op *op, const struct dns_query *queries, size_t n, const char *name)
{
    struct caa_answer answer = { 0 };

    for (; name && *name && !answer.count; name = dns_parent(name)) {
        const struct dns_query *query = find_query(queries, n, name);

        if (!query || !query->answered) {
            answer.owner = name;
            answer.failure = query ? query->failure : "it was not asked for";
            return answer;
        }
        take_records(op, query, &answer);
    }
    return answer;
}

/* One question a name, though many names have it above them. */
static struct dns_query *questions(struct op *op, const struct strings *names, size_t *count)
{
    size_t most = 0;
    struct dns_query *queries;

    for (size_t i = 0; i < names->count; i++)
        for (const char *at = name_base(names->at[i]); at && *at; at = dns_parent(at))
            most++;
    queries = op_array(op, most, struct dns_query);
    for (size_t i = 0; i < names->count; i++) {
        if (name_is_ip(names->at[i]))
            continue;
        for (const char *at = name_base(names->at[i]); at && *at; at = dns_parent(at))
            if (!find_query(queries, *count, at))
                queries[(*count)++] = (struct dns_query){ .name = at, .type = DNS_CAA };
    }
    return queries;
}

bool caa_check(struct op *op, const struct caa_wants *wants, struct caa_verdict *verdicts)
{
    size_t count = 0;
    struct dns_query *queries = questions(op, wants->names, &count);

    op_enter(op, "looking at the CAA records");
    TRY(resolver_run(op, queries, count));
    op_leave(op);
    for (size_t i = 0; i < wants->names->count; i++) {
        const char *name = wants->names->at[i];
        struct caa_answer answer = { 0 };

        if (!name_is_ip(name))
            answer = climb(op, queries, count, name_base(name));
        verdicts[i] = caa_judge(op, &answer, name_is_wildcard(name), wants->identities, wants->account,
                                wants->types ? wants->types[i] : NULL);
    }
    return op_ok(op);
}
