/*
 * service: a thread of ours that serves until it is stopped. It blocks all signals, so they reach the main
 * thread as before.
 *
 *     service_start(op, &service, "the name server", serve, server)    // serve ends when service.wake[0]
 * does service_stop(&service);
 */
#ifndef MCACME_NET_SERVICE_H
#define MCACME_NET_SERVICE_H

#include "base/op.h"

#include <pthread.h>

struct service {
    pthread_t thread;
    int wake[2]; /* a pipe; its first end becomes readable when the thread is to end */
};

/* `what` is for the error. Fails with INTERNAL; nothing is left open then. */
bool service_start(struct op *op, struct service *service, const char *what, void *(*serve)(void *),
                   void *context);

void service_stop(struct service *service);

#endif
