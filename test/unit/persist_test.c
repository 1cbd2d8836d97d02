/* The record of dns-persist-01: written, read, judged. */
#include "dns01/persist.h"

#include "kit.h"

#define KID   "https://ca.example/acct/1"
#define OTHER "https://ca.example/acct/2"
#define NOW   1795564800 /* of the kit's clock */
#define DAY   86400

static const char *const issuers_list[] = { "ca.example", "alt.example" };
static const struct strings issuers = { (const char **)issuers_list, 2, 2 };

static struct persist_wants wants(bool wildcard)
{
    return (struct persist_wants){ .issuers = &issuers, .account = KID, .wildcard = wildcard, .now = NOW };
}

static const char *written(struct op *op, const char *issuer, const char *account, bool wildcard, bool ends)
{
    struct persist_record record = { issuer, account, wildcard, ends, 1798761600 };

    return persist_write(op, &record);
}

TEST(persist_writes_records)
{
    struct op *op = kit_op();

    CHECK_STR(written(op, "ca.example", KID, false, false), "ca.example; accounturi=" KID);
    CHECK_STR(written(op, "ca.example", KID, true, false), "ca.example; accounturi=" KID "; policy=wildcard");
    CHECK_STR(written(op, "ca.example", KID, true, true),
              "ca.example; accounturi=" KID "; policy=wildcard; persistUntil=1798761600");
    CHECK_STR(written(op, "ca.example", KID, false, true),
              "ca.example; accounturi=" KID "; persistUntil=1798761600");
}

TEST(persist_writes_nothing_that_means_something_else)
{
    static const char *const accounts[] = { "",       KID "; policy=wildcard", KID " ", KID "\t", KID "\"",
                                            KID "\\", KID "\xc3\xa4" };
    static const char *const names[] = { "", "ca.example; x=y", "CA.example", "ca.\nexample", "ca.example." };

    for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
        struct op *op = kit_op();

        CHECK(!written(op, "ca.example", accounts[i], false, false));
        CHECK_FAILED(op, ERR_UNTRUSTED, "cannot stand in a record");
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct op *op = kit_op();

        CHECK(!written(op, names[i], KID, false, false));
        CHECK_FAILED(op, ERR_UNTRUSTED, "cannot stand in a record");
    }
}

TEST(persist_reads_what_it_writes)
{
    for (unsigned i = 0; i < 4; i++) {
        struct op *op = kit_op();
        struct persist_record record;

        CHECK_STR(persist_read(op, written(op, "ca.example", KID, i & 1, i & 2), &record), NULL);
        CHECK_STR(record.issuer, "ca.example");
        CHECK_STR(record.account, KID);
        CHECK(record.wildcard == (i & 1) && record.ends == ((i & 2) != 0));
        CHECK(!record.ends || record.until == 1798761600);
    }
}

/* RFC 8659 section 4.2 allows blanks in many places, and tags in any case of letters. */
TEST(persist_reads_records_of_other_hands)
{
    static const char *const values[] = {
        "ca.example;accounturi=" KID ";policy=wildcard;persistUntil=1798761600",
        "  CA.Example. ;\taccounturi = " KID " ; POLICY=WildCard ; PersistUntil\t=\t1798761600  ",
        "ca.example; new-tag=1; accounturi=" KID "; new-tag=2; policy=wildcard; persistuntil=1798761600",
    };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct op *op = kit_op();
        struct persist_record record;

        CHECK_STR(persist_read(op, values[i], &record), NULL);
        CHECK_STR(record.issuer, "ca.example");
        CHECK_STR(record.account, KID);
        CHECK(record.wildcard && record.ends && record.until == 1798761600);
    }
}

