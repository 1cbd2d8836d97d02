#include "net/service.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* The thread inherits a mask that blocks everything. */
static int start_thread(struct service *service, void *(*serve)(void *), void *context)
{
    sigset_t all, before;
    int failure;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failure = pthread_create(&service->thread, NULL, serve, context);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure;
}

bool service_start(struct op *op, struct service *service, const char *what, void *(*serve)(void *),
                   void *context)
{
    if (pipe2(service->wake, O_CLOEXEC) != 0)
        return op_fail_errno(op, ERR_INTERNAL, "starting %s", what);
    errno = start_thread(service, serve, context);
    if (errno == 0)
        return true;
    op_fail_errno(op, ERR_INTERNAL, "starting %s", what);
    close(service->wake[0]);
    close(service->wake[1]);
    return false;
}

void service_stop(struct service *service)
{
    close(service->wake[1]);
    pthread_join(service->thread, NULL);
    close(service->wake[0]);
}
