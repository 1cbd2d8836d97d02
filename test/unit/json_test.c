#include "base/json.h"
#include "base/text.h"
#include "kit.h"

static const struct json *parse(struct op *op, const char *text)
{
    return json_parse(op, text, strlen(text));
}

TEST(json_reads_paths)
{
    struct op *op = kit_op();
    const struct json *j = parse(op, "{\"result\":[{\"id\":\"z1\",\"n\":12}],\"ok\":true}");

    CHECK_STR(json_str(op, j, "result.0.id"), "z1");
    CHECK_STR(json_str(op, j, "result.0.n"), "12");
    CHECK_INT(json_int(j, "result.0.n", 0), 12);
    CHECK(json_true(j, "ok"));
    CHECK(!json_at(j, "result.1"));
    CHECK(op_ok(op));
    CHECK(!json_str(op, j, "result.0.name"));
    CHECK_FAILED(op, ERR_UNTRUSTED, "result.0.name");
}

TEST(json_refuses_repeated_members)
{
    struct op *op = kit_op();

    CHECK(!parse(op, "{\"b\":{\"a\":1,\"a\":2}}"));
    CHECK_FAILED(op, ERR_UNTRUSTED, "twice");
}

TEST(json_refuses_depth)
{
    struct op *op = kit_op();
    char deep[101] = { 0 };

    memset(deep, '[', 50);
    memset(deep + 50, ']', 50);
    CHECK(!parse(op, deep));
    CHECK_FAILED(op, ERR_UNTRUSTED, "deeper");
}

/* Walking along a list costs time by its length: nobody needs more than this many values in one place. */
TEST(json_refuses_crowds)
{
    struct op *op = kit_op();
    struct text flat = text_begin(op->arena), nested = text_begin(op->arena);

    text_add(&flat, "[0");
    for (int i = 1; i < 10000; i++)
        text_add(&flat, ",%d", i);
    text_add(&nested, "{\"a\":%s,0]}", flat.data);
    text_add(&flat, "]");
    CHECK_INT(json_count(parse(op, flat.data), ""), 10000);
    CHECK(!parse(op, nested.data));
    CHECK_FAILED(op, ERR_UNTRUSTED, "more than 10000");
}

TEST(json_refuses_trailing_bytes)
{
    struct op *op = kit_op();

    CHECK(!parse(op, "{} x"));
    CHECK_FAILED(op, ERR_UNTRUSTED, "not JSON");
}

TEST(json_templates_escape)
{
    struct op *op = kit_op();
    const char *missing = json_opt(op, NULL, "x");

    CHECK_STR(json_text(op, "{'a': %s, 'n': %u}", "x\"\n'", 7u), "{\"a\": \"x\\\"\\n'\", \"n\": 7}");
    CHECK(!json_text(op, "{'a': %s}", missing));
    CHECK_FAILED(op, ERR_INTERNAL, "missing");
}

TEST(json_writes_piece_by_piece)
{
    struct op *op = kit_op();
    struct text out = text_begin(op->arena);
    struct strings names = { 0 };

    strings_add(op, &names, "a");
    strings_add(op, &names, "b");
    json_open(&out, NULL, '{');
    json_put_strings(&out, "names", &names);
    json_put_int(&out, "n", -1);
    json_put_bool(&out, "on", true);
    json_close(&out, '}');
    CHECK_STR(out.data, "{\"names\":[\"a\",\"b\"],\"n\":-1,\"on\":true}");
}
