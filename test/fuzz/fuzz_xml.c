/*
 * XML. In front of the first newline stands a path into the document behind it. Any text that we write comes
 * back as it was, or is refused.
 */
#include "base/text.h"
#include "fuzz.h"
#include "net/xml.h"

#include <string.h>

static void check_document(struct op *op, const struct xml *xml, const char *path)
{
    for (size_t i = 0; i < 100 && xml_each(xml, path, i); i++)
        fuzz_expect(xml_at(xml, op_text(op, "%s.%zu", path, i)) == xml_each(xml, path, i));
    fuzz_expect(!xml_opt(xml, path) || xml_is(xml, path, xml_opt(xml, path)));
    fuzz_expect((xml_str(op, xml, path) != NULL) == op_ok(op));
    op_recover(op);
}

static bool ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

static void check_writing(struct op *op, const char *text)
{
    const char *written = xml_text(op, "<a b='%s'>%s</a>", text, text);
    const struct xml *xml;

    fuzz_expect(written || op->err.code == ERR_CONFIG);
    op_recover(op);
    if (!written || !ascii(text))
        return;
    xml = xml_parse(op, written, strlen(written));
    fuzz_expect(xml_is(xml, "a", text) && xml_is(xml, "a.@b", text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op *op = fuzz_begin();
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    size_t length = newline ? (size_t)(newline - data) : 0;
    const char *path = fuzz_text(op, data, length);
    const char *document = (const char *)data + length + (newline != NULL);
    const struct xml *xml = xml_parse(op, document, size - length - (newline != NULL));

    fuzz_expect(op_ok(op) == (xml != NULL));
    fuzz_expect(xml || op->err.code == ERR_UNTRUSTED);
    op_recover(op);
    if (xml)
        check_document(op, xml, path);
    check_writing(op, fuzz_text(op, data, size));
    op_end(op);
    return 0;
}
