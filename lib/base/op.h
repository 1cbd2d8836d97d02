/*
 * op: the operation, the one idea that carries the code.
 *
 * An operation owns an arena, the first error and the doors to the world. Every function that can fail takes
 * it first and returns false or NULL once it has failed; after that every helper is a no-op, so callers read
 * as straight lines and need not test each step. The first error wins; later ones are echoes.
 *
 *     struct op *op = op_begin(&world);
 *     op_enter(op, "renewing %s", name);
 *     if (!order_place(op, ...))
 *         report(op_error(op));     // "renewing mail.example: asking the CA for an order: ..."
 *     op_leave(op);
 *     op_end(op);                   // gives all memory back, closes all files, destroys all keys
 *
 * A child operation bounds the memory of one certificate or one clean-up; its strings die with it, except the
 * error that op_adopt moves to the parent.
 */
#ifndef MCACME_BASE_OP_H
#define MCACME_BASE_OP_H

#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum err_code {
    ERR_NONE,
#define ERR(name, status, text) ERR_##name,
#include "base/codes.def"
#undef ERR
    ERR_COUNT
};

struct err {
    enum err_code code;
    const char *text;    /* frames and message joined, outermost first; printable, one line */
    const char *hint;    /* what the user can do about it, or NULL */
    const char *origin;  /* file:line that failed, for -vv */
    const char *problem; /* the ACME problem type, or NULL (RFC 8555 section 6.7) */
    long http_status;    /* of the answer that was the cause, or 0 */
    int64_t retry_at;    /* seconds since the epoch: not before; 0 = unknown */
    const char *names;   /* that are to blame, with blanks between; NULL: it is about all of them */
};

enum log_level { LOG_WARN, LOG_NOTE, LOG_INFO, LOG_DEBUG };

/* Where messages go; the program fills one in, the library only calls it. */
struct log {
    void (*write)(struct log *log, enum log_level level, const char *text);
    enum log_level level;
    void (*progress)(struct log *log,
                     const char *text); /* what is being waited for, shown in place; may be NULL */
};

/* Time. Tests put in a clock that jumps instead of sleeping. */
struct clock {
    int64_t (*now)(struct clock *clock);                /* seconds since the epoch */
    int64_t (*ticks)(struct clock *clock);              /* milliseconds, monotonic */
    void (*sleep)(struct clock *clock, int64_t millis); /* may return early on a signal */
};

struct http;
struct resolver;
struct secrets;

/* The doors to the world, shared by all operations of one run. */
struct world {
    struct log *log;
    struct clock *clock;
    struct http *http;
    struct resolver *resolver;
    struct secrets *secrets;  /* values that no output may hold */
    const volatile int *stop; /* number of the signal that asks us to end, else 0; may be NULL */
    int64_t deadline;         /* clock->ticks at which the run ends; 0 = never */
    size_t effects;           /* counted changes of the outer world (files, requests) */
    bool (*effect)(struct world *world, const char *what); /* test seam: false makes it fail */
};

struct frame {
    const struct frame *outer;
    const char *text;
};

struct instance;

struct op {
    struct arena *arena;
    struct world *world;
    const struct frame *frames;
    struct err err;
    struct instance *instance; /* the DNS provider at work, see dns01/provider.h */
    int64_t deadline;          /* ticks; 0 = only the world's */
    bool shielded;             /* a clean-up: goes on although a signal asks us to stop */
};

struct op *op_begin(struct world *world);
struct op *op_child(struct op *parent);
void op_end(struct op *op);

/*
 * Records an error and returns false. The text is a format; it becomes "frame: frame: text", with control
 * characters escaped. Only the first call counts.
 */
#define op_fail(op, code, ...) op_fail_at(op, code, __FILE__, __LINE__, __VA_ARGS__)
bool op_fail_at(struct op *op, enum err_code code, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Adds "what to do" to the error just recorded, unless it has one. Returns false, as op_fail does. */
bool op_hint(struct op *op, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* op_fail with errno's words behind the text. */
#define op_fail_errno(op, code, ...) op_fail_errno_at(op, code, __FILE__, __LINE__, __VA_ARGS__)
bool op_fail_errno_at(struct op *op, enum err_code code, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Tells which of the names asked for the error just recorded is about; may be called for several. */
void op_blame(struct op *op, const char *name);

/* What we are doing, for the error text. Each op_enter has its op_leave; after a failure both do nothing. */
void op_enter(struct op *op, const char *format, ...) __attribute__((format(printf, 2, 3)));
void op_leave(struct op *op);

bool op_ok(const struct op *op);
int op_exit_status(enum err_code code);

/* Hands the child's error to the parent (unless that has one already). Returns whether the child was ok. */
bool op_adopt(struct op *parent, const struct op *child);

/* Forgets the error: for the caller that has dealt with it. */
void op_recover(struct op *op);

void *op_alloc(struct op *op, size_t size);
#define op_new(op, type)          ((type *)op_alloc(op, sizeof(type)))
#define op_array(op, count, type) ((type *)arena_array((op)->arena, count, sizeof(type)))

/* printf to a string in the arena. */
char *op_text(struct op *op, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *op_vtext(struct op *op, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

void op_log(struct op *op, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Nothing is logged from here on, until op->world is set back to what this returns: for a second look at what
 * has been told of already.
 */
struct world *op_hush(struct op *op);

/* For a person at a terminal: what we are waiting for right now. */
void op_progress(struct op *op, const char *format, ...) __attribute__((format(printf, 2, 3)));

int64_t op_now(const struct op *op);   /* seconds since the epoch */
int64_t op_ticks(const struct op *op); /* milliseconds, monotonic */

/* Milliseconds that this operation may still take; INT64_MAX where nothing limits it. */
int64_t op_time_left(const struct op *op);

/*
 * Whether the operation may go on: fails with STOPPED after a signal (unless shielded) and with TIMEOUT at
 * the deadline. Every loop that waits calls it.
 */
bool op_alive(struct op *op);

/* Sleeps; false with STOPPED or TIMEOUT when that came first. */
bool op_wait(struct op *op, int64_t millis);

/*
 * Announces one change of the outer world (a request, a write, a rename, a hook). Tests count these, make the
 * n-th fail, or die there.
 */
bool op_effect(struct op *op, const char *what);

/* Returns false from the calling function when the expression is false; nothing ever needs cleaning up. */
#define TRY(expression)                                                                                      \
    do {                                                                                                     \
        if (!(expression))                                                                                   \
            return false;                                                                                    \
    } while (0)

#endif
