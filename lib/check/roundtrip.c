#include "base/when.h"
#include "check/dns.h"
#include "check/watch.h"
#include "crypto/hash.h"

#define VALUE_OCTETS 32 /* as many as a digest: the value looks like a real one */
#define GONE_MS      (2 * 60 * 1000)

/* One certificate's records, under its lock. */
struct trip {
    struct check *check;
    struct op *op; /* holds the lock */
    struct journal *journal;
    struct dns01 dns01;
};

/* ---- putting up ---- */

static bool put_up(struct trip *trip, struct spot *spots, size_t n, bool *taken)
{
    struct op *op = trip->op;
    struct challenge *challenges = op_array(op, n, struct challenge);
    const struct challenge **list = op_array(op, n, const struct challenge *);
    struct solver *solver = dns01_solver(&trip->dns01);

    for (size_t i = 0; i < n; i++) {
        spots[i].value = base64url(op, random_bytes(op, VALUE_OCTETS));
        challenges[i] = (struct challenge){ .name = spots[i].base,
                                            .base = spots[i].base,
                                            .type = "dns-01",
                                            .label = CHALLENGE_LABEL,
                                            .value = spots[i].value };
        list[i] = &challenges[i];
    }
    return op_ok(op) && solver->publish(solver, op, list, n, taken);
}

/* ---- looking ---- */

static bool watched(const struct trip *trip, const struct spot *spot)
{
    struct op *child = op_child(trip->op);
    const struct instance *instance =
        instance_for(child, trip->dns01.instances, trip->dns01.count, spot->place.fqdn);
    bool visible = instance && instance->provider->caps & CAP_VISIBLE;

    op_end(child);
    return !visible && trip->check->policy.spread.mode != SPREAD_NONE;
}

static int64_t patience(const struct trip *trip)
{
    const struct spread_options *spread = &trip->check->policy.spread;
    int64_t most = spread->mode == SPREAD_SECONDS ? spread->seconds * 1000 : spread->patience;

    for (size_t i = 0; i < trip->dns01.count; i++)
        if (spread->mode != SPREAD_SECONDS &&
            most < 4000 * (int64_t)trip->dns01.instances[i]->provider->settle)
            most = 4000 * (int64_t)trip->dns01.instances[i]->provider->settle;
    return most < op_time_left(trip->op) / 2 ? most : op_time_left(trip->op) / 2;
}

static struct watch watch_of(const struct trip *trip, const struct spot *spot, int64_t began)
{
    bool resolver = trip->check->policy.spread.mode == SPREAD_RESOLVER;

    return (struct watch){ .fqdn = spot->place.fqdn,
                           .value = spot->value,
                           .servers = resolver ? NULL : spot->servers,
                           .began = began };
}

static bool look_for(struct trip *trip, const struct spot *spot, int64_t began)
{
    struct findings *findings = trip->check->findings;
    struct watch watch = watch_of(trip, spot, began);

    TRY(watch_record(trip->op, &watch, true, patience(trip)));
    if (watch.done)
        finding_add(findings, CHECK_TXT_SEEN, spot->place.fqdn, NULL, "seen at %s",
                    watch_done(trip->op, &watch));
    else
        finding_add(
            findings, CHECK_TXT_UNSEEN, spot->place.fqdn,
            "check that the zone is the one that the world sees; with a hidden primary or a split view use "
            "--resolver or --propagation SECONDS",
            "not seen after %s at %s", when_span(trip->op, (op_ticks(trip->op) - began) / 1000),
            watch_missing(trip->op, &watch, "it has no such record"));
    return true;
}

static bool look_after(struct trip *trip, const struct spot *spot, int64_t began)
{
    struct findings *findings = trip->check->findings;
    struct watch watch = watch_of(trip, spot, began);

    TRY(watch_record(trip->op, &watch, false, patience(trip) < GONE_MS ? patience(trip) : GONE_MS));
    if (watch.done)
        finding_add(findings, CHECK_TXT_GONE, spot->place.fqdn, NULL, "gone from %s",
                    watch_done(trip->op, &watch));
    else
        finding_add(findings, CHECK_TXT_STAYS, spot->place.fqdn,
                    "it does no harm; look at the zone once more in a while", "still there at %s",
                    watch_missing(trip->op, &watch, "it has the record"));
    return true;
}

/* One after the other, but the time counts from when all were put up or taken away. */
static bool look_at_all(struct trip *trip, const struct spot *spots, size_t n, const bool *taken,
                        bool (*look)(struct trip *trip, const struct spot *spot, int64_t began))
{
    int64_t began = op_ticks(trip->op);

    for (size_t i = 0; i < n; i++)
        if (taken[i] && watched(trip, &spots[i]))
            TRY(look(trip, &spots[i], began));
    return true;
}

