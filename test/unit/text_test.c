#include "base/text.h"

#include "kit.h"

TEST(text_grows)
{
    struct op *op = kit_op();
    struct text out = text_begin(op->arena);

    CHECK_STR(out.data, "");
    for (int i = 0; i < 1000; i++)
        text_add(&out, "%d,", i % 10);
    CHECK_INT(out.length, 2000);
    CHECK_INT(strlen(out.data), 2000);
    CHECK_INT(memcmp(out.data + 1980, "0,1,2,3,4,5,6,7,8,9,", 21), 0);
}

TEST(text_grows_at_every_length)
{
    struct op *op = kit_op();

    for (size_t length = 0; length < 200; length++) {
        struct text out = text_begin(op->arena);

        for (size_t i = 0; i < length; i++)
            text_char(&out, 'x');
        text_put(&out, "end", 3);
        CHECK_INT(strlen(out.data), length + 3);
        CHECK(out.room > out.length);
        CHECK_STR(out.data + length, "end");
    }
}

/* The text may be a secret: what it has outgrown is wiped at once. */
TEST(text_wipes_what_it_outgrows)
{
    struct op *op = kit_op();
    struct text out = text_begin(op->arena);
    const char *old;

    text_add(&out, "secret");
    old = out.data;
    text_add(&out, "%0500d", 0);
    CHECK(out.data != old);
    CHECK_STR(old, "");
    CHECK(text_starts(out.data, "secret0"));
}

TEST(text_may_hold_zero_bytes)
{
    struct op *op = kit_op();
    struct text out = text_begin(op->arena);

    text_put(&out, "a\0b", 3);
    text_put(&out, "", 0);
    text_char(&out, '\0');
    CHECK_INT(out.length, 4);
    CHECK_INT(memcmp(out.data, "a\0b\0", 5), 0);
}

static struct strings list_of(struct op *op, const char *words)
{
    return text_split(op, words, ",");
}

TEST(text_splits)
{
    struct op *op = kit_op();
    struct strings parts = text_split(op, " a.example , b.example\t,, c;d ", ",;");

    CHECK_INT(parts.count, 4);
    CHECK_STR(strings_join(op, &parts, "|"), "a.example|b.example|c|d");
    CHECK_INT(text_split(op, "", ",").count, 0);
    CHECK_INT(text_split(op, " ,\t, \n", ",").count, 0);
    CHECK_INT(text_split(op, "one", ",").count, 1);
}

TEST(strings_grow_and_are_found)
{
    struct op *op = kit_op();
    struct strings list = { 0 };

    CHECK_STR(strings_join(op, &list, ","), "");
    CHECK(!strings_have(&list, "n7"));
    for (int i = 0; i < 100; i++)
        strings_add(op, &list, op_text(op, "n%d", i));
    CHECK_INT(list.count, 100);
    CHECK_STR(list.at[99], "n99");
    CHECK(strings_have(&list, "n7"));
    CHECK(!strings_have(&list, "N7"));
    CHECK(!strings_have(&list, "n"));
}

TEST(text_copies_and_cuts)
{
    struct op *op = kit_op();

    CHECK(text_dup(op, NULL) == NULL);
    CHECK_STR(text_dup(op, "a"), "a");
    CHECK_STR(text_cut(op, "example", 2), "ex");
    CHECK_STR(text_cut(op, "example", 0), "");
    CHECK_STR(text_trim(op, " \t\r\n a b \n"), "a b");
    CHECK_STR(text_trim(op, "   "), "");
    CHECK_STR(text_less(op, "www.example.com", ".com"), "www.example");
    CHECK_STR(text_less(op, "com", "com"), "");
    CHECK(text_less(op, "com", ".com") == NULL);
    CHECK_STR(text_past("mailto:a@b", "mailto:"), "a@b");
    CHECK_STR(text_past("mailto:", "mailto:"), "");
    CHECK(text_past("mail", "mailto:") == NULL && text_past(NULL, "mailto:") == NULL);
    CHECK_STR(text_unquote(op, "\"a\""), "a");
    CHECK_STR(text_unquote(op, "'a'"), "a");
    CHECK_STR(text_unquote(op, "\"a'"), "\"a'");
    CHECK_STR(text_unquote(op, "\""), "\"");
}

