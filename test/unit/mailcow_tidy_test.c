/* Behind all certificates of a run: what goes, what force_renew still asks for, what the services owe. */
#include "fake_dockerapi.h"
#include "fake_peers.h"
#include "mailcow/owed.h"
#include "mailcow/place.h"
#include "mailcow_kit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAP "imap.example.org"
#define DAY  "2026-11-25_00_00_00"

struct scene {
    struct op *op;
    struct store *store;
    struct cow cow;
    struct cow_pair pair;
};

static struct scene begin(void)
{
    struct scene s = { .op = kit_op(), .store = disk_store(kit_op()) };
    const struct cow_wish wish = {
        .key = "ec256.pem", .organisation = "Let's Encrypt", .issuer = "R11", .names = COW_HOST
    };

    s.cow = cow_new(s.op, "cow");
    s.pair = cow_pair(s.op, &wish);
    return s;
}

/* A certificate of this mailcow's, or of another one's, in the store. */
static void have(struct scene *s, const char *cert, const char *dir)
{
    struct chain chain = chain_parse(s->op, s->pair.cert);
    const struct generation gen = { s->pair.key, chain_pem(s->op, &chain, 0, 1), "", s->pair.cert,
                                    "{\"version\":1}" };
    struct lineage lineage = { .name = cert };

    settings_add(s->op, &lineage.wanted, OPT_DOMAIN, cert);
    settings_add(s->op, &lineage.wanted, OPT_MAILCOW, dir);
    CHECK(generation_install(s->op, s->store, cert, &gen));
    CHECK(lineage_save(s->op, s->store, &lineage));
}

static bool tidy(struct scene *s, const char *titles)
{
    struct strings list = text_split(s->op, titles, ",");
    bool good = mailcow_tidy(s->op, s->store, s->cow.dir, &list);

    CHECK(good == op_ok(s->op));
    return good;
}

/* ---- certificates that are wanted no more ---- */

TEST(tidy_moves_folders_to_the_backups)
{
    struct scene s = begin();

    cow_put(s.op, &s.cow, COW_HOST, &s.pair, COW_HOST);
    cow_put(s.op, &s.cow, IMAP, &s.pair, IMAP);
    cow_put(s.op, &s.cow, "*.example.com", &s.pair, "*.example.com");
    CHECK(tidy(&s, COW_HOST));
    CHECK(cow_has(s.op, &s.cow, COW_HOST, &s.pair));
    CHECK(cow_has(s.op, &s.cow, "backups/" IMAP "/" DAY, &s.pair));
    CHECK_STR(cow_text(s.op, &s.cow, "backups/" IMAP "/" DAY "/domains"), IMAP);
    CHECK(cow_has(s.op, &s.cow, "backups/example.com/" DAY, &s.pair)); /* no name begins with a star */
    CHECK_INT(disk_count(s.cow.ssl), 2);
    CHECK(owed_noted(s.op, s.store, s.cow.dir));
}

/* What lacks one of the three files is no certificate's folder to mailcow. */
TEST(tidy_leaves_all_else_alone)
{
    struct scene s = begin();
    const struct cow_pair key = { NULL, s.pair.key };
    const char *before;

    cow_put(s.op, &s.cow, "", &s.pair, NULL);
    cow_put(s.op, &s.cow, "acme", &key, NULL);
    cow_put(s.op, &s.cow, "own", &s.pair, NULL);
    cow_put(s.op, &s.cow, "half", &key, "half.example.com");
    cow_put(s.op, &s.cow, "backups", &key, NULL);
    disk_put(op_text(s.op, "%s/dhparams.pem", s.cow.ssl), "DH", 0644);
    before = cow_tree(s.op, &s.cow);
    CHECK(tidy(&s, COW_HOST));
    CHECK_STR(cow_tree(s.op, &s.cow), before);
    CHECK(!owed_noted(s.op, s.store, s.cow.dir));
}

