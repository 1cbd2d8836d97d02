/*
 * converge and certify as far as no CA is needed: what is decided, and what happens where nothing is asked.
 */
#include "converge.h"

#include "base/clock.h"
#include "disk.h"
#include "material.h"
#include "store/journal.h"

#include <unistd.h>

#define LE "https://acme-v02.api.letsencrypt.org/directory"

struct scene {
    struct op *op;
    struct run run;
    struct settings settings;
    struct lineage lineage;
    struct outcome outcome;
};

static struct scene begin(void)
{
    struct scene s = { .op = kit_op(), .lineage = { .name = "a" } };

    s.run = (struct run){ .op = s.op, .store = disk_store(s.op) };
    settings_add(s.op, &s.settings, OPT_DOMAIN, "a.example");
    return s;
}

static const char *meta(struct op *op, const char *server, const char *profile, const char *key_type)
{
    return json_text(op, "{'version': 1, 'server': %s, 'profile': %s, 'key-type': %s}", server, profile,
                     key_type);
}

/* A certificate for a.example, as if a run had installed it. */
static void hold(struct scene *s, const char *from, const char *until)
{
    const struct key *key = fixture_key(s->op, "ec256.pem");
    const struct forged wish = { .key = key,
                                 .subject = "a.example",
                                 .issuer = "Some CA",
                                 .from = from,
                                 .until = until,
                                 .names = san_dns(s->op, "a.example") };
    const char *pem = forge_pem(s->op, &wish);
    const struct generation gen = { fixture(s->op, "ec256.pem"), pem, "", pem, meta(s->op, LE, "", "ec256") };

    CHECK(generation_install(s->op, s->run.store, "a", &gen));
    s->lineage.wanted = s->settings;
    CHECK(lineage_save(s->op, s->run.store, &s->lineage));
    s->lineage.held = true;
}

/* 90 days, of which today, 2026-11-25, is the first or the 61st. */
static void hold_fresh(struct scene *s)
{
    hold(s, "261125000000Z", "270223000000Z");
}

static void hold_due(struct scene *s)
{
    hold(s, "260926000000Z", "261225000000Z");
}

static const char *planned(struct scene *s, bool force)
{
    if (!converge_plan(&s->run, s->op, &s->settings, &s->lineage, &(struct converge_wish){ .force = force },
                       &s->outcome))
        return NULL;
    return op_text(s->op, "%s: %s", s->outcome.verdict.due ? "due" : "not due", s->outcome.verdict.reason);
}

TEST(plan_without_a_certificate)
{
    struct scene s = begin();

    CHECK_STR(planned(&s, false), "due: no certificate yet");
    CHECK(!s.outcome.held && !s.outcome.serial);
    CHECK_STR(strings_join(s.op, &s.outcome.names, " "), "a.example");
    CHECK_STR(s.outcome.folder, here(s.op, "state/certs/a/current"));
}

TEST(plan_by_lifetime)
{
    struct scene s = begin();

    hold_fresh(&s);
    CHECK_STR(planned(&s, false), "not due: due at 2027-01-24T00:00:00Z");
    CHECK(s.outcome.held);
    CHECK_STR(s.outcome.serial, "4d");
    CHECK_INT(s.outcome.not_after - s.outcome.not_before, 90 * 86400);
    CHECK_STR(planned(&s, true), "due: forced");
    hold_due(&s);
    CHECK_STR(planned(&s, false), "due: 30 days of its lifetime left");
}

TEST(plan_by_what_changed)
{
    struct scene s = begin();

    hold_fresh(&s);
    settings_add(s.op, &s.settings, OPT_PROFILE, "tls");
    CHECK_STR(planned(&s, false), "due: the profile changed");
    settings_add(s.op, &s.settings, OPT_PROFILE, "");
    settings_add(s.op, &s.settings, OPT_KEY_TYPE, "ec384");
    CHECK_STR(planned(&s, false), "due: the key type changed");
    settings_add(s.op, &s.settings, OPT_SERVER, "zerossl");
    CHECK_STR(planned(&s, false), "due: the CA changed");
    settings_add(s.op, &s.settings, OPT_DOMAIN, "b.example");
    CHECK_STR(planned(&s, false), "due: the names changed");
    s.lineage.revoked = true;
    CHECK_STR(planned(&s, false), "due: the certificate was revoked");
    s.lineage.off = true;
    CHECK_STR(planned(&s, false), "not due: switched off after its revocation");
}

