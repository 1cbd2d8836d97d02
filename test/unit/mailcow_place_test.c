/*
 * Where mailcow's certificates go, and that no container ever finds a certificate beside the key of another
 * one there, whatever fails and wherever we die.
 */
#include "mailcow/place.h"

#include "mailcow_kit.h"
#include "torture.h"

#include <sys/stat.h>
#include <unistd.h>

#define IMAP "imap.example.org"
#define DAY  "2026-11-25_00_00_00"

struct scene {
    struct op *op;
    struct store *store;
    struct cow cow;
    struct cow_pair old, next; /* what is there, and what the store has got */
    struct strings names;
};

static const struct cow_wish old_wish = {
    .key = "ec256.pem", .organisation = "Let's Encrypt", .issuer = "R11", .names = COW_HOST
};
static const struct cow_wish renewed = {
    .key = "ec256.pem", .organisation = "Let's Encrypt", .issuer = "R12", .names = COW_HOST
};
static const struct cow_wish with_new_key = {
    .key = "rsa2048.pem", .organisation = "Let's Encrypt", .issuer = "R12", .names = COW_HOST
};

/* In the store, as if a run had got it. */
static void get(struct op *op, const struct store *store, const char *cert, const struct cow_pair *pair)
{
    struct chain chain = chain_parse(op, pair->cert);
    const struct generation gen = { pair->key, chain_pem(op, &chain, 0, 1), chain_pem(op, &chain, 1, 1),
                                    pair->cert, "{\"version\":1}" };

    CHECK(generation_install(op, store, cert, &gen));
}

static struct scene begin(const struct cow_wish *next)
{
    struct scene s = { .op = kit_op(), .store = disk_store(kit_op()) };

    s.cow = cow_new(s.op, "cow");
    s.old = cow_pair(s.op, &old_wish);
    s.next = cow_pair(s.op, next);
    s.names = text_split(s.op, next->names, ",");
    get(s.op, s.store, COW_HOST, &s.next);
    return s;
}

static void old_at(struct scene *s, const char *folder, const char *domains)
{
    cow_put(s->op, &s->cow, folder, &s->old, domains);
}

static bool place(struct scene *s)
{
    bool good = mailcow_place(s->op, s->store, s->cow.dir, COW_HOST, &s->names);

    CHECK(good == op_ok(s->op));
    return good;
}

static const char *owed(struct scene *s)
{
    const char *path = store_path(s->op, s->store, "mailcow/%s", account_folder(s->op, s->cow.dir));

    return disk_get(s->op, path);
}

TEST(place_in_a_new_installation)
{
    struct scene s = begin(&old_wish);

    strings_add(s.op, &s.names, "imap.example.com");
    CHECK(place(&s));
    CHECK(cow_has(s.op, &s.cow, "", &s.next));
    CHECK(cow_has(s.op, &s.cow, COW_HOST, &s.next));
    CHECK_STR(cow_text(s.op, &s.cow, COW_HOST "/domains"), COW_HOST " imap.example.com");
    CHECK_STR(cow_tree(s.op, &s.cow), "cert.pem 644\nkey.pem 600\n" COW_HOST "/cert.pem 644\n" COW_HOST
                                      "/domains 644\n" COW_HOST "/key.pem 600");
    CHECK(strstr(owed(&s), "\"restart\":true"));
}

TEST(place_where_there_are_not_even_folders)
{
    struct scene s = begin(&old_wish);

    CHECK_INT(rmdir(s.cow.ssl), 0);
    CHECK_INT(rmdir(op_text(s.op, "%s/data/assets", s.cow.dir)), 0);
    CHECK(place(&s));
    CHECK(cow_has(s.op, &s.cow, "", &s.next));
    CHECK_INT(disk_mode(s.cow.ssl), 0755);
}

TEST(place_with_the_same_key_changes_the_certificate_alone)
{
    struct scene s = begin(&renewed);
    const char *key = op_text(s.op, "%s/" COW_HOST "/key.pem", s.cow.ssl);
    struct stat before, after;

    old_at(&s, "", NULL);
    old_at(&s, COW_HOST, COW_HOST);
    CHECK_INT(stat(key, &before), 0);
    CHECK(place(&s));
    CHECK_INT(stat(key, &after), 0);
    CHECK(before.st_ino == after.st_ino); /* not even replaced by the same */
    CHECK(cow_has(s.op, &s.cow, "", &s.next));
    CHECK(cow_has(s.op, &s.cow, COW_HOST, &s.next));
    CHECK(cow_has(s.op, &s.cow, "backups/" COW_HOST "/" DAY, &s.old));
    CHECK_STR(cow_text(s.op, &s.cow, "backups/" COW_HOST "/" DAY "/domains"), COW_HOST);
    CHECK_STR(cow_tree(s.op, &s.cow),
              "backups/" COW_HOST "/" DAY "/cert.pem 644\nbackups/" COW_HOST "/" DAY
              "/domains 644\nbackups/" COW_HOST "/" DAY "/key.pem 600\ncert.pem 644\nkey.pem 600\n" COW_HOST
              "/cert.pem 644\n" COW_HOST "/domains 644\n" COW_HOST "/key.pem 600");
    CHECK(strstr(owed(&s), "\"restart\":false"));
}

