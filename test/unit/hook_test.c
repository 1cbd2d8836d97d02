#include "base/clock.h"
#include "base/text.h"
#include "hook.h"
#include "kit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child takes real time, so these tests look at the real clock; none takes more than a moment of it. */
static struct op *hook_op(void)
{
    struct op *op = kit_op();

    op->world->clock = clock_system();
    return op;
}

static struct hook_result run(struct op *op, const char *command)
{
    struct hook hook = { .title = "the hook", .shell = command };
    struct hook_result result;

    hook_run(op, &hook, &result);
    return result;
}

/* What "echo $!" said first. */
static pid_t pid_in(const char *output)
{
    return (pid_t)strtol(output, NULL, 10);
}

TEST(hook_reports_status_and_output)
{
    struct op *op = hook_op();
    struct hook_result result = run(op, "echo out; echo err >&2; exit 7");

    CHECK_INT(result.status, 7);
    CHECK_INT(result.signal, 0);
    CHECK(!result.timed_out);
    CHECK_STR(result.output, "out\nerr\n");
    CHECK(strstr(kit_logged(), "the hook: err"));
    CHECK(op_ok(op));
}

TEST(hook_list_meets_no_shell)
{
    struct op *op = hook_op();
    const char *const argv[] = { "printf", "%s|", "$HOME", "a b;*", "", NULL };
    struct hook hook = { .title = "the hook", .argv = argv };
    struct hook_result result;

    CHECK(hook_run(op, &hook, &result));
    CHECK_STR(result.output, "$HOME|a b;*||");
}

TEST(hook_environment_is_its_own)
{
    struct op *op = hook_op();
    const char *const env[] = { "MCACME_NAMES=a b", NULL };
    struct hook hook = { .title = "the hook",
                         .shell = "env | cut -d= -f1 | grep -v -x -e _ -e PWD -e SHLVL | sort",
                         .env = env };
    struct hook_result result;

    setenv("CF_Token", "secret", 1);
    CHECK(hook_run(op, &hook, &result));
    unsetenv("CF_Token");
    CHECK_STR(result.output, "HOME\nLANG\nMCACME_NAMES\nPATH\n");
}

TEST(hook_inherits_no_descriptors)
{
    struct op *op = hook_op();
    int far = fcntl(STDOUT_FILENO, F_DUPFD, 100); /* not close-on-exec */
    struct hook_result result = run(op, "for f in /proc/$$/fd/*; do echo ${f##*/}; done; cat");

    CHECK(far >= 100);
    CHECK(text_starts(result.output, "0\n1\n2\n"));
    CHECK(!strstr(result.output, op_text(op, "\n%d\n", far)));
    CHECK_INT(result.status, 0);
    close(far);
}

TEST(hook_has_default_signals)
{
    struct op *op = hook_op();
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    struct hook_result result = run(op, "kill -PIPE $$; echo survived");

    signal(SIGPIPE, before);
    CHECK_INT(result.signal, SIGPIPE);
    CHECK_INT(result.status, -1);
    CHECK_STR(result.output, "");
}

TEST(hook_output_is_escaped)
{
    struct op *op = hook_op();
    struct hook_result result = run(op, "printf 'a\\033[2Jb\\000c\\177\\rd\\n'");

    CHECK_STR(result.output, "a\\x1b[2Jb\\x00c\\x7f d\n");
}

TEST(hook_output_is_capped_and_drained)
{
    struct op *op = hook_op();
    struct hook_result result = run(op, "head -c 1000000 /dev/zero | tr '\\0' x; exit 3");

    CHECK_INT(strlen(result.output), HOOK_MOST_OUTPUT);
    CHECK_INT(result.status, 3);
}

TEST(hook_does_not_wait_for_daemons)
{
    struct op *op = hook_op();
    int64_t before = op_ticks(op);
    struct hook_result result = run(op, "sleep 20 & echo $!");

    CHECK_INT(result.status, 0);
    CHECK(op_ticks(op) - before < 10000);
    CHECK(pid_in(result.output) > 1 && kill(pid_in(result.output), SIGKILL) == 0);
}

