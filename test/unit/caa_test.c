#include "caa.h"

#include "fake_dns.h"
#include "kit.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define OURS         "https://ca.example/acct/1"

/* ---- the judgement ---- */

/* "0 issue ca.example|0 iodef mailto:x@example.com" as the records of example.com. */
static struct caa_answer records(struct op *op, const char *text)
{
    struct strings lines = text_split(op, text, "|");
    struct caa_answer answer = { .owner = lines.count ? "example.com" : NULL };

    answer.properties = op_array(op, lines.count, struct caa_property);
    for (size_t i = 0; i < lines.count; i++) /* a value may be empty, and its blank was trimmed away */
        CHECK(caa_property_parse(op, op_text(op, "%s ", lines.at[i]), &answer.properties[answer.count++]));
    return answer;
}

static struct caa_verdict judge(struct op *op, const char *text, bool wildcard, const char *account,
                                const char *type)
{
    struct caa_answer answer = records(op, text);
    struct strings identities = { 0 };

    strings_add(op, &identities, "ca.example");
    strings_add(op, &identities, "other-name.example");
    return caa_judge(op, &answer, wildcard, &identities, account, type);
}

struct row {
    const char *records;
    enum caa_state plain, wildcard;
};

static void check_rows(const struct row *rows, size_t n, const char *account, const char *type)
{
    struct op *op = kit_op();

    for (size_t i = 0; i < n; i++) {
        enum caa_state plain = judge(op, rows[i].records, false, account, type).state;
        enum caa_state wildcard = judge(op, rows[i].records, true, account, type).state;

        kit_check(plain == rows[i].plain && wildcard == rows[i].wildcard, __FILE__, __LINE__, "%s: %d, %d",
                  rows[i].records, plain, wildcard);
    }
}

