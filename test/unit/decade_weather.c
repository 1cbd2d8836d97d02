/* What goes wrong, when, and how the doors of the CAs show it. */
#include "decade.h"

#include <stdlib.h>

int64_t day(double n)
{
    static const int64_t epoch = 1795564800; /* where the kit's clock begins */

    return epoch + (int64_t)(n * DAY);
}

/* A xorshift generator: the same lots for the same seed. */
uint64_t decade_lot(struct decade *d, uint64_t below)
{
    d->lots ^= d->lots << 13;
    d->lots ^= d->lots >> 7;
    d->lots ^= d->lots << 17;
    return (d->lots >> 11) % below;
}

/* ---- the script ---- */

static void add(struct decade *d, const struct decade_event *event)
{
    if (d->event_count == DECADE_EVENTS)
        abort();
    d->events[d->event_count++] = *event;
}

void decade_trouble(struct decade *d, enum trouble what, unsigned ca, int64_t from, int64_t until)
{
    add(d, &(struct decade_event){ .what = what, .ca = ca, .from = from, .until = until });
}

/* The timer that comes next behind `at` has the wrong time. */
void decade_clock(struct decade *d, int64_t at, int64_t amount)
{
    add(d, &(struct decade_event){ CLOCK_WRONG, 0, at, at + d->interval, amount });
}

static bool of_cas(enum trouble what)
{
    return what <= CA_REFUSES || what >= CA_SAYS_NOW;
}

const struct decade_event *decade_event_now(const struct decade *d, enum trouble what, unsigned ca)
{
    int64_t now = real_now();

    for (size_t i = 0; i < d->event_count; i++) {
        const struct decade_event *e = &d->events[i];

        if (e->what == what && (!of_cas(what) || e->ca == ca) && e->from <= now && now < e->until)
            return e;
    }
    return NULL;
}

bool decade_is(const struct decade *d, enum trouble what, unsigned ca)
{
    return decade_event_now(d, what, ca) != NULL;
}

/* Mostly short, sometimes long: minutes, hours, a day or two, a fortnight. */
static int64_t span(struct decade *d)
{
    uint64_t lot = decade_lot(d, 100);
    uint64_t most = lot < 30   ? HOUR
                    : lot < 65 ? 12 * HOUR
                    : lot < 90 ? 2 * DAY
                    : lot < 98 ? 5 * DAY
                               : 14 * DAY;

    return 60 + (int64_t)decade_lot(d, most);
}

static int64_t some_time(struct decade *d, int64_t from, int64_t until)
{
    return from + (int64_t)decade_lot(d, (uint64_t)(until - from));
}

void decade_weather(struct decade *d, int64_t from, int64_t until, double violence)
{
    static const int64_t jumps[] = { HOUR, -HOUR, DAY, 40 * DAY, 730 * DAY, -200 * DAY, 0 };
    unsigned count = (unsigned)(violence * (double)(until - from) / (365.0 * DAY) + 0.5);

    for (unsigned i = 0; i < count; i++) {
        for (unsigned what = CA_AWAY; what <= VENDOR_KEEPS; what++) {
            int64_t at = some_time(d, from, until);

            if (what != CLOCK_WRONG && what != KILLED)
                decade_trouble(d, (enum trouble)what, (unsigned)decade_lot(d, DECADE_CAS), at, at + span(d));
        }
        for (unsigned what = CA_SAYS_NOW; what <= CA_SAYS_NOTHING && i % 4 == 0; what++) {
            int64_t at = some_time(d, from, until);

            decade_trouble(d, (enum trouble)what, (unsigned)decade_lot(d, DECADE_CAS), at, at + 4 * span(d));
        }
        /* 0: back to 1970 */
        decade_clock(d, some_time(d, from, until), jumps[decade_lot(d, sizeof jumps / sizeof *jumps)]);
    }
}

/* ---- since when all is well ---- */

static bool concerns(const struct decade_event *e, unsigned ca)
{
    return e->what < VENDOR_KEEPS && (!of_cas(e->what) || e->ca == ca);
}

int64_t decade_well_since(const struct decade *d, unsigned ca)
{
    int64_t now = real_now(), since = d->began;

    for (size_t i = 0; i < d->event_count; i++) {
        const struct decade_event *e = &d->events[i];
        int64_t end = e->until < now ? e->until : now;

        if (concerns(e, ca) && e->from <= now && end > since)
            since = end;
    }
    return since;
}

