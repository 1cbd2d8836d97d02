/* Times, spans and numbers as text. A time that is read is printed as one that reads the same. */
#include "base/text.h"
#include "base/when.h"
#include "fuzz.h"

#define NOW 1795564800 /* 2026-11-25 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct op *op = fuzz_begin();
    const char *text = fuzz_text(op, data, size);
    int64_t when = -1, again = -1, number = 0;

    if (when_rfc3339(text, &when) && when >= 0)
        fuzz_expect(when_rfc3339(when_print(op, when), &again) && again == when);
    if (when_retry_after(text, NOW, &when))
        fuzz_expect(when_print(op, when) && when_span(op, when - NOW));
    if (when_duration(text, &number))
        fuzz_expect(number >= 0 && number <= (int64_t)999999999 * 86400 && when_span(op, number));
    if (text_number(text, -5, 1000, &number))
        fuzz_expect(number >= -5 && number <= 1000);
    fuzz_expect(op_ok(op));
    op_end(op);
    return 0;
}
