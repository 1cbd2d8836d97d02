/*
 * kit: what every unit test stands on. A test file needs nothing but its TESTs; the build collects
 * every file of test/unit into one program.
 *
 *     TEST(json_refuses_repeated_members)
 *     {
 *         struct op *op = kit_op();             // ended by the kit
 *         CHECK(!json_parse(op, "{\"a\":1,\"a\":2}", 13));
 *         CHECK_FAILED(op, ERR_UNTRUSTED, "twice");
 *     }
 *
 *     build/dev/test/unit json                    the tests with that in their names
 *     KIT_JOBS=2 build/dev/test/unit              two processes share them
 *
 * A failed check is reported with file and line and the test goes on. Time is a fake clock that jumps instead
 * of sleeping: no test waits.
 */
#ifndef MCACME_TEST_KIT_H
#define MCACME_TEST_KIT_H

#include "base/op.h"

#include <string.h>

struct kit_test {
    const char *name;
    void (*run)(void);
    struct kit_test *next;
};

void kit_register(struct kit_test *test);

/* The test that runs: for those that are made from data and share one function. */
const struct kit_test *kit_current(void);
bool kit_failed(void); /* it has, so far */

#define TEST(title)                                                                                          \
    static void test_##title(void);                                                                          \
    __attribute__((constructor)) static void register_##title(void)                                          \
    {                                                                                                        \
        static struct kit_test test = { .name = #title, .run = test_##title };                               \
        kit_register(&test);                                                                                 \
    }                                                                                                        \
    static void test_##title(void)

bool kit_check(bool good, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#define CHECK(expression)             kit_check((expression), __FILE__, __LINE__, "%s", #expression)
#define CHECK_INT(is, wanted)         kit_check_int((long long)(is), (long long)(wanted), __FILE__, __LINE__, #is)
#define CHECK_STR(is, wanted)         kit_check_str((is), (wanted), __FILE__, __LINE__, #is)
#define CHECK_FAILED(op, code, words) kit_check_failed((op), (code), (words), __FILE__, __LINE__)

bool kit_check_int(long long is, long long wanted, const char *file, int line, const char *expression);
/* Whether a text is there and holds these words. */
bool kit_has(const char *text, const char *words);

bool kit_check_str(const char *is, const char *wanted, const char *file, int line, const char *expression);

/* The operation failed with this code and its text holds these words (NULL: any). */
bool kit_check_failed(const struct op *op, enum err_code code, const char *words, const char *file, int line);

/* An operation in the test's own world; the kit ends it after the test. */
struct op *kit_op(void);

/* The world of the running test: fake clock (starts at 2026-11-25T00:00:00Z), log kept in memory. */
struct world *kit_world(void);
void kit_advance(int64_t millis);
const char *kit_logged(void);

/* A fresh folder, removed after the test. */
const char *kit_folder(void);

#endif
