/* What must hold, whatever happens: looked at after each run, and counted. */
#include "decade.h"

#include "certify.h"
#include "crypto/secrets.h"
#include "disk.h"
#include "renew.h"
#include "store/failures.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COMPLAINTS_MOST 12u

bool decade_wrong(struct decade *d, const char *format, ...)
{
    char words[400];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (d->complaints++ < COMPLAINTS_MOST)
        kit_check(false, __FILE__, __LINE__, "day %.2f: %s", (double)(real_now() - d->began) / DAY, words);
    return false;
}

/* ---- requests ---- */

static bool clock_was_right(const struct decade *d, int64_t since)
{
    return !d->offset && d->clock_was_wrong < since;
}

/* The first request for a certificate in this run: is it time? */
void decade_attempt(struct decade *d, struct decade_cert *cert)
{
    int64_t now = real_now(), pause = failure_pause(cert->failures);

    if (cert->asked)
        return;
    cert->asked = true;
    d->facts.attempts++;
    if (getenv("DECADE_TRACE"))
        printf("  day %.2f: %s asks\n", (double)(now - d->began) / DAY, cert->name);
    if (!clock_was_right(d, cert->failed_at))
        return;
    if (cert->failures && now < cert->failed_at + pause - 1)
        decade_wrong(d, "%s: asked again %lld s behind failure %d", cert->name,
                     (long long)(now - cert->failed_at), cert->failures);
    if (now < cert->not_before_asked - 1)
        decade_wrong(d, "%s: asked %lld s before the CA's Retry-After", cert->name,
                     (long long)(cert->not_before_asked - now));
}

static struct decade_cert *by_first_name(struct decade *d, const char *name)
{
    for (size_t i = 0; i < d->cert_count; i++)
        if (text_same(d->certs[i].first_name, name))
            return &d->certs[i];
    return NULL;
}

static unsigned long kills_since(const struct decade *d, int64_t since)
{
    unsigned long count = 0;

    for (size_t i = 0; i < d->event_count; i++)
        count += d->events[i].what == KILLED && d->events[i].from >= since;
    return count;
}

/* Four attempts are what the pauses allow in a day; more only where runs have died, or the key was lost. */
void decade_ordered(struct decade *d, const char *first_name)
{
    const size_t kept = sizeof d->certs->orders / sizeof *d->certs->orders;
    struct decade_cert *cert = by_first_name(d, first_name);
    int64_t now = real_now();
    unsigned long count = 1;

    if (!cert) {
        decade_wrong(d, "an order for %s", first_name);
        return;
    }
    for (size_t i = 0; i < kept; i++)
        count += cert->orders[i] > now - DAY;
    cert->orders[cert->order_count++ % kept] = now;
    if (count > d->facts.most_orders)
        d->facts.most_orders = count;
    if (count > 5 + kills_since(d, now - DAY) + (d->clock_was_wrong > now - DAY ? 2u : 0u))
        decade_wrong(d, "%s: order %lu in 24 hours", cert->name, count);
    if (d->ca[cert->ca]->limited_until > now + 60 && !d->offset)
        cert->not_before_asked =
            d->ca[cert->ca]->limited_until < now + DAY ? d->ca[cert->ca]->limited_until : now + DAY;
}

void decade_ended(struct decade *d, struct decade_cert *cert, const struct err *err, bool suggested)
{
    int64_t now = real_now(), least = d->ca[cert->ca]->life / 2;

    if (suggested && !d->dead) {
        least = least < DAY ? least : DAY;
        if (cert->suggested_at && now - cert->suggested_at < least && clock_was_right(d, cert->suggested_at))
            decade_wrong(d, "%s: renewed because the CA says so, again after %lld s", cert->name,
                         (long long)(now - cert->suggested_at));
        cert->suggested_at = d->offset ? 0 : now; /* what is kept by a wrong clock is not believed later */
        cert->suggested++;
    }
    if (err->code == ERR_NONE || err->code == ERR_DEPLOY)
        cert->failures = 0;
    if (!cert->asked || d->dead || d->hurt || !failure_counts(err->code))
        return;
    cert->failures++;
    cert->failed_at = now;
    d->facts.failures++;
}

/* ---- secrets ---- */

static const char *secret_in(const struct decade *d, const char *text)
{
    static const char *const words[] = { "token-of-the-fake-vendor", "session-token-1", "PRIVATE KEY" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(text, words[i]))
            return words[i];
    for (size_t i = 0; i < d->cert_count; i++)
        if (*d->certs[i].secret && strstr(text, d->certs[i].secret))
            return "a private key";
    return NULL;
}

/* As cmd/report.c writes it. */
void decade_said(struct decade *d, const char *text)
{
    const char *shown = d->run_op ? secrets_hide(d->run_op, text) : text;
    const char *secret = shown ? secret_in(d, shown) : NULL;

    d->facts.lines++;
    if (getenv("DECADE_TRACE"))
        printf("  day %.2f: %s\n", (double)(real_now() - d->began) / DAY, shown);
    d->facts.hidden += kit_has(shown, "[hidden]");
    if (secret)
        decade_wrong(d, "%s in the log: %.200s", secret, shown);
}

