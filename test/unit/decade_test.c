/*
 * A simulated decade; see decade.h. With DECADE_SEED=N all of it is lived through, in the weather of that
 * number; without it a short while is looked at.
 */
#include "decade.h"

#include <stdio.h>
#include <stdlib.h>

/* Whether all ten years are asked for. */
static bool whole(void)
{
    return getenv("DECADE_SEED") != NULL;
}

static void settle(struct decade *d)
{
    decade_cert(d, "shop", "shop.example.com,*.shop.example.com", 0, false);
    decade_cert(d, "mail", "mail.example.com", 1, true);
    decade_cert(d, "short", "short.example.com", 2, false);
}

TEST(decade_at_peace)
{
    struct decade *d = decade(1);

    settle(d);
    decade_live(d, &(struct decade_life){ .until = day(whole() ? 3650 : 60), .interval = 12 * HOUR });
    decade_end(d);
}

TEST(decade_of_troubles)
{
    unsigned long seed = getenv("DECADE_SEED") ? strtoul(getenv("DECADE_SEED"), NULL, 10) : 1;
    struct decade *d = decade(seed);
    double days = whole() ? 3650 : 60;

    settle(d);
    decade_weather(d, day(2), day(days), whole() ? 6 : 12);
    decade_live(
        d, &(struct decade_life){ .until = day(days), .interval = 12 * HOUR, .kills = 30, .leaks = 300 });
    decade_end(d);
}

/* ---- one thing at a time ---- */

/* One certificate of 90 days that is there, one day before the CA's window for it. */
static struct decade *nearly_due(bool reuse_key)
{
    struct decade *d = decade(1);

    decade_cert(d, "shop", "shop.example.com", 0, reuse_key);
    decade_run(d);
    decade_look(d);
    kit_advance((day(58.5) - real_now()) * 1000);
    decade_run(d);
    CHECK_INT(d->ca[0]->new_orders, 1);
    return d;
}

/* The CA is away when a certificate gets due, and a timer comes each minute: 0, 1, 11, 111 minutes, then
 * days. */
TEST(decade_timer_each_minute_ca_away)
{
    struct decade *d = nearly_due(false);
    int64_t from = day(61), until = from + (whole() ? 7 * DAY : 115 * 60);

    kit_advance((from - real_now()) * 1000);
    decade_trouble(d, CA_AWAY, 0, from, until);
    decade_live(d, &(struct decade_life){ .until = until, .interval = 60 });
    CHECK_INT(d->facts.failures, whole() ? 10 : 4);
    CHECK_INT(d->facts.attempts - 1, d->facts.failures);
    CHECK(d->ca[0]->requests <= 20 + 3 * d->facts.failures);
    decade_end(d);
}

/* The same with a CA that names a time, in both forms, and a certificate that has to go without until then.
 */
TEST(decade_timer_each_minute_ca_limits)
{
    struct decade *d = nearly_due(false);
    unsigned long orders;

    kit_advance((day(61) - real_now()) * 1000);
    for (unsigned i = 0; i < 2; i++) {
        int64_t until = real_now() + 90 * 60;

        orders = d->ca[0]->new_orders;
        decade_trouble(d, CA_LIMITS, 0, real_now(), until);
        decade_live(d, &(struct decade_life){ .until = until - 60, .interval = 60 });
        CHECK_INT(d->ca[0]->new_orders, orders);
        CHECK_INT(d->facts.failures, i + 1); /* one question, and its answer is heeded */
        decade_live(d, &(struct decade_life){ .until = until + 120, .interval = 60 });
        CHECK_INT(d->ca[0]->new_orders, orders + 1);
        kit_advance(61 * DAY * 1000ll);
    }
    decade_end(d);
}

/* The journal cannot be written while a timer comes each minute. */
TEST(decade_timer_each_minute_disk_stuck)
{
    struct decade *d = nearly_due(false);

    kit_advance((day(61) - real_now()) * 1000);
    decade_trouble(d, DISK_STUCK, 0, day(61), day(61.05));
    decade_live(d, &(struct decade_life){ .until = day(61.05), .interval = 60 });
    decade_end(d);
}

/* A run dies at each of its effects, and before the next one the key gets into wrong hands. */
TEST(decade_key_lost_behind_each_kill)
{
    struct decade *d = nearly_due(true);

    for (unsigned long n = 1; !d->die_in; n += whole() ? 1 : 9) {
        kit_advance((d->certs[0].due + 1 - real_now()) * 1000);
        d->die_in = n;
        decade_run(d);
        decade_look(d);
        if (d->die_in)
            break; /* it has no effect that late */
        decade_leak(d, &d->certs[0]);
        decade_live(d, &(struct decade_life){ .until = real_now() + 3 * DAY, .interval = 12 * HOUR });
    }
    decade_end(d);
}

/* Whatever the CA says about the time: at most one renewal a day is its doing, and none comes too late. */
TEST(decade_ca_always_says_now)
{
    struct decade *d = decade(1);
    double days = whole() ? 60 : 4;

    settle(d);
    for (unsigned ca = 0; ca < DECADE_CAS; ca++)
        decade_trouble(d, CA_SAYS_NOW, ca, day(0), day(days));
    decade_live(d, &(struct decade_life){ .until = day(days), .interval = HOUR });
    for (size_t i = 0; i < d->cert_count; i++)
        CHECK(d->certs[i].suggested + 1 >= (unsigned)days && d->certs[i].suggested <= (unsigned)days);
    decade_end(d);
}

/* The vendor lets go of no record for weeks: that is no reason to go without a certificate. */
TEST(decade_vendor_keeps_a_record)
{
    struct decade *d = nearly_due(false);

    kit_advance((day(61) - real_now()) * 1000);
    decade_trouble(d, VENDOR_KEEPS, 0, day(61), day(160));
    decade_live(d, &(struct decade_life){ .until = day(165), .interval = 12 * HOUR });
    decade_end(d);
}
