#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_SIZE 8192u
#define ALIGNMENT  _Alignof(max_align_t)

struct chunk {
    struct chunk *next;
    size_t size, used;
    max_align_t data[];
};

struct release {
    struct release *next;
    void (*call)(void *what);
    void *what;
};

struct arena {
    struct chunk *chunks; /* the first one is being filled */
    struct release *releases;
};

_Noreturn static void out_of_memory(void)
{
    static const char words[] = "mcacme: out of memory\n";
    ssize_t written = write(STDERR_FILENO, words, sizeof words - 1);

    (void)written; /* nobody is left to tell */
    _exit(75);
}

/* What is big is cleared by the system, page by page as it is used. */
static struct chunk *chunk_new(size_t size, bool clear)
{
    struct chunk *chunk;

    if (size > SIZE_MAX - sizeof *chunk)
        out_of_memory();
    chunk = clear ? calloc(1, sizeof *chunk + size) : malloc(sizeof *chunk + size);
    if (!chunk)
        out_of_memory();
    *chunk = (struct chunk){ .size = size };
    return chunk;
}

struct arena *arena_new(void)
{
    struct arena *arena = calloc(1, sizeof *arena);

    if (!arena)
        out_of_memory();
    return arena;
}

void memory_wipe(void *data, size_t size)
{
    explicit_bzero(data, size);
}

void arena_free(struct arena *arena)
{
    struct chunk *next;

    for (const struct release *r = arena->releases; r; r = r->next)
        r->call(r->what);
    for (struct chunk *chunk = arena->chunks; chunk; chunk = next) {
        next = chunk->next;
        memory_wipe(chunk->data, chunk->used);
        free(chunk);
    }
    free(arena);
}

/* A big item gets a chunk of its own behind the first, so that the one being filled keeps its room. */
static void *alloc_big(struct arena *arena, size_t size)
{
    struct chunk **place = arena->chunks ? &arena->chunks->next : &arena->chunks;
    struct chunk *chunk = chunk_new(size, true);

    chunk->used = size;
    chunk->next = *place;
    *place = chunk;
    return chunk->data;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct chunk *chunk = arena->chunks;
    void *at;

    if (size > SIZE_MAX - ALIGNMENT)
        out_of_memory();
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (size > CHUNK_SIZE / 4 && (!chunk || size > chunk->size - chunk->used))
        return alloc_big(arena, size);
    if (!chunk || size > chunk->size - chunk->used) {
        chunk = chunk_new(CHUNK_SIZE, false);
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    at = (char *)chunk->data + chunk->used;
    chunk->used += size;
    return memset(at, 0, size); /* and not the whole chunk: most operations are small */
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        out_of_memory();
    return arena_alloc(arena, count * size);
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
    void *copy = arena_alloc(arena, size);

    if (size)
        memcpy(copy, data, size);
    return copy;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);

    memcpy(copy, text, length);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

void arena_defer(struct arena *arena, void (*call)(void *what), void *what)
{
    struct release *r = arena_alloc(arena, sizeof *r);

    r->call = call;
    r->what = what;
    r->next = arena->releases;
    arena->releases = r;
}
