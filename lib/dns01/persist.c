#include "dns01/persist.h"

#include "base/when.h"

#include <string.h>

#define SOON         (30 * 24 * 3600)
#define WORDS        300u /* at most, of somebody else's */
#define VALUE_MOST   4096u
#define ISSUER_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-."

/* ---- writing ---- */

/* RFC 8659's value, without what would need quoting in a zone file. */
static bool plain(const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c <= ' ' || *c > '~' || strchr(";\"\\", *c))
            return false;
    return *text;
}

static bool host_name(const char *name)
{
    size_t length = strlen(name);

    return length && strspn(name, ISSUER_CHARS) == length && *name != '.' && name[length - 1] != '.' &&
           !strstr(name, "..");
}

const char *persist_write(struct op *op, const struct persist_record *record)
{
    struct text out = text_begin(op->arena);

    if (!host_name(record->issuer)) {
        op_fail(op, ERR_UNTRUSTED, "the CA's name \"%s\" cannot stand in a record",
                text_printable(op, record->issuer, WORDS));
        return NULL;
    }
    if (!plain(record->account)) {
        op_fail(op, ERR_UNTRUSTED, "the account's URL %s cannot stand in a record",
                text_printable(op, record->account, WORDS));
        return NULL;
    }
    text_add(&out, "%s; accounturi=%s", record->issuer, record->account);
    if (record->wildcard)
        text_add(&out, "; policy=wildcard");
    if (record->ends)
        text_add(&out, "; persistUntil=%lld", (long long)record->until);
    return out.data;
}

/* ---- reading ---- */

static const char *trim(struct op *op, const char *text, size_t length)
{
    while (length && strchr(" \t", *text)) {
        text++;
        length--;
    }
    while (length && strchr(" \t", text[length - 1]))
        length--;
    return text_cut(op, text, length);
}

/* Case and a final dot do not count. */
static const char *issuer_of(struct op *op, const char *text, size_t length)
{
    const char *name = text_lower(op, trim(op, text, length));
    const char *undotted = text_less(op, name, ".");

    name = undotted ? undotted : name;
    return host_name(name) ? name : NULL;
}

enum tag { TAG_ACCOUNT = 1, TAG_POLICY = 2, TAG_UNTIL = 4 };

static unsigned tag_of(const char *name)
{
    if (text_same_nocase(name, "accounturi"))
        return TAG_ACCOUNT;
    if (text_same_nocase(name, "policy"))
        return TAG_POLICY;
    return text_same_nocase(name, "persistUntil") ? TAG_UNTIL : 0;
}

/* Any other policy is as none. */
static const char *take(unsigned tag, const char *value, struct persist_record *record)
{
    if (tag == TAG_ACCOUNT && !*value)
        return "its accounturi is empty";
    if (tag == TAG_ACCOUNT)
        record->account = value;
    if (tag == TAG_POLICY)
        record->wildcard = text_same_nocase(value, "wildcard");
    if (tag != TAG_UNTIL)
        return NULL;
    record->ends = text_number(value, INT64_MIN, INT64_MAX, &record->until);
    return record->ends ? NULL : "its persistUntil is no number of seconds";
}

static bool value_ok(const char *value)
{
    for (; *value; value++)
        if (*value <= ' ' || *value > '~')
            return false;
    return true;
}

/* Unknown tags are for newer readers. */
static const char *read_parameter(struct op *op, const char *text, size_t length, unsigned *seen,
                                  struct persist_record *record)
{
    const char *parameter = trim(op, text, length), *equals = strchr(parameter, '='), *name, *value;
    unsigned tag;

    if (!*parameter)
        return "it has an empty parameter (a semicolon too many)";
    if (!equals || equals == parameter)
        return "a parameter of it is not NAME=VALUE";
    name = trim(op, parameter, (size_t)(equals - parameter));
    value = trim(op, equals + 1, strlen(equals + 1));
    tag = tag_of(name);
    if (!value_ok(value))
        return "a value in it has a blank or no ASCII character";
    if (tag & *seen)
        return op_text(op, "it has %s twice", text_printable(op, name, WORDS));
    *seen |= tag;
    return take(tag, value, record);
}

