/* places: where things are when nobody says otherwise. */
#ifndef MCACME_CONFIG_PLACES_H
#define MCACME_CONFIG_PLACES_H

struct op;

/* The state folder: /var/lib/mcacme for root, else in $XDG_STATE_HOME. Fails with CONFIG. */
const char *place_of_state(struct op *op);

#endif