/* ---- taking away ---- */

/* In an operation of its own, for it has to be done whatever has happened. */
static bool take_down(struct trip *trip)
{
    struct op *clean = op_child(trip->check->op);
    bool good = dns01_withdraw(clean, trip->dns01.instances, trip->dns01.count, trip->journal);

    op_hint(clean, "mcacme check --clean tries again; it is tried before each issue and renewal, too");
    check_error(trip->check->findings, clean, CHECK_TXT_LEFT, trip->check->cert);
    op_end(clean);
    return good;
}

static void tell_unwatched(const struct trip *trip, const struct spot *spots, size_t n, const bool *taken)
{
    for (size_t i = 0; i < n; i++)
        if (taken[i] && !watched(trip, &spots[i]))
            finding_add(trip->check->findings, CHECK_TXT_UNWATCHED, spots[i].place.fqdn, NULL,
                        "a test record was put up and taken away again");
}

/* ---- there and back ---- */

/* False where the records could not be put up; that is an error in trip->op. */
static bool go(struct trip *trip, struct spot *spots, size_t n, bool *taken)
{
    bool up = put_up(trip, spots, n, taken), seen = up && look_at_all(trip, spots, n, taken, look_for);

    if (take_down(trip) && seen) {
        tell_unwatched(trip, spots, n, taken);
        look_at_all(trip, spots, n, taken, look_after);
    }
    return up;
}

/* Moves those of the first one's zone to the front; how many they are. */
static size_t gather_zone(struct spot *spots, size_t n)
{
    size_t count = 1;

    for (size_t i = 1; i < n; i++) {
        struct spot spot = spots[i];

        if (!text_same(spot.place.zone, spots[0].place.zone))
            continue;
        spots[i] = spots[count];
        spots[count++] = spot;
    }
    return count;
}

/* What the provider had no room for: it holds one value at a time. */
static size_t drop_taken(struct spot *spots, size_t n, const bool *taken)
{
    size_t left = 0;

    for (size_t i = 0; i < n; i++)
        if (!taken[i])
            spots[left++] = spots[i];
    return left;
}

/* All together; where that fails each zone on its own, so that we know which are wrong. */
static void go_all(struct trip *trip, struct spot *spots, size_t n)
{
    bool *taken = op_array(trip->op, n, bool);
    size_t zone = gather_zone(spots, n), left;

    if (go(trip, spots, n, taken)) {
        left = drop_taken(spots, n, taken);
        if (left && left < n && op_alive(trip->op))
            go_all(trip, spots, left);
        return;
    }
    if (zone == n || trip->op->err.code == ERR_STOPPED) {
        check_error(trip->check->findings, trip->op, CHECK_PROVIDER_FAILED, spots[0].place.fqdn);
        return;
    }
    op_recover(trip->op);
    trip->op->frames = NULL;
    for (; n && op_alive(trip->op); spots += zone, n -= zone) {
        zone = gather_zone(spots, n);
        go_all(trip, spots, zone);
    }
}

/* Nothing is left to do for the journal, unless something could not be taken away. */
static void close_journal(struct trip *trip)
{
    struct op *clean = op_child(trip->check->op);

    clean->shielded = true;
    journal_close(clean, trip->journal);
    check_error(trip->check->findings, clean, CHECK_STATE_BROKEN, trip->check->cert);
    op_end(clean);
}

static void travel(struct trip *trip, struct spot *spots, size_t n)
{
    struct check *check = trip->check;
    struct op *op = trip->op;
    const struct store *store = check->run->store;

    if (!store_lock_cert(op, store, check->cert, -1)) {
        if (!check_error(check->findings, op, CHECK_STATE_BROKEN, check->cert))
            finding_add(check->findings, CHECK_CERTIFICATE_BUSY, check->cert,
                        "check again when that run has ended",
                        "another run is at work on it, so no test record was put up");
        return;
    }
    trip->journal = journal_open(op, store, check->cert);
    if (!trip->journal) {
        check_error(check->findings, op, CHECK_STATE_BROKEN, check->cert);
        return;
    }
    trip->dns01.journal = trip->journal;
    trip->dns01.spread.mode = SPREAD_NONE; /* we look for ourselves, and tell of every server */
    go_all(trip, spots, n);
    close_journal(trip);
}

void check_round_trip(struct check *check, struct spot *spots, size_t n)
{
    struct trip trip = { .check = check, .op = op_child(check->op), .dns01 = check->proofs.dns01 };

    travel(&trip, spots, n);
    for (size_t i = 0; i < trip.dns01.count; i++)
        trip.dns01.instances[i]->journal = NULL;
    op_end(trip.op);
}
