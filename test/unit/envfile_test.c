#include "config/envfile.h"

#include "kit.h"

static const char *get(struct op *op, const char *text, const char *name)
{
    struct envfile file = envfile_parse(op, text, "dns-01.conf");

    return envfile_get(&file, name);
}

/* What mailcow's dns-01.conf and acme.sh's account.conf hold, and what editors make of them. */
TEST(envfile_reads_lines)
{
    static const struct {
        const char *text, *value;
    } lines[] = {
        { "K=v", "v" },
        { "K=v\n", "v" },
        { "K=v\r\n", "v" },
        { "K=\"v\"\r\n", "v" },
        { "  K  =  v  \n", "v" },
        { "\tK\t=\tv\t\n", "v" },
        { "K=\"v\"", "v" },
        { "K='v'", "v" },
        { "K = \" v \" ", " v " },
        { "export K=v", "v" },
        { "export   K='v'", "v" },
        { "  export K=v", "v" },
        { "K=", "" },
        { "K=\"\"", "" },
        { "K=a=b==", "a=b==" },
        { "K=a#b", "a#b" },
        { "K=a #b", "a #b" },
        { "K=$HOME `id` $(id) ${X}", "$HOME `id` $(id) ${X}" },
        { "K=\"$HOME\"", "$HOME" },
        { "K=a\"b'c", "a\"b'c" },
        { "K=\"a\"b\"", "a\"b" },
        { "K='it's'", "it's" },
        { "K=\"\"v\"\"", "\"v\"" },
        { "K=\"v'", "\"v'" },
        { "K=\"", "\"" },
        { "K=v\"", "v\"" },
        { "K=a\\nb", "a\\nb" },
        { "K=\xc3\xbc\xff", "\xc3\xbc\xff" },
        { "\xef\xbb\xbfK=v", "v" },
        { "# K=no\nK=v\n#K=no", "v" },
        { "K=old\nK=new", "new" },
        { "\n\n\nK=v\n\n", "v" },
        { "k=lower\nK=v", "v" },
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        kit_check(text_same(get(op, lines[i].text, "K"), lines[i].value), __FILE__, __LINE__,
                  "%s gives \"%s\"", lines[i].text, get(op, lines[i].text, "K"));
    CHECK_STR(kit_logged(), "");
    CHECK(op_ok(op));
}

TEST(envfile_knows_nothing_else)
{
    struct op *op = kit_op();

    CHECK(!get(op, "", "K"));
    CHECK(!get(op, "KEY=v", "K"));
    CHECK(!get(op, "K=v", "KEY"));
    CHECK(!get(op, "#K=v", "K"));
    CHECK(!get(op, "  # K=v", "K"));
}

/* Skipped, told with its number, and never with its words: they may be half of a secret. */
TEST(envfile_reports_other_lines)
{
    struct op *op = kit_op();
    const char *text = "CF_Token=\"good\"\n"
                       "geheim\n"
                       "\n"
                       "=geheim\n"
                       "1K=geheim\n"
                       "K K=geheim\n"
                       "K-K=geheim\n"
                       "export\n"
                       "if [ geheim ]; then\n"
                       "K\xc3\xbc=geheim\n"
                       "CF_Zone=z";

    CHECK_STR(get(op, text, "CF_Token"), "good");
    CHECK_STR(kit_logged(), "dns-01.conf line 2 is no KEY=\"value\" and is skipped\n"
                            "dns-01.conf line 4 is no KEY=\"value\" and is skipped\n"
                            "dns-01.conf line 5 is no KEY=\"value\" and is skipped\n"
                            "dns-01.conf line 6 is no KEY=\"value\" and is skipped\n"
                            "dns-01.conf line 7 is no KEY=\"value\" and is skipped\n"
                            "dns-01.conf line 8 is no KEY=\"value\" and is skipped\n"
                            "dns-01.conf line 9 is no KEY=\"value\" and is skipped\n"
                            "dns-01.conf line 10 is no KEY=\"value\" and is skipped\n");
    CHECK_STR(get(op, text, "CF_Zone"), "z");
}