/* The same key, written in another way, is no other key: its file stays. */
TEST(place_knows_a_key_in_another_form)
{
    struct scene s = begin(&with_new_key);

    s.old = (struct cow_pair){ s.old.cert, fixture(s.op, "rsa2048-pkcs1.pem") };
    old_at(&s, "", NULL);
    CHECK(place(&s));
    CHECK_STR(cow_get(s.op, &s.cow, "").cert, s.next.cert);
    CHECK_STR(cow_get(s.op, &s.cow, "").key, s.old.key);
}

TEST(place_with_a_new_key)
{
    struct scene s = begin(&with_new_key);

    old_at(&s, "", NULL);
    old_at(&s, COW_HOST, COW_HOST);
    CHECK(place(&s));
    CHECK(cow_has(s.op, &s.cow, "", &s.next));
    CHECK(cow_has(s.op, &s.cow, COW_HOST, &s.next));
    CHECK(cow_has(s.op, &s.cow, "backups/" COW_HOST "/" DAY, &s.old));
    CHECK(!strstr(cow_tree(s.op, &s.cow), "no file")); /* files again, as mailcow's own client has them */
    CHECK(!strstr(cow_tree(s.op, &s.cow), ".mcacme"));
}

TEST(place_again_writes_nothing)
{
    struct scene s = begin(&with_new_key);
    size_t before;

    old_at(&s, "", NULL);
    CHECK(place(&s));
    before = s.op->world->effects;
    CHECK(place(&s));
    CHECK_INT(s.op->world->effects, before);
    CHECK_INT(disk_count(op_text(s.op, "%s/backups/" COW_HOST, s.cow.ssl)), 1);
}

TEST(place_backs_up_what_was_at_the_top_and_in_the_folder)
{
    struct scene s = begin(&renewed);
    static const struct cow_wish oil = {
        .key = "rsa2048.pem", .organisation = "mailcow", .issuer = COW_HOST, .names = COW_HOST
    };
    struct cow_pair snake_oil = cow_pair(s.op, &oil);

    cow_put(s.op, &s.cow, "", &snake_oil, NULL);
    old_at(&s, COW_HOST, COW_HOST);
    CHECK(place(&s));
    CHECK(cow_has(s.op, &s.cow, "backups/" COW_HOST "/" DAY, &s.old));
    CHECK(cow_has(s.op, &s.cow, "backups/" COW_HOST "/" DAY "_2", &snake_oil));
    CHECK(cow_has(s.op, &s.cow, "", &s.next));
}

/* With SNI each mail domain has its own: the top is the server's. */
TEST(place_of_a_mail_domain_leaves_the_top_alone)
{
    struct scene s = begin(&renewed);
    struct strings names = text_split(s.op, IMAP, ",");

    get(s.op, s.store, IMAP, &s.next);
    old_at(&s, "", NULL);
    CHECK(mailcow_place(s.op, s.store, s.cow.dir, IMAP, &names));
    CHECK(cow_has(s.op, &s.cow, "", &s.old));
    CHECK(cow_has(s.op, &s.cow, IMAP, &s.next));
}

TEST(place_by_the_name_without_its_star)
{
    struct scene s = begin(&renewed);

    s.names = text_split(s.op, "*.example.com,example.com", ",");
    get(s.op, s.store, "example.com", &s.next);
    CHECK(mailcow_place(s.op, s.store, s.cow.dir, "example.com", &s.names));
    CHECK(cow_has(s.op, &s.cow, "example.com", &s.next));
    CHECK_STR(cow_text(s.op, &s.cow, "example.com/domains"), "*.example.com example.com");
    CHECK(cow_has(s.op, &s.cow, "", &s.next)); /* the wildcard is good for the host name */
}

TEST(place_knows_the_server_by_its_name)
{
    static const struct {
        const char *names;
        bool is_server;
    } cases[] = {
        { COW_HOST, true },
        { "a.example.com,*.example.com", true },
        { "*.mail.example.com", false },
        { "example.com", false },
        { "*.example.company", false },
        { "*.com", false },
        { "imap.example.com,xmail.example.com", false },
    };
    struct op *op = kit_op();
    struct cow cow = cow_new(op, "cow");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct strings names = text_split(op, cases[i].names, ",");

        kit_check(mailcow_is_server(op, cow.dir, &names) == cases[i].is_server, __FILE__, __LINE__, "%s",
                  cases[i].names);
    }
    disk_put(op_text(op, "%s/mailcow.conf", cow.dir), "LE_STAGING=y\n", 0600);
    CHECK(!mailcow_is_server(op, cow.dir, &(struct strings){ 0 }));
    CHECK_FAILED(op, ERR_CONFIG, "MAILCOW_HOSTNAME is not set");
}

