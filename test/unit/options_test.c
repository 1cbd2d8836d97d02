#include "options.h"

#include "kit.h"

#include <unistd.h>

static const struct command issue = {
    .name = "issue", .usage = "-d NAME [options]", .summary = "Get a certificate", .bit = FOR_ISSUE
};
static const struct command list = { .name = "list", .usage = "", .summary = "Show", .bit = FOR_LIST };

struct result {
    struct settings s;
    struct strings words;
    bool good;
};

/* A command line, its words separated by one blank. */
static struct result parse_as(struct op *op, const struct command *command, const char *line)
{
    struct result result = { 0 };
    char *argv[16] = { NULL };
    int argc = 0;

    while (*line && argc < 15) {
        size_t length = strcspn(line, " ");

        argv[argc++] = text_cut(op, line, length);
        line += length + (line[length] == ' ');
    }
    result.good = options_parse(op, command, argc, argv, &result.s, &result.words);
    return result;
}

static struct result parse(struct op *op, const char *line)
{
    return parse_as(op, &issue, line);
}

static const char *joined(struct op *op, const struct result *result, enum option_id id)
{
    return strings_join(op, &result->s.at[id], "|");
}

TEST(options_in_all_forms)
{
    struct op *op = kit_op();
    struct result r =
        parse(op, "issue -d a.example -db.example --domain c.example --domain=d.example,e.example");

    CHECK(r.good && op_ok(op));
    CHECK_STR(joined(op, &r, OPT_DOMAIN), "a.example|b.example|c.example|d.example|e.example");
    CHECK_INT(r.words.count, 0);
}

TEST(options_letters_together)
{
    struct op *op = kit_op();
    struct result r = parse(op, "issue -vv -qvd a.example");

    CHECK_INT(r.s.at[OPT_VERBOSE].count, 3);
    CHECK(setting_on(&r.s, OPT_QUIET));
    CHECK_STR(joined(op, &r, OPT_DOMAIN), "a.example");
}

TEST(options_values_that_look_like_options)
{
    struct op *op = kit_op();
    struct result r = parse(op, "issue --deploy-hook -x --email= -d=x --profile=a=b");

    CHECK(r.good);
    CHECK_STR(setting(&r.s, OPT_DEPLOY_HOOK), "-x");
    CHECK_STR(setting(&r.s, OPT_EMAIL), "");
    CHECK_STR(setting(&r.s, OPT_DOMAIN), "=x"); /* as getopt has it */
    CHECK_STR(setting(&r.s, OPT_PROFILE), "a=b");
}

TEST(options_end_at_two_hyphens)
{
    struct op *op = kit_op();
    struct result r = parse(op, "issue one --force -- -d --nonsense two");

    CHECK(r.good && setting_on(&r.s, OPT_FORCE));
    CHECK_STR(strings_join(op, &r.words, "|"), "one|-d|--nonsense|two");
    r = parse(op, "issue -");
    CHECK_STR(strings_join(op, &r.words, "|"), "-");
    CHECK(!r.s.at[OPT_DOMAIN].count);
}

TEST(options_nothing_to_parse)
{
    struct op *op = kit_op();

    CHECK(parse(op, "issue").good && parse(op, "").good);
}

/* renew runs in another folder: what names a file must name it from anywhere. */
TEST(options_paths_become_absolute)
{
    struct op *op = kit_op();
    char folder[4096];
    struct result r = parse(op, "issue --credentials cf.conf --ca-bundle=/etc/ca.pem --config my.conf "
                                "--install-key keys/a.pem:root:ssl:0640 --state ../state");

    CHECK(getcwd(folder, sizeof folder) != NULL);
    CHECK_STR(setting(&r.s, OPT_CREDENTIALS), op_text(op, "%s/cf.conf", folder));
    CHECK_STR(setting(&r.s, OPT_CA_BUNDLE), "/etc/ca.pem");
    CHECK_STR(setting(&r.s, OPT_CONFIG), op_text(op, "%s/my.conf", folder));
    CHECK_STR(setting(&r.s, OPT_INSTALL_KEY), op_text(op, "%s/keys/a.pem:root:ssl:0640", folder));
    CHECK_STR(setting(&r.s, OPT_STATE), op_text(op, "%s/../state", folder));
}

