/* The timer, year after year, and the last looks at its end. */
#include "decade.h"
#include "disk.h"
#include "store/journal.h"

#include <ftw.h>
#include <stdio.h>

/* A timer comes late by up to half an hour, as those of systemd do. */
#define LATE 1800

static void pass_time(int64_t until)
{
    if (until > real_now())
        kit_advance((until - real_now()) * 1000);
}

void decade_live(struct decade *d, const struct decade_life *life)
{
    int64_t late = life->interval >= 12 * HOUR ? LATE : 1;

    d->interval = life->interval + late;
    for (int64_t at = real_now(); at < life->until; at += life->interval) {
        pass_time(at + (int64_t)decade_lot(d, (uint64_t)late));
        if (life->kills && !d->die_in && !decade_lot(d, life->kills))
            d->die_in = 1 + decade_lot(d, 150);
        decade_run(d);
        decade_look(d);
        if (life->leaks && !decade_lot(d, d->dead ? 20 : life->leaks))
            decade_leak(d, &d->certs[decade_lot(d, d->cert_count)]);
    }
}

/* ---- at the end ---- */

static struct decade *ending;
static size_t files, secrets;

static bool keeps_keys(const char *path)
{
    return text_ends(path, "/key.pem") || text_ends(path, ".key");
}

static int count(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)walk;
    if (type != FTW_F)
        return 0;
    files++;
    if (!keeps_keys(path)) {
        struct op *op = op_begin(ending->world);
        const char *text = disk_get(op, path);

        secrets += text && (strstr(text, "PRIVATE KEY") || strstr(text, "token-of-the-fake-vendor") ||
                            strstr(text, "session-token-1"));
        op_end(op);
    }
    return 0;
}

/* What a certificate may have: lineage, five generations of five files, a lock; and a little for all. */
static void look_at_store(struct decade *d)
{
    ending = d;
    files = secrets = 0;
    nftw(d->state, count, 16, FTW_PHYS);
    CHECK_INT(secrets, 0);
    CHECK(files <= d->cert_count * (1 + 5 * 5 + 2) + 3 * 3);
    CHECK_INT(disk_count(op_text(d->op, "%s/journal", d->state)), 0);
    CHECK_INT(disk_count(op_text(d->op, "%s/failures", d->state)), 0);
}

static void print(const struct decade *d)
{
    const struct decade_facts *f = &d->facts;
    double years = (double)(real_now() - d->began) / (365.0 * DAY);
    unsigned long requests = 0, orders = 0, looks = 0;

    for (unsigned i = 0; i < DECADE_CAS; i++) {
        requests += d->ca[i]->requests;
        orders += d->ca[i]->new_orders;
        looks += d->ca[i]->window_looks;
    }
    printf("  %.1f years, %lu runs: %lu killed, %lu with a full disk, %lu with a wrong clock\n", years,
           f->runs, f->killed, f->full, f->wrong);
    printf("  %.0f requests a year, %.0f of them for windows; %lu orders, at most %lu of a certificate in 24 "
           "hours\n",
           (double)requests / years, (double)looks / years, orders, f->most_orders);
    printf("  %lu attempts, %lu failures; %lu keys lost; latest renewal in good weather %.1f h; %lu expired "
           "when "
           "nothing could be done\n",
           f->attempts, f->failures, f->leaked, (double)f->latest / HOUR, f->expired);
    printf("  %lu lines and errors, secrets cut out of %lu\n", f->lines, f->hidden);
    for (size_t i = 0; i < d->cert_count; i++)
        printf("  %s: %lu certificates, %lu suggested by the CA\n", d->certs[i].name, d->certs[i].renewals,
               d->certs[i].suggested);
}

void decade_end(struct decade *d)
{
    const struct decade_life last = { real_now() + 3 * DAY, 6 * HOUR, 0, 0 };

    d->event_count = 0;
    decade_trouble(d, KILLED, 0, real_now(), real_now()); /* from here on all is well */
    d->die_in = 0;
    decade_live(d, &last);
    look_at_store(d);
    CHECK_INT(fake_vendor.count, 2);
    for (unsigned i = 0; i < DECADE_CAS; i++) {
        CHECK_STR(d->ca[i]->complaints.data, "");
        CHECK_INT(d->ca[i]->early_looks, 0);
    }
    CHECK_STR(disk_get(d->op, d->target), disk_get(d->op, op_text(d->op, "%s/certs/%s/current/fullchain.pem",
                                                                  d->state, d->certs[0].name)));
    print(d);
}
