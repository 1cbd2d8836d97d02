#include "names.h"

#include "kit.h"

#include <locale.h>

#define LABEL63 "a23456789-b23456789-c23456789-d23456789-e23456789-f23456789-g23"

TEST(names_are_brought_to_one_form)
{
    static const struct {
        const char *input, *name;
    } good[] = {
        { "example.com", "example.com" },
        { "EXAMPLE.Com", "example.com" },
        { " example.com\n", "example.com" },
        { "example.com.", "example.com" },
        { "*.Example.com.", "*.example.com" },
        { "localhost", "localhost" },
        { "a--b.1.example", "a--b.1.example" },
        { LABEL63 ".example", LABEL63 ".example" },
        { "B\xc3\xbc"
          "cher.example.",
          "xn--bcher-kva.example" },
        { "b\x75\xcc\x88"
          "cher.example",
          "xn--bcher-kva.example" }, /* u and a combining diaeresis */
        { "B\xc3\x9c"
          "CHER.example",
          "xn--bcher-kva.example" },
        { "*.b\xc3\xbc"
          "cher.example",
          "*.xn--bcher-kva.example" },
        { "stra\xc3\x9f"
          "e.example",
          "xn--strae-oqa.example" },                                   /* not strasse: IDNA 2008 */
        { "\xe4\xbe\x8b\xe3\x80\x82\xe4\xbe\x8b", "xn--fsq.xn--fsq" }, /* an ideographic full stop */
        { "xn--bcher-kva.example", "xn--bcher-kva.example" },
        { "192.0.2.1", "192.0.2.1" },
        { "2001:DB8:0:0::1", "2001:db8::1" },
        { "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK_STR(name_normalise(op, good[i].input), good[i].name);
    CHECK(op_ok(op));
}

/* cron runs in the C locale, a terminal in any other: the result is the same. */
TEST(names_need_no_locale)
{
    struct op *op = kit_op();
    const char *before = arena_strdup(op->arena, setlocale(LC_ALL, NULL));

    setlocale(LC_ALL, "C");
    CHECK_STR(name_normalise(op, "m\xc3\xbcnchen.example"), "xn--mnchen-3ya.example");
    setlocale(LC_ALL, before);
}

TEST(names_that_no_certificate_holds)
{
    static const struct {
        const char *input, *words;
    } bad[] = {
        { "", "empty label" },
        { ".", "empty label" },
        { "..", "empty label" },
        { "a..b", "empty label" },
        { ".a", "empty label" },
        { "a..", "empty label" },
        { "*", "letters, digits and hyphens" },
        { "*.", "letters, digits and hyphens" },
        { "a.*.b", "wildcard is \"*.\" in front" },
        { "*.*.a", "wildcard is \"*.\" in front" },
        { "*a.b", "wildcard is \"*.\" in front" },
        { "a_b.example", "letters, digits and hyphens" },
        { "a b.example", "letters" },
        { "a/b", "letters" },
        { "../../etc/passwd", "empty label" },
        { "https://a.example", "letters" },
        { "a@b.example", "letters" },
        { "a.example\nb.example", "letters" },
        { "-a.example", "begins or ends with a hyphen" },
        { "a-.example", "begins or ends with a hyphen" },
        { LABEL63 "x.example", "longer than 63" },
        { "*.192.0.2.1", "IP address is written alone" },
        { "192.0.2.1.", "IP address is written alone" },
        { "::g", "letters" },
        { "2001:db8::1/64", "letters" },
        { "\xff\xfe.example", "\\xff\\xfe" },
        { "a\xc3.example", NULL },
        { "\xc0\x80.example", NULL },     /* NUL, overlong */
        { "\xed\xa0\x80.example", NULL }, /* a surrogate */
        { "a\xe2\x80\xae"
          "b.example",
          NULL }, /* turns the direction of writing */
        { "\xcc\x88"
          "a.example",
          NULL }, /* begins with a combining mark */
        { "\x1b[2J.example", "\\x1b[2J" },
        { "evil\x7f.example", "evil\\x7f" },
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *child = op_child(op);

        kit_check(!name_normalise(child, bad[i].input), __FILE__, __LINE__, "%s is accepted", bad[i].input);
        CHECK_FAILED(child, ERR_USAGE, "cannot be in a certificate");
        CHECK_FAILED(child, ERR_USAGE, bad[i].words);
        op_end(child);
    }
}

TEST(names_have_a_limit)
{
    struct op *op = kit_op();
    const char *most = LABEL63 "." LABEL63 "." LABEL63 "."
                               "a234567890b234567890c234567890d234567890e234567890f234567890g";

    CHECK_INT(strlen(most), 253);
    CHECK_STR(name_normalise(op, most), most);
    CHECK_STR(name_normalise(op, op_text(op, "%s.", most)), most);
    CHECK(!name_normalise(op, op_text(op, "%sx", most)));
    CHECK_FAILED(op, ERR_USAGE, "longer than 253");
}

TEST(names_hostile_lengths)
{
    struct op *op = kit_op();
    char *flood = op_alloc(op, 100001), *dots = op_alloc(op, 100001);

    memset(flood, 'a', 100000);
    memset(dots, '.', 100000);
    CHECK(!name_normalise(op, flood));
    CHECK(strlen(op->err.text) < 500);
    op_recover(op);
    CHECK(!name_normalise(op, dots));
    op_recover(op);
    for (size_t i = 0; i + 1 < 100000; i += 2)
        memcpy(flood + i, "\xc3\xbc", 2);
    CHECK(!name_normalise(op, flood));
    CHECK_FAILED(op, ERR_USAGE, NULL);
}

static struct strings listed(struct op *op, const char *names)
{
    return text_split(op, names, " ");
}

TEST(names_of_a_list)
{
    struct op *op = kit_op();
    struct strings in = listed(op, "b.example A.example B.example. a.example *.a.example 192.0.2.1"),
                   out = { 0 };

    CHECK(names_normalise(op, &in, &out));
    CHECK_STR(strings_join(op, &out, " "), "b.example a.example *.a.example 192.0.2.1");
    CHECK_STR(names_title(&out), "b.example");
}

TEST(names_of_an_empty_list)
{
    struct op *op = kit_op();
    struct strings in = { 0 }, out = { 0 };

    CHECK(!names_normalise(op, &in, &out));
    CHECK_FAILED(op, ERR_USAGE, "no name is given");
    CHECK_STR(op->err.hint, "add -d NAME");
}

TEST(names_at_most_a_hundred)
{
    struct op *op = kit_op();
    struct strings in = { 0 }, out = { 0 };

    for (int i = 0; i < 100; i++)
        strings_add(op, &in, op_text(op, "a%d.example", i));
    strings_add(op, &in, "A0.example."); /* the same again does not count */
    CHECK(names_normalise(op, &in, &out));
    CHECK_INT(out.count, 100);
    strings_add(op, &in, "one.too.many.example");
    out = (struct strings){ 0 };
    CHECK(!names_normalise(op, &in, &out));
    CHECK_FAILED(op, ERR_USAGE, "101 names are too many");
    CHECK(kit_has(op->err.hint, "wildcard"));
}

TEST(names_one_bad_name_spoils_the_list)
{
    struct op *op = kit_op();
    struct strings in = listed(op, "a.example b_c.example"), out = { 0 };

    CHECK(!names_normalise(op, &in, &out));
    CHECK_FAILED(op, ERR_USAGE, "\"b_c.example\"");
}

static bool same(struct op *op, const char *a, const char *b)
{
    struct strings left = listed(op, a), right = listed(op, b);

    return names_same(&left, &right);
}

TEST(names_are_the_same)
{
    struct op *op = kit_op();

    CHECK(same(op, "a b c", "c a b"));
    CHECK(same(op, "", ""));
    CHECK(!same(op, "a", ""));
    CHECK(!same(op, "", "a"));
    CHECK(!same(op, "a b", "a"));
    CHECK(!same(op, "a b", "a c"));
    CHECK(!same(op, "a a", "a b")); /* as many, and all of the left are on the right */
    CHECK(!same(op, "a b", "a a"));
}

TEST(names_kinds)
{
    CHECK(name_is_ip("192.0.2.1") && name_is_ip("2001:db8::1"));
    CHECK(!name_is_ip("192.0.2") && !name_is_ip("a.example") && !name_is_ip("192.0.2.1."));
    CHECK(name_is_wildcard("*.a.example") && !name_is_wildcard("a.example") && !name_is_wildcard("*a"));
    CHECK_STR(name_base("*.a.example"), "a.example");
    CHECK_STR(name_base("a.example"), "a.example");
}

TEST(titles_are_fit_for_a_folder)
{
    static const char *const good[] = { "a", "mail.example.com", "2001:db8::1", "A_b-c.9" };
    static const char *const bad[] = { "",     ".",   "..",   ".hidden",  "-d",  "a/b",
                                       "/etc", "a b", "a\nb", "\xc3\xbc", "*.a", "a\x1b" };
    struct op *op = kit_op();
    char *most = op_alloc(op, 232);

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK(title_ok(op, good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(!title_ok(op, bad[i]));
        CHECK_FAILED(op, ERR_USAGE, "cannot name a certificate");
        CHECK(kit_has(op->err.hint, "--name"));
        op_recover(op);
    }
    memset(most, 'a', 231);
    CHECK(!title_ok(op, most));
    op_recover(op);
    most[230] = '\0';
    CHECK(title_ok(op, most));
}
