/*
 * arena: memory that lives as long as one operation.
 *
 * Everything allocated from an arena is given back at once by arena_free, after the deferred releases
 * (files, keys, foreign trees) have run in reverse order. The memory is wiped first, so secrets die with the
 * operation that needed them. Nothing is freed singly.
 *
 * Allocation cannot fail: when the system has no memory left the process says so and exits. The journal makes
 * that as safe as a power cut.
 *
 *     struct arena *a = arena_new();
 *     char *name = arena_strdup(a, "example.com");
 *     arena_free(a);
 */
#ifndef MCACME_BASE_ARENA_H
#define MCACME_BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);

/* As arena_alloc for `count` items; exits when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Copies; the strings end in NUL. */
void *arena_copy(struct arena *arena, const void *data, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);

/* Runs release(what) when the arena is freed; the last registered runs first. */
void arena_defer(struct arena *arena, void (*release)(void *what), void *what);

/* Overwrites memory in a way that the compiler keeps. */
void memory_wipe(void *data, size_t size);

#endif
