/*
 * player: the door to the world of a transcript. Each request must be the one that comes next; it gets the
 * answer that stands there. `breakage` makes one exchange fail instead.
 */
#ifndef MCACME_TEST_PLAYER_H
#define MCACME_TEST_PLAYER_H

#include "net/http.h"
#include "transcript.h"

enum breakage {
    BREAK_NOTHING,
    BREAK_LINE,   /* no answer */
    BREAK_SERVER, /* 500, with an echo of the request, secrets and all */
    BREAK_SYNTAX, /* 200 that is no JSON, the same echo */
    BREAK_SENSE,  /* 200 with an empty object */
    BREAKAGE_COUNT
};

struct player {
    struct http http;
    const struct action *action; /* whose exchanges come */
    size_t at;                   /* which of them comes next */
    size_t played;               /* of the actions before */
    enum breakage breakage;
    size_t break_at; /* counted through the whole case */
    bool broken;     /* it has happened */
    bool over;       /* everything behind it goes unanswered */
};

void player_init(struct player *player);

/* The exchanges of this action come next. */
void player_begin(struct player *player, const struct action *action);

/* Complains about exchanges that nobody asked for. */
void player_end(struct player *player);

#endif
