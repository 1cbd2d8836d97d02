#include "check/check.h"
#include "store/journal.h"
#include "sweep.h"

/* A record that a journal names. */
struct left {
    const char *cert, *fqdn, *value;
};

struct lefts {
    struct left *at;
    size_t count;
};

static void take(struct op *op, struct lefts *lefts, const char *cert, const struct journal *journal)
{
    struct left *at = op_array(op, lefts->count + journal->txt_count, struct left);

    for (size_t i = 0; i < lefts->count; i++)
        at[i] = lefts->at[i];
    for (size_t i = 0; i < journal->txt_count; i++)
        at[lefts->count++] =
            (struct left){ cert, text_dup(op, journal->txts[i].fqdn), text_dup(op, journal->txts[i].value) };
    lefts->at = at;
}

/* The journals of runs that are at work are none of our business. */
static bool read_journal(struct op *op, const struct store *store, const char *cert, struct lefts *lefts,
                         bool *busy)
{
    struct op *child = op_child(op);
    struct journal *journal = NULL;

    *busy = !store_lock_cert(child, store, cert, -1);
    if (!*busy)
        journal = journal_open(child, store, cert);
    if (journal)
        take(op, lefts, cert, journal);
    op_adopt(op, child);
    op_end(child);
    return op_ok(op);
}

static bool still_there(const struct lefts *lefts, const struct left *left)
{
    for (size_t i = 0; i < lefts->count; i++)
        if (text_same(lefts->at[i].cert, left->cert) && text_same(lefts->at[i].fqdn, left->fqdn) &&
            text_same(lefts->at[i].value, left->value))
            return true;
    return false;
}

static void tell(struct findings *findings, const struct left *left, bool there)
{
    if (there)
        finding_add(findings, CHECK_TXT_LEFT, left->fqdn,
                    "see the warning for the reason; mcacme check --clean tries again",
                    "the record \"%s\" of %s could not be taken away", left->value, left->cert);
    else
        finding_add(findings, CHECK_CLEAN_REMOVED, left->fqdn, NULL, "the record \"%s\" of %s was taken away",
                    left->value, left->cert);
}

bool check_clean(struct run *run, struct op *op, struct findings *findings)
{
    struct strings certs = journal_list(op, run->store);
    struct lefts before = { 0 }, after = { 0 };
    bool busy;

    for (size_t i = 0; i < certs.count; i++) {
        TRY(read_journal(op, run->store, certs.at[i], &before, &busy));
        if (busy)
            finding_add(findings, CHECK_CERTIFICATE_BUSY, certs.at[i], NULL,
                        "another run is at work on it, and cleans up for itself");
    }
    TRY(sweep(run, op) && op_alive(op));
    for (size_t i = 0; i < certs.count; i++)
        TRY(read_journal(op, run->store, certs.at[i], &after, &busy));
    for (size_t i = 0; i < before.count; i++)
        tell(findings, &before.at[i], still_there(&after, &before.at[i]));
    if (!before.count)
        finding_add(findings, CHECK_CLEAN_NOTHING, run->store->root, NULL, "no journal names a TXT record");
    return op_ok(op);
}
