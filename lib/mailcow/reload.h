/*
 * reload: makes mailcow's services load the certificates that are in their place.
 *
 *     mailcow_reload(op, &mailcow, NULL, MAILCOW_ALL, false)
 *
 * On the host that is `docker compose` (or the older docker-compose) for the mailcow folder. In a container
 * of the project there is mailcow's dockerapi service instead: MCACME_DOCKERAPI in the mailcow.conf that is
 * seen there has its URL. nginx loads without a pause; dovecot and postfix read the certificates when they
 * start. Fails with DEPLOY.
 */
#ifndef MCACME_MAILCOW_RELOAD_H
#define MCACME_MAILCOW_RELOAD_H

#include "mailcow/source.h"

enum mailcow_service {
    MAILCOW_NGINX = 1,
    MAILCOW_DOVECOT = 2,
    MAILCOW_POSTFIX = 4,
    MAILCOW_ALL = 7,
};

struct http;

/*
 * `services` is a set of them. nginx is restarted instead of reloaded where `restart` says so, which is what
 * other certificates than before need, and where it cannot be reloaded. `dockerapi` (used only where
 * MCACME_DOCKERAPI is set) may be NULL: then a door of our own.
 */
bool mailcow_reload(struct op *op, const struct mailcow *mailcow, struct http *dockerapi, unsigned services,
                    bool restart);

#endif