TEST(options_wrong)
{
    static const struct {
        const char *line, *words, *hint;
    } bad[] = {
        { "issue --domian a.example", "unknown option --domian", "did you mean --domain?" },
        { "issue --domian=a.example", "unknown option --domian", "did you mean --domain?" },
        { "issue --qqqqqqqqqqqqq", "unknown option --qqqqqqqqqqqqq", "mcacme issue --help" },
        { "issue --domai a.example", "unknown option --domai", "did you mean --domain?" }, /* no prefixes */
        { "issue ---domain a.example", "unknown option ---domain", "did you mean --domain?" },
        { "issue -x", "unknown option -x", "mcacme issue --help" },
        { "issue -vx", "unknown option -x", NULL },
        { "issue -v\x1b", "unknown option -\\x1b", NULL },
        { "issue --reason keyCompromise", "unknown option --reason", NULL }, /* of another command */
        { "issue -y", "unknown option -y", NULL },
        { "issue -d", "-d needs a value", "write --domain NAME" },
        { "issue --domain", "--domain needs a value", "write --domain NAME" },
        { "issue -vd", "-d needs a value", "write --domain NAME" },
        { "issue --force=yes", "--force takes no value", NULL },
        { "issue --force=", "--force takes no value", NULL },
        { "issue --=x", "unknown option --", NULL },
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *child = op_child(op);

        CHECK(!parse(child, bad[i].line).good);
        CHECK_FAILED(child, ERR_USAGE, bad[i].words);
        CHECK(!bad[i].hint || (kit_has(child->err.hint, bad[i].hint)));
        op_end(child);
    }
}

/* A mistyped option may be followed by a secret. */
TEST(options_errors_hold_no_value)
{
    struct op *op = kit_op();

    CHECK(!parse(op, "issue --eab-hmac-kye=geheim").good);
    CHECK_FAILED(op, ERR_USAGE, "unknown option --eab-hmac-kye");
    CHECK(!kit_has(op->err.text, "geheim") && !kit_has(op->err.hint, "geheim"));
    CHECK(kit_has(op->err.hint, "--eab-hmac-key?"));
}

TEST(options_belong_to_commands)
{
    struct op *op = kit_op();

    CHECK(parse_as(op, &list, "list --json --state /s one").good);
    CHECK(!parse_as(op, &list, "list -d a.example").good);
    CHECK_FAILED(op, ERR_USAGE, "unknown option -d");
}

TEST(options_help_shows_what_the_command_takes)
{
    struct op *op = kit_op();
    const char *help = options_help(op, &list), *of_issue = options_help(op, &issue);

    CHECK(text_starts(of_issue, "Usage: mcacme issue -d NAME [options]\n\nGet a certificate.\n"));
    CHECK(kit_has(of_issue, "-d, --domain NAME") && kit_has(of_issue, "Common options:"));
    CHECK(kit_has(help, "--json") && !kit_has(help, "--domain") && !kit_has(of_issue, "--reason"));
    for (const char *line = of_issue; *line; line += strcspn(line, "\n") + 1)
        CHECK(strcspn(line, "\n") <= 110);
}

/* An address is taken for the value, any other word is left alone. */
TEST(options_whose_value_may_be_left_out)
{
    static const struct {
        const char *line, *value, *words;
    } cases[] = {
        { "issue --standalone", "yes", "" },
        { "issue --standalone -d a.example", "yes", "" },
        { "issue --standalone a.example", "yes", "a.example" },
        { "issue --standalone=127.0.0.1:5002", "127.0.0.1:5002", "" },
        { "issue --standalone 127.0.0.1:5002", "127.0.0.1:5002", "" },
        { "issue --standalone 127.0.0.1 a.example", "127.0.0.1", "a.example" },
        { "issue --standalone [::1]:5002 -q", "[::1]:5002", "" },
        { "issue --standalone ::1", "::1", "" },
        { "issue --standalone :8080", ":8080", "" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct op *op = kit_op();
        struct result r = parse(op, cases[i].line);

        CHECK(r.good);
        kit_check(text_same(setting(&r.s, OPT_STANDALONE), cases[i].value), __FILE__, __LINE__, "%s",
                  cases[i].line);
        CHECK_STR(strings_join(op, &r.words, " "), cases[i].words);
    }
}
