/*
 * Names for certificates, and URLs. What is accepted is in its one form: it is accepted again as the same,
 * and holds nothing that could mean something in a path, a shell or a DNS message.
 */
#include "fuzz.h"
#include "names.h"
#include "net/http.h"

#include <string.h>

static void check_name(struct op *op, const char *name)
{
    const char *base = name_base(name), *again = name_normalise(op, name);

    fuzz_expect(again && strcmp(again, name) == 0);
    fuzz_expect(strlen(base) <= 253 &&
                strspn(base, "abcdefghijklmnopqrstuvwxyz0123456789-.:") == strlen(base));
    fuzz_expect(name_is_ip(base) ? base == name : !strchr(base, ':'));
    fuzz_expect(!strstr(base, "..") && base[strlen(base) - 1] != '.');
}

static void check_list(struct op *op, const char *text)
{
    struct strings input = text_split(op, text, ","), names = { 0 };

    if (names_normalise(op, &input, &names)) {
        fuzz_expect(names.count && names.count <= NAMES_MOST && names_same(&names, &names));
        for (size_t i = 0; i < names.count; i++)
            check_name(op, names.at[i]);
        fuzz_expect(title_ok(op, names_title(&names)) || strlen(names_title(&names)) > 200);
    } else {
        fuzz_expect(op->err.code == ERR_USAGE);
    }
    op_recover(op);
}

static void check_url(struct op *op, const char *url)
{
    const char *host = NULL;

    if (http_url_ok(op, url, false, &host)) {
        fuzz_expect(text_starts(url, "https://") && strlen(url) <= HTTP_MOST_URL && host && *host);
        for (const char *c = url; *c; c++)
            fuzz_expect(*c > 0x20 && *c < 0x7f);
        fuzz_expect(!strpbrk(host, "/?#@\\") && strlen(host) <= strlen(url));
    } else {
        fuzz_expect(!op_ok(op));
    }
    op_recover(op);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op *op = fuzz_begin();
    const char *text = fuzz_text(op, data, size), *name = name_normalise(op, text);

    fuzz_expect(op_ok(op) == (name != NULL));
    op_recover(op);
    if (name)
        check_name(op, name);
    check_list(op, text);
    check_url(op, text);
    op_end(op);
    return 0;
}
