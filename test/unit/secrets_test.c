#include "base/text.h"
#include "crypto/secrets.h"
#include "kit.h"

static struct op *with_secret(const char *value)
{
    struct op *op = kit_op();

    op->world->secrets = secrets_new(op);
    secrets_add(op, value);
    return op;
}

TEST(secrets_are_hidden_wherever_they_stand)
{
    struct op *op = with_secret("geheim123");

    CHECK_STR(secrets_hide(op, "geheim123"), "[hidden]");
    CHECK_STR(secrets_hide(op, "a geheim123, b geheim123geheim123"), "a [hidden], b [hidden][hidden]");
    CHECK(secrets_in(op, "xgeheim123x"));
    CHECK(!secrets_in(op, "geheim12"));
}

TEST(secrets_leave_other_texts_alone)
{
    struct op *op = with_secret("geheim123");
    const char *text = "geheim12 and geheim";

    CHECK(secrets_hide(op, text) == text);
    CHECK(!secrets_hide(op, NULL));
    CHECK(!secrets_in(op, NULL));
    CHECK_STR(secrets_hide(op, ""), "");
}

TEST(secrets_are_known_in_every_spelling)
{
    static const char *const forms[] = {
        "p\xc3\xa4ss/w\"r+d?~>",        "p%C3%A4ss%2Fw%22r%2Bd%3F~%3E", "p\xc3\xa4ss/w\\\"r+d?~>",
        "70c3a473732f7722722b643f7e3e", "70C3A473732F7722722B643F7E3E", "cMOkc3MvdyJyK2Q/fj4=",
        "cMOkc3MvdyJyK2Q/fj4",          "cMOkc3MvdyJyK2Q_fj4",
    };
    struct op *op = with_secret(forms[0]);

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const char *shown = secrets_hide(op, op_text(op, "<%s>", forms[i]));

        kit_check(text_starts(shown, "<[hidden]") && strlen(shown) <= strlen("<[hidden]=>"), __FILE__,
                  __LINE__, "%s became %s", forms[i], shown);
    }
}

TEST(secrets_of_several_lines_are_known_on_one)
{
    struct op *op = with_secret("-----BEGIN-----\nabcdef\n-----END-----");

    CHECK_STR(secrets_hide(op, "key -----BEGIN----- abcdef -----END-----!"), "key [hidden]!");
}

TEST(secrets_that_were_cut_off_are_hidden_too)
{
    struct op *op = with_secret("a-long-secret-value");

    CHECK_STR(secrets_hide(op, text_printable(op, "token a-long-secret-value", 16)), "token [hidden]…");
    CHECK_STR(secrets_hide(op, "token a-lon…"), "token a-lon…"); /* fewer than six bytes say nothing */
}

TEST(secrets_under_six_bytes_are_no_secrets)
{
    struct op *op = with_secret("12345");

    secrets_add(op, "");
    secrets_add(op, NULL);
    CHECK_STR(secrets_hide(op, "12345"), "12345");
    secrets_add(op, "123456");
    CHECK_STR(secrets_hide(op, "123456"), "[hidden]");
}

TEST(secrets_the_longest_one_counts)
{
    struct op *op = with_secret("secret");

    secrets_add(op, "secret-and-more");
    secrets_add(op, "secret-and");
    CHECK_STR(secrets_hide(op, "secret-and-more secret-and secret"), "[hidden] [hidden] [hidden]");
}

TEST(secrets_work_on_a_failed_operation)
{
    struct op *op = with_secret("unrelated");

    op_fail(op, ERR_PROVIDER, "before");
    secrets_add(op, "geheim123");
    CHECK_STR(secrets_hide(op, "Z2VoZWltMTIz"), "[hidden]");
    CHECK_STR(secrets_hide(op, "geheim123"), "[hidden]");
}

TEST(secrets_need_no_list)
{
    struct op *op = kit_op();

    secrets_add(op, "geheim123");
    CHECK_STR(secrets_hide(op, "geheim123"), "geheim123");
    CHECK(!secrets_in(op, "geheim123"));
}

TEST(secrets_hides_xml_forms)
{
    struct op *op = kit_op();

    op->world->secrets = secrets_new(op);
    secrets_add(op, "a&b<c>'\"d");
    CHECK_STR(secrets_hide(op, "<p>a&amp;b&lt;c&gt;&apos;&quot;d</p>"), "<p>[hidden]</p>");
    CHECK_STR(secrets_hide(op, "<p>a&#38;b&#60;c&#62;&#39;&#34;d</p>"), "<p>[hidden]</p>");
}
