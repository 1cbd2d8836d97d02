#include "hook_start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4u
#endif
#define MOST_FDS 65536 /* where the kernel is older than close_range (5.11) and the limit is huge */

struct start {
    const char *const *argv;
    const char *const *env;
    int null;       /* /dev/null */
    int output[2];  /* a pipe */
    int failure[2]; /* a pipe that closes by a successful exec, else carries errno */
};

/* ---- in the child, between fork and exec: only calls that are safe there although we have threads ---- */

static void close_others_on_exec(void)
{
    long most = sysconf(_SC_OPEN_MAX);

#ifdef SYS_close_range
    if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
        return;
#endif
    for (int fd = STDERR_FILENO + 1; fd < (most < 0 || most > MOST_FDS ? MOST_FDS : (int)most); fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* What we ignore or block (SIGPIPE, say) must not surprise the program. */
static void reset_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void exec(const struct start *start)
{
    if (setpgid(0, 0) != 0 || dup2(start->null, STDIN_FILENO) < 0 ||
        dup2(start->output[1], STDOUT_FILENO) < 0 || dup2(start->output[1], STDERR_FILENO) < 0)
        return;
    close_others_on_exec();
    reset_signals();
    /* exec does not write to its arguments; its type is older than const (POSIX, rationale of exec) */
    execvpe(start->argv[0], (char *const *)(uintptr_t)start->argv, (char *const *)(uintptr_t)start->env);
}

_Noreturn static void become(const struct start *start)
{
    int reason;
    ssize_t told;

    exec(start);
    reason = errno;
    told = write(start->failure[1], &reason, sizeof reason);
    _exit(told == sizeof reason ? 127 : 126);
}

/* ---- in the parent ---- */

static bool open_all(struct start *start)
{
    start->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return start->null >= 0 && pipe2(start->output, O_CLOEXEC) == 0 && pipe2(start->failure, O_CLOEXEC) == 0;
}

static void close_all(const struct start *start)
{
    const int fds[] = { start->null, start->output[0], start->output[1], start->failure[0],
                        start->failure[1] };

    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

/* Waits until exec has succeeded or failed: 0, or its errno. */
static int exec_failure(struct start *start)
{
    int reason = 0;
    ssize_t got;

    close(start->failure[1]);
    start->failure[1] = -1;
    do
        got = read(start->failure[0], &reason, sizeof reason);
    while (got < 0 && errno == EINTR);
    return got == sizeof reason ? reason : 0;
}

static bool refused(struct op *op, const char *title, const struct start *start, int reason)
{
    errno = reason;
    op_fail_errno(op, ERR_CONFIG, "%s cannot be started: %s", title, start->argv[0]);
    if (reason == EACCES)
        return op_hint(op, "make it executable (chmod +x) for the user that mcacme runs as");
    return op_hint(op, "give the path of a program, as it is seen by the user that mcacme runs as");
}

static bool begin(struct op *op, const char *title, struct start *start, pid_t *pid)
{
    int reason;

    if (!open_all(start) || (*pid = fork()) < 0)
        return op_fail_errno(op, ERR_INTERNAL, "starting %s", title);
    if (*pid == 0)
        become(start);
    reason = exec_failure(start);
    if (reason == 0)
        return true;
    waitpid(*pid, NULL, 0);
    return refused(op, title, start, reason);
}

bool hook_start(struct op *op, const char *title, const char *const *argv, const char *const *env, pid_t *pid,
                int *output)
{
    struct start start = {
        .argv = argv, .env = env, .null = -1, .output = { -1, -1 }, .failure = { -1, -1 }
    };
    bool good = begin(op, title, &start, pid);

    if (good) {
        *output = start.output[0];
        start.output[0] = -1;
        fcntl(*output, F_SETFL, O_NONBLOCK);
    }
    close_all(&start);
    return good;
}