const char *persist_read(struct op *op, const char *value, struct persist_record *record)
{
    const char *fault = NULL, *part = value, *first = NULL;
    size_t length = strcspn(value, ";");
    unsigned seen = 0;

    *record =
        (struct persist_record){ .issuer = strlen(value) > VALUE_MOST ? NULL : issuer_of(op, value, length) };
    if (!record->issuer)
        return "it is no record of this kind";
    while (part[length] == ';') {
        part += length + 1;
        length = strcspn(part, ";");
        fault = read_parameter(op, part, length, &seen, record);
        first = first ? first : fault;
    }
    return first || record->account ? first : "it has no accounturi";
}

/* ---- judging ---- */

static bool ours(struct op *op, const struct strings *issuers, const char *issuer)
{
    for (size_t i = 0; i < issuers->count; i++)
        if (text_same(issuer_of(op, issuers->at[i], strlen(issuers->at[i])), issuer))
            return true;
    return false;
}

static enum persist_state state_of(struct op *op, const struct persist_record *record, const char *fault,
                                   const struct persist_wants *wants)
{
    if (!ours(op, wants->issuers, record->issuer))
        return PERSIST_OTHER_CA;
    if (fault)
        return PERSIST_MALFORMED;
    if (!text_same(record->account, wants->account))
        return PERSIST_OTHER_ACCOUNT;
    if (record->ends && wants->now > record->until)
        return PERSIST_EXPIRED;
    return wants->wildcard && !record->wildcard ? PERSIST_NARROW : PERSIST_FITS;
}

static bool lasts_longer(const struct persist_record *a, const struct persist_record *b)
{
    return b->ends && (!a->ends || a->until > b->until);
}

struct persist_verdict persist_judge(struct op *op, const struct strings *values,
                                     const struct persist_wants *wants)
{
    struct persist_verdict best = { .state = PERSIST_ABSENT };

    for (size_t i = 0; i < values->count; i++) {
        struct persist_verdict v = { .value = values->at[i] };

        v.fault = persist_read(op, v.value, &v.record);
        if (!v.record.issuer)
            continue;
        v.state = state_of(op, &v.record, v.fault, wants);
        if (v.state < best.state || (v.state == best.state && lasts_longer(&v.record, &best.record)))
            best = v;
    }
    return best;
}

static const char *fits_words(struct op *op, const struct persist_record *record, int64_t now)
{
    if (!record->ends)
        return "good for ever";
    return op_text(op, "good for another %s", when_span(op, record->until - now));
}

const char *persist_words(struct op *op, const struct persist_verdict *verdict,
                          const struct persist_wants *wants)
{
    const struct persist_record *record = &verdict->record;

    switch (verdict->state) {
    case PERSIST_FITS:
        return fits_words(op, record, wants->now);
    case PERSIST_NARROW:
        return "the record there lacks policy=wildcard";
    case PERSIST_EXPIRED:
        return record->until <= 0
                   ? "the record there has ended long ago"
                   : op_text(op, "the record there ended %s ago", when_span(op, wants->now - record->until));
    case PERSIST_OTHER_ACCOUNT:
        return op_text(op, "the record there is for the account %s",
                       text_printable(op, record->account, WORDS));
    case PERSIST_MALFORMED:
        return op_text(op, "the record there is malformed: %s", verdict->fault);
    case PERSIST_OTHER_CA:
        return op_text(op, "the record there is for another CA (%s)",
                       text_printable(op, record->issuer, WORDS));
    case PERSIST_ABSENT:
        break;
    }
    return "there is no record";
}

const char *persist_state_name(enum persist_state state)
{
    static const char *const names[] = { "fits",      "no-wildcard", "expired", "other-account",
                                         "malformed", "other-ca",    "absent" };

    return names[state];
}

bool persist_ends_soon(const struct persist_verdict *verdict, int64_t now)
{
    return verdict->state == PERSIST_FITS && verdict->record.ends && verdict->record.until - now < SOON;
}
