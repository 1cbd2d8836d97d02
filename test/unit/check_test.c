#include "check/check_parts.h"

#include "base/file.h"
#include "kit.h"

#include <string.h>
#include <sys/stat.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct finding *find(const struct findings *findings, enum finding_code code)
{
    for (size_t i = 0; i < findings->count; i++)
        if (findings->at[i].code == code)
            return &findings->at[i];
    return NULL;
}

static size_t count(const struct findings *findings, enum finding_code code)
{
    size_t n = 0;

    for (size_t i = 0; i < findings->count; i++)
        n += findings->at[i].code == code;
    return n;
}

/* ---- the list ---- */

/* What is in the table of the documents is what the program says. */
TEST(check_documents_list_every_finding)
{
    struct op *op = kit_op();
    const char *text = file_read(op, TEST_DATA "/../../../docs/check.md");

    for (size_t i = 0; text && i < FINDING_CODES; i++) {
        const struct finding_info *info = &finding_table[i];
        const char *row =
            op_text(op, "\n| `%s` | %s | %s |", info->code, severity_name(info->severity), info->help);

        kit_check(strstr(text, row), __FILE__, __LINE__, "%s", row);
    }
    CHECK(text);
}

TEST(check_codes_are_all_different)
{
    for (size_t i = 0; i < FINDING_CODES; i++)
        for (size_t j = 0; j < i; j++)
            CHECK(strcmp(finding_table[i].code, finding_table[j].code) != 0);
}

/* ---- names and CA ---- */

TEST(check_names_that_a_wildcard_covers)
{
    struct op *op = kit_op();
    struct findings findings = { .op = op };
    struct policy policy = { .directory = "https://ca.example/dir" };
    struct strings names = text_split(
        op, "*.example.com example.com a.example.com a.b.example.com *.b.example.com xexample.com 192.0.2.1",
        " ");

    check_names(&findings, &names, &policy);
    CHECK_INT(count(&findings, CHECK_NAMES_REDUNDANT), 2);
    CHECK_STR(findings.at[0].subject, "a.example.com");
    CHECK_STR(findings.at[1].subject, "a.b.example.com");
    CHECK_INT(findings.count, 2);
}

static size_t too_many(const char *directory, const char *profile, unsigned n)
{
    struct op *op = kit_op();
    struct findings findings = { .op = op };
    struct policy policy = { .directory = directory, .profile = profile };
    struct strings names = { 0 };

    for (unsigned i = 0; i < n; i++)
        strings_add(op, &names, op_text(op, "%u.example.com", i));
    check_names(&findings, &names, &policy);
    return count(&findings, CHECK_NAMES_MANY);
}

TEST(check_short_profiles_take_few_names)
{
    const char *le = "https://acme-v02.api.letsencrypt.org/directory";

    CHECK_INT(too_many(le, "shortlived", 25), 0);
    CHECK_INT(too_many(le, "shortlived", 26), 1);
    CHECK_INT(too_many(le, "tlsserver", 26), 1);
    CHECK_INT(too_many(le, "classic", 26), 0);
    CHECK_INT(too_many(le, NULL, 100), 0);
    CHECK_INT(too_many("https://ca.example/dir", "shortlived", 26), 0);
}

static enum finding_code clock_of(int64_t skew)
{
    struct op *op = kit_op();
    struct findings findings = { .op = op };
    const struct acme ca = { .host = "ca.example", .clock_skew = skew };
    const struct policy policy = { 0 };

    check_directory(&findings, &ca, &policy, NULL);
    CHECK_INT(findings.count, 2);
    return findings.at[1].code;
}

TEST(check_clock)
{
    CHECK_INT(clock_of(0), CHECK_CLOCK_GOOD);
    CHECK_INT(clock_of(60), CHECK_CLOCK_GOOD);
    CHECK_INT(clock_of(-61), CHECK_CLOCK_SKEWED);
    CHECK_INT(clock_of(3600), CHECK_CLOCK_SKEWED);
    CHECK_INT(clock_of(3601), CHECK_CLOCK_WRONG);
    CHECK_INT(clock_of(-100000), CHECK_CLOCK_WRONG);
}

TEST(check_a_binding_is_missed_only_without_an_account)
{
    struct op *op = kit_op();
    struct findings findings = { .op = op };
    const struct acme ca = { .host = "ca.example", .eab_required = true };
    const struct policy without = { 0 }, with = { .eab_kid = "kid" };

    check_directory(&findings, &ca, &with, NULL);
    check_directory(&findings, &ca, &without, "https://ca.example/acct/1");
    CHECK_INT(count(&findings, CHECK_BINDING_MISSING), 0);
    check_directory(&findings, &ca, &without, NULL);
    CHECK_INT(count(&findings, CHECK_BINDING_MISSING), 1);
    CHECK_INT(findings_status(&findings), ERR_CONFIG);
}

