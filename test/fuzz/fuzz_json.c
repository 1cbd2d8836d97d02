/*
 * JSON. In front of the first newline stands a path into the document behind it. Printed and read again it is
 * the same document, and any text that we write comes back as it was.
 */
#include "base/json.h"
#include "base/text.h"
#include "fuzz.h"

#include <string.h>

static void check_document(struct op *op, const struct json *json, const char *path)
{
    const char *printed = json_print(op, json);
    const struct json *again = json_parse(op, printed, strlen(printed));

    fuzz_expect(again && strcmp(json_print(op, again), printed) == 0);
    for (size_t i = 0; i < json_count(json, path) && i < 100; i++)
        fuzz_expect(json_each(json, path, i) != NULL);
    fuzz_expect(!json_each(json, path, json_count(json, path)));
    fuzz_expect(!json_true(json, path) || json_at(json, path));
    json_int(json, path, 0);
    json_strings(op, json, path);
    op_recover(op);
    fuzz_expect((json_str(op, json, path) != NULL) == op_ok(op));
    op_recover(op);
}

static void check_writing(struct op *op, const char *text)
{
    struct text out = text_begin(op->arena);
    const char *templated = json_text(op, "{'a': %s}", text);
    const struct json *json;

    json_open(&out, NULL, '{');
    json_put(&out, text, text);
    json_close(&out, '}');
    json = json_parse(op, out.data, out.length);
    fuzz_expect(json && strcmp(json_name(json_each(json, "", 0)), text) == 0);
    fuzz_expect(strcmp(json_str(op, json_each(json, "", 0), ""), text) == 0);
    json = json_parse(op, templated, strlen(templated));
    fuzz_expect(json_is(json, "a", text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op *op = fuzz_begin();
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    size_t length = newline ? (size_t)(newline - data) : 0;
    const char *path = fuzz_text(op, data, length);
    const char *document = (const char *)data + length + (newline != NULL);
    const struct json *json = json_parse(op, document, size - length - (newline != NULL));

    fuzz_expect(op_ok(op) == (json != NULL));
    fuzz_expect(json || op->err.code == ERR_UNTRUSTED);
    op_recover(op);
    if (json)
        check_document(op, json, path);
    check_writing(op, fuzz_text(op, data, size));
    op_end(op);
    return 0;
}
