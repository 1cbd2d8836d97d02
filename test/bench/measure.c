/*
 * measure FILE SECONDS COMMAND...: runs a command and adds a line to FILE: wall time, CPU time (user and
 * system, the command and all its children that it waited for) in microseconds, the highest resident set of
 * any one of them in KiB, the exit status. After SECONDS the command's process group is killed; its status is
 * then 137.
 *
 * It is small and uses vfork on purpose: what a child has resident before exec counts as the child's.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t running;

static void on_alarm(int number)
{
    (void)number;
    kill(-running, SIGKILL);
}

static long long now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static long long micros(struct timeval t)
{
    return t.tv_sec * 1000000LL + t.tv_usec;
}

static pid_t start(char **command)
{
    pid_t pid = vfork();

    if (pid == 0) {
        setpgid(0, 0);
        execvp(command[0], command);
        _exit(127);
    }
    return pid;
}

static int exit_status(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    struct sigaction action = { .sa_handler = on_alarm };
    struct rusage usage;
    long long begun, wall;
    FILE *out;
    int status;

    if (argc < 4)
        return 2;
    sigaction(SIGALRM, &action, NULL);
    begun = now();
    running = start(argv + 3);
    alarm((unsigned)strtoul(argv[2], NULL, 10));
    while (running < 0 || wait4(running, &status, 0, &usage) < 0)
        if (errno != EINTR)
            return 1;
    wall = now() - begun;
    alarm(0);
    out = fopen(argv[1], "a");
    if (!out)
        return 1;
    fprintf(out, "%lld %lld %ld %d\n", wall, micros(usage.ru_utime) + micros(usage.ru_stime), usage.ru_maxrss,
            exit_status(status));
    return fclose(out) == 0 ? exit_status(status) : 1;
}
