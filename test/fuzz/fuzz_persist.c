/*
 * Records of dns-persist-01, of which anybody can put any into DNS. What fits has our issuer and our account
 * and has not ended; what is said of the others is printable and short; what is read is written the same way
 * again.
 */
#include "dns01/persist.h"
#include "fuzz.h"

#include <string.h>

#define KID "https://ca.example/acct/1"
#define NOW 1795564800

static void check_words(const char *words)
{
    fuzz_expect(words && strlen(words) < 1024);
    for (const char *c = words; *c; c++)
        fuzz_expect((unsigned char)*c >= 0x20 && *c != 0x7f);
}

/* A record that has only what we know of says the same when we write it. */
static void check_again(struct op *op, const struct persist_record *record)
{
    const char *value = persist_write(op, record);
    struct persist_record again;

    if (!value) {
        fuzz_expect(!op_ok(op));
        op_recover(op);
        return;
    }
    fuzz_expect(!persist_read(op, value, &again));
    fuzz_expect(text_same(again.issuer, record->issuer) && text_same(again.account, record->account));
    fuzz_expect(again.wildcard == record->wildcard && again.ends == record->ends);
    fuzz_expect(!again.ends || again.until == record->until);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *names[] = { "ca.example" };
    static const struct strings issuers = { names, 1, 1 };
    struct op *op = fuzz_begin();
    struct strings values = text_split(op, fuzz_text(op, data, size), "\n");
    struct persist_wants wants = { .issuers = &issuers, .account = KID, .wildcard = size & 1, .now = NOW };
    struct persist_verdict verdict = persist_judge(op, &values, &wants);

    check_words(persist_words(op, &verdict, &wants));
    if (verdict.state == PERSIST_FITS) {
        fuzz_expect(text_same(verdict.record.issuer, "ca.example") && text_same(verdict.record.account, KID));
        fuzz_expect(!verdict.record.ends || verdict.record.until >= NOW);
        fuzz_expect(verdict.record.wildcard || !wants.wildcard);
    }
    for (size_t i = 0; i < values.count; i++) {
        struct persist_record record;
        const char *fault = persist_read(op, values.at[i], &record);

        if (fault)
            check_words(fault);
        else
            check_again(op, &record);
    }
    fuzz_expect(op_ok(op));
    op_end(op);
    return 0;
}