/* Without meta.json (an import, say) nothing is known to have changed. */
TEST(plan_without_meta)
{
    struct scene s = begin();

    hold_fresh(&s);
    CHECK_INT(unlink(here(s.op, "state/certs/a/current/meta.json")), 0);
    settings_add(s.op, &s.settings, OPT_PROFILE, "tls");
    CHECK(text_starts(planned(&s, false), "not due"));
}

TEST(plan_goes_on_with_an_interrupted_order)
{
    struct scene s = begin();
    struct policy policy = { 0 };
    struct journal_order order = { "https://ca.example/order/1", LE, NULL };

    hold_fresh(&s);
    CHECK(policy_read(s.op, &s.settings, NULL, &policy));
    order.shape = policy.shape;
    CHECK(journal_order_made(s.op, journal_open(s.op, s.run.store, "a"), &order, "key\n"));
    CHECK_STR(planned(&s, false), "due: a former run was interrupted");
    settings_add(s.op, &s.settings, OPT_REUSE_KEY, "yes"); /* an order for something else counts no more */
    CHECK(text_starts(planned(&s, false), "not due"));
}

TEST(plan_is_pure)
{
    struct scene s = begin();
    const char *first, *files;
    size_t effects;

    hold_due(&s);
    files = disk_get(s.op, here(s.op, "state/certs/a/lineage.json"));
    effects = s.op->world->effects;
    first = planned(&s, false);
    for (int i = 0; i < 5; i++)
        CHECK_STR(planned(&s, false), first);
    CHECK_INT(s.op->world->effects, effects);
    CHECK_STR(disk_get(s.op, here(s.op, "state/certs/a/lineage.json")), files);
    CHECK_INT(disk_count(here(s.op, "state/journal")), 0);
}

TEST(plan_with_wrong_settings)
{
    struct scene s = begin();

    settings_add(s.op, &s.settings, OPT_KEY_TYPE, "dsa");
    CHECK(!planned(&s, false));
    CHECK_FAILED(s.op, ERR_USAGE, "--key-type dsa");
}

/* ---- damaged files ---- */

TEST(plan_with_damaged_files)
{
    static const struct {
        const char *file, *content, *words;
    } damages[] = { { "meta.json", "{\"version\":1,", "meta.json" },
                    { "meta.json", "\x7f\x45\x4c\x46", "meta.json" },
                    { "cert.pem", "", NULL },
                    { "cert.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", NULL } };
    struct scene s = begin();

    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        hold_fresh(&s);
        disk_put(here(s.op, op_text(s.op, "state/certs/a/current/%s", damages[i].file)), damages[i].content,
                 0644);
        CHECK(!planned(&s, false));
        CHECK_FAILED(s.op, ERR_STORE, damages[i].words);
        CHECK(kit_has(s.op->err.hint, "--force"));
        op_recover(s.op);
        s.op->frames = NULL;
        CHECK(text_starts(planned(&s, true), "due")); /* as the hint says */
        CHECK(!s.op->frames);
    }
}

/* ---- acting ---- */

static bool act(struct scene *s, bool save_policy)
{
    const struct converge_wish wish = { .by_hand = save_policy };

    if (!converge_plan(&s->run, s->op, &s->settings, &s->lineage, &wish, &s->outcome) ||
        !converge_needed(&s->outcome, &s->lineage, &wish))
        return op_ok(s->op);
    return converge(&s->run, s->op, &s->settings, &s->lineage, &wish, &s->outcome);
}

TEST(converge_with_nothing_to_do_changes_nothing)
{
    struct scene s = begin();
    size_t effects;

    hold_fresh(&s);
    effects = s.op->world->effects;
    CHECK(act(&s, false));
    CHECK(!s.outcome.changed && !s.outcome.deployed);
    CHECK_INT(s.op->world->effects, effects);
    CHECK_INT(disk_count(here(s.op, "state/locks")), 0);
}

TEST(converge_saves_what_issue_asks_for)
{
    struct scene s = begin();
    struct lineage read;

    hold_fresh(&s);
    settings_add(s.op, &s.lineage.wanted, OPT_DEPLOY_HOOK, "true");
    s.lineage.off = true;
    CHECK(lineage_save(s.op, s.run.store, &s.lineage));
    CHECK(act(&s, true));
    CHECK(!s.outcome.changed);
    CHECK(lineage_load(s.op, s.run.store, "a", &read));
    CHECK_STR(setting(&read.wanted, OPT_DEPLOY_HOOK), "true");
    CHECK(!read.off); /* who asks for it by name wants it again */
}

