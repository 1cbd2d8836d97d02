#include "base/arena.h"

#include "kit.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

static bool all_zero(const void *data, size_t size)
{
    const unsigned char *at = data;

    for (size_t i = 0; i < size; i++)
        if (at[i])
            return false;
    return true;
}

TEST(arena_gives_zeroed_aligned_memory)
{
    static const size_t sizes[] = { 1, 3, 8, 15, 16, 17, 2047, 2048, 2049, 8191, 8192, 8193, 100000 };
    struct arena *arena = arena_new();

    for (size_t round = 0; round < 20; round++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            void *at = arena_alloc(arena, sizes[i]);

            CHECK_INT((uintptr_t)at % _Alignof(max_align_t), 0);
            CHECK(all_zero(at, sizes[i]));
            memset(at, 0xa5, sizes[i]);
        }
    }
    arena_free(arena);
}

/* Every item keeps what was written to it, whatever its neighbours are and wherever chunks begin. */
TEST(arena_items_do_not_overlap)
{
    enum { COUNT = 500 };
    struct arena *arena = arena_new();
    unsigned char *items[COUNT];
    size_t sizes[COUNT];

    for (size_t i = 0; i < COUNT; i++) {
        sizes[i] = 1 + i * 37 % 3000 + (i % 50 == 0 ? 9000 : 0);
        items[i] = arena_alloc(arena, sizes[i]);
        memset(items[i], (int)(i % 251), sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            if (!CHECK_INT(items[i][j], i % 251))
                break;
    arena_free(arena);
}

/* A big item must not make the arena forget the room that is left in the chunk being filled. */
TEST(arena_keeps_filling_after_a_big_item)
{
    struct arena *arena = arena_new();
    char *first = arena_alloc(arena, 16);
    char *big = arena_alloc(arena, 50000);
    char *second = arena_alloc(arena, 16);

    memset(big, 1, 50000);
    CHECK(second == first + 16);
    arena_free(arena);
}

TEST(arena_items_of_no_size_are_harmless)
{
    struct arena *arena = arena_new();

    CHECK(arena_alloc(arena, 0) != NULL);
    CHECK(arena_array(arena, 0, 8) != NULL);
    CHECK(arena_array(arena, 8, 0) != NULL);
    CHECK(arena_copy(arena, NULL, 0) != NULL);
    CHECK_STR(arena_strdup(arena, ""), "");
    arena_free(arena);
}

TEST(arena_copies)
{
    struct arena *arena = arena_new();
    char text[] = "example.com";
    char *whole = arena_strdup(arena, text), *part = arena_strndup(arena, text, 7);
    char *bytes = arena_copy(arena, "a\0b", 3);

    memset(text, 'x', sizeof text - 1);
    CHECK_STR(whole, "example.com");
    CHECK_STR(part, "example");
    CHECK_INT(memcmp(bytes, "a\0b", 3), 0);
    arena_free(arena);
}

static char order[8];

static void note(void *what)
{
    const char *letter = what;

    order[strlen(order)] = *letter;
}

/* What is released may lie in the arena, so the memory is still whole while releases run. */
TEST(arena_releases_in_reverse_before_wiping)
{
    struct arena *arena = arena_new();

    memset(order, 0, sizeof order);
    arena_defer(arena, note, arena_strdup(arena, "a"));
    arena_alloc(arena, 20000);
    arena_defer(arena, note, arena_strdup(arena, "b"));
    arena_defer(arena, note, arena_strdup(arena, "c"));
    CHECK_STR(order, "");
    arena_free(arena);
    CHECK_STR(order, "cba");
}

/* The exit status of a child that asks for more than there can be; nothing of it may reach the terminal. */
static int status_of(void (*ask)(struct arena *arena))
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        struct arena *arena = arena_new();

        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        ask(arena);
        _exit(0);
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void ask_overflowing_array(struct arena *arena)
{
    arena_array(arena, SIZE_MAX / 4, 8);
}

static void ask_everything(struct arena *arena)
{
    arena_alloc(arena, SIZE_MAX);
}

static void ask_little(struct arena *arena)
{
    arena_array(arena, 4, 8);
}

TEST(arena_exits_when_there_cannot_be_enough)
{
    CHECK_INT(status_of(ask_little), 0);
    CHECK_INT(status_of(ask_overflowing_array), 75);
    CHECK_INT(status_of(ask_everything), 75);
}

TEST(arena_wipes)
{
    char secret[] = "secret";

    memory_wipe(secret, sizeof secret);
    CHECK(all_zero(secret, sizeof secret));
    memory_wipe(secret, 0);
}