TEST(place_keeps_owners)
{
    struct scene s = begin(&renewed);
    const char *cert = op_text(s.op, "%s/cert.pem", s.cow.ssl);
    struct stat status;

    if (geteuid() != 0)
        return;
    old_at(&s, "", NULL);
    CHECK_INT(chown(cert, 4711, 4712), 0);
    CHECK(place(&s));
    CHECK_INT(stat(cert, &status), 0);
    CHECK_INT(status.st_uid, 4711);
    CHECK_INT(status.st_gid, 4712);
}

TEST(place_without_what_it_needs)
{
    struct scene s = begin(&renewed);
    const struct generation keyless = { NULL, "CERT\n", "", "CERT\n", "{\"version\":1}" };
    const char *file = op_text(s.op, "%s/" COW_HOST, s.cow.ssl);
    struct op *child = op_child(s.op);

    CHECK(!mailcow_place(child, s.store, s.cow.dir, "none", &s.names));
    CHECK_FAILED(child, ERR_STORE, "there is no certificate of none");
    op_recover(child);
    CHECK(generation_install(child, s.store, "keyless", &keyless));
    CHECK(!mailcow_place(child, s.store, s.cow.dir, "keyless", &s.names));
    CHECK_FAILED(child, ERR_STORE, "there is no private key of keyless");
    op_end(child);
    disk_put(file, "what is this?", 0644);
    CHECK(!place(&s));
    CHECK_FAILED(s.op, ERR_STORE, "is not a folder");
}

/* Whoever plants a link must not make us write, or copy, what is behind it. */
TEST(place_follows_no_link)
{
    struct scene s = begin(&renewed);
    const char *elsewhere = here(s.op, "elsewhere");

    CHECK_INT(mkdir(elsewhere, 0755), 0);
    CHECK_INT(symlink(elsewhere, op_text(s.op, "%s/" COW_HOST, s.cow.ssl)), 0);
    CHECK(!place(&s));
    CHECK_FAILED(s.op, ERR_STORE, "is not a folder");
    CHECK_INT(disk_count(elsewhere), 0);
}

TEST(place_replaces_a_link_in_a_folder_without_reading_it)
{
    struct scene s = begin(&renewed);
    const char *secret = here(s.op, "secret");

    disk_put(secret, "SECRET", 0600);
    CHECK_INT(mkdir(op_text(s.op, "%s/" COW_HOST, s.cow.ssl), 0755), 0);
    CHECK_INT(symlink(secret, op_text(s.op, "%s/" COW_HOST "/cert.pem", s.cow.ssl)), 0);
    CHECK(place(&s));
    CHECK(cow_has(s.op, &s.cow, COW_HOST, &s.next));
    CHECK_STR(disk_get(s.op, secret), "SECRET");
    CHECK(!strstr(cow_tree(s.op, &s.cow), "backups"));
}

/* ---- the administrator's own ---- */

TEST(place_leaves_a_foreign_certificate_alone)
{
    static const struct cow_wish own = {
        .key = "ec256.pem", .organisation = "Some Company", .issuer = "Some CA", .names = COW_HOST
    };
    struct scene s = begin(&renewed);
    struct cow_pair pair = cow_pair(s.op, &own);
    const char *before;

    cow_put(s.op, &s.cow, "", &pair, NULL);
    before = cow_tree(s.op, &s.cow);
    CHECK(place(&s));
    CHECK(strstr(kit_logged(), "issued by Some Company (Some CA)"));
    CHECK_STR(cow_tree(s.op, &s.cow), before);
    CHECK(cow_has(s.op, &s.cow, "", &pair));
    CHECK(!owed(&s));
}

/* ---- torture ---- */

/* The mailcow lives beside the store, so that each try has its own. */
static struct cow cow_of(struct op *op, const struct store *store)
{
    struct cow cow = { op_text(op, "%s/cow", store->root),
                       op_text(op, "%s/cow/data/assets/ssl", store->root) };

    return cow;
}

static void an_installation(struct op *op, const struct store *store, const struct cow_wish *next)
{
    struct cow cow = cow_new(op, op_text(op, "%s/cow", store->root));
    struct cow_pair old = cow_pair(op, &old_wish), pair = cow_pair(op, next);

    cow_put(op, &cow, "", &old, NULL);
    cow_put(op, &cow, COW_HOST, &old, COW_HOST);
    get(op, store, COW_HOST, &pair);
}

