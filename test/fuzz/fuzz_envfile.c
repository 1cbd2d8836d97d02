/* Credentials as KEY="value" lines: names are names, and a value is one line. */
#include "config/envfile.h"
#include "fuzz.h"

#include <string.h>

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op *op = fuzz_begin();
    struct envfile file = envfile_parse(op, fuzz_text(op, data, size), "dns-01.conf");

    fuzz_expect(op_ok(op) && file.names.count == file.values.count);
    for (size_t i = 0; i < file.names.count; i++) {
        const char *name = file.names.at[i], *value = file.values.at[i];

        fuzz_expect(*name && strspn(name, LETTERS) == strlen(name));
        fuzz_expect(!strchr(value, '\n') && strlen(value) <= size);
        fuzz_expect(envfile_get(&file, name) != NULL);
    }
    op_end(op);
    return 0;
}
