#include "base/json.h"
#include "base/text.h"
#include "kit.h"

TEST(json_write_escapes)
{
    struct op *op = kit_op();

    CHECK_STR(json_text(op, "%s", "plain \xc3\xbc"), "\"plain \xc3\xbc\"");
    CHECK_STR(json_text(op, "%s", "\"\\\b\f\n\r\t/"), "\"\\\"\\\\\\b\\f\\n\\r\\t/\"");
    CHECK_STR(json_text(op, "%s", "\x01\x1f\x7f"), "\"\\u0001\\u001f\\u007f\"");
    CHECK_STR(json_text(op, "%s", ""), "\"\"");
    CHECK(op_ok(op));
}

/* What was written is read back as it was, for every byte that a string can hold. */
TEST(json_write_is_read_back)
{
    struct op *op = kit_op();

    for (int c = 1; c < 128; c++) {
        char value[] = { 'a', (char)c, '\'', '\0' };
        const char *document = json_text(op, "{'x': %s}", value);

        CHECK_STR(json_str(op, json_parse(op, document, strlen(document)), "x"), value);
    }
    CHECK(op_ok(op));
}

/* A value cannot break out of its place: neither quotes nor percent signs mean anything in it. */
TEST(json_write_values_stay_values)
{
    struct op *op = kit_op();
    const char *evil = "x','admin':true,'y':'%s%n";

    CHECK_STR(json_text(op, "{'name': %s}", evil), "{\"name\": \"x','admin':true,'y':'%s%n\"}");
    CHECK_STR(json_text(op, "{'n': %d, 'u': %u, 'p': '100%%'}", -7, 4000000000u),
              "{\"n\": -7, \"u\": 4000000000, \"p\": \"100%\"}");
}

static const char *nobody(void)
{
    static const char *volatile nothing = NULL;

    return nothing; /* a NULL that the compiler does not see coming */
}

TEST(json_write_needs_every_value)
{
    struct op *op = kit_op();

    CHECK(!json_text(op, "{'a': %s, 'b': %s}", "x", nobody()));
    CHECK_FAILED(op, ERR_INTERNAL, "missing");
    CHECK(!json_text(op, "{}"));
}

TEST(json_write_refuses_other_conversions)
{
    struct op *op = kit_op();

    CHECK(!json_text(op, "{'a': %x}", 1u));
    CHECK_FAILED(op, ERR_INTERNAL, "%x");
}

TEST(json_write_keeps_commas)
{
    struct op *op = kit_op();
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_put(&out, "a", "ends in [");
    json_put(&out, "b", NULL);
    json_open(&out, "list", '[');
    json_put_int(&out, NULL, INT64_MIN);
    json_open(&out, NULL, '{');
    json_close(&out, '}');
    json_open(&out, NULL, '{');
    json_put_bool(&out, "c", false);
    json_close(&out, '}');
    json_put_raw(&out, NULL, "[1]");
    json_close(&out, ']');
    json_put_raw(&out, "raw", "{\"x\":0}");
    json_close(&out, '}');
    CHECK_STR(out.data,
              "{\"a\":\"ends in [\",\"b\":null,\"list\":[-9223372036854775808,{},{\"c\":false},[1]],"
              "\"raw\":{\"x\":0}}");
}

TEST(json_write_escapes_names)
{
    struct op *op = kit_op();
    struct text out = text_begin(op->arena);
    struct strings none = { 0 };

    json_open(&out, NULL, '{');
    json_put_strings(&out, "a\"b", &none);
    json_close(&out, '}');
    CHECK_STR(out.data, "{\"a\\\"b\":[]}");
}
