#include "hook.h"

#include "base/text.h"
#include "hook_start.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLICE_MS   20   /* how long the child's end, or a signal to us, may go unnoticed */
#define GRACE_MS   2000 /* between SIGTERM and SIGKILL, and for what SIGKILL takes */
#define LAST_WORDS 400u /* bytes of output in an error */

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* A child under way. */
struct child {
    pid_t pid;
    int output; /* our end of its stdout and stderr; -1 behind the end of it */
    bool ended; /* a zombie now: its id, and so its group's, cannot be taken by others yet */
    struct text words;
};

static const char *inherited(struct op *op, const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return op_text(op, "%s=%s", name, value ? value : otherwise);
}

static const char **environment(struct op *op, const struct hook *hook)
{
    struct strings list = { 0 };

    strings_add(op, &list, inherited(op, "PATH", DEFAULT_PATH));
    strings_add(op, &list, inherited(op, "HOME", "/"));
    strings_add(op, &list, inherited(op, "LANG", "C.UTF-8"));
    for (size_t i = 0; hook->env && hook->env[i]; i++)
        strings_add(op, &list, hook->env[i]);
    strings_add(op, &list, NULL);
    return list.at;
}

static const char *const *arguments(struct op *op, const struct hook *hook)
{
    const char **shell;

    if (hook->argv)
        return hook->argv;
    shell = op_array(op, 4, const char *);
    shell[0] = "/bin/sh";
    shell[1] = "-c";
    shell[2] = hook->shell;
    return shell;
}

/* Keeps the first 64 KiB and drains the rest, so that a chatty child never blocks. */
static void take_output(struct child *child)
{
    char buffer[4096];
    ssize_t got;

    while (child->output >= 0 && (got = read(child->output, buffer, sizeof buffer)) != 0) {
        size_t room = HOOK_MOST_OUTPUT - child->words.length;

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return;
        text_put(&child->words, buffer, (size_t)got < room ? (size_t)got : room);
        if (room == 0)
            return; /* one buffer a slice: a flood must not keep us from looking at the clock */
    }
    if (child->output >= 0)
        close(child->output);
    child->output = -1;
}

/* One slice of waiting; wakes at once for output and its end. */
static void watch(struct child *child)
{
    struct pollfd fd = { .fd = child->output, .events = POLLIN };
    siginfo_t info = { 0 };

    poll(&fd, 1, SLICE_MS);
    take_output(child);
    if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == child->pid)
        child->ended = true;
}

static bool run_to_end(struct op *op, struct child *child, int64_t end)
{
    while (!child->ended) {
        if (!op_alive(op) || op_ticks(op) >= end)
            return false;
        watch(child);
    }
    take_output(child); /* what it wrote between our last look and its end */
    return true;
}

/* Ends the group: politely, then not. The end of the output tells that its other members are gone, too. */
static void end_group(struct op *op, struct child *child)
{
    int64_t grace = op_ticks(op) + GRACE_MS;

    kill(-child->pid, SIGTERM);
    while (!(child->ended && child->output < 0) && op_ticks(op) < grace)
        watch(child);
    kill(-child->pid, SIGKILL);
    grace = op_ticks(op) + GRACE_MS;
    while (!child->ended && op_ticks(op) < grace)
        watch(child);
}

/* The output made printable, lines kept. A NUL, which ends our strings, is shown as what it is. */
static const char *escaped(struct op *op, const struct text *words)
{
    struct text out = text_begin(op->arena);

    for (size_t at = 0; at < words->length; at++) {
        size_t length = strcspn(words->data + at, "\n");

        text_add(&out, "%s", text_printable(op, text_cut(op, words->data + at, length), SIZE_MAX));
        at += length;
        if (at < words->length)
            text_add(&out, "%s", words->data[at] ? "\n" : "\\x00");
    }
    return out.data;
}

static void log_output(struct op *op, const struct hook *hook, const char *output)
{
    struct strings lines = text_split(op, output, "\n");

    for (size_t i = 0; i < lines.count; i++)
        op_log(op, LOG_INFO, "%s: %s", hook->title, lines.at[i]);
}

static void collect(struct op *op, const struct hook *hook, struct child *child, struct hook_result *result)
{
    int status = 0;

    if (waitpid(child->pid, &status, WNOHANG) == child->pid) {
        result->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }
    if (child->output >= 0)
        close(child->output);
    result->output = escaped(op, &child->words);
    if (!hook->secret)
        log_output(op, hook, result->output);
}

bool hook_run(struct op *op, const struct hook *hook, struct hook_result *result)
{
    struct child child = { .output = -1, .words = text_begin(op->arena) };

    *result = (struct hook_result){ .status = -1, .output = "" };
    TRY(op_effect(op, "hook") && op_alive(op));
    op_log(op, LOG_DEBUG, "running %s: %s", hook->title, hook->argv ? hook->argv[0] : hook->shell);
    TRY(hook_start(op, hook->title, arguments(op, hook), environment(op, hook), &child.pid, &child.output));
    if (!run_to_end(op, &child, op_ticks(op) + (hook->limit ? hook->limit : HOOK_LIMIT_MS))) {
        result->timed_out = op_ok(op);
        end_group(op, &child);
    }
    collect(op, hook, &child, result);
    return op_ok(op);
}

static const char *how_it_ended(struct op *op, const struct hook *hook, const struct hook_result *result)
{
    int64_t limit = hook->limit ? hook->limit : HOOK_LIMIT_MS;

    if (result->timed_out)
        return op_text(op, "was ended after %lld s, its time limit", (long long)((limit + 999) / 1000));
    if (result->signal)
        return op_text(op, "was ended by signal %d (%s)", result->signal, strsignal(result->signal));
    return op_text(op, "failed with exit status %d", result->status);
}

/* The end of the output, where programs say why they gave up; never from the middle of a UTF-8 character. */
static const char *last_words(struct op *op, const char *output)
{
    const char *words = text_trim(op, output);
    size_t length = strlen(words);

    if (length <= LAST_WORDS)
        return words;
    words += length - LAST_WORDS;
    while (((unsigned char)*words & 0xc0) == 0x80)
        words++;
    return op_text(op, "…%s", words);
}

bool hook_ok(struct op *op, enum err_code code, const struct hook *hook, const struct hook_result *result)
{
    const char *words;

    TRY(op_ok(op));
    if (!result->timed_out && !result->signal && result->status == 0)
        return true;
    words = last_words(op, result->output);
    return op_fail(op, code, "%s %s%s%s", hook->title, how_it_ended(op, hook, result), *words ? ": " : "",
                   words);
}