static void with_the_same_key(struct op *op, const struct store *store)
{
    an_installation(op, store, &renewed);
}

static void with_another_key(struct op *op, const struct store *store)
{
    an_installation(op, store, &with_new_key);
}

/* A folder that somebody has left half there. */
static void with_half_a_pair(struct op *op, const struct store *store)
{
    an_installation(op, store, &with_new_key);
    CHECK_INT(unlink(op_text(op, "%s/" COW_HOST "/key.pem", cow_of(op, store).ssl)), 0);
}

static void in_snake_oil(struct op *op, const struct store *store)
{
    struct cow cow = cow_new(op, op_text(op, "%s/cow", store->root));
    static const struct cow_wish oil = {
        .key = "ec256.pem", .organisation = "mailcow", .issuer = COW_HOST, .names = COW_HOST
    };
    struct cow_pair pair = cow_pair(op, &oil), next = cow_pair(op, &with_new_key);

    cow_put(op, &cow, "", &pair, NULL);
    get(op, store, COW_HOST, &next);
}

static bool run(struct op *op, const struct store *store)
{
    struct strings names = text_split(op, COW_HOST ",imap.example.com", ",");

    if (mailcow_place(op, store, cow_of(op, store).dir, COW_HOST, &names))
        return true;
    if (op->err.code == ERR_CONFIG) /* mailcow.conf cannot be read; deploy makes one of both */
        op->err.code = ERR_STORE;
    return false;
}

/* Key and certificate as a container finds them are one pair, or not both there. */
static void matched(struct op *op, const struct store *store, const char *folder)
{
    struct cow cow = cow_of(op, store);
    struct cow_pair pair = cow_get(op, &cow, folder);
    struct op *child = op_child(op);
    const struct key *key;
    struct chain chain;

    if (pair.cert && pair.key) {
        chain = chain_parse(child, pair.cert);
        key = key_from_pem(child, pair.key, "the key");
        if (CHECK(chain.count && key))
            CHECK(bytes_same(chain.certs->spki, key_public(child, key)));
    }
    op_end(child);
}

static void check(struct op *op, const struct store *store)
{
    matched(op, store, "");
    matched(op, store, COW_HOST);
}

static void done(struct op *op, const struct store *store)
{
    struct cow cow = cow_of(op, store);
    struct cow_pair pair = { generation_read(op, store, COW_HOST, "fullchain.pem"),
                             generation_read(op, store, COW_HOST, "key.pem") };

    CHECK(cow_has(op, &cow, "", &pair));
    CHECK(cow_has(op, &cow, COW_HOST, &pair));
    CHECK_STR(cow_text(op, &cow, COW_HOST "/domains"), COW_HOST " imap.example.com");
    CHECK(!strstr(cow_tree(op, &cow), "mcacme"));
    CHECK(!strstr(cow_tree(op, &cow), ".new"));
}

/* Behind success and failure alike there is one copy of what was there, not one a try. */
static void done_with_one_copy(struct op *op, const struct store *store)
{
    struct cow cow = cow_of(op, store);
    const char *cert = cow_text(op, &cow, "backups/" COW_HOST "/" DAY "/cert.pem");

    done(op, store);
    CHECK_INT(disk_count(op_text(op, "%s/backups/" COW_HOST, cow.ssl)), 1);
    if (CHECK(cert))
        CHECK_STR(chain_parse(op, cert).certs->issuer_cn, old_wish.issuer);
}

TEST(effects_of_placing_with_the_same_key)
{
    const struct act act = { with_the_same_key, run, check, done_with_one_copy };

    CHECK(torture(&act) >= 30);
}

TEST(effects_of_placing_with_a_new_key)
{
    const struct act act = { with_another_key, run, check, done_with_one_copy };

    CHECK(torture(&act) >= 100);
}

TEST(effects_of_placing_over_half_a_pair)
{
    const struct act act = { with_half_a_pair, run, check, done };

    CHECK(torture(&act) >= 80);
}

TEST(effects_of_placing_over_snake_oil)
{
    const struct act act = { in_snake_oil, run, check, done };

    CHECK(torture(&act) >= 60);
}

/* Not only where we may fail: between any two changes of ours a container may look. */
static struct op *watcher;
static const struct store *watched;
static size_t looks;

static bool look(struct world *world, const char *what)
{
    (void)world;
    (void)what;
    looks++;
    check(watcher, watched);
    return true;
}

TEST(place_as_a_container_sees_it)
{
    struct op *op = kit_op();

    watcher = op_child(op);
    watched = disk_store(op);
    with_another_key(op, watched);
    looks = 0;
    op->world->effect = look;
    CHECK(run(op, watched));
    op->world->effect = NULL;
    CHECK(looks >= 100);
    done(op, watched);
    op_end(watcher);
}