TEST(tidy_twice_in_a_second)
{
    struct scene s = begin();

    for (int i = 0; i < 2; i++) {
        cow_put(s.op, &s.cow, IMAP, &s.pair, IMAP);
        CHECK(tidy(&s, COW_HOST));
    }
    CHECK(cow_has(s.op, &s.cow, "backups/" IMAP "/" DAY, &s.pair));
    CHECK(cow_has(s.op, &s.cow, "backups/" IMAP "/" DAY "_2", &s.pair));
}

/* A renew without --mailcow would put it there again. */
TEST(tidy_forgets_the_stores_entry)
{
    struct scene s = begin();
    struct strings certs;

    have(&s, COW_HOST, s.cow.dir);
    have(&s, IMAP, s.cow.dir);
    have(&s, "other.example", "/opt/another-mailcow");
    CHECK(tidy(&s, COW_HOST));
    certs = store_certs(s.op, s.store);
    CHECK_STR(strings_join(s.op, &certs, " "), COW_HOST " other.example");
    CHECK_INT(disk_count(store_path(s.op, s.store, "archive")), 1);
}

TEST(tidy_leaves_an_entry_that_a_run_is_at_work_on)
{
    struct scene s = begin();
    struct op *other = op_child(s.op);

    have(&s, IMAP, s.cow.dir);
    CHECK(store_lock_cert(other, s.store, IMAP, 0));
    CHECK(tidy(&s, COW_HOST));
    CHECK_INT(store_certs(s.op, s.store).count, 1);
    op_end(other);
    CHECK(tidy(&s, COW_HOST));
    CHECK_INT(store_certs(s.op, s.store).count, 0);
}

/* ---- force_renew ---- */

