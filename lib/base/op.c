#include "base/op.h"

#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ERROR_TEXT_LIMIT 4096u
#define SLICE_MS         250 /* how long a signal may go unnoticed while we sleep */

struct op *op_begin(struct world *world)
{
    struct arena *arena = arena_new();
    struct op *op = arena_alloc(arena, sizeof *op);

    op->arena = arena;
    op->world = world;
    return op;
}

struct op *op_child(struct op *parent)
{
    struct op *op = op_begin(parent->world);

    op->frames = parent->frames;
    op->instance = parent->instance;
    op->deadline = parent->deadline;
    op->shielded = parent->shielded;
    return op;
}

void op_end(struct op *op)
{
    arena_free(op->arena);
}

bool op_ok(const struct op *op)
{
    return op->err.code == ERR_NONE;
}

int op_exit_status(enum err_code code)
{
    static const int status[ERR_COUNT] = {
        [ERR_NONE] = 0,
#define ERR(name, number, text) [ERR_##name] = (number),
#include "base/codes.def"
#undef ERR
    };
    return status[code];
}

static void add_frames(struct text *out, const struct frame *frame)
{
    if (!frame)
        return;
    add_frames(out, frame->outer);
    text_add(out, "%s: ", frame->text);
}

static bool record(struct op *op, enum err_code code, const char *file, int line, const char *message)
{
    struct text out = text_begin(op->arena);

    if (!op_ok(op))
        return false;
    add_frames(&out, op->frames);
    text_add(&out, "%s", message);
    op->err.code = code;
    op->err.text = text_printable(op, out.data, ERROR_TEXT_LIMIT);
    op->err.origin = op_text(op, "%s:%d", file, line);
    return false;
}

bool op_fail_at(struct op *op, enum err_code code, const char *file, int line, const char *format, ...)
{
    va_list args;
    const char *message;

    va_start(args, format);
    message = op_vtext(op, format, args);
    va_end(args);
    return record(op, code, file, line, message);
}

bool op_fail_errno_at(struct op *op, enum err_code code, const char *file, int line, const char *format, ...)
{
    const char *reason = strerror(errno);
    va_list args;
    const char *message;

    va_start(args, format);
    message = op_vtext(op, format, args);
    va_end(args);
    return record(op, code, file, line, op_text(op, "%s: %s", message, reason));
}

bool op_hint(struct op *op, const char *format, ...)
{
    va_list args;

    if (op_ok(op) || op->err.hint)
        return false;
    va_start(args, format);
    op->err.hint = op_vtext(op, format, args);
    va_end(args);
    return false;
}

void op_blame(struct op *op, const char *name)
{
    if (!op_ok(op))
        op->err.names = op->err.names ? op_text(op, "%s %s", op->err.names, name) : text_dup(op, name);
}

void op_enter(struct op *op, const char *format, ...)
{
    struct frame *frame;
    va_list args;

    if (!op_ok(op))
        return;
    frame = op_new(op, struct frame);
    va_start(args, format);
    frame->text = op_vtext(op, format, args);
    va_end(args);
    frame->outer = op->frames;
    op->frames = frame;
}

void op_leave(struct op *op)
{
    if (op_ok(op) && op->frames)
        op->frames = op->frames->outer;
}

bool op_adopt(struct op *parent, const struct op *child)
{
    if (op_ok(child))
        return true;
    if (op_ok(parent)) {
        parent->err = child->err;
        parent->err.text = arena_strdup(parent->arena, child->err.text);
        parent->err.origin = arena_strdup(parent->arena, child->err.origin);
        parent->err.hint = text_dup(parent, child->err.hint);
        parent->err.problem = text_dup(parent, child->err.problem);
        parent->err.names = text_dup(parent, child->err.names);
    }
    return false;
}

void op_recover(struct op *op)
{
    op->err = (struct err){ .code = ERR_NONE };
}

void *op_alloc(struct op *op, size_t size)
{
    return arena_alloc(op->arena, size);
}

char *op_vtext(struct op *op, const char *format, va_list args)
{
    struct text out = text_begin(op->arena);

    text_vadd(&out, format, args);
    return out.data;
}

char *op_text(struct op *op, const char *format, ...)
{
    va_list args;
    char *result;

    va_start(args, format);
    result = op_vtext(op, format, args);
    va_end(args);
    return result;
}

void op_log(struct op *op, enum log_level level, const char *format, ...)
{
    struct log *log = op->world->log;
    va_list args;

    if (!log || level > log->level)
        return;
    va_start(args, format);
    log->write(log, level, op_vtext(op, format, args));
    va_end(args);
}

struct world *op_hush(struct op *op)
{
    struct world *loud = op->world, *quiet = op_new(op, struct world);

    *quiet = *loud;
    quiet->log = NULL;
    op->world = quiet;
    return loud;
}

void op_progress(struct op *op, const char *format, ...)
{
    struct log *log = op->world->log;
    va_list args;

    if (!log || !log->progress)
        return;
    va_start(args, format);
    log->progress(log, op_vtext(op, format, args));
    va_end(args);
}

int64_t op_now(const struct op *op)
{
    return op->world->clock->now(op->world->clock);
}

int64_t op_ticks(const struct op *op)
{
    return op->world->clock->ticks(op->world->clock);
}

int64_t op_time_left(const struct op *op)
{
    int64_t end = op->deadline;

    if (!op->shielded && op->world->deadline && (!end || op->world->deadline < end))
        end = op->world->deadline;
    return end ? end - op_ticks(op) : INT64_MAX;
}

bool op_alive(struct op *op)
{
    const volatile int *stop = op->world->stop;

    if (!op_ok(op))
        return false;
    if (stop && *stop && !op->shielded)
        return op_fail(op, ERR_STOPPED, "stopped by signal %d", *stop);
    if (op_time_left(op) <= 0) {
        op_fail(op, ERR_TIMEOUT, "the time for this run is over");
        return op_hint(op, "try again later, or allow more time with --deadline");
    }
    return true;
}

bool op_wait(struct op *op, int64_t millis)
{
    struct clock *clock = op->world->clock;
    int64_t now = op_ticks(op);
    int64_t end = millis < INT64_MAX - now ? now + millis : INT64_MAX;
    int64_t rest;

    while (op_alive(op) && (rest = end - op_ticks(op)) > 0) {
        if (rest > op_time_left(op))
            rest = op_time_left(op);
        clock->sleep(clock, rest < SLICE_MS ? rest : SLICE_MS);
    }
    return op_ok(op);
}

bool op_effect(struct op *op, const char *what)
{
    struct world *world = op->world;

    if (!op_ok(op))
        return false;
    world->effects++;
    if (world->effect && !world->effect(world, what))
        return op_fail(op, ERR_STORE, "%s: made to fail", what);
    return true;
}