TEST(caa_issue_and_issuewild)
{
    static const struct row rows[] = {
        { "", CAA_ALLOWED, CAA_ALLOWED },
        { "0 iodef mailto:ca@example.com", CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue ca.example", CAA_ALLOWED, CAA_ALLOWED },
        { "0 ISSUE Other-Name.Example", CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue strange.example", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca.example.net", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue strange.example|0 issue ca.example", CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue ;", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ;|0 issue ca.example", CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue ca.example|0 issuewild ;", CAA_ALLOWED, CAA_FORBIDDEN },
        { "0 issue ;|0 issuewild ca.example", CAA_FORBIDDEN, CAA_ALLOWED },
        { "0 issue strange.example|0 issuewild ca.example|0 issuewild ;", CAA_FORBIDDEN, CAA_ALLOWED },
        { "0 issuewild strange.example", CAA_ALLOWED, CAA_FORBIDDEN },
    };

    check_rows(rows, COUNT(rows), OURS, "dns-01");
}

TEST(caa_values_that_do_not_fit_the_grammar_let_nobody_issue)
{
    static const struct row rows[] = {
        { "0 issue ca.example;", CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue   ca.example ; policy=ev", CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue ca.example; a=b; c-d = e", CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue ca.example; a=", CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue ca.example a=b", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca..example", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca.example.", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue -ca.example", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca.example; a", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca.example; =b", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca.example; a=b c", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca.example; a=b\\000; d=\303\244", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue %%%%%", CAA_FORBIDDEN, CAA_FORBIDDEN },
    };

    check_rows(rows, COUNT(rows), OURS, "dns-01");
}

TEST(caa_critical_properties)
{
    static const struct row rows[] = {
        { "128 issue ca.example", CAA_ALLOWED, CAA_ALLOWED },
        { "128 iodef mailto:ca@example.com", CAA_ALLOWED, CAA_ALLOWED },
        { "0 tbs unknown", CAA_ALLOWED, CAA_ALLOWED },
        { "128 tbs unknown", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "128 tbs unknown|0 issue ca.example", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "1 tbs only the highest bit counts", CAA_ALLOWED, CAA_ALLOWED },
        { "128 contactemail ca@example.com|0 issue ca.example", CAA_UNCLEAR, CAA_UNCLEAR },
        { "128 contactemail ca@example.com|129 tbs x", CAA_FORBIDDEN, CAA_FORBIDDEN },
    };

    check_rows(rows, COUNT(rows), OURS, "dns-01");
}

TEST(caa_accounts)
{
    static const struct row rows[] = {
        { "0 issue ca.example; accounturi=" OURS, CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue ca.example; AccountURI=" OURS, CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue ca.example; accounturi=" OURS "2", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca.example; accounturi=" OURS "2|0 issue ca.example", CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue ca.example; accounturi=" OURS "; accounturi=" OURS, CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca.example; accounturi=" OURS "|0 issuewild ca.example; accounturi=x", CAA_ALLOWED,
          CAA_FORBIDDEN },
    };
    struct op *op = kit_op();
    struct caa_verdict verdict = judge(op, rows[2].records, false, OURS, "dns-01");

    check_rows(rows, COUNT(rows), OURS, "dns-01");
    CHECK(verdict.named && !judge(op, "0 issue strange.example", false, OURS, "dns-01").named);
    CHECK_STR(verdict.text, "the issue records of example.com let the CA issue only for the account " OURS
                            "2, and ours is " OURS);
    verdict = judge(op, rows[2].records, false, NULL, "dns-01");
    CHECK_INT(verdict.state, CAA_ALLOWED);
    CHECK(kit_has(verdict.text, OURS "2, and ours is not known yet"));
    CHECK_STR(judge(op, rows[3].records, false, NULL, "dns-01").text, NULL); /* one record is enough */
}

TEST(caa_validation_methods)
{
    static const struct row rows[] = {
        { "0 issue ca.example; validationmethods=dns-01", CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue ca.example; validationmethods=http-01,dns-01", CAA_ALLOWED, CAA_ALLOWED },
        { "0 issue ca.example; validationmethods=http-01", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca.example; validationmethods=", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca.example; validationmethods=xdns-01", CAA_FORBIDDEN, CAA_FORBIDDEN },
        { "0 issue ca.example; validationmethods=dns-01; accounturi=x", CAA_FORBIDDEN, CAA_FORBIDDEN },
    };
    struct op *op = kit_op();

    check_rows(rows, COUNT(rows), OURS, "dns-01");
    CHECK_STR(judge(op, rows[2].records, false, OURS, "dns-01").text,
              "the issue records of example.com let the CA issue only for the validation methods "
              "\"http-01\", and the name is proved by dns-01");
    CHECK_INT(judge(op, rows[2].records, false, OURS, "http-01").state, CAA_ALLOWED);
    CHECK_INT(judge(op, rows[2].records, false, OURS, NULL).state, CAA_ALLOWED);
    CHECK(kit_has(judge(op, rows[2].records, false, OURS, NULL).text, "http-01"));
}

TEST(caa_says_who_may)
{
    struct op *op = kit_op();

    CHECK_STR(
        judge(op, "0 issue a.example|0 issue b.example", false, OURS, "dns-01").text,
        "the issue records of example.com let only a.example, b.example issue, and the CA is ca.example "
        "or other-name.example");
    CHECK_STR(judge(op, "0 issuewild ;", true, OURS, "dns-01").text,
              "the issuewild records of example.com let nobody issue");
}

TEST(caa_of_a_ca_that_does_not_tell_its_names_is_unclear)
{
    struct op *op = kit_op();
    const struct strings none = { 0 };
    struct caa_answer some = records(op, "0 issue a.example"), nobody = records(op, "0 issue ;");
    struct caa_answer nothing = records(op, "");

    CHECK_INT(caa_judge(op, &some, false, &none, OURS, "dns-01").state, CAA_UNCLEAR);
    CHECK_INT(caa_judge(op, &nobody, false, &none, OURS, "dns-01").state, CAA_FORBIDDEN);
    CHECK_INT(caa_judge(op, &nothing, false, &none, OURS, "dns-01").state, CAA_ALLOWED);
}

TEST(caa_property_text)
{
    struct op *op = kit_op();
    struct caa_property p;

    CHECK(caa_property_parse(op, "128 issue ca.example; a=b", &p));
    CHECK(p.critical);
    CHECK_STR(p.tag, "issue");
    CHECK_STR(p.value, "ca.example; a=b");
    CHECK(caa_property_parse(op, "0 issue ", &p));
    CHECK(!p.critical);
    CHECK_STR(p.value, "");
    CHECK(!caa_property_parse(op, "0 issue", &p));
    CHECK(!caa_property_parse(op, "256 issue x", &p));
    CHECK(!caa_property_parse(op, "x issue x", &p));
    CHECK(!caa_property_parse(op, "0  x", &p));
    CHECK(!caa_property_parse(op, "", &p));
}

/* ---- the climb ---- */

static struct caa_verdict check(struct op *op, const char *name)
{
    static const char *const types[] = { "dns-01" };
    struct strings names = { 0 }, identities = { 0 };
    struct caa_wants wants = { &names, types, &identities, OURS };
    struct caa_verdict verdict = { CAA_UNCLEAR, NULL, false, NULL };

    strings_add(op, &names, name);
    strings_add(op, &identities, "ca.example");
    CHECK(caa_check(op, &wants, &verdict));
    return verdict;
}

static const struct fake_rr tree[] = {
    { .name = "example.com", .type = DNS_CAA, .text = "0 issue strange.example" },
    { .name = "good.example.com", .type = DNS_CAA, .text = "0 issue ca.example" },
    { .name = "alias.example.com", .type = DNS_CNAME, .text = "elsewhere.test" },
    { .name = "elsewhere.test", .type = DNS_CAA, .text = "0 issue ca.example" },
    { .name = "empty.example.com", .type = DNS_CNAME, .text = "nothing.test" },
    { .name = "test", .type = DNS_CAA, .text = "0 issue ca.example" },
};

TEST(caa_climbs_to_the_closest_records)
{
    struct op *op = kit_op();
    struct caa_verdict verdict;

    fake_dns(op, tree, COUNT(tree));
    verdict = check(op, "a.b.example.com");
    CHECK_INT(verdict.state, CAA_FORBIDDEN);
    CHECK_STR(verdict.owner, "example.com");
    CHECK_INT(check(op, "*.example.com").state, CAA_FORBIDDEN);
    verdict = check(op, "a.good.example.com");
    CHECK_INT(verdict.state, CAA_ALLOWED);
    CHECK_STR(verdict.owner, "good.example.com");
    verdict = check(op, "good.example.org");
    CHECK_INT(verdict.state, CAA_ALLOWED);
    CHECK_STR(verdict.owner, NULL);
}

TEST(caa_follows_cnames_and_climbs_from_the_name_asked_for)
{
    struct op *op = kit_op();
    struct caa_verdict verdict;

    fake_dns(op, tree, COUNT(tree));
    verdict = check(op, "alias.example.com");
    CHECK_INT(verdict.state, CAA_ALLOWED);
    CHECK_STR(verdict.owner, "elsewhere.test");
    verdict =
        check(op, "empty.example.com"); /* not on to "test": RFC 8659 section 3 climbs the tree of the name */
    CHECK_INT(verdict.state, CAA_FORBIDDEN);
    CHECK_STR(verdict.owner, "example.com");
}

TEST(caa_asks_each_name_once_and_all_at_once)
{
    struct op *op = kit_op();
    struct fake_dns *dns = fake_dns(op, tree, COUNT(tree));
    struct strings names = { 0 }, identities = { 0 };
    struct caa_wants wants = { &names, NULL, &identities, NULL };
    struct caa_verdict verdicts[4];

    strings_add(op, &names, "a.example.com");
    strings_add(op, &names, "*.example.com");
    strings_add(op, &names, "192.0.2.1");
    strings_add(op, &names, "2001:db8::1");
    CHECK(caa_check(op, &wants, verdicts));
    CHECK_STR(dns->asked, "CAA a.example.com;CAA example.com;CAA com;");
    CHECK_INT(dns->rounds, 1);
    CHECK_INT(verdicts[0].state, CAA_UNCLEAR);
    CHECK_INT(verdicts[2].state, CAA_ALLOWED);
    CHECK_INT(verdicts[3].state, CAA_ALLOWED);
}

TEST(caa_foreign_records_in_an_answer_count_for_nothing)
{
    static const struct fake_rr rrs[] = { { .name = FAKE_EVERYWHERE, .type = DNS_CAA, .text = "evil.test" },
                                          { .name = "example.com", .type = DNS_CAA, .text = "0 issue ;" } };
    static const struct fake_server servers[] = { { NULL, FAKE_EVIL }, { NULL, FAKE_GOOD } };
    struct op *op = kit_op();

    fake_dns(op, rrs, COUNT(rrs))->servers = servers;
    CHECK_INT(check(op, "example.com").state, CAA_FORBIDDEN);
}

TEST(caa_silence_is_no_permission)
{
    static const struct fake_server servers[] = { { NULL, FAKE_SILENT }, { NULL, FAKE_GOOD } };
    struct op *op = kit_op();
    struct caa_verdict verdict;

    fake_dns(op, tree, COUNT(tree))->servers = servers;
    verdict = check(op, "good.example.com");
    CHECK_INT(verdict.state, CAA_UNANSWERED);
    CHECK_STR(verdict.text,
              "the CAA records of good.example.com cannot be asked for: no answer from the fake");
}