TEST(persist_tells_what_is_wrong)
{
    static const struct {
        const char *value, *fault;
    } cases[] = {
        { "ca.example", "no accounturi" },
        { "ca.example; policy=wildcard", "no accounturi" },
        { "ca.example; accounturi=" KID ";", "a semicolon too many" },
        { "ca.example; accounturi=" KID "; ", "a semicolon too many" },
        { "ca.example;; accounturi=" KID, "a semicolon too many" },
        { "ca.example; accounturi=", "accounturi is empty" },
        { "ca.example; accounturi", "not NAME=VALUE" },
        { "ca.example; =" KID, "not NAME=VALUE" },
        { "ca.example; accounturi=" KID "; AccountURI=" KID, "AccountURI twice" },
        { "ca.example; accounturi=" KID "; policy=wildcard; policy=wildcard", "policy twice" },
        { "ca.example; accounturi=a b", "a blank" },
        { "ca.example; accounturi=" KID "; persistUntil=soon", "persistUntil is no number" },
        { "ca.example; accounturi=" KID "; persistUntil=", "persistUntil is no number" },
        { "ca.example; accounturi=" KID "; persistUntil=99999999999999999999", "persistUntil is no number" },
        { "ca.example; accounturi=" KID "; x=\xc3\xa4", "no ASCII" },
        { "", "no record of this kind" },
        { ";", "no record of this kind" },
        { "; accounturi=" KID, "no record of this kind" },
        { "v=spf1 -all", "no record of this kind" },
        { "ca..example; accounturi=" KID, "no record of this kind" },
        { ".ca.example; accounturi=" KID, "no record of this kind" },
        { "ca.example..; accounturi=" KID, "no record of this kind" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = kit_op();
        struct persist_record record;

        CHECK(kit_has(persist_read(op, cases[i].value, &record), cases[i].fault));
        CHECK(op_ok(op));
    }
}

TEST(persist_reads_the_account_of_a_broken_record)
{
    struct op *op = kit_op();
    struct persist_record record;

    CHECK(persist_read(op, "ca.example; accounturi=" KID "; policy=wildcard;", &record) != NULL);
    CHECK_STR(record.account, KID);
    CHECK_STR(record.issuer, "ca.example");
}

static struct persist_verdict judged(struct op *op, const char *values, bool wildcard)
{
    struct persist_wants what = wants(wildcard);
    struct strings list = text_split(op, values, "|");

    return persist_judge(op, &list, &what);
}

TEST(persist_judges)
{
#define GOOD "ca.example; accounturi=" KID
    static const struct {
        const char *values;
        bool wildcard;
        enum persist_state state;
        const char *words;
    } cases[] = {
        { "", false, PERSIST_ABSENT, "there is no record" },
        { "v=spf1 -all|two words", false, PERSIST_ABSENT, "there is no record" },
        { GOOD, false, PERSIST_FITS, "good for ever" },
        { "Alt.Example.; accounturi=" KID, false, PERSIST_FITS, "good for ever" },
        { GOOD, true, PERSIST_NARROW, "lacks policy=wildcard" },
        { GOOD "; policy=other", true, PERSIST_NARROW, "lacks policy=wildcard" },
        { GOOD "; policy=WILDCARD", true, PERSIST_FITS, "good for ever" },
        { GOOD "; policy=wildcard", false, PERSIST_FITS, "good for ever" },
        { GOOD "; persistUntil=1795564800", false, PERSIST_FITS, "another 0 seconds" },
        { GOOD "; persistUntil=1795564799", false, PERSIST_EXPIRED, "ended 1 second ago" },
        { GOOD "; persistUntil=1796428800", false, PERSIST_FITS, "another 10 days" },
        { GOOD "; persistUntil=-9223372036854775808", false, PERSIST_EXPIRED, "long ago" },
        { GOOD "; persistUntil=9223372036854775807", false, PERSIST_FITS, "days" },
        { "ca.example; accounturi=" OTHER, false, PERSIST_OTHER_ACCOUNT, "for the account " OTHER },
        { "ca.example; accounturi=" KID "/", false, PERSIST_OTHER_ACCOUNT, KID "/" },
        { "ca.example", false, PERSIST_MALFORMED, "malformed: it has no accounturi" },
        { GOOD ";", false, PERSIST_MALFORMED, "malformed: it has an empty parameter" },
        { "b.example; accounturi=" KID, false, PERSIST_OTHER_CA, "for another CA (b.example)" },
        { "b.example", false, PERSIST_OTHER_CA, "for another CA (b.example)" },
        /* the best of several, in any order */
        { "b.example; accounturi=" KID "|ca.example|" GOOD, false, PERSIST_FITS, "good for ever" },
        { GOOD "|" GOOD ";|ca.example; accounturi=" OTHER, false, PERSIST_FITS, "good for ever" },
        { GOOD "; persistUntil=1|" GOOD "; persistUntil=1796428800", false, PERSIST_FITS, "10 days" },
        { GOOD "; persistUntil=1796428800|" GOOD, false, PERSIST_FITS, "good for ever" },
        { GOOD "|" GOOD "; persistUntil=1796428800", false, PERSIST_FITS, "good for ever" },
        { GOOD "; persistUntil=1795564801|" GOOD "; persistUntil=1796428800", false, PERSIST_FITS,
          "10 days" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = kit_op();
        struct persist_wants what = wants(cases[i].wildcard);
        struct persist_verdict verdict = judged(op, cases[i].values, cases[i].wildcard);

        if (!CHECK_INT(verdict.state, cases[i].state))
            CHECK_STR(cases[i].values, NULL);
        CHECK(kit_has(persist_words(op, &verdict, &what), cases[i].words));
    }
}

/* Anybody may write anything into a zone. */
TEST(persist_words_are_printable_and_short)
{
    struct op *op = kit_op();
    struct persist_wants what = wants(false);
    struct text value = text_begin(op->arena);
    struct persist_verdict verdict;

    text_add(&value, "ca.example; accounturi=");
    for (unsigned i = 0; i < 3000; i++)
        text_char(&value, 'x');
    verdict = judged(op, value.data, false);
    CHECK_INT(verdict.state, PERSIST_OTHER_ACCOUNT);
    CHECK(strlen(persist_words(op, &verdict, &what)) < 400);
    verdict = judged(op, "ca.example; accounturi=\x1b[31m", false);
    CHECK_INT(verdict.state, PERSIST_MALFORMED);
    CHECK(!strchr(persist_words(op, &verdict, &what), '\x1b'));
    verdict = judged(op, "ca.\x1b[31m; accounturi=" KID, false);
    CHECK_INT(verdict.state, PERSIST_ABSENT);
}

TEST(persist_ends_soon_within_30_days)
{
    struct op *op = kit_op();
    static const struct {
        int64_t until;
        bool soon;
    } cases[] = { { NOW + 30 * DAY - 1, true }, { NOW + 30 * DAY, false }, { NOW, true } };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct persist_verdict verdict =
            judged(op, op_text(op, GOOD "; persistUntil=%lld", (long long)cases[i].until), false);

        CHECK(persist_ends_soon(&verdict, NOW) == cases[i].soon);
    }
    CHECK(!persist_ends_soon(&(struct persist_verdict){ .state = PERSIST_FITS }, NOW));
    CHECK(
        !persist_ends_soon(&(struct persist_verdict){ .state = PERSIST_EXPIRED, .record.ends = true }, NOW));
}
