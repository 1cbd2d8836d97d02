/* The world, and one run of the timer: what cmd/renew.c and cmd/work.c do, for a few certificates. */
#include "converge.h"
#include "crypto/secrets.h"
#include "decade.h"
#include "disk.h"
#include "fake_dns.h"
#include "store/failures.h"
#include "sweep.h"
#include "windows.h"

#define RUN_MS (10 * 60 * 1000)

static const struct fake_rr zones[] = { { .name = "example.com", .type = DNS_SOA } };
static const char *const foreign[] = { "_acme-challenge.shop.example.com=of somebody else",
                                       "example.com=v=spf1 -all", NULL };
static struct decade *current; /* for the hooks that are given nothing */

/* ---- the world ---- */

static int64_t wrong_now(struct clock *clock)
{
    (void)clock;
    return current->real->now(current->real) + current->offset;
}

static int64_t ticks(struct clock *clock)
{
    (void)clock;
    return current->real->ticks(current->real);
}

static void sleep_well(struct clock *clock, int64_t millis)
{
    (void)clock;
    current->real->sleep(current->real, millis);
}

static void hear(struct log *log, enum log_level level, const char *text)
{
    (void)log;
    (void)level;
    decade_said(current, text);
}

/* From here on nothing that this run does reaches the world. */
static void die(struct decade *d)
{
    d->dead = true;
    d->die_in = 0;
    d->frozen = fake_vendor;
    d->facts.killed++;
    decade_trouble(d, KILLED, 0, real_now(), real_now());
}

static bool disk_fails(const struct decade *d, const char *what)
{
    static const char *const writes[] = { "append", "create", "write", "link", "make folder" };

    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++)
        if (text_same(writes[i], what))
            return decade_is(d, DISK_FULL, 0) || (i == 0 && decade_is(d, DISK_STUCK, 0));
    return false;
}

static bool effect(struct world *world, const char *what)
{
    struct decade *d = current;

    (void)world;
    if (d->die_in && !--d->die_in)
        die(d);
    if (!d->dead && disk_fails(d, what)) {
        d->hurt = true;
        return false;
    }
    return !d->dead;
}

struct decade *decade(uint64_t seed)
{
    struct op *op = kit_op();
    struct decade *d = op_new(op, struct decade);

    current = d;
    *d = (struct decade){
        .op = op, .world = kit_world(), .began = day(0), .interval = 12 * HOUR, .lots = seed * 2654435761u + 1
    };
    d->real = d->world->clock;
    d->clock = (struct clock){ wrong_now, ticks, sleep_well };
    d->log = (struct log){ .write = hear, .level = LOG_DEBUG };
    d->dns = fake_dns(op, zones, 1);
    d->dns->vendor = true;
    d->state = here(op, "state");
    d->target = here(op, "deployed.pem");
    fake_reset(foreign);
    disk_put(here(op, "vendor.txt"), "FAKE_Token=token-of-the-fake-vendor\n", 0600);
    d->world->clock = &d->clock;
    d->world->log = &d->log;
    decade_open_doors(d);
    return d;
}

void decade_cert(struct decade *d, const char *name, const char *names, unsigned ca, bool reuse_key)
{
    struct decade_cert *cert = &d->certs[d->cert_count++];
    struct op *op = op_begin(d->world);
    struct strings list = text_split(d->op, names, ",");
    struct lineage lineage = { .name = name };
    struct settings *s = &cert->wanted;

    *cert = (struct decade_cert){ .name = name, .ca = ca, .names = list.count, .first_name = list.at[0] };
    cert->server = op_text(d->op, "%s" DECADE_DIRECTORY, d->ca[ca]->base);
    settings_add(d->op, s, OPT_DOMAIN, names);
    settings_add(d->op, s, OPT_SERVER, cert->server);
    settings_add(d->op, s, OPT_DNS, ca == 1 ? "fake_batch" : "fake");
    settings_add(d->op, s, OPT_CREDENTIALS, here(d->op, "vendor.txt"));
    settings_add(d->op, s, OPT_PROPAGATION, ca == 1 ? "resolver" : "none");
    if (reuse_key)
        settings_add(d->op, s, OPT_REUSE_KEY, "yes");
    if (d->cert_count == 1)
        settings_add(d->op, s, OPT_INSTALL_FULLCHAIN, d->target);
    lineage.wanted = *s;
    CHECK(lineage_save(op, store_open(op, d->state), &lineage));
    op_end(op);
}

/* ---- a run ---- */

static void end(void *op)
{
    op_end(op);
}

/* A desk as run_desk makes it, but for its doors. */
static void put_desk(struct decade *d, struct run *run, unsigned ca)
{
    struct desk *desk = op_new(run->op, struct desk);

    desk->key = op_text(run->op, "%s" DECADE_DIRECTORY "||", d->ca[ca]->base);
    desk->world = *d->world;
    desk->op = op_child(run->op);
    arena_defer(run->op->arena, end, desk->op);
    desk->op->world = &desk->world;
    desk->world.http = &d->doors[ca].http;
    desk->world.resolver = &d->dns->resolver;
    desk->next = run->desks;
    run->desks = desk;
}

struct slot {
    struct op *op;
    struct decade_cert *cert;
    struct lineage lineage;
    struct outcome outcome;
    bool planned;
};

static const struct converge_wish by_timer = { .force = false };