static void set_time(const char *path, int64_t when)
{
    const struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };

    CHECK_INT(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void force(struct scene *s, int64_t when)
{
    const char *path = op_text(s->op, "%s/force_renew", s->cow.ssl);

    disk_put(path, "", 0644);
    set_time(path, when);
}

static void got_at(struct scene *s, const char *cert, int64_t when)
{
    have(s, cert, s->cow.dir);
    set_time(store_path(s->op, s->store, "certs/%s/current/cert.pem", cert), when);
}

TEST(force_renew_asks_each_certificate_once)
{
    struct scene s = begin();

    CHECK(!mailcow_forced(s.op, s.store, s.cow.dir, COW_HOST));
    force(&s, 1000);
    CHECK(mailcow_forced(s.op, s.store, s.cow.dir, COW_HOST)); /* there is none yet */
    got_at(&s, COW_HOST, 999);
    CHECK(mailcow_forced(s.op, s.store, s.cow.dir, COW_HOST));
    got_at(&s, COW_HOST, 1001);
    CHECK(!mailcow_forced(s.op, s.store, s.cow.dir, COW_HOST));
}

TEST(force_renew_stays_until_all_are_renewed)
{
    struct scene s = begin();

    force(&s, 1000);
    got_at(&s, COW_HOST, 1001);
    got_at(&s, IMAP, 999);
    CHECK(tidy(&s, COW_HOST "," IMAP));
    CHECK(cow_text(s.op, &s.cow, "force_renew"));
    got_at(&s, IMAP, 1001);
    CHECK(tidy(&s, COW_HOST "," IMAP));
    CHECK(!cow_text(s.op, &s.cow, "force_renew"));
}

/* ---- what the services owe ---- */

#define SERIAL "0402"

struct services {
    struct fake_peer peers[3];
    struct fake_peers fake;
    struct fake_dockerapi api;
    struct mailcow_serving doors;
};

static struct services *services(struct scene *s, const char *serial)
{
    static const char *const addresses[] = { "127.0.0.1:25", "127.0.0.1:143", "127.0.0.1:443" };
    struct services *v = op_new(s->op, struct services);

    disk_put(op_text(s->op, "%s/mailcow.conf", s->cow.dir),
             COW_CONF "COMPOSE_PROJECT_NAME=mailcowdockerized\nMCACME_DOCKERAPI=https://dockerapi\n", 0600);
    for (size_t i = 0; i < 3; i++)
        v->peers[i] = (struct fake_peer){ .address = addresses[i], .pem = pem_of_serial(s->op, serial) };
    v->fake = fake_peers(s->op, v->peers, 3);
    v->api = fake_dockerapi(s->op);
    v->doors = (struct mailcow_serving){ .dockerapi = &v->api.http, .peers = &v->fake.peers };
    return v;
}

/* A certificate of which only the serial number matters. */
static void have_serial(struct scene *s, const char *cert, const char *serial)
{
    s->pair.cert = pem_of_serial(s->op, serial);
    have(s, cert, s->cow.dir);
}

static bool settle(struct scene *s, const struct services *v)
{
    bool good = owed_settle(s->op, s->store, &v->doors);

    CHECK(good == op_ok(s->op));
    return good;
}

TEST(owed_nothing)
{
    struct scene s = begin();
    struct services *v = services(&s, "0401");

    have_serial(&s, COW_HOST, SERIAL);
    CHECK(settle(&s, v));
    CHECK_STR(v->fake.asked.data, ""); /* nobody is even looked at */
}

TEST(owed_is_paid_when_the_services_show_it)
{
    struct scene s = begin();
    struct services *v = services(&s, SERIAL);

    have_serial(&s, COW_HOST, SERIAL);
    have_serial(&s, IMAP, SERIAL);
    have(&s, "other.example", "/opt/another-mailcow");
    CHECK(owed_note(s.op, s.store, s.cow.dir, false));
    CHECK(settle(&s, v));
    CHECK(!owed_noted(s.op, s.store, s.cow.dir));
    CHECK(strstr(v->fake.asked.data, "imap 127.0.0.1:143 " COW_HOST "\n") ||
          strstr(v->fake.asked.data, "imap 127.0.0.1:143 " IMAP "\n"));
    CHECK(!strstr(v->fake.asked.data, "other.example"));
    CHECK_STR(v->api.asked.data, "");
}

TEST(owed_stays_when_a_service_does_not_show_it)
{
    struct scene s = begin();
    struct services *v = services(&s, "0401");

    have_serial(&s, COW_HOST, SERIAL);
    CHECK(owed_note(s.op, s.store, s.cow.dir, false));
    CHECK(!settle(&s, v));
    CHECK_FAILED(s.op, ERR_DEPLOY, "not every service shows its new certificate");
    CHECK(owed_noted(s.op, s.store, s.cow.dir));
}

TEST(owed_restart_is_not_taken_back)
{
    struct scene s = begin();
    struct services *v = services(&s, SERIAL);

    have_serial(&s, COW_HOST, SERIAL);
    CHECK(owed_note(s.op, s.store, s.cow.dir, false));
    CHECK(owed_note(s.op, s.store, s.cow.dir, true));
    CHECK(owed_note(s.op, s.store, s.cow.dir, false));
    CHECK(settle(&s, v));
    CHECK(strstr(v->api.asked.data, "/containers/aa01/restart"));
}

TEST(owed_to_a_mailcow_that_is_switched_off_or_gone)
{
    struct scene s = begin();
    struct services *v = services(&s, "0401");
    const char *conf = op_text(s.op, "%s/mailcow.conf", s.cow.dir);

    CHECK(owed_note(s.op, s.store, s.cow.dir, false));
    disk_put(conf, "SKIP_LETS_ENCRYPT=y\n", 0600);
    CHECK(settle(&s, v));
    CHECK(owed_noted(s.op, s.store, s.cow.dir));
    CHECK_INT(unlink(conf), 0);
    CHECK(settle(&s, v));
    CHECK(!owed_noted(s.op, s.store, s.cow.dir));
    CHECK_STR(v->fake.asked.data, "");
}

TEST(owed_by_a_damaged_note)
{
    struct scene s = begin();
    struct services *v = services(&s, SERIAL);

    CHECK(owed_note(s.op, s.store, s.cow.dir, false));
    disk_put(store_path(s.op, s.store, "mailcow/%s", account_folder(s.op, s.cow.dir)), "{", 0600);
    CHECK(!settle(&s, v));
    CHECK_FAILED(s.op, ERR_STORE, "reading ");
    CHECK(strstr(s.op->err.hint, "remove this file"));
}