/* Names are compared as DNS compares them: ASCII only, whatever the locale says of other letters. */
TEST(text_case_is_ascii)
{
    struct op *op = kit_op();

    CHECK_STR(text_lower(op, "WWW.Ex-1.\xc3\x84"), "www.ex-1.\xc3\x84");
    CHECK(text_same_nocase("Example.COM", "eXAMPLE.com"));
    CHECK(!text_same_nocase("\xc3\x84", "\xc3\xa4"));
    CHECK(!text_same_nocase("a", "ab"));
    CHECK(!text_same_nocase("ab", "a"));
    CHECK(text_same_nocase("", ""));
    CHECK(!text_same_nocase("[", "{"));
    CHECK(!text_same_nocase("@", "`"));
}

TEST(text_compares)
{
    CHECK(text_same(NULL, NULL));
    CHECK(!text_same(NULL, ""));
    CHECK(!text_same("", NULL));
    CHECK(text_same("a", "a"));
    CHECK(!text_same("a", "A"));
    CHECK(text_starts("abc", "ab") && text_starts("abc", "") && !text_starts("ab", "abc"));
    CHECK(text_ends("abc", "bc") && text_ends("abc", "") && !text_ends("bc", "abc"));
}

TEST(text_printable_escapes_control_characters)
{
    struct op *op = kit_op();

    CHECK_STR(text_printable(op, "plain text", 100), "plain text");
    CHECK_STR(text_printable(op, "a\nb\r\tc", 100), "a b  c");
    CHECK_STR(text_printable(op, "\033]0;title\007", 100), "\\x1b]0;title\\x07");
    CHECK_STR(text_printable(op, "\x7f", 100), "\\x7f");
    CHECK_STR(text_printable(op, "gr\xc3\xbc\xc3\x9f", 100), "gr\xc3\xbc\xc3\x9f");
}

/* Control characters have a second form, U+0080 to U+009F, that terminals obey as well. */
TEST(text_printable_escapes_c1_control_characters)
{
    struct op *op = kit_op();

    CHECK_STR(text_printable(op,
                             "a\xc2\x9b"
                             "2Jb",
                             100),
              "a\\xc2\\x9b2Jb");
    CHECK_STR(text_printable(op, "\xc2\x80\xc2\xa0", 100), "\\xc2\\x80\xc2\xa0");
}

TEST(text_printable_escapes_what_is_not_utf8)
{
    struct op *op = kit_op();

    CHECK_STR(text_printable(op, "\xff", 100), "\\xff");
    CHECK_STR(text_printable(op,
                             "\x9b"
                             "2J",
                             100),
              "\\x9b2J");
    CHECK_STR(text_printable(op, "\xc3", 100), "\\xc3");
    CHECK_STR(text_printable(op, "\xc3x", 100), "\\xc3x");
    CHECK_STR(text_printable(op, "\xc0\xaf", 100), "\\xc0\\xaf");
    CHECK_STR(text_printable(op, "\xed\xa0\x80", 100), "\\xed\\xa0\\x80");
    CHECK_STR(text_printable(op, "\xe2\x82\xac\xf0\x9f\x94\x91", 100), "\xe2\x82\xac\xf0\x9f\x94\x91");
    CHECK_STR(text_printable(op, "\xf4\x90\x80\x80", 100), "\\xf4\\x90\\x80\\x80");
}