static void plan(struct run *run, struct slot *slot)
{
    op_enter(slot->op, "%s", slot->cert->name);
    slot->planned =
        converge_plan(run, slot->op, &slot->lineage.wanted, &slot->lineage, &by_timer, &slot->outcome);
    op_leave(slot->op);
    if (slot->planned && !current->offset && slot->outcome.verdict.at)
        slot->cert->due = slot->outcome.verdict.at;
}

static void open_slot(struct decade *d, struct run *run, struct slot *slot, struct decade_cert *cert)
{
    *slot = (struct slot){ .op = op_child(run->op), .cert = cert };
    slot->op->deadline = op_ticks(slot->op) + RUN_MS;
    if (lineage_load(slot->op, run->store, cert->name, &slot->lineage))
        plan(run, slot);
    else
        decade_wrong(d, "%s cannot be read: %s", cert->name, slot->op->err.text);
}

static void ask_for_windows(struct run *run, struct slot *slots, size_t n)
{
    struct window_look looks[DECADE_CERTS];
    struct slot *asked[DECADE_CERTS];
    struct op *op = op_child(run->op);
    size_t count = 0;

    for (size_t i = 0; i < n; i++) {
        if (!slots[i].planned || !slots[i].outcome.look_due)
            continue;
        asked[count] = &slots[i];
        looks[count++] = (struct window_look){ slots[i].op, &slots[i].lineage.wanted, &slots[i].lineage };
    }
    if (count && windows_refresh(run, op, looks, count))
        for (size_t i = 0; i < count; i++)
            plan(run, asked[i]);
    op_end(op);
}

static void work_on(struct decade *d, struct run *run, struct slot *slot)
{
    struct decade_cert *cert = slot->cert;
    bool suggested = slot->outcome.verdict.suggested;

    if (!slot->planned || !converge_needed(&slot->outcome, &slot->lineage, &by_timer))
        return;
    d->at_work = cert;
    cert->asked = false;
    slot->op->deadline = op_ticks(slot->op) + RUN_MS;
    converge(run, slot->op, &slot->lineage.wanted, &slot->lineage, &by_timer, &slot->outcome);
    d->at_work = NULL;
    decade_ended(d, cert, &slot->op->err, suggested && slot->outcome.changed);
}

static void work(struct decade *d, struct run *run)
{
    struct slot slots[DECADE_CERTS];

    sweep(run, run->op);
    failures_tidy(run->op, run->store);
    for (size_t i = 0; i < d->cert_count; i++)
        open_slot(d, run, &slots[i], &d->certs[i]);
    ask_for_windows(run, slots, d->cert_count);
    for (size_t i = 0; i < d->cert_count; i++) {
        work_on(d, run, &slots[i]);
        if (!op_ok(slots[i].op) && !d->dead)
            decade_said(d, slots[i].op->err.text);
        op_end(slots[i].op);
    }
}

/* As the events of this hour have it. */
static void set_the_scene(struct decade *d)
{
    static const struct {
        enum trouble what;
        enum windows windows;
    } sayings[] = { { CA_SAYS_NOW, WINDOWS_NOW },
                    { CA_SAYS_LATE, WINDOWS_LATE },
                    { CA_SAYS_GARBAGE, WINDOWS_GARBAGE },
                    { CA_SAYS_NOTHING, WINDOWS_NONE } };
    const struct decade_event *wrong = decade_event_now(d, CLOCK_WRONG, 0);

    d->offset = !wrong ? 0 : wrong->amount ? wrong->amount : 3600 - real_now();
    d->facts.wrong += wrong != NULL;
    for (unsigned ca = 0; ca < DECADE_CAS; ca++) {
        d->ca[ca]->windows = WINDOWS_USUAL;
        d->ca[ca]->clock_wrong = real_now() - d->clock_was_wrong < 3 * DAY;
        for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++)
            if (decade_is(d, sayings[i].what, ca))
                d->ca[ca]->windows = sayings[i].windows;
    }
    if (wrong)
        d->clock_was_wrong = real_now();
    for (size_t i = 0; wrong && i < d->cert_count; i++)
        d->certs[i].failures = 0; /* they may be forgotten: they are so long ago */
    fake_vendor.login = decade_is(d, VENDOR_DOWN, 0) ? "token-of-the-fake-vendor is not welcome now" : NULL;
    if (!decade_is(d, VENDOR_KEEPS, 0))
        fake_vendor.refuses = NULL;
    fake_vendor.calls[0] = d->dns->asked[0] = '\0'; /* what nobody reads */
}

void decade_run(struct decade *d)
{
    struct op *op = op_begin(d->world);
    struct run run = { .op = op };

    current = d;
    set_the_scene(d);
    d->dead = d->hurt = false;
    d->run_op = op;
    d->world->secrets = secrets_new(op);
    d->world->effect = effect;
    run.store = store_open(op, d->state);
    for (unsigned i = 0; i < DECADE_CAS; i++)
        put_desk(d, &run, i);
    if (run.store)
        work(d, &run);
    else if (!d->dead && !decade_is(d, DISK_FULL, 0))
        decade_wrong(d, "the store does not open: %s", op->err.text);
    d->world->effect = NULL;
    op_end(op);
    d->run_op = NULL;
    d->world->secrets = NULL;
    d->at_work = NULL;
    if (d->dead)
        fake_vendor = d->frozen;
    for (unsigned i = 0; i < DECADE_CAS && (d->dead || d->hurt); i++)
        decade_forget_looks(d->ca[i]);
    d->facts.runs++;
    d->facts.full += d->hurt;
    d->offset = 0;
}