/* ---- certificates ---- */

static bool is_leaked(const struct decade_cert *cert, const uint8_t *digest)
{
    for (size_t i = 0; i < cert->leaked_count; i++)
        if (memcmp(cert->leaked[i], digest, 32) == 0)
            return true;
    return false;
}

void decade_leak(struct decade *d, struct decade_cert *cert)
{
    struct op *op = op_begin(d->world);
    struct store *store = store_look(op, d->state);
    struct bytes digest = hash(op, HASH_SHA256, (struct bytes){ cert->key, cert->key_length });

    /* As cmd/revoke.c notes it down. */
    if (cert->key_length && cert->leaked_count < LEAKED_KEYS) {
        CHECK(certificate_revoked(op, store, cert->name, true, false));
        memcpy(cert->leaked[cert->leaked_count++], digest.at, 32);
        cert->lost_at = real_now();
        d->facts.leaked++;
    }
    op_end(op);
}

/* A new generation: key, certificate and names belong together. */
static void take(struct decade *d, struct op *op, struct store *store, struct decade_cert *cert)
{
    const char *pem = generation_read(op, store, cert->name, "key.pem");
    struct key *key = pem ? key_from_pem(op, pem, "key.pem") : NULL;
    struct bytes public = key ? key_public(op, key) : (struct bytes){ 0 };
    struct cert held;

    if (!key || !certificate_held(op, store, cert->name, &held) || !bytes_same(public, held.spki)) {
        decade_wrong(d, "%s: key and certificate do not match", cert->name);
        return;
    }
    if (held.names.count != cert->names)
        decade_wrong(d, "%s: %zu names, not %zu", cert->name, held.names.count, cert->names);
    if (is_leaked(cert, hash(op, HASH_SHA256, public).at))
        decade_wrong(d, "%s: a lost key is in use again", cert->name);
    memcpy(cert->key, public.at, public.length);
    cert->key_length = public.length;
    snprintf(cert->secret, sizeof cert->secret, "%.40s", strchr(pem, '\n') + 30);
    cert->secret[strcspn(cert->secret, "\n")] = '\0';
    cert->not_before = held.not_before;
    cert->not_after = held.not_after;
    cert->lost_at = 0;
    cert->expired = false;
    cert->renewals++;
}

static bool behind(struct decade *d, struct decade_cert *cert, int64_t due)
{
    int64_t now = real_now(), well = decade_well_since(d, cert->ca), from = due > well ? due : well;

    if (now < from)
        return false;
    if (now - from > d->facts.latest)
        d->facts.latest = now - from;
    return now - from > DAY + d->interval + HOUR;
}

static void look_at(struct decade *d, struct op *op, struct store *store, struct decade_cert *cert)
{
    const char *current = store_path(op, store, "certs/%s/current", cert->name);
    char link[64] = "";
    int64_t now = real_now(), due;

    if (readlink(current, link, sizeof link - 1) > 0 && !text_same(link, cert->link)) {
        snprintf(cert->link, sizeof cert->link, "%s", link);
        take(d, op, store, cert);
    }
    due = cert->not_after ? renew_latest(cert->not_before, cert->not_after) : d->began;
    if (cert->due > cert->not_before && cert->due < due)
        due = cert->due;
    if (cert->lost_at && behind(d, cert, cert->lost_at))
        decade_wrong(d, "%s: its key is lost since %lld h", cert->name,
                     (long long)(now - cert->lost_at) / HOUR);
    if (behind(d, cert, due))
        decade_wrong(d, "%s: not renewed, due since %lld h", cert->name, (long long)(now - due) / HOUR);
    if (!cert->not_after || now < cert->not_after || cert->expired)
        return;
    cert->expired = true;
    d->facts.expired++;
    if (decade_well_for_a_day(d, cert->ca, due, cert->not_after))
        decade_wrong(d, "%s: expired, though all was well for a day", cert->name);
}

/* ---- records ---- */

/* What is there must stand in a journal: it was written ahead, and is taken out only behind the record. */
static void look_at_records(struct decade *d, struct op *op, struct store *store)
{
    size_t foreign = 0;

    for (size_t i = 0; i < fake_vendor.count; i++) {
        const struct fake_record *record = &fake_vendor.records[i];
        bool named = strchr(record->value, ' ');

        foreign += named;
        for (size_t j = 0; !named && j < d->cert_count; j++) {
            const char *path = store_path(op, store, "journal/%s.log", d->certs[j].name);
            const char *journal = disk_get(op, path);

            named = journal && strstr(journal, record->value);
        }
        if (!named)
            decade_wrong(d, "a record that no journal names: %s %s", record->name, record->value);
    }
    if (foreign != 2)
        decade_wrong(d, "a record of somebody else is gone");
}

void decade_look(struct decade *d)
{
    struct op *op = op_begin(d->world);
    struct store *store = store_look(op, d->state);

    for (size_t i = 0; i < d->cert_count; i++)
        look_at(d, op, store, &d->certs[i]);
    look_at_records(d, op, store);
    op_end(op);
}
