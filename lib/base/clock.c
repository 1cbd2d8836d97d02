#include "base/clock.h"

#include "base/op.h"

#include <time.h>

static int64_t now(struct clock *clock)
{
    struct timespec t;

    (void)clock;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec;
}

static int64_t ticks(struct clock *clock)
{
    struct timespec t;

    (void)clock;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void sleep_for(struct clock *clock, int64_t millis)
{
    struct timespec t = { .tv_sec = millis / 1000, .tv_nsec = (long)(millis % 1000) * 1000000 };

    (void)clock;
    nanosleep(&t, NULL); /* a signal ends it early, which is wanted */
}

struct clock *clock_system(void)
{
    static struct clock clock = { now, ticks, sleep_for };

    return &clock;
}