TEST(hook_time_limit_ends_the_group)
{
    struct op *op = hook_op();
    struct hook hook = { .title = "the hook",
                         .shell = "trap 'echo bye' TERM; sleep 30 & echo $!; wait; wait",
                         .limit = 100 };
    struct hook_result result;
    pid_t grandchild;

    CHECK(hook_run(op, &hook, &result));
    CHECK(result.timed_out);
    CHECK(strstr(result.output, "bye"));
    grandchild = pid_in(result.output);
    CHECK(grandchild > 1 && kill(grandchild, 0) != 0 && errno == ESRCH);
    CHECK(!hook_ok(op, ERR_DEPLOY, &hook, &result));
    CHECK_FAILED(op, ERR_DEPLOY, "the hook was ended after 1 s, its time limit");
}

static int64_t leaping_ticks(struct clock *clock)
{
    static int64_t ticks;

    (void)clock;
    return ticks += 500;
}

TEST(hook_kills_who_ignores_sigterm)
{
    struct clock clock = *clock_system();
    struct op *op = hook_op();
    struct hook hook = { .title = "the hook",
                         .shell = "trap '' TERM; while :; do sleep 0.1; done",
                         .limit = 2000 };
    struct hook_result result;

    clock.ticks = leaping_ticks;
    op->world->clock = &clock;
    CHECK(hook_run(op, &hook, &result));
    CHECK(result.timed_out);
    CHECK_INT(result.signal, SIGKILL);
    CHECK_INT(waitpid(-1, NULL, WNOHANG), -1); /* no child is left, not even a zombie */
}

static int stop;

static void on_alarm(int number)
{
    stop = number;
}

TEST(hook_ends_with_a_stop_signal)
{
    struct op *op = hook_op();
    struct sigaction action = { .sa_handler = on_alarm }, before;
    struct hook_result result;

    stop = 0;
    op->world->stop = &stop;
    sigaction(SIGALRM, &action, &before);
    ualarm(50000, 0);
    result = run(op, "sleep 30");
    sigaction(SIGALRM, &before, NULL);
    op->world->stop = NULL;
    CHECK_FAILED(op, ERR_STOPPED, "signal");
    CHECK_INT(result.signal, SIGTERM);
    CHECK(!result.timed_out);
}

TEST(hook_that_cannot_start)
{
    struct op *op = hook_op();
    const char *path = op_text(op, "%s/hook", kit_folder());
    const char *const argv[] = { path, NULL };
    struct hook hook = { .title = "the deploy hook", .argv = argv };
    struct hook_result result;

    CHECK(!hook_run(op, &hook, &result));
    CHECK_FAILED(op, ERR_CONFIG, "the deploy hook cannot be started");
    CHECK(strstr(op->err.text, "No such file"));
    CHECK_STR(result.output, "");
    op_recover(op);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    CHECK(!hook_run(op, &hook, &result));
    CHECK_FAILED(op, ERR_CONFIG, "Permission denied");
    CHECK(strstr(op->err.hint, "chmod +x"));
}

TEST(hook_failure_shows_the_last_words)
{
    struct op *op = hook_op();
    struct hook hook = { .title = "the hook" };
    struct hook_result result =
        run(op, "i=0; while [ $i -lt 300 ]; do echo line $i é; i=$((i+1)); done; exit 2");

    CHECK(!hook_ok(op, ERR_PROVIDER, &hook, &result));
    CHECK_FAILED(op, ERR_PROVIDER, "the hook failed with exit status 2: …");
    CHECK(text_ends(op->err.text, "line 299 é"));
    CHECK(strlen(op->err.text) < 600 && !strchr(op->err.text, '\n'));
}

TEST(hook_success_is_success)
{
    struct op *op = hook_op();
    struct hook hook = { .title = "the hook" };
    struct hook_result result = run(op, "echo warning: odd");

    CHECK(hook_ok(op, ERR_DEPLOY, &hook, &result));
    CHECK(op_ok(op));
}

static bool refuse(struct world *world, const char *what)
{
    (void)world;
    return !text_same(what, "hook");
}

TEST(hook_is_an_effect)
{
    struct op *op = hook_op();
    const char *path = op_text(op, "%s/made", kit_folder());
    struct stat status;

    op->world->effect = refuse;
    run(op, op_text(op, "touch %s", path));
    CHECK_FAILED(op, ERR_STORE, "hook");
    CHECK(stat(path, &status) != 0);
}
