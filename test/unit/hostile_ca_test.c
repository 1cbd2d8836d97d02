/* How the attacks of hostile_ca.h are lived through. */
#include "hostile_ca.h"

#include "certify.h"
#include "fake_dns.h"
#include "fake_provider.h"
#include "store/journal.h"

#include <stdio.h>

#define MOST_REQUESTS 400u
#define MOST_SECONDS  600

static const struct fake_rr zone[] = { { .name = "a.example", .type = DNS_SOA } };

static struct settings wanted(struct op *op)
{
    struct settings s = { 0 };

    settings_add(op, &s, OPT_DOMAIN, "a.example,*.a.example");
    settings_add(op, &s, OPT_SERVER, FAKE_CA "/directory");
    settings_add(op, &s, OPT_DNS, "fake_nozone");
    settings_add(op, &s, OPT_PROPAGATION, "none");
    return s;
}

/* One run of the program, which knows nothing but what is on the disk. */
static struct op *run_once(struct store *store)
{
    struct op *op = kit_op(), *shared = kit_op();
    struct settings settings = wanted(op);
    struct lineage lineage = { .name = "a.example", .wanted = settings };
    struct certificate certificate = { 0 };
    struct desk desk = { .key = FAKE_CA "/directory||", .world = *op->world, .op = kit_op() };
    struct run run = { .op = shared, .store = store, .desks = &desk };
    struct world *world = op->world;

    desk.op->world = &desk.world;
    op->deadline = op_ticks(op) + MOST_SECONDS * 1000;
    CHECK(certify(&run, op, &settings, &lineage, &(struct certify_wish){ 0 }, &certificate) == op_ok(op));
    CHECK(certificate.changed == op_ok(op));
    op->world = world;
    desk.op->world = world;
    return op;
}

static const char *held(struct store *store, const char *file)
{
    return generation_read(kit_op(), store, "a.example", file);
}

static const struct generation old = { .key_pem = "the old key",
                                       .cert_pem = "the old certificate",
                                       .chain_pem = "its chain",
                                       .fullchain_pem = "both",
                                       .meta_json = "{}" };

static void check_words(const struct op *op)
{
    for (const char *c = op->err.text; *c; c++)
        CHECK((unsigned char)*c >= ' ' && *c != 0x7f);
    CHECK(strlen(op->err.text) < 4200);
    CHECK(!op->err.problem || !strchr(op->err.problem, '\x1b'));
    CHECK(op->err.retry_at <= op_now(op) + 24 * 3600);
}

static void check_effects(const struct fake_ca *fake, struct store *store, int64_t start)
{
    struct op *op = kit_op();

    CHECK(fake->requests <= MOST_REQUESTS);
    CHECK(op_ticks(op) - start <= MOST_SECONDS * 1000 + 1000);
    CHECK_INT(fake->asked[FAKE_ELSEWHERE], 0);
    CHECK_INT(fake_vendor.count, 0);
    CHECK_INT(journal_open(op, store, "a.example")->txt_count, 0);
}

static void live_through(const struct attack *attack)
{
    struct fake_ca *fake = fake_ca(kit_op());
    struct store *store = store_open(fake->op, op_text(fake->op, "%s/state", kit_folder()));
    struct fake_lie lies[2] = { attack->lie, attack->also };
    int64_t start = op_ticks(fake->op);
    struct op *op;

    fake_reset(NULL);
    fake_dns(fake->op, zone, 1);
    CHECK(generation_install(fake->op, store, "a.example", &old));
    if (attack->prepare)
        attack->prepare(fake, &lies[0]);
    fake->forge = attack->forge;
    fake_lies(fake, lies, 2);
    op = run_once(store);
    CHECK_FAILED(op, attack->code, attack->words);
    if (op_ok(op))
        return;
    check_words(op);
    check_effects(fake, store, start);
    CHECK_STR(held(store, "cert.pem"), old.cert_pem);
    CHECK_STR(held(store, "key.pem"), old.key_pem);
}

const char *attack_repeat(struct op *op, const char *text, unsigned n)
{
    struct text out = text_begin(op->arena);

    for (unsigned i = 0; i < n; i++)
        text_add(&out, "%s", text);
    return out.data;
}

/* The kit knows the test, and the test is part of its attack. */
static void run_current(void)
{
    const char *test = (const char *)kit_current();

    live_through((const struct attack *)(const void *)(test - offsetof(struct attack, test)));
}

void attacks_register(struct attack *attacks, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        struct attack *a = &attacks[i];

        snprintf(a->name, sizeof a->name, "hostile_ca_%s", a->title);
        a->test = (struct kit_test){ .name = a->name, .run = run_current };
        kit_register(&a->test);
    }
}

/* What the attacks are held against: the same steps with an honest CA. */
TEST(hostile_ca_honest_for_once)
{
    struct fake_ca *fake = fake_ca(kit_op());
    struct store *store = store_open(kit_op(), op_text(fake->op, "%s/state", kit_folder()));
    const char *first;

    fake_reset(NULL);
    fake_dns(fake->op, zone, 1);
    CHECK(op_ok(run_once(store)));
    first = held(store, "cert.pem");
    CHECK(first && held(store, "key.pem") && held(store, "fullchain.pem"));
    CHECK(op_ok(run_once(store)));
    CHECK(!text_same(first, held(store, "cert.pem")));
    CHECK_INT(fake->asked[FAKE_ACCOUNT], 1);
    CHECK_STR(fake_complaints(fake), "");
    CHECK_INT(fake_vendor.count, 0);
    CHECK_INT(journal_list(kit_op(), store).count, 0);
}
