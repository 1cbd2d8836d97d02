#include "mailcow/reload.h"

#include "mailcow/hand.h"

#define DOCKERAPI "MCACME_DOCKERAPI"

static const struct {
    enum mailcow_service bit;
    const char *service;
} containers[] = {
    { MAILCOW_NGINX, "nginx-mailcow" },
    { MAILCOW_DOVECOT, "dovecot-mailcow" },
    { MAILCOW_POSTFIX, "postfix-mailcow" },
};

/*
 * dockerapi makes itself a certificate at each start, and nobody else can vouch for it. It learns nothing
 * from us but which service to restart, and what it says of that is proved at the services (see serve.h).
 */
static struct http *own_door(struct op *op)
{
    static const struct http_curl_options unverified = { .unverified = true };

    return http_curl(op, &unverified);
}

static struct hand *hand_of(struct op *op, const struct mailcow *mailcow, struct http *dockerapi)
{
    const char *url = mailcow_value(op, mailcow, DOCKERAPI);

    if (!url)
        return hand_compose(op, mailcow);
    return hand_dockerapi(op, mailcow, url, dockerapi ? dockerapi : own_door(op));
}

/* False without an error where nginx did not take it: it may not be running, which a restart mends. */
static bool reloaded(struct op *op, const struct hand *hand)
{
    struct op *child = op_child(op);
    bool good = hand->reload_nginx(hand, child);

    if (child->err.code == ERR_STOPPED || child->err.code == ERR_TIMEOUT)
        op_adopt(op, child);
    else if (!good)
        op_log(op, LOG_NOTE, "%s; it is restarted instead", child->err.text);
    op_end(child);
    return good;
}

static bool reach(struct op *op, const struct hand *hand, unsigned services, bool restart)
{
    if (services & MAILCOW_NGINX && !restart && reloaded(op, hand))
        services &= ~(unsigned)MAILCOW_NGINX;
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++)
        if (services & (unsigned)containers[i].bit) {
            op_progress(op, "restarting %s", containers[i].service);
            TRY(op_ok(op) && hand->restart(hand, op, containers[i].service));
        }
    return op_ok(op);
}

bool mailcow_reload(struct op *op, const struct mailcow *mailcow, struct http *dockerapi, unsigned services,
                    bool restart)
{
    struct op *child = op_child(op);
    const struct hand *hand;
    bool good;

    op_enter(child, "reloading the services");
    hand = hand_of(child, mailcow, dockerapi);
    if (hand)
        reach(child, hand, services, restart);
    op_leave(child);
    good = op_adopt(op, child);
    op_end(child);
    return good;
}
