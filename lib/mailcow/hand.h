/*
 * hand: one way to reach the containers of a mailcow, by the names of their services in docker-compose.yml.
 *
 *     struct hand *hand = hand_compose(op, &mailcow);
 *
 *     return hand && hand->restart(hand, op, "postfix-mailcow");
 *
 * All fail with DEPLOY.
 */
#ifndef MCACME_MAILCOW_HAND_H
#define MCACME_MAILCOW_HAND_H

#include "mailcow/source.h"
#include "net/http.h"

struct hand {
    bool (*reload_nginx)(const struct hand *hand, struct op *op);
    bool (*restart)(const struct hand *hand, struct op *op, const char *service);
};

/* By `docker compose`, or `docker-compose`, whichever works. */
struct hand *hand_compose(struct op *op, const struct mailcow *mailcow);

/* By the dockerapi service at `url`. */
struct hand *hand_dockerapi(struct op *op, const struct mailcow *mailcow, const char *url, struct http *http);

#endif
