/*
 * decade: ten years of a timer that runs `renew`, in a world that fails in all ways that we know of: CAs that
 * are away, lose answers, are busy or count us out; a DNS vendor that is down or does not let go of records;
 * a disk that is full; a clock that jumps; kills at any effect; keys that get into wrong hands.
 *
 * What is promised for all of that is looked at after each run (decade_watch.c); what breaks it is a failed
 * check of the test that runs.
 *
 *     struct decade *d = decade(seed);
 *     decade_cert(d, "shop", "shop.example.com,*.shop.example.com", 0);
 *     decade_trouble(d, CA_AWAY, 0, day(10), day(12));
 *     decade_live(d, day(3650), 12 * HOUR);
 *     decade_end(d);                                     // the last looks, and the numbers
 */
#ifndef MCACME_TEST_DECADE_H
#define MCACME_TEST_DECADE_H

#include "decade_ca.h"
#include "fake_provider.h"
#include "run.h"

#define HOUR          3600
#define DECADE_CAS    3u
#define DECADE_CERTS  4u
#define DECADE_EVENTS 4096u
#define LEAKED_KEYS   256u

/* What is wrong with the world, for a while. */
enum trouble {
    CA_AWAY,    /* no connection */
    CA_LOSES,   /* half of the answers are lost, what was asked for is done */
    CA_BUSY,    /* 503 to all, with Retry-After */
    CA_LIMITS,  /* 429 to orders, with Retry-After */
    CA_FAULTY,  /* 500 */
    CA_BABBLES, /* 200 and something that is no JSON */
    CA_REFUSES, /* finds no proof */
    VENDOR_DOWN,
    DISK_FULL,
    DISK_STUCK,   /* files can be made and replaced; none grows */
    CLOCK_WRONG,  /* by `amount` seconds */
    KILLED,       /* a point in time */
    VENDOR_KEEPS, /* records can be added, not removed; from here on: no excuse for a late renewal */
    CA_SAYS_NOW,
    CA_SAYS_LATE,
    CA_SAYS_GARBAGE,
    CA_SAYS_NOTHING
};

struct decade_event {
    enum trouble what;
    unsigned ca; /* which one, for those of CAs */
    int64_t from, until, amount;
};

struct decade_cert {
    const char *name, *server, *first_name;
    unsigned ca;
    struct settings wanted;
    size_t names;
    char link[64];    /* what `current` points at */
    uint8_t key[512]; /* public, of the certificate held */
    size_t key_length;
    char secret[48]; /* some of the private one's PEM text */
    int64_t not_before, not_after;
    int64_t due;     /* by its plan */
    int64_t lost_at; /* the key got into wrong hands, and nothing has been done about it yet; 0: no */
    uint8_t leaked[LEAKED_KEYS][32];
    size_t leaked_count;

    /* attempts */
    int64_t failed_at, not_before_asked; /* real time */
    int failures;                        /* in a row */
    bool asked;                          /* in this attempt */
    int64_t orders[16];                  /* when the last ones were asked for */
    unsigned long order_count, renewals, suggested;
    int64_t suggested_at;
    bool expired; /* told already */
};

struct decade_facts {
    unsigned long runs, killed, full, wrong, leaked, failures, expired, attempts, lines, hidden;
    unsigned long most_orders; /* of one certificate in 24 hours */
    int64_t latest;            /* seconds that a renewal came behind its time, in a world that was well */
};

struct door {
    struct http http;
    struct decade *decade;
    unsigned ca;
};

struct decade {
    struct op *op;
    struct world *world;
    struct clock clock, *real;
    struct log log;
    struct fake_dns *dns;
    const char *state, *target;
    struct decade_ca *ca[DECADE_CAS];
    struct door doors[DECADE_CAS];
    struct decade_cert certs[DECADE_CERTS];
    size_t cert_count;
    struct decade_event events[DECADE_EVENTS];
    size_t event_count;
    struct decade_facts facts;
    int64_t began, interval;
    int64_t offset;          /* of our clock from the real one */
    int64_t clock_was_wrong; /* when it was so last */
    uint64_t lots;

    /* this run */
    struct op *run_op;
    struct decade_cert *at_work;
    unsigned long die_in; /* effects; 0: not at all */
    bool dead, hurt;      /* hurt: the disk has failed us */
    struct fake_vendor frozen;
    unsigned complaints;
};

/* The world at peace; CA 0 issues for 90 days, CA 1 for 45, CA 2 for 6. */
struct decade *decade(uint64_t seed);
void decade_cert(struct decade *d, const char *name, const char *names, unsigned ca, bool reuse_key);
int64_t day(double n); /* real time, so many days behind the beginning */

void decade_trouble(struct decade *d, enum trouble what, unsigned ca, int64_t from, int64_t until);
void decade_clock(struct decade *d, int64_t at, int64_t amount); /* for one run */

/* All kinds of troubles, by the seed; `violence`: how many of each in a year. */
void decade_weather(struct decade *d, int64_t from, int64_t until, double violence);

/* The timer. `kills`: one run in so many dies, 0: none; `leaks`: one in so many finds a key lost. */
struct decade_life {
    int64_t until, interval;
    unsigned kills, leaks;
};
void decade_live(struct decade *d, const struct decade_life *life);
void decade_end(struct decade *d);

/* ---- for the decade_*.c files ---- */

void decade_run(struct decade *d);
bool decade_is(const struct decade *d, enum trouble what, unsigned ca);
const struct decade_event *decade_event_now(const struct decade *d, enum trouble what, unsigned ca);
uint64_t decade_lot(struct decade *d, uint64_t below);
void decade_open_doors(struct decade *d);

void decade_attempt(struct decade *d, struct decade_cert *cert); /* its first request */
void decade_ordered(struct decade *d, const char *first_name);   /* a newOrder */
void decade_ended(struct decade *d, struct decade_cert *cert, const struct err *err, bool suggested);
void decade_look(struct decade *d);                   /* after each run */
void decade_said(struct decade *d, const char *text); /* to the log, or as an error */
void decade_leak(struct decade *d, struct decade_cert *cert);
bool decade_wrong(struct decade *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Since when all has been well for the certificates of a CA (now: it is not). */
int64_t decade_well_since(const struct decade *d, unsigned ca);
bool decade_well_for_a_day(const struct decade *d, unsigned ca, int64_t from, int64_t until);

#endif