TEST(check_profiles)
{
    static const char document[] = "{\"classic\":\"x\",\"shortlived\":\"y\"}";
    struct op *op = kit_op();
    struct findings findings = { .op = op };
    struct acme ca = { .host = "ca.example", .profiles = json_parse(op, document, strlen(document)) };
    const struct policy good = { .profile = "shortlived" }, bad = { .profile = "short" };

    check_directory(&findings, &ca, &good, NULL);
    CHECK(!find(&findings, CHECK_PROFILE_MISSING));
    check_directory(&findings, &ca, &bad, NULL);
    CHECK_STR(find(&findings, CHECK_PROFILE_MISSING)->remedy,
              "use --profile with one of: classic, shortlived");
    ca.profiles = NULL;
    check_directory(&findings, &ca, &good, NULL);
    CHECK_STR(findings.at[findings.count - 2].text, "the CA offers no profiles");
}

/* ---- this machine ---- */

static const struct finding *hook(struct op *op, struct findings *findings, const char *line)
{
    struct settings settings = { 0 };

    *findings = (struct findings){ .op = op };
    settings_set(op, &settings, OPT_DEPLOY_HOOK, line);
    check_hooks(findings, op, &settings);
    CHECK(op_ok(op));
    return findings->count ? &findings->at[0] : NULL;
}

TEST(check_hooks_are_judged_by_their_first_word)
{
    static const struct {
        const char *line;
        int code; /* -1: nothing is found */
    } rows[] = {
        { "/bin/sh -c true", CHECK_HOOK_GOOD },
        { "  true", CHECK_HOOK_GOOD },
        { "cd / && true", CHECK_HOOK_GOOD },
        { "[\"/bin/sh\", \"-c\", \"true\"]", CHECK_HOOK_GOOD },
        { "[\"sh\"]", CHECK_HOOK_GOOD },
        { "/nonexistent/program now", CHECK_HOOK_MISSING },
        { "no-such-program-here", CHECK_HOOK_MISSING },
        { "[\"no-such-program-here\"]", CHECK_HOOK_MISSING },
        { "/etc", CHECK_HOOK_MISSING },
        { "/etc/passwd", CHECK_HOOK_MISSING },
        { "[\"/bin/with blank\"]", CHECK_HOOK_MISSING },
        { "A=1 no-such-program-here", -1 },
        { "$PROGRAM", -1 },
        { "\"/bin/with blank\"", -1 },
        { "(no-such-program-here)", -1 },
        { "", -1 },
        { "   ", -1 },
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct findings findings;
        const struct finding *finding = hook(op, &findings, rows[i].line);

        kit_check((finding ? (int)finding->code : -1) == rows[i].code, __FILE__, __LINE__, "%s",
                  rows[i].line);
    }
}

static const struct finding *install(struct op *op, struct findings *findings, const char *target)
{
    struct settings settings = { 0 };

    *findings = (struct findings){ .op = op };
    settings_set(op, &settings, OPT_INSTALL_CERT, target);
    check_installs(findings, op, &settings);
    CHECK(op_ok(op));
    return findings->count ? &findings->at[0] : NULL;
}

TEST(check_folders_of_copies)
{
    struct op *op = kit_op();
    const char *folder = kit_folder();
    struct findings findings;

    CHECK(!install(op, &findings, ""));
    CHECK_INT(install(op, &findings, op_text(op, "%s/cert.pem", folder))->code, CHECK_INSTALL_GOOD);
    CHECK_INT(install(op, &findings, op_text(op, "%s/no/cert.pem", folder))->code, CHECK_INSTALL_WRONG);
    CHECK_INT(install(op, &findings, op_text(op, "%s/cert.pem:no-such-user-here", folder))->code,
              CHECK_INSTALL_WRONG);
    CHECK_INT(install(op, &findings, "cert.pem")->code, CHECK_INSTALL_WRONG);
}

TEST(check_state_that_others_can_touch)
{
    struct op *op = kit_op();
    struct store *store = store_open(op, op_text(op, "%s/state", kit_folder()));
    struct findings findings = { .op = op };
    const struct generation gen = { "key", "cert", "chain", "full", "{}" };
    const struct lineage lineage = { .name = "a.example" };

    CHECK(lineage_save(op, store, &lineage) && generation_install(op, store, "a.example", &gen));
    CHECK(check_state(&findings, op, store));
    CHECK_INT(findings.count, 1);
    CHECK_INT(findings.at[0].code, CHECK_STATE_GOOD);
    CHECK(kit_has(findings.at[0].text, "1 private keys"));
    CHECK_INT(chmod(store_path(op, store, "certs/a.example/current/key.pem"), 0640), 0);
    CHECK_INT(chmod(store_path(op, store, "journal"), 0770), 0);
    findings.count = 0;
    CHECK(check_state(&findings, op, store));
    CHECK_INT(findings.count, 2);
    CHECK_INT(count(&findings, CHECK_KEY_READABLE), 1);
    CHECK_INT(count(&findings, CHECK_STATE_OPEN), 1);
}
