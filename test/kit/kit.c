#include "kit.h"

#include "base/text.h"

#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define KIT_EPOCH 1795564800 /* 2026-11-25T00:00:00Z */

static struct kit_test *tests;
static const struct kit_test *current;
static bool failed;
static int64_t millis;
static struct op *ops[64];
static size_t op_count;
static char folder[64];
static char logged[16384];

void kit_register(struct kit_test *test)
{
    test->next = tests;
    tests = test;
}

const struct kit_test *kit_current(void)
{
    return current;
}

bool kit_failed(void)
{
    return failed;
}

bool kit_check(bool good, const char *file, int line, const char *format, ...)
{
    va_list args;

    if (good)
        return true;
    failed = true;
    printf("  %s:%d: ", file, line);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
    return false;
}

bool kit_check_int(long long is, long long wanted, const char *file, int line, const char *expression)
{
    return kit_check(is == wanted, file, line, "%s is %lld, not %lld", expression, is, wanted);
}

bool kit_has(const char *text, const char *words)
{
    return text && strstr(text, words);
}

bool kit_check_str(const char *is, const char *wanted, const char *file, int line, const char *expression)
{
    return kit_check(text_same(is, wanted), file, line, "%s is \"%s\", not \"%s\"", expression,
                     is ? is : "(null)", wanted ? wanted : "(null)");
}

bool kit_check_failed(const struct op *op, enum err_code code, const char *words, const char *file, int line)
{
    if (!kit_check(op->err.code == code, file, line, "error code %d, not %d: %s", (int)op->err.code,
                   (int)code, op->err.text ? op->err.text : "no error"))
        return false;
    return kit_check(!words || strstr(op->err.text, words), file, line, "the error lacks \"%s\": %s", words,
                     op->err.text);
}

static int64_t now(struct clock *clock)
{
    (void)clock;
    return KIT_EPOCH + millis / 1000;
}

static int64_t ticks(struct clock *clock)
{
    (void)clock;
    return 1000 + millis;
}

static void jump(struct clock *clock, int64_t span)
{
    (void)clock;
    millis += span;
}

void kit_advance(int64_t span)
{
    millis += span;
}

static void keep(struct log *log, enum log_level level, const char *text)
{
    size_t length = strlen(logged);

    (void)log;
    (void)level;
    snprintf(logged + length, sizeof logged - length, "%s\n", text);
}

const char *kit_logged(void)
{
    return logged;
}

struct world *kit_world(void)
{
    static struct clock clock = { now, ticks, jump };
    static struct log log = { .write = keep, .level = LOG_DEBUG };
    static struct world world;

    if (!op_count)
        world = (struct world){ .log = &log, .clock = &clock };
    return &world;
}

struct op *kit_op(void)
{
    if (op_count == sizeof ops / sizeof *ops)
        abort();
    ops[op_count] = op_begin(kit_world());
    return ops[op_count++];
}

/* In memory where programs may be run from there: a disk that must sync takes most of a test's time. */
static const char *quick_place(void)
{
    struct statvfs status;
    bool good = statvfs("/dev/shm", &status) == 0 && !(status.f_flag & (ST_NOEXEC | ST_RDONLY));

    return good && access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

const char *kit_folder(void)
{
    if (!*folder) {
        snprintf(folder, sizeof folder, "%s/mcacme-test-XXXXXX", quick_place());
        if (!mkdtemp(folder))
            abort();
    }
    return folder;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static void clean_up(void)
{
    while (op_count)
        op_end(ops[--op_count]);
    if (*folder)
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    *folder = '\0';
    *logged = '\0';
    millis = 0;
}

/* ---- the run ---- */

#define JOBS_MOST 8 /* each takes its memory, with sanitizers a lot */

/* What processes at work on the same tests share. */
struct shared {
    atomic_int next, good, bad; /* `next`: how many tests were begun */
};

static void run_test(const struct kit_test *test, struct shared *shared)
{
    failed = false;
    current = test;
    test->run();
    clean_up();
    printf("%s %s\n", failed ? "FAIL" : "ok  ", test->name);
    fflush(stdout); /* in one piece, for others write there as well */
    atomic_fetch_add(failed ? &shared->bad : &shared->good, 1);
}

/* Whoever is free takes the next test. */
static void run_tests(const char *wanted, struct shared *shared)
{
    int number = 0, mine = atomic_fetch_add(&shared->next, 1);

    for (const struct kit_test *test = tests; test; test = test->next) {
        if (wanted && !strstr(test->name, wanted))
            continue;
        if (number++ != mine)
            continue;
        run_test(test, shared);
        mine = atomic_fetch_add(&shared->next, 1);
    }
}

/* Returns how many processes ended in another way than they should. */
static int run_jobs(int jobs, const char *wanted, struct shared *shared)
{
    int status, broken = 0;

    for (int i = 0; i < jobs; i++)
        if (fork() == 0) {
            run_tests(wanted, shared);
            exit(0);
        }
    while (wait(&status) > 0)
        broken += status != 0;
    return broken;
}

/* KIT_JOBS=2: two processes share the tests. */
int main(int argc, char **argv)
{
    const char *text = getenv("KIT_JOBS"), *wanted = argc > 1 ? argv[1] : NULL;
    int64_t jobs = 1;
    int broken = 0;
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED || (text && !text_number(text, 1, INT_MAX, &jobs)))
        abort();
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    if (jobs > 1)
        broken = run_jobs(jobs < JOBS_MOST ? (int)jobs : JOBS_MOST, wanted, shared);
    else
        run_tests(wanted, shared);
    printf("%d passed, %d failed\n", shared->good, shared->bad + broken);
    return shared->bad + broken ? 1 : 0;
}