/* Whether there was a day without troubles: one that begins at `from` or where a trouble ends. */
bool decade_well_for_a_day(const struct decade *d, unsigned ca, int64_t from, int64_t until)
{
    for (size_t i = 0; i <= d->event_count; i++) {
        int64_t start = i < d->event_count ? d->events[i].until : from;
        bool good = start >= from && start + DAY <= until;

        for (size_t j = 0; good && j < d->event_count; j++)
            good = !concerns(&d->events[j], ca) || d->events[j].until <= start ||
                   d->events[j].from >= start + DAY;
        if (good)
            return true;
    }
    return false;
}

/* ---- the doors ---- */

static void set_header(struct op *op, struct http_response *answer, const char *name, const char *value)
{
    answer->headers = op_new(op, struct http_header);
    *answer->headers = (struct http_header){ name, value };
    answer->header_count = 1;
}

/* In seconds and as a date, short and long. */
static void be_busy(struct decade *d, struct op *op, struct http_response *answer)
{
    int64_t pause = decade_lot(d, 2) ? 1 + (int64_t)decade_lot(d, 50) : 61 + (int64_t)decade_lot(d, 8 * HOUR);
    bool as_date = decade_lot(d, 2);
    int64_t until = real_now() + pause;

    *answer = (struct http_response){ .status = 503, .body = "busy", .length = 4, .micros = 1000 };
    set_header(op, answer, "Retry-After",
               as_date ? http_date(op, until) : op_text(op, "%lld", (long long)pause));
    if (pause > 60 && d->at_work && !d->offset && until > d->at_work->not_before_asked)
        d->at_work->not_before_asked = until;
}

static bool answered(struct door *door, struct op *op, const struct http_request *request,
                     struct http_response *answer)
{
    struct decade *d = door->decade;

    if (decade_is(d, CA_AWAY, door->ca)) {
        *answer = (struct http_response){ .failure = "Could not connect to server" };
        return true;
    }
    if (decade_is(d, CA_BUSY, door->ca)) {
        be_busy(d, op, answer);
        return true;
    }
    if (decade_is(d, CA_FAULTY, door->ca) && decade_lot(d, 3)) {
        *answer = (struct http_response){ .status = 500, .body = "oops", .length = 4, .micros = 1000 };
        return true;
    }
    if (!decade_is(d, CA_BABBLES, door->ca) || !decade_lot(d, 3))
        return false;
    *answer = (struct http_response){ .status = 200, .body = "<html>", .length = 6, .micros = 1000 };
    set_header(op, answer, "Content-Type",
               text_same(request->method, "GET") ? "text/html" : "application/json");
    return true;
}

static bool run(struct http *http, struct op *op, const struct http_request *requests,
                struct http_response *responses, size_t n)
{
    struct door *door = (struct door *)http;
    struct decade *d = door->decade;
    struct decade_ca *ca = d->ca[door->ca];
    const struct decade_event *limit = decade_event_now(d, CA_LIMITS, door->ca);

    ca->refuses = decade_is(d, CA_REFUSES, door->ca);
    ca->limited_until = limit ? limit->until : 0;
    if (d->at_work)
        decade_attempt(d, d->at_work);
    for (size_t i = 0; i < n; i++) {
        int64_t until = d->at_work ? d->at_work->not_before_asked : 0;

        if (answered(door, op, &requests[i], &responses[i])) {
            ca->requests++;
            continue;
        }
        if (!ca->http.run(&ca->http, op, &requests[i], &responses[i], 1))
            return false;
        if (decade_is(d, CA_LOSES, door->ca) && decade_lot(d, 2)) {
            responses[i] = (struct http_response){ .failure = "the line is cut", .maybe_sent = true };
            decade_forget_looks(ca);
            if (d->at_work)
                d->at_work->not_before_asked = until;
        }
    }
    kit_advance(DECADE_TRIP_MS);
    return op_alive(op);
}

static void ordered(struct decade_ca *ca, const char *first_name)
{
    decade_ordered(ca->owner, first_name);
}

/* From the moment that the CA looks, the vendor may not let go of the record. */
static void told(struct decade_ca *ca, const char *value)
{
    struct decade *d = ca->owner;
    static char kept[64];

    if (!decade_is(d, VENDOR_KEEPS, 0))
        return;
    strncpy(kept, value, sizeof kept - 1);
    fake_vendor.refuses = kept;
}

void decade_open_doors(struct decade *d)
{
    static const struct {
        const char *base;
        int64_t life;
    } cas[DECADE_CAS] = { { "https://one.test", 90 * DAY },
                          { "https://two.test", 45 * DAY },
                          { "https://three.test", 6 * DAY } };

    for (unsigned i = 0; i < DECADE_CAS; i++) {
        d->ca[i] = decade_ca(d->op, cas[i].base, cas[i].life);
        d->ca[i]->owner = d;
        d->ca[i]->ordered = ordered;
        d->ca[i]->told = told;
        d->doors[i] = (struct door){ { run }, d, i };
    }
}
