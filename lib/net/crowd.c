#include "net/crowd.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define STAY_MS     5000
#define FULL_NAP_MS 50 /* when the process has no descriptor left: poll would call again at once */

void crowd_begin(struct crowd *crowd, const struct crowd_kind *kind, void *owner)
{
    crowd->kind = kind;
    crowd->owner = owner;
    crowd->listener = crowd->wake = -1;
    for (size_t i = 0; i < CROWD_MOST; i++)
        crowd->at[i].fd = -1;
}

void crowd_leave(struct crowd *crowd, size_t i)
{
    if (crowd->at[i].fd < 0)
        return;
    crowd->kind->leave(crowd, i);
    close(crowd->at[i].fd);
    crowd->at[i].fd = -1;
}

void crowd_end(struct crowd *crowd)
{
    for (size_t i = 0; i < CROWD_MOST; i++)
        crowd_leave(crowd, i);
    if (crowd->listener >= 0)
        close(crowd->listener);
    crowd->listener = -1;
}

/* A free place, else the oldest's: who holds connections open must not shut out the others. */
static size_t place(struct crowd *crowd)
{
    size_t oldest = 0;

    for (size_t i = 0; i < CROWD_MOST; i++) {
        if (crowd->at[i].fd < 0)
            return i;
        if (crowd->at[i].end < crowd->at[oldest].end)
            oldest = i;
    }
    crowd_leave(crowd, oldest);
    return oldest;
}

static void accept_one(struct crowd *crowd, int64_t now)
{
    int fd = accept4(crowd->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    size_t i;

    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE)
            poll(&(struct pollfd){ .fd = crowd->wake }, 1, FULL_NAP_MS);
        return;
    }
    i = place(crowd);
    crowd->at[i].fd = fd;
    crowd->at[i].end = now + STAY_MS;
    if (crowd->kind->enter)
        crowd->kind->enter(crowd, i);
}

int crowd_arrange(const struct crowd *crowd, struct pollfd *fds, int64_t now)
{
    int64_t wait = -1;

    fds[0] = (struct pollfd){ .fd = crowd->listener, .events = POLLIN };
    for (size_t i = 0; i < CROWD_MOST; i++) {
        int64_t left = crowd->at[i].end > now ? crowd->at[i].end - now : 0;

        fds[1 + i] = (struct pollfd){ .fd = crowd->at[i].fd,
                                      .events = crowd->kind->writes(crowd, i) ? POLLOUT : POLLIN };
        if (crowd->at[i].fd >= 0 && (wait < 0 || left < wait))
            wait = left;
    }
    return (int)wait;
}

void crowd_serve(struct crowd *crowd, const struct pollfd *fds, int64_t now)
{
    for (size_t i = 0; i < CROWD_MOST; i++) {
        if (crowd->at[i].fd >= 0 && fds[1 + i].revents)
            crowd->kind->step(crowd, i);
        if (crowd->at[i].fd >= 0 && crowd->at[i].end <= now)
            crowd_leave(crowd, i);
    }
    if (fds[0].revents)
        accept_one(crowd, now);
}
