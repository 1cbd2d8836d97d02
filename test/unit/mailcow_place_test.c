/* Where mailcow's certificates go. */
#include "mailcow/place.h"

#include "mailcow_kit.h"

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
    .key = "rsa2056.pem", .organisation = "Let's Encrypt", .issuer = "R11", .names = COW_HOST
};
static const struct cow_wish renewed = {
    .key = "rsa2056.pem", .organisation = "Let's Encrypt", .issuer = "R12", .names = COW_HOST
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
    static const struct cow_wish rsa = {
        .key = "rsa2048.pem", .organisation = "Let's Encrypt", .issuer = "R12", .names = COW_HOST
    };
    struct scene s = begin(&rsa);

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