/* Marks that turn the direction of writing let "moc.live" read as something else. */
TEST(text_printable_escapes_direction_marks)
{
    struct op *op = kit_op();

    CHECK_STR(text_printable(op,
                             "\xe2\x80\xae"
                             "evil",
                             100),
              "\\xe2\\x80\\xaeevil");
    CHECK_STR(text_printable(op, "\xe2\x81\xa6", 100), "\\xe2\\x81\\xa6");
    CHECK_STR(text_printable(op, "\xe2\x80\xa8", 100), "\\xe2\\x80\\xa8");
    CHECK_STR(text_printable(op, "\xe2\x80\xa6", 100), "\xe2\x80\xa6");
}

TEST(text_printable_keeps_its_limit)
{
    struct op *op = kit_op();

    CHECK_STR(text_printable(op, "abcdef", 6), "abcdef");
    CHECK_STR(text_printable(op, "abcdef", 5), "abcde…");
    CHECK_STR(text_printable(op, "ab\x01", 5), "ab…");
    CHECK_STR(text_printable(op, "abcd\xc3\xbc", 5), "abcd…");
    CHECK_STR(text_printable(op, "", 0), "");
    CHECK_STR(text_printable(op, "a", 0), "…");
}

static int64_t number(const char *text, int64_t least, int64_t most)
{
    int64_t value = -77;

    return text_number(text, least, most, &value) ? value : -77;
}

TEST(text_numbers_within_limits)
{
    CHECK_INT(number("0", 0, 10), 0);
    CHECK_INT(number("10", 0, 10), 10);
    CHECK_INT(number("007", 0, 10), 7);
    CHECK_INT(number("-3", -5, 10), -3);
    CHECK_INT(number("11", 0, 10), -77);
    CHECK_INT(number("-1", 0, 10), -77);
    CHECK_INT(number("9223372036854775807", 0, INT64_MAX), INT64_MAX);
    CHECK_INT(number("9223372036854775808", 0, INT64_MAX), -77);
    CHECK_INT(number("-9223372036854775808", INT64_MIN, 0), INT64_MIN);
    CHECK_INT(number("-9223372036854775809", INT64_MIN, 0), -77);
    CHECK_INT(number("99999999999999999999999", 0, INT64_MAX), -77);
}

TEST(text_numbers_are_digits_only)
{
    static const char *const bad[] = { "",    " 1",  "1 ",  "\t1", "\v1", "\f1", "+1", "-",
                                       "--1", "- 1", "1.0", "1e1", "0x1", "a",   "1a", "\xd9\xa1" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        kit_check(number(bad[i], -10, 10) == -77, __FILE__, __LINE__, "\"%s\" was taken", bad[i]);
}

TEST(text_url_keeps_only_unreserved)
{
    struct op *op = kit_op();

    CHECK_STR(text_url(op, "azAZ09-._~"), "azAZ09-._~");
    CHECK_STR(text_url(op, "a b/c?d&e=f#g%h+i"), "a%20b%2Fc%3Fd%26e%3Df%23g%25h%2Bi");
    CHECK_STR(text_url(op, "\xc3\xbc\n\x7f"), "%C3%BC%0A%7F");
    CHECK_STR(text_url(op, ""), "");
}

static const char *nearest(const char *word, const char *candidates)
{
    struct op *op = kit_op();
    struct strings list = list_of(op, candidates);

    return text_nearest(op, word, &list);
}

TEST(text_nearest_finds_what_was_meant)
{
    CHECK_STR(nearest("sever", "server,staging,state"), "server");
    CHECK_STR(nearest("webrot", "webroot,standalone"), "webroot");
    CHECK_STR(nearest("CF_TOKEN", "CF_Token,CF_Key"), "CF_Token");
    CHECK_STR(nearest("cluodflare", "cloudflare,cloudns"), "cloudflare");
    CHECK_STR(nearest("server", "servers,server"), "server");
}

TEST(text_nearest_does_not_guess)
{
    char endless[201] = { 0 };

    memset(endless, 'x', 200);
    CHECK(nearest("zebra", "server,staging,state") == NULL);
    CHECK(nearest("server", "") == NULL);
    CHECK(nearest(endless, "xxxx") == NULL);
}
