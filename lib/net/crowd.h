/*
 * crowd: the connections of a small TCP server, whatever is spoken on them.
 *
 * A stranger cannot make it block, grow or wait: nothing blocks, and there are at most CROWD_MOST
 * connections, each for at most five seconds (a newcomer pushes out the oldest). All of it happens in one
 * thread, which polls:
 *
 *     wait = crowd_arrange(&crowd, fds, now);     // what to poll for, and for how long (-1: for ever)
 *     poll(fds, CROWD_POLLED, wait);
 *     crowd_serve(&crowd, fds, now);
 *
 * What is known of the i-th connection besides is the owner's, in an array of its own.
 */
#ifndef MCACME_NET_CROWD_H
#define MCACME_NET_CROWD_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CROWD_MOST   16u
#define CROWD_POLLED (1 + CROWD_MOST) /* the listening socket comes first */

struct crowd;

/* What the owner does about the i-th connection, whose socket is crowd->at[i].fd. */
struct crowd_kind {
    void (*enter)(struct crowd *crowd, size_t i); /* it is new; NULL: nothing is to be done */
    void (*step)(struct crowd *crowd, size_t i);  /* all that can be done without waiting; may crowd_leave */
    void (*leave)(struct crowd *crowd,
                  size_t i); /* gives back what it holds; the socket is closed behind it */
    bool (*writes)(const struct crowd *crowd, size_t i); /* it waits for room to write, else for words */
};

struct crowd {
    const struct crowd_kind *kind;
    void *owner;
    int listener; /* owned; -1: none */
    int wake;     /* readable when the thread is to end */
    struct {
        int fd;      /* -1: free */
        int64_t end; /* ticks at which it is closed, whatever happens */
    } at[CROWD_MOST];
};

/* Nothing is open then. */
void crowd_begin(struct crowd *crowd, const struct crowd_kind *kind, void *owner);

int crowd_arrange(const struct crowd *crowd, struct pollfd *fds, int64_t now);
void crowd_serve(struct crowd *crowd, const struct pollfd *fds, int64_t now);

/* Ends one connection; content when it is over already. */
void crowd_leave(struct crowd *crowd, size_t i);

/* Closes all, the listening socket too. */
void crowd_end(struct crowd *crowd);

#endif