static void owe(struct scene *s)
{
    s->op->world->clock = clock_system(); /* hooks take real time */
    hold(s, "260101000000Z", "20990101000000Z");
    s->lineage.deploy_owed = true;
    CHECK(lineage_save(s->op, s->run.store, &s->lineage));
}

TEST(converge_deploys_what_is_owed)
{
    struct scene s = begin();
    struct lineage read;

    owe(&s);
    settings_add(s.op, &s.settings, OPT_INSTALL_KEY, here(s.op, "key"));
    CHECK(act(&s, false));
    CHECK(s.outcome.deployed && !s.outcome.deploy_owed && !s.outcome.changed);
    CHECK_STR(disk_get(s.op, here(s.op, "key")), fixture(s.op, "ec256.pem"));
    CHECK(lineage_load(s.op, s.run.store, "a", &read) && !read.deploy_owed);
}

TEST(converge_owes_until_it_is_done)
{
    struct scene s = begin();
    struct lineage read;

    owe(&s);
    s.op = op_child(s.run.op);
    settings_add(s.run.op, &s.settings, OPT_DEPLOY_HOOK, "echo not today; false");
    CHECK(!act(&s, false));
    CHECK_FAILED(s.op, ERR_DEPLOY, "a: deploying: --deploy-hook failed with exit status 1: not today");
    CHECK(s.outcome.deploy_owed && !s.outcome.deployed);
    CHECK_INT(s.outcome.err.code, ERR_DEPLOY);
    op_end(s.op); /* and with it the lock */
    s.op = op_child(s.run.op);
    CHECK(lineage_load(s.op, s.run.store, "a", &read));
    CHECK(read.deploy_owed);
    CHECK(kit_has(read.last_error, "not today"));
    s.lineage = read;
    settings_add(s.run.op, &s.settings, OPT_DEPLOY_HOOK, "true");
    CHECK(act(&s, false));
    CHECK(lineage_load(s.op, s.run.store, "a", &read));
    CHECK(!read.deploy_owed && !read.last_error);
    op_end(s.op);
}

TEST(converge_stops_before_the_ca_when_the_pre_hook_fails)
{
    struct scene s = begin();
    struct lineage read;

    s.op->world->clock = clock_system();
    hold(&s, "250101000000Z", "250401000000Z");
    settings_add(s.op, &s.settings, OPT_PRE_HOOK, "false");
    settings_add(s.op, &s.settings, OPT_POST_HOOK, op_text(s.op, "touch %s", here(s.op, "ran")));
    CHECK(!act(&s, false));
    CHECK_FAILED(s.op, ERR_PROVIDER, "a: --pre-hook failed");
    CHECK(!s.run.desks);
    CHECK(!file_there(here(s.op, "ran")));
    op_recover(s.op);
    CHECK(lineage_load(s.op, s.run.store, "a", &read));
    CHECK(kit_has(read.last_error, "--pre-hook failed"));
}

TEST(converge_looks_at_the_targets_before_the_ca)
{
    struct scene s = begin();

    hold_due(&s);
    settings_add(s.op, &s.settings, OPT_INSTALL_KEY, "/a:no-such-user-here");
    CHECK(!act(&s, false));
    CHECK_FAILED(s.op, ERR_USAGE, "--install-key: there is no user");
    CHECK(!s.run.desks);
}

TEST(converge_needs_a_way_to_prove_names)
{
    struct scene s = begin();

    hold_due(&s);
    CHECK(!act(&s, false));
    CHECK_FAILED(s.op, ERR_USAGE, "no way to prove the names");
    CHECK(kit_has(s.op->err.hint, "--dns PROVIDER"));
    CHECK(!s.run.desks);
}

TEST(converge_waits_for_another_run_only_so_long)
{
    struct scene s = begin();
    struct op *other = op_child(s.op);

    hold_due(&s);
    CHECK(store_lock_cert(other, s.run.store, "a", 0));
    CHECK(!act(&s, false));
    CHECK_FAILED(s.op, ERR_BUSY, "another run is at work on a");
    op_end(other);
}

TEST(certificate_held_is_parsed)
{
    struct scene s = begin();
    struct cert cert;

    CHECK(!certificate_held(s.op, s.run.store, "a", &cert) && op_ok(s.op));
    hold_fresh(&s);
    CHECK(certificate_held(s.op, s.run.store, "a", &cert));
    CHECK_STR(strings_join(s.op, &cert.names, " "), "a.example");
}
