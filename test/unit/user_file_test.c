/* Files of the user's that belong to other programs, and TXT content that goes back as it came. */
#include "base/text.h"
#include "disk.h"
#include "dns01/provider.h"
#include "kit.h"

#include <sys/stat.h>

TEST(user_file_is_read_where_it_is_there)
{
    struct op *op = kit_op();
    const char *path = op_text(op, "%s/key", kit_folder());

    CHECK(!user_file(op, path) && !user_file(op, NULL) && op_ok(op));
    disk_put(path, "content\n", 0644);
    CHECK_STR(user_file(op, path), "content\n");
    CHECK(chmod(path, 0666) == 0);
    CHECK(!user_file(op, path));
    CHECK_FAILED(op, ERR_CONFIG, "everybody may write");
    CHECK(strstr(op->err.hint, "chmod 600"));
}

TEST(ini_values_belong_to_sections)
{
    struct op *op = kit_op();
    const char *text =
        "stray = 0\r\n# [a]\r\n[ a ]\r\nx=1\r\n y = two words = 2 \r\nz\r\n; x = 3\r\n[b]\r\nx = 4\r\n";

    CHECK_STR(ini_value(op, text, "a", "x"), "1");
    CHECK_STR(ini_value(op, text, "a", "y"), "two words = 2");
    CHECK_STR(ini_value(op, text, "b", "x"), "4");
    CHECK(!ini_value(op, text, "a", "z") && !ini_value(op, text, "a", "stray") &&
          !ini_value(op, text, "c", "x"));
    CHECK(!ini_value(op, text, "b", "y") && !ini_value(op, NULL, "a", "x") &&
          !ini_value(op, "[a\nx=1", "a", "x"));
    CHECK(op_ok(op));
}

TEST(txt_values_go_back_as_they_came)
{
    static const struct {
        const char *content, *value;
    } cases[] = {
        { "\"abc\"", "abc" },
        { "\"\"", "" },
        { "\"a b;c\"", "a b;c" },
        { "\"a\" \"b\"", "\"a\" \"b\"" },
        { "\"a\\\"b\"", "\"a\\\"b\"" },
        { "\"h\\303\\244\"", "\"h\\303\\244\"" },
        { "\"", "\"" },
        { "\"abc", "\"abc" },
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_STR(txt_value(op, cases[i].content), cases[i].value);
        CHECK_STR(txt_content(op, cases[i].value), cases[i].content);
    }
    CHECK(!txt_value(op, NULL) && !txt_content(op, NULL));
    CHECK_STR(txt_value(op, "bare"), "bare");
    CHECK_STR(txt_value(op, ""), "");
}
